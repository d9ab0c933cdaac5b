import type { Diagnostic } from '../model/diagnostic.ts';
import type { Obligation } from '../model/decision.ts';
import { isStricter, type Verdict } from '../model/verdict.ts';
import type { CompiledRule, Match, Mode, RoleTest } from './compiled.ts';
import { compileMatch, type MatchCompiler, ownerNames, present, reporter, textTest } from './compile-match.ts';
import { didYouMean } from './did-you-mean.ts';
import type { PolicyDocument, RuleDocument } from './document.ts';
import type { Located, Place } from './schema.ts';
import { obligationNames, obligationProblem } from './obligation-params.ts';
import { type CompiledWorkflow, compileWorkflow } from './compile-workflow.ts';
import { looksAtOwners, ownerRules } from './owner-rules.ts';
import { sectionRules } from './sections.ts';
import { isTemplate } from './templates.ts';

/** A file and what it says. */
export interface NamedDocument {
  readonly name: string;
  readonly document: PolicyDocument;
}

/** The rules and settings of one layer, once the files it extends are merged into it. */
export interface Compiled {
  readonly rules: readonly CompiledRule[];
  readonly roles: Readonly<Record<string, RoleTest>>;
  readonly defaultAction: Verdict;
  readonly mode?: Mode;
  readonly workflow?: CompiledWorkflow;
  readonly effectiveFrom?: number;
  readonly effectiveUntil?: number;
}

const defaultPriority = 100;

/**
 * Compiles a file and its bases, the file itself first. A rule of the file replaces one of the same name in a base; equal
 * priorities keep the order of the files. The default action is the file's own, else the strictest of its bases.
 */
export function compileDocuments(documents: readonly NamedDocument[], diagnostics: Diagnostic[]): Compiled {
  const roles: Record<string, RoleTest> = Object.create(null) as Record<string, RoleTest>;
  const names = documents.flatMap(({ document }) => Object.keys(document.roles ?? {}));
  const compiler = reporter(diagnostics, names);
  const rules: CompiledRule[] = [];
  const known = new Set<string>();
  let workflow: CompiledWorkflow | undefined;
  for (const { name, document } of documents) {
    for (const [role, tests] of Object.entries(document.roles ?? {})) {
      const texts = (list: readonly Located<string>[] | undefined) => list?.flatMap((item) => textTest(item, compiler) ?? []);
      roles[role] ??= present({
        users: texts(tests.users),
        groups: texts(tests.groups),
        agents: texts(tests.agents),
        owns: tests.owns && ownerNames(tests.owns, compiler),
      }) as RoleTest;
    }
    const steps = compileWorkflow(document, name, compiler);
    // The states of a base are meant for its own workflow.
    const stateRules = workflow === undefined ? steps.rules : [];
    workflow ??= steps.workflow;
    const own = [...ownRules(document, name, compiler), ...sectionRules(document, name, compiler), ...stateRules];
    rules.push(...own.filter((rule) => !known.has(rule.name)));
    diagnostics.push(...replacedIn(name, own, documents));
    for (const rule of own) known.add(rule.name);
    if (document.version !== undefined && document.version !== 1) {
      compiler.report('unknown-version', { source: name }, `The file is of version ${document.version}, and this program knows version 1.`);
    }
  }
  if (rules.some(({ match }) => looksAtOwners(match))) rules.push(...ownerRules(documents[0]?.name ?? ''));
  const own = documents[0]?.document;
  const mode = documents.map(({ document }) => document.mode).find((each) => each !== undefined);
  const effectiveFrom = moment(own?.metadata?.effective_from, compiler);
  const effectiveUntil = moment(own?.metadata?.effective_until, compiler);
  if (effectiveFrom !== undefined && effectiveUntil !== undefined && effectiveFrom >= effectiveUntil && own?.metadata?.effective_until)
    compiler.report('bad-date', own.metadata.effective_until.place, 'The policy would never be in force: it ends before it begins.');
  return present({
    rules: rules.sort((a, b) => a.priority - b.priority),
    roles,
    defaultAction: own?.default_action ?? strictestDefault(documents.slice(1)),
    mode,
    workflow,
    effectiveFrom,
    effectiveUntil,
  }) as Compiled;
}

/** Rules of files that take the place of a template's, which the format allows and a writer may not know. */
function replacedIn(base: string, rules: readonly CompiledRule[], documents: readonly NamedDocument[]): readonly Diagnostic[] {
  if (!isTemplate(base)) return [];
  const files = documents.filter(({ name }) => !isTemplate(name));
  return rules.flatMap(({ name, action }) => {
    const own = files.flatMap(({ document }) => document.policies ?? []).find(({ value }) => value.name.value === name)?.value.name;
    if (own === undefined) return [];
    const message = `The rule “${name}” replaces the one of that name in the ${base}, which says ${action} and no longer counts; with another name both count.`;
    return [{ code: 'replaces-rule', severity: 'warning' as const, message, ...own.place }];
  });
}

function strictestDefault(bases: readonly NamedDocument[]): Verdict {
  let result: Verdict = 'approve';
  for (const { document } of bases) {
    if (document.default_action !== undefined && isStricter(document.default_action, result)) result = document.default_action;
  }
  return result;
}

function moment(text: Located<string> | undefined, compiler: MatchCompiler): number | undefined {
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?$/.test(text.value) ? Date.parse(text.value) : Number.NaN;
  // Some engines take the 31st of February for a day of March.
  const isDay = !Number.isNaN(time) && new Date(Date.parse(text.value.slice(0, 10))).toISOString().startsWith(text.value.slice(0, 10));
  if (isDay) return time;
  compiler.report('bad-date', text.place, `“${text.value}” is no date; write one such as 2026-11-01 or 2026-11-01T09:00:00Z.`);
  return undefined;
}

function ownRules(document: PolicyDocument, file: string, compiler: MatchCompiler): CompiledRule[] {
  const seen = new Set<string>();
  return (document.policies ?? []).map(({ value: rule, place }) => {
    const { value: name } = rule.name;
    if (seen.has(name)) compiler.report('duplicate-rule', rule.name.place, `Two rules are called “${name}”; give each its own name.`);
    if (name === '' || name === 'default') compiler.report('bad-name', rule.name.place, `A rule cannot be called “${name}”.`);
    seen.add(name);
    return compileRule(rule, file, place, compiler);
  });
}

function compileRule(rule: RuleDocument, file: string, place: Place, compiler: MatchCompiler): CompiledRule {
  const match = compileMatch(rule.match ?? {}, compiler);
  const action = rule.action ?? 'deny';
  return {
    name: rule.name.value,
    action,
    reason: rule.reason ?? '',
    ...(rule.advice === undefined ? {} : { advice: rule.advice }),
    priority: rule.priority ?? defaultPriority,
    match,
    ...(rule.shadow === true ? { shadow: true } : {}),
    ...(rule.obligations === undefined ? {} : { obligations: rule.obligations.flatMap((each) => obligations(each, place, compiler)) }),
    ...(rule.overrides === undefined ? {} : { overrides: rule.overrides }),
    ...(isTextOnly(match) ? { textOnly: true } : {}),
    source: { file, line: rule.name.place.position?.line ?? place.position?.line ?? 1 },
  };
}

function obligations(value: NonNullable<RuleDocument['obligations']>[number], place: Place, compiler: MatchCompiler): Obligation[] {
  const entries: [string, unknown][] =
    typeof value === 'string' ? [[value, {}]] : Object.entries(value).map(([name, each]) => [name, each.value]);
  return entries.map(([name, params]) => {
    if (!(obligationNames as readonly string[]).includes(name)) {
      compiler.report('unknown-obligation', place, `There is no obligation “${name}”.`, didYouMean(name, obligationNames));
    }
    const isMapping = typeof params === 'object' && params !== null && !Array.isArray(params);
    const all = isMapping ? (params as Readonly<Record<string, unknown>>) : params === null ? {} : { value: params };
    const problem = obligationProblem(name, all);
    if (problem !== undefined) compiler.report('bad-obligation', place, problem);
    return { name, params: all };
  });
}

/** Keys by which a rule looks at who calls what, not at what the call would do. */
const callKeys: ReadonlySet<string> = new Set(['tool', 'agent', 'role', 'risk', 'mcp', 'session', 'state']);

/**
 * Whether a rule cannot vouch for something opaque: it looks at texts or kinds of effect only. A rule can where it names acts or an MCP
 * tool, says `certainty: [opaque]`, or approves a tool, an agent or a role as a whole.
 */
function isTextOnly(match: Match): boolean {
  if (match.acts !== undefined || match.mcp !== undefined || match.certainty?.includes('opaque') === true) return false;
  return Object.keys(match).some((key) => !callKeys.has(key));
}
