import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import { runProgram } from './automaton.ts';
import { conditionNames } from './condition-scope.ts';
import type { Program } from './compiled.ts';
import type { ConditionRunner } from './evaluate.ts';
import { type PatternProblem, toProgram } from './pattern.ts';
import { parsePythonRegex } from './python-regex.ts';

/**
 * `when:` conditions in CEL. Bounded: few nodes, little depth, one loop inside of another at most, and `matches` runs on our own
 * patterns, as the library's would be JavaScript's and could take exponential time. Only plain data is in scope.
 */

const maxLoopDepth = 2;
const loops = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
/** The name under which our own `matches` is known to the library, which does not let its own be replaced. */
const ownMatches = 'matchesPattern';

const environment = makeEnvironment();
const patterns = new Map<string, Program | undefined>();
const parsed = new Map<string, Condition>();
/** Conditions and patterns kept; a policy has few. */
const maxKept = 1_000;

type Condition = { readonly run: (scope: Readonly<Record<string, unknown>>) => unknown } | { readonly problem: PatternProblem };

function makeEnvironment(): Environment {
  const result = new Environment({
    unlistedVariablesAreDyn: false,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: { maxAstNodes: 500, maxDepth: 30, maxListElements: 200, maxMapEntries: 50, maxCallArguments: 10 },
  });
  for (const [name, type] of Object.entries(conditionNames)) result.registerVariable(name, type);
  result.registerFunction(`string.${ownMatches}(string): bool`, (text: string, pattern: string) => {
    const program = programOf(pattern);
    return program !== undefined && runProgram(program, text, true);
  });
  return result;
}

/** What is wrong with a condition; `undefined` where nothing is. */
export function checkCondition(expression: string): PatternProblem | undefined {
  const condition = conditionOf(expression);
  return 'problem' in condition ? condition.problem : undefined;
}

/** Evaluates a condition. It has no value where it is wrong or asks for what is not there. */
export const runCondition: ConditionRunner = (expression, scope) => {
  const condition = conditionOf(expression);
  if ('problem' in condition) return undefined;
  try {
    const value = condition.run(scope);
    return typeof value === 'boolean' ? value : undefined;
  } catch {
    return undefined;
  }
};

function conditionOf(expression: string): Condition {
  let condition = parsed.get(expression);
  if (condition === undefined) {
    condition = parse(expression);
    if (parsed.size < maxKept) parsed.set(expression, condition);
  }
  return condition;
}

function parse(expression: string): Condition {
  try {
    const { ast } = environment.parse(expression);
    const found: Found = { matches: [] };
    inspect(ast, 0, found);
    if (found.problem !== undefined) return { problem: found.problem };
    let source = expression;
    for (const at of found.matches.sort((a, b) => b - a)) source = source.slice(0, at) + ownMatches + source.slice(at + 'matches'.length);
    const run = environment.parse(source);
    const { valid, type, error } = run.check();
    if (!valid) return { problem: { message: summary(error), pos: error?.range?.start ?? 0 } };
    if (type !== 'bool' && type !== 'dyn')
      return { problem: { message: `it gives a ${type ?? 'value'}, and must give true or false`, pos: 0 } };
    return { run: (scope) => run(scope) };
  } catch (error) {
    return { problem: { message: summary(error), pos: error instanceof ParseError ? (error.range?.start ?? 0) : 0 } };
  }
}

interface Found {
  /** Where the word `matches` stands. */
  readonly matches: number[];
  problem?: PatternProblem;
}

function inspect(node: ASTNode, depth: number, found: Found): void {
  let inner = depth;
  if (node.op === 'rcall' && node.args[0] === 'matches') {
    const [, receiver, args] = node.args;
    found.matches.push(node.input.indexOf('matches', receiver.range.end));
    const pattern = args[0];
    const literal = pattern?.op === 'value' && typeof pattern.args === 'string' ? pattern.args : undefined;
    if (literal === undefined) found.problem ??= { message: 'the pattern of matches() must be written out', pos: node.range.start };
    else if (programOf(literal) === undefined) found.problem ??= { message: `“${literal}” is no valid pattern`, pos: node.range.start };
  } else if (node.op === 'rcall' && loops.has(node.args[0])) {
    inner = depth + 1;
    if (inner > maxLoopDepth) found.problem ??= { message: `loops may nest ${maxLoopDepth} deep`, pos: node.range.start };
  }
  for (const child of childrenOf(node.args)) inspect(child, inner, found);
}

function childrenOf(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return typeof args === 'object' && args !== null && 'op' in args && 'range' in args ? [args as ASTNode] : [];
}

function programOf(pattern: string): Program | undefined {
  if (patterns.has(pattern)) return patterns.get(pattern);
  const regex = parsePythonRegex(pattern);
  const result = 'problem' in regex ? undefined : toProgram(regex.pattern);
  const program = result !== undefined && 'program' in result ? result.program : undefined;
  if (patterns.size < maxKept) patterns.set(pattern, program);
  return program;
}

const summary = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? 'it is not valid') : 'it is not valid';
