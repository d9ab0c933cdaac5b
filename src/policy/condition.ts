import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import { runProgram } from './automaton.ts';
import { newWork } from './work.ts';
import { conditionNames } from './condition-scope.ts';
import type { Program } from './compiled.ts';
import type { ConditionRunner } from './evaluate.ts';
import { type PatternProblem, toProgram } from './pattern.ts';
import { parsePythonRegex } from './python-regex.ts';

/**
 * `when:` conditions in CEL. Bounded: few nodes, little depth, one loop inside of another at most, so many turns of all loops together, and so
 * much that is copied; `matches` runs on our own patterns, as the library's would be JavaScript's and could take exponential time. Only plain
 * data is in scope. A condition that would take more has no value.
 */

const maxLoopDepth = 2;
const loops = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
/** The name under which our own `matches` is known to the library, which does not let its own be replaced. */
const ownMatches = 'matchesPattern';
/** Stands after what each loop goes over, and counts its turns before they are made: errors in loops are absorbed, so that none could end them. */
const countTurns = 'countTurns';
/** Turns of all loops of one evaluation. */
const maxTurns = 5_000;
/** Characters and members that a turn may look at without counting for more than one. */
const sizeOfTurn = 1_000;
/** Characters and members that may be copied in one evaluation. */
const maxCopied = 5_000_000;
/** What makes a text or list of the size of another. */
const copying = new Set(['map', 'filter', 'split', 'join']);

const environment = makeEnvironment();
const patterns = new Map<string, Program | undefined>();
const parsed = new Map<string, Condition>();
/** What is left for patterns, and for loops, in the condition that is being evaluated. */
let work = newWork();
let turns = maxTurns;
let costOfTurn = 1;
/** Conditions and patterns kept; a policy has few. */
const maxKept = 1_000;

type Condition =
  | {
      readonly run: (scope: Readonly<Record<string, unknown>>) => unknown;
      /** Names of what it looks at, and how often it copies something. */
      readonly roots: ReadonlySet<string>;
      readonly copies: number;
      readonly hasLoops: boolean;
    }
  | { readonly problem: PatternProblem };

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
    const found = program === undefined ? undefined : runProgram(program, text, true, work);
    if (found === undefined) throw new RangeError('the text is too long for the pattern');
    return found;
  });
  result.registerFunction(`dyn.${countTurns}(): dyn`, (value: unknown) => {
    turns -= costOfTurn * (typeof value === 'object' && value !== null ? Object.keys(value).length : 0);
    return turns < 0 ? [] : value;
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
  const { roots, copies, hasLoops } = condition;
  const size = copies > 0 || hasLoops ? sizeOf([...roots].map((root) => scope[root])) : 0;
  if (size * copies > maxCopied) return undefined;
  work = newWork();
  turns = maxTurns;
  costOfTurn = 1 + Math.floor(size / sizeOfTurn);
  try {
    const value = condition.run(scope);
    if (turns < 0) return undefined;
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
    const whole = environment.parse(expression);
    const found: Found = { edits: [], roots: new Set(), copies: 0, hasLoops: false };
    inspect(whole.ast, 0, found);
    if (found.problem !== undefined) return { problem: found.problem };
    const { valid, type, error } = whole.check();
    if (!valid) return { problem: { message: summary(error), pos: error?.range?.start ?? 0 } };
    if (type !== 'bool' && type !== 'dyn')
      return { problem: { message: `it gives a ${type ?? 'value'}, and must give true or false`, pos: 0 } };
    let source = expression;
    for (const { at, length, text } of found.edits.sort((x, y) => y.at - x.at))
      source = source.slice(0, at) + text + source.slice(at + length);
    const run = environment.parse(source);
    return { run: (scope) => run(scope), roots: found.roots, copies: found.copies, hasLoops: found.hasLoops };
  } catch (error) {
    return { problem: { message: summary(error), pos: error instanceof ParseError ? (error.range?.start ?? 0) : 0 } };
  }
}

interface Found {
  /** What is put in the place of a part of the text. */
  readonly edits: { readonly at: number; readonly length: number; readonly text: string }[];
  readonly roots: Set<string>;
  copies: number;
  hasLoops: boolean;
  problem?: PatternProblem;
}

function inspect(node: ASTNode, depth: number, found: Found): void {
  let inner = depth;
  const refuse = (message: string): void => {
    found.problem ??= { message, pos: node.range.start };
  };
  if (node.op === 'id') found.roots.add(node.args);
  else if (node.op === '+') found.copies++;
  else if (node.op === 'rcall') {
    const [name, receiver, args] = node.args;
    if (copying.has(name)) found.copies++;
    if (name === 'bind') refuse('bind() is not supported');
    else if (name === 'matches') {
      found.edits.push({ at: node.input.indexOf(name, receiver.range.end), length: name.length, text: ownMatches });
      const pattern = args[0];
      const literal = pattern?.op === 'value' && typeof pattern.args === 'string' ? pattern.args : undefined;
      if (literal === undefined) refuse('the pattern of matches() must be written out');
      else if (programOf(literal) === undefined) refuse(`“${literal}” is no valid pattern`);
    } else if (loops.has(name)) {
      inner = depth + 1;
      if (inner > maxLoopDepth) refuse(`loops may nest ${maxLoopDepth} deep`);
      found.hasLoops = true;
      found.edits.push({ at: node.input.indexOf('.', receiver.range.end), length: 0, text: `.${countTurns}()` });
    }
  }
  for (const child of childrenOf(node.args)) inspect(child, inner, found);
}

/** How much a value holds in characters and members, as far as is of interest. */
function sizeOf(values: readonly unknown[]): number {
  const open = [...values];
  let size = 0;
  for (let value = open.pop(); size <= maxCopied && (value !== undefined || open.length > 0); value = open.pop()) {
    size += typeof value === 'string' ? value.length : 1;
    if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) open.push(each);
  }
  return size;
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
