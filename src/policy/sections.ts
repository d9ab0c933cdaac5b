import { effectKinds } from '../model/effect.ts';
import type { CompiledRule, CountTest, Match, RuleSource, TextTest } from './compiled.ts';
import { globPath, hostPattern, type MatchCompiler, textTest } from './compile-match.ts';
import type { PolicyDocument } from './document.ts';
import type { Located } from './schema.ts';

/** The rules of sections come before rules that state no priority, so that to go around a limit is a thing one writes down. */
export const sectionPriority = 50;

const counts: Readonly<Record<string, { count: CountTest['count']; match: Match; what: string }>> = {
  tool_calls: { count: 'toolCalls', match: {}, what: 'tool calls' },
  writes: { count: 'writes', match: { effects: ['write'] }, what: 'writes' },
  deletes: { count: 'deletes', match: { effects: ['delete'] }, what: 'deletions' },
  bytes: { count: 'bytesWritten', match: { effects: ['write'] }, what: 'bytes written' },
  cost_usd: { count: 'costUsd', match: {}, what: 'dollars' },
};

/** The sections `tools`, `levels`, `paths`, `network` and `budgets` as rules. They only ever tighten. */
export function sectionRules(document: PolicyDocument, file: string, compiler: MatchCompiler): CompiledRule[] {
  const source: RuleSource = { file, line: 1 };
  const rules: CompiledRule[] = [];
  const add = (name: string, action: 'deny' | 'escalate', match: Match, reason: string, advice?: string): void => {
    rules.push({ name, action, match, reason, priority: sectionPriority, source, ...(advice === undefined ? {} : { advice }) });
  };
  const texts = (list: readonly Located<string>[]): readonly TextTest[] => list.flatMap((item) => textTest(item, compiler) ?? []);
  const hosts = (list: readonly Located<string>[]): readonly TextTest[] =>
    texts(list.map(({ value, place }) => ({ value: hostPattern(value), place })));
  const globs = (list: readonly Located<string>[]) => list.flatMap((item) => globPath(item, compiler) ?? []);
  const roleNames = (byRole: Readonly<Record<string, unknown>> | undefined): readonly string[] => {
    const names = Object.keys(byRole ?? {});
    for (const name of names) {
      if (!compiler.roles.includes(name))
        compiler.report('unknown-role', { source: file }, `The role “${name}” is not defined in this file.`);
    }
    return names;
  };
  /** A limit for everybody, and another one instead for those who hold a role. */
  const exemptions = (all: Match | undefined, byRole: Readonly<Record<string, Match>>): readonly Match[] => {
    const names = roleNames(byRole);
    return [
      ...(names.length === 0 ? [all ?? {}] : [{ ...all, not: [{ role: names }] }]),
      ...names.map((name) => ({ ...byRole[name], role: [name] })),
    ];
  };

  const { tools, levels, paths, network, budgets } = document;
  if (tools?.deny !== undefined) add('tools.deny', 'deny', { tool: texts(tools.deny) }, 'The policy does not let this tool be used.');
  if (tools?.allow !== undefined || tools?.by_role !== undefined) {
    const byRole = Object.fromEntries(Object.entries(tools.by_role ?? {}).map(([role, list]) => [role, { tool: texts(list) }]));
    const not = exemptions(tools.allow === undefined ? undefined : { tool: texts(tools.allow) }, byRole);
    add('tools.allow', 'deny', { not }, 'The policy lets only some tools be used, and this is none of them.');
  }
  if (levels !== undefined) {
    const byRole = Object.fromEntries(Object.entries(levels.by_role ?? {}).map(([role, effects]) => [role, { effects }]));
    const not = exemptions(levels.allow === undefined ? undefined : { effects: levels.allow }, byRole);
    add('levels', 'deny', { effects: effectKinds, not }, 'The policy does not allow effects of this kind here.');
  }
  if (paths?.protected !== undefined) {
    add(
      'paths.protected',
      'deny',
      { effects: ['write', 'delete'], paths: globs(paths.protected) },
      'The policy protects this path from changes.',
    );
  }
  if (paths?.writable !== undefined) {
    const not: readonly Match[] = [{ paths: globs(paths.writable) }, { zones: ['safe-device'] }];
    add(
      'paths.writable',
      'deny',
      { effects: ['write', 'delete'], not },
      'The policy lets only some paths be written, and this is none of them.',
    );
  }
  if (paths?.secret !== undefined) {
    add('paths.secret', 'escalate', { effects: ['read'], paths: globs(paths.secret) }, 'The policy treats what is in this path as secret.');
  }
  if (network?.deny !== undefined)
    add('network.deny', 'deny', { host: hosts(network.deny) }, 'The policy does not let this host be reached.');
  if (network?.allow !== undefined) {
    const not: readonly Match[] = [{ host: hosts(network.allow) }];
    add('network.allow', 'deny', { effects: ['network'], not }, 'The policy lets only some hosts be reached, and this is none of them.');
  }
  if (network?.methods !== undefined) {
    const otherMethod = network.methods.map((method) => method.toUpperCase());
    add('network.methods', 'deny', { otherMethod }, 'The policy lets only some HTTP methods be used, and this is none of them.');
  }
  for (const [key, { count, match, what }] of Object.entries(counts)) {
    const atLeast = budgets?.[key as 'tool_calls'];
    if (atLeast === undefined) continue;
    const advice = 'Stop here and tell the person what is left to do; a new session starts counting again.';
    add(
      `budgets.${key}`,
      'deny',
      { ...match, session: { count, atLeast } },
      `This session has used up its budget of ${atLeast} ${what}.`,
      advice,
    );
  }
  return rules;
}
