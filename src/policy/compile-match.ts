import { acts } from '../model/act.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { type Risk, risks } from '../model/effect.ts';
import type { Match, McpTest, OwnerTest, PathTest, TextTest } from './compiled.ts';
import { checkCondition } from './condition.ts';
import { didYouMean } from './did-you-mean.ts';
import type { MatchDocument } from './document.ts';
import { isFnmatch, parseFnmatch } from './fnmatch.ts';
import { constantFolder, parseGlob } from './glob.ts';
import { hostOf } from './host.ts';
import { type Pattern, type PatternProblem, toProgram } from './pattern.ts';
import { parsePythonRegex } from './python-regex.ts';
import type { Located, Place } from './schema.ts';

/** Keeps what is wrong with the patterns of a file, and which roles the file defines. */
export interface MatchCompiler {
  readonly roles: readonly string[];
  report(code: string, place: Place, message: string, suggestion?: string): void;
}

/** A {@link MatchCompiler} that adds to a list. */
export function reporter(diagnostics: Diagnostic[], roles: readonly string[]): MatchCompiler {
  return {
    roles,
    report(code, place, message, suggestion) {
      const end = suggestion === undefined ? '' : ` Did you mean “${suggestion}”?`;
      diagnostics.push({ code, severity: 'error', message: message + end, ...place, ...(suggestion === undefined ? {} : { suggestion }) });
    },
  };
}

/** Compiles the keys of a `match`. */
export function compileMatch(document: MatchDocument, compiler: MatchCompiler): Match {
  const texts = (list: readonly Located<string>[] | undefined): readonly TextTest[] | undefined =>
    list?.flatMap((item) => textTest(item, compiler) ?? []);
  const result: { -readonly [K in keyof Match]?: Match[K] | undefined } = {
    tool: texts(document.tool),
    args: document.args_pattern === undefined ? undefined : regexTest(document.args_pattern.value, document.args_pattern.place, compiler),
    agent: texts(document.agent),
    role: document.role?.map((item) => roleName(item, compiler)),
    risk: document.risk === undefined ? undefined : riskList(document.risk, compiler),
    mcp: document.mcp === undefined ? undefined : compileMcp(document.mcp, compiler),
    method: document.method?.map((method) => method.toUpperCase()),
    when: document.when?.value,
    effects: document.effects,
    acts: document.acts?.flatMap(expandAct),
    zones: document.zones,
    certainty: document.certainty,
    paths: pathTests(document, compiler),
    owner: document.owner === undefined ? undefined : ownerTest(document.owner, compiler),
    host: texts(document.host?.map(({ value, place }) => ({ value: hostPattern(value), place }))),
    sql: document.sql === undefined ? undefined : { ...document.sql, ...(document.sql.kind && { kind: document.sql.kind.map(lower) }) },
    command: document.command?.map((command) =>
      present({
        program: texts(command.program),
        subcommand: texts(command.subcommand),
        flags: command.flags,
        refspec: texts(command.refspec),
        args: texts(command.args),
      }),
    ),
    not: document.not?.map((inner) => compileMatch(inner, compiler)),
  };
  if (document.when !== undefined) {
    const problem = checkCondition(document.when.value);
    if (problem !== undefined) compiler.report('bad-condition', document.when.place, `The condition cannot be used: ${problem.message}.`);
  }
  return present(result) as Match;
}

/** Leaves out what is not there. */
export function present<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
}

const lower = (text: string): string => text.toLowerCase();

const expandAct = (act: string): readonly string[] =>
  act.endsWith('.*') ? Object.keys(acts).filter((each) => each.startsWith(act.slice(0, -1))) : [act];

/** A name test: `~` and a regex, a glob, or the text itself. */
export function textTest({ value, place }: Located<string>, compiler: MatchCompiler): TextTest | undefined {
  if (value.startsWith('~')) return regexTest(value.slice(1), place, compiler);
  if (value === '*') return { is: 'any' };
  if (!isFnmatch(value)) return { is: 'equal', text: value };
  return wholeTest(parseFnmatch(value), value, place, compiler);
}

function regexTest(source: string, place: Place, compiler: MatchCompiler): TextTest | undefined {
  const parsed = parsePythonRegex(source);
  const result = 'problem' in parsed ? parsed : toProgram(parsed.pattern);
  if ('program' in result) return { is: 'search', program: result.program, source };
  reportPattern('bad-regex', `The regex ${source} cannot be used`, result.problem, place, compiler);
  return undefined;
}

function wholeTest(pattern: Pattern, source: string, place: Place, compiler: MatchCompiler): TextTest | undefined {
  const result = toProgram(pattern);
  if ('program' in result) return { is: 'whole', program: result.program, source };
  reportPattern('bad-glob', `The glob ${source} cannot be used`, result.problem, place, compiler);
  return undefined;
}

function reportPattern(code: string, what: string, problem: PatternProblem, place: Place, compiler: MatchCompiler): void {
  compiler.report(code, place, `${what}: ${problem.message} (character ${problem.pos + 1}).`);
}

function pathTests(document: MatchDocument, compiler: MatchCompiler): readonly PathTest[] | undefined {
  if (document.path_patterns === undefined && document.paths === undefined) return undefined;
  return [
    ...(document.path_patterns ?? []).flatMap((item) => referencePath(item, compiler)),
    ...(document.paths ?? []).flatMap((item) => globPath(item, compiler) ?? []),
  ];
}

const workspaceStart = '${' + 'workspace}';

/** Splits off what a path pattern is relative to. */
function baseOf(pattern: string): { readonly base: PathTest['base']; readonly rest: string } {
  if (pattern === workspaceStart) return { base: 'workspace', rest: '' };
  if (pattern.startsWith(`${workspaceStart}/`)) return { base: 'workspace', rest: pattern.slice(workspaceStart.length + 1) };
  if (pattern === '~') return { base: 'home', rest: '' };
  if (pattern.startsWith('~/')) return { base: 'home', rest: pattern.slice(2) };
  if (pattern.startsWith('/') || /^[A-Za-z]:[/\\]/.test(pattern)) return { base: 'root', rest: pattern };
  if (pattern.startsWith('**/')) return { base: 'root', rest: `/${pattern}` };
  return { base: 'workspace', rest: pattern.replace(/^(?:\.\/)+/, '') };
}

/** A host as hosts of URLs are written when they are compared: in lower case, and names of other scripts as the network has them. */
export function hostPattern(value: string): string {
  if (value.startsWith('~')) return value;
  // A star may stand for labels, which are no part of a name of the network.
  const whole = value.toLowerCase();
  return whole
    .split('.')
    .map((label) => (/[^\0-\x7f]/.test(label) && !isFnmatch(label) ? (hostOf(label) ?? label) : label))
    .join('.');
}

/** A path glob of ours; one that ends in a slash stands for the folder and all that it holds. */
export function globPath({ value, place }: Located<string>, compiler: MatchCompiler): PathTest | undefined {
  const { base, rest: written } = baseOf(value);
  const rest = /.\/$/.test(written) ? `${written}**` : written;
  if (/(?:^|\/)\.\.(?:\/|$)/.test(rest)) {
    compiler.report(
      'bad-glob',
      place,
      `The glob ${value} cannot be used: paths are compared after “..” has been resolved, so that none holds it.`,
    );
    return undefined;
  }
  if (rest.includes(workspaceStart)) {
    compiler.report('bad-glob', place, `The glob ${value} cannot be used: ${workspaceStart} may only stand at its start.`);
    return undefined;
  }
  const parsed = parseGlob(rest);
  if ('problem' in parsed) {
    reportPattern('bad-glob', `The glob ${value} cannot be used`, parsed.problem, place, compiler);
    return undefined;
  }
  const plain = !/[*?[\]{}\\]/.test(rest);
  const test: TextTest | undefined = plain ? { is: 'equal', text: rest } : wholeTest(parsed.pattern, value, place, compiler);
  return test === undefined ? undefined : { base, test, source: value, ...prefixOf(constantFolder(rest)) };
}

/**
 * A path pattern of the reference format: `~` and a regex, or an `fnmatch` glob, in which `*` matches slashes. It is tested
 * against resolved paths, so one that does not start at the root is also tested inside of the workspace.
 */
function referencePath(item: Located<string>, compiler: MatchCompiler): readonly PathTest[] {
  const { value, place } = item;
  if (value.startsWith('~')) {
    const test = regexTest(value.slice(1), place, compiler);
    return test === undefined ? [] : (['root', 'workspace'] as const).map((base) => ({ base, test, source: value }));
  }
  const { base, rest } = value.startsWith('**/') ? { base: 'root' as const, rest: value } : baseOf(value);
  const test = isFnmatch(rest) ? wholeTest(parseFnmatch(rest), value, place, compiler) : ({ is: 'equal', text: rest } as const);
  if (test === undefined) return [];
  const inBase: PathTest = { base, test, source: value, ...prefixOf(constantFolder(rest)) };
  return base === 'workspace' && rest.startsWith('*') ? [inBase, { base: 'root', test, source: value }] : [inBase];
}

const prefixOf = (folder: string): { prefix?: string } => (folder === '' ? {} : { prefix: folder });

const ownerWords = ['self', 'others', 'none'] as const;

function ownerTest(list: readonly Located<string>[], compiler: MatchCompiler): OwnerTest {
  const words = ownerWords.filter((word) => list.some(({ value }) => value === word));
  const names = list.filter(({ value }) => !ownerWords.some((word) => word === value));
  for (const { value, place } of names) {
    if (!/^~|[@*]/.test(value))
      compiler.report(
        'unknown-owner',
        place,
        `“${value}” is no owner; write a name such as @acme/database, or ${ownerWords.join(', ')}.`,
        didYouMean(value, ownerWords),
      );
  }
  const tests = ownerNames(names, compiler);
  return { ...(tests.length === 0 ? {} : { names: tests }), ...Object.fromEntries(words.map((word) => [word, true])) };
}

/** Tests for names of CODEOWNERS, which are compared in lower case. */
export function ownerNames(list: readonly Located<string>[], compiler: MatchCompiler): readonly TextTest[] {
  return list.flatMap(
    ({ value, place }) => textTest({ value: value.startsWith('~') ? value : value.toLowerCase(), place }, compiler) ?? [],
  );
}

function roleName({ value, place }: Located<string>, compiler: MatchCompiler): string {
  if (!compiler.roles.includes(value)) {
    compiler.report('unknown-role', place, `The role “${value}” is not defined in this file.`, didYouMean(value, compiler.roles));
  }
  return value;
}

function riskList({ value, place }: Located<string>, compiler: MatchCompiler): readonly Risk[] {
  const [, sign = '', word = ''] = /^\s*(>=|<=|>|<|=)?\s*(\w+)\s*$/.exec(value) ?? [];
  const at = (risks as readonly string[]).indexOf(word);
  if (at < 0) {
    compiler.report('unknown-risk', place, `“${value}” is no risk; write low, medium, high or critical, or a comparison such as >=high.`);
    return [];
  }
  const holds: Readonly<Record<string, (i: number) => boolean>> = {
    '>=': (i) => i >= at,
    '<=': (i) => i <= at,
    '>': (i) => i > at,
    '<': (i) => i < at,
  };
  return risks.filter((_, i) => holds[sign]?.(i) ?? i === at);
}

function compileMcp(document: NonNullable<MatchDocument['mcp']>, compiler: MatchCompiler): McpTest {
  const args = document.args;
  return present({
    server: document.server?.flatMap((item) => textTest(item, compiler) ?? []),
    tool: document.tool?.flatMap((item) => textTest(item, compiler) ?? []),
    args:
      args === undefined
        ? undefined
        : Object.fromEntries(
            Object.entries(args).map(([name, { value, place }]) => [
              name,
              (Array.isArray(value) ? value : [value]).flatMap((each: unknown) => {
                if (typeof each === 'string') return textTest({ value: each, place }, compiler) ?? [];
                if (typeof each === 'number' || typeof each === 'boolean' || each === null) return { is: 'value' as const, value: each };
                compiler.report('wrong-type', place, `The value of the argument “${name}” must be a text, a number, true, false or null.`);
                return [];
              }),
            ]),
          ),
  }) as McpTest;
}
