import type { Diagnostic } from '../model/diagnostic.ts';
import type { Verdict } from '../model/verdict.ts';
import { runProgram } from './automaton.ts';
import type { Place, Located } from './schema.ts';
import { isFnmatch, parseFnmatch } from './fnmatch.ts';
import { toProgram } from './pattern.ts';
import { parsePythonRegex } from './python-regex.ts';
import { toNativeRegex } from './python-regex-native.ts';
import { argumentsText, pythonStr } from './python-str.ts';
import { type ReadDocument, readDocument, readPlain } from './read-document.ts';

/**
 * The rule list of the Python library `agent-action-policy` 0.1.1, decided as it decides: by texts. It neither analyses a call nor
 * knows layers; what it misses is listed in docs/policy-format.md.
 */
export interface CompatRule {
  readonly name: string;
  readonly action: Verdict;
  readonly reason: string;
  readonly priority: number;
  readonly matches: (tool: string, args: unknown) => boolean;
}

/** What the library says of a call. */
export interface CompatDecision {
  readonly verdict: Verdict;
  /** Name of the first matching rule; empty where none matched, `default` where a default action other than approve decided. */
  readonly rule: string;
  readonly reason: string;
}

export interface CompatRules {
  /** By priority, equal ones in the order of the file. Absent where there were errors. */
  readonly rules?: readonly CompatRule[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Decides a call: the first matching rule, else the default action. */
export function evaluateCompat(
  rules: readonly CompatRule[],
  call: { readonly tool: string; readonly args?: unknown },
  defaultAction: Verdict = 'approve',
): CompatDecision {
  const rule = rules.find((each) => each.matches(call.tool, call.args));
  if (rule !== undefined) return { verdict: rule.action, rule: rule.name, reason: rule.reason };
  if (defaultAction === 'approve') return { verdict: 'approve', rule: '', reason: '' };
  return { verdict: defaultAction, rule: 'default', reason: 'No rule of the policy matches.' };
}

/** Reads a policy file as the library reads it. Never throws. */
export function loadCompat(name: string, text: string): CompatRules {
  return compileCompat(readDocument(name, text));
}

/** Reads the same from plain data. */
export function loadCompatPlain(name: string, value: unknown): CompatRules {
  return compileCompat(readPlain(name, value));
}

/** The arguments that the library takes for a path, in this order. */
const pathKeys = ['path', 'file_path', 'filename', 'file', 'filepath'];
/** The keys of `match` that the library knows. */
const referenceKeys: ReadonlySet<string> = new Set(['tool', 'args_pattern', 'path_patterns']);

function compileCompat({ document, diagnostics: found }: ReadDocument): CompatRules {
  const diagnostics = [...found];
  const report = (code: string, place: Place, message: string): void => {
    diagnostics.push({ code, severity: 'error', message, ...place });
  };
  const rules = (document?.policies ?? []).map(({ value: rule, place }): CompatRule => {
    const match = rule.match ?? {};
    for (const key of Object.keys(match)) {
      if (!referenceKeys.has(key))
        report('not-in-reference', place, `The reference format has no key “${key}” in match; use it without --compat.`);
    }
    const [tool, ...others] = match.tool ?? [];
    if (others.length > 0)
      report('not-in-reference', place, 'The reference format has one tool pattern in a rule; use a list without --compat.');
    const tests = [
      tool === undefined || tool.value === '*' ? undefined : toolTest(tool, report),
      match.args_pattern === undefined ? undefined : argsTest(match.args_pattern, report),
      match.path_patterns === undefined ? undefined : pathTest(match.path_patterns, report),
    ].filter((test) => test !== undefined);
    const action = rule.action ?? 'deny';
    return {
      name: rule.name.value,
      action,
      reason: rule.reason ?? '',
      priority: rule.priority ?? 100,
      // What cannot be found out stops a call, and lets none happen.
      matches: (name, args) => tests.every((test) => test(name, args) ?? action !== 'approve'),
    };
  });
  if (document === undefined || diagnostics.length > 0) return { diagnostics };
  return { rules: rules.sort((a, b) => a.priority - b.priority), diagnostics };
}

type Report = (code: string, place: Place, message: string) => void;
/** Whether something holds; `undefined` where to find out is too much work. */
type Found = boolean | undefined;
type Test = (tool: string, args: unknown) => Found;

function toolTest(pattern: Located<string>, report: Report): Test {
  const test = patternTest(pattern, report, (text) => (name) => name === text);
  return (tool) => test(tool);
}

function argsTest({ value, place }: Located<string>, report: Report): Test {
  const search = regexSearch(value, place, report);
  return (_, args) => {
    const text = argumentsText(args);
    return text !== undefined && search(text);
  };
}

function pathTest(patterns: readonly Located<string>[], report: Report): Test {
  const tests = patterns.map((pattern) => patternTest(pattern, report, globMatch));
  return (_, args) => {
    const path = pathOf(args);
    if (path === undefined) return false;
    const found = tests.map((test) => test(path));
    return found.includes(true) || (found.includes(undefined) ? undefined : false);
  };
}

function pathOf(args: unknown): string | undefined {
  if (typeof args === 'string') return args;
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return undefined;
  for (const key of pathKeys) {
    const value = Object.hasOwn(args, key) ? (args as Record<string, unknown>)[key] : undefined;
    if (value !== undefined && value !== null && value !== '') return pythonStr(value);
  }
  return undefined;
}

/** `~` and a regex that is searched for; else a glob; `plain` for what holds no glob characters. */
function patternTest(
  { value, place }: Located<string>,
  report: Report,
  plain: (text: string) => (text: string) => Found,
): (text: string) => Found {
  if (value.startsWith('~')) return regexSearch(value.slice(1), place, report);
  return isFnmatch(value) ? globMatch(value) : plain(value);
}

function globMatch(glob: string): (text: string) => Found {
  const result = toProgram(parseFnmatch(glob));
  return 'program' in result ? (text) => runProgram(result.program, text, false) : () => false;
}

/** The library ignores a regex that does not compile; here it is an error. Back references need JavaScript's own engine. */
function regexSearch(source: string, place: Place, report: Report): (text: string) => Found {
  const parsed = parsePythonRegex(source);
  const result = 'problem' in parsed ? parsed : toProgram(parsed.pattern);
  if ('program' in result) return (text) => runProgram(result.program, text, true);
  if (!('problem' in parsed) && /back reference/.test(result.problem.message)) {
    const regex = toNativeRegex(parsed.pattern);
    return (text) => regex.test(text);
  }
  report('bad-regex', place, `The regex ${source} cannot be used: ${result.problem.message} (character ${result.problem.pos + 1}).`);
  return () => false;
}
