import type { Decision } from '../model/decision.ts';
import type { Effect } from '../model/effect.ts';
import type { PolicyRequest } from '../model/policy-request.ts';
import type { CompiledLayer, CompiledPolicy, CompiledRule } from './compiled.ts';
import { hostOf } from './host.ts';
import { MatchContext, matchAll } from './match.ts';
import { placesOf } from './match-path.ts';

/** A rule that would answer a question the next time, as it may be written into a policy. */
export interface Proposal {
  readonly name: string;
  readonly match: Readonly<Record<string, unknown>>;
  /** The rules whose question it answers. */
  readonly overrides: readonly string[];
  /** The layer of the strongest of them. */
  readonly layer: CompiledLayer['layer'];
  /** Priority below which those rules come first; only needed where they are in the same layer. */
  readonly priority: number;
}

/**
 * Programs that run whatever they are given: an allowance for one of them would be an allowance for everything. People have made such entries without
 * seeing it (cursor forum 139449).
 */
const blankets = new Set(
  (
    'sh bash zsh dash ksh fish csh tcsh ash busybox pwsh powershell cmd python python2 python3 node deno bun ruby perl php lua Rscript osascript tclsh ' +
    'env sudo doas su xargs find parallel nohup nice ionice timeout time watch setsid stdbuf command exec eval source ssh mosh docker podman kubectl ' +
    'npx pnpx bunx uvx pipx make just task ninja chroot unshare nsenter strace ltrace gdb awk gawk sed vim vi emacs tmux screen script at crontab'
  ).split(' '),
);

/** Acts that are never allowed by a rule that is made with one click. */
const never =
  /^(?:code|guard|privilege|disk|machine|secret|checks|process|net|service|system)\.|^(?:git\.push\.(?:force|delete)|git\.history\.rewrite|git\.config\.inject|cloud\.destroy|db\.)/;

/** Keys of a rule by which it looks at more than what the call does: what has been asked for by them is asked for each time. */
const stateful = ['session', 'when', 'role', 'risk', 'args', 'owner'] as const;

/**
 * The narrowest rule that would answer the question of a decision for the like of it as well: program and subcommand, act, place or host, each from
 * the analysis and none from the text. Absent where no such rule would be narrow: code, interpreters, wrappers, what is not known exactly, what is critical,
 * and where a rule of the same name denies, as a denial is absolute. `digest` gives a text's hash in hexadecimal, for the name.
 */
export function propose(
  request: PolicyRequest,
  decision: Decision,
  policy: CompiledPolicy,
  digest: (text: string) => string,
): Proposal | undefined {
  if (decision.verdict !== 'escalate' || decision.risk === 'critical' || decision.obligations.length > 0) return undefined;
  const names = decision.rules ?? [{ layer: decision.layer, rule: decision.rule }];
  const asking = names.map(({ layer: layerName, rule: name }) => {
    const layer = policy.layers.find((each) => each.layer === layerName && each.rules.some((rule) => rule.name === name));
    const rule = layer?.rules.find((each) => each.name === name);
    return layer === undefined || rule === undefined ? undefined : { layer, rule };
  });
  const known = asking.filter((each) => each !== undefined);
  if (known.length === 0 || known.length < asking.length || known.some(({ rule }) => isStanding(rule, policy))) return undefined;
  const context = new MatchContext(request, () => undefined);
  const matches: Readonly<Record<string, unknown>>[] = [];
  for (const effect of request.analysis.effects) {
    if (!known.some(({ layer, rule }) => matchAll(rule.match, { context, layer, effect, sure: false }) !== 0)) continue;
    const match = generalise(effect, request);
    if (match === undefined) return undefined;
    matches.push(match);
  }
  const match = together(matches);
  if (match === undefined) return undefined;
  const overrides = [...new Set(known.map(({ rule }) => rule.name))];
  return {
    name: `allow-${overrides[0] ?? ''}-${digest(JSON.stringify(match)).slice(0, 6)}`,
    match,
    overrides,
    layer: known[0]?.layer.layer ?? 'built-in',
    priority: Math.min(...known.map(({ rule }) => rule.priority)) - 1,
  };
}

/** Whether a rule must go on asking, whatever somebody has allowed. */
function isStanding({ name, match }: CompiledRule, policy: CompiledPolicy): boolean {
  return deniesByName(policy, [name]) || stateful.some((key) => match[key] !== undefined);
}

/** Whether a rule of one of these names denies something: then no allowance may name it. */
export function deniesByName(policy: CompiledPolicy, names: readonly string[]): boolean {
  return policy.layers.some((layer) => layer.rules.some((rule) => rule.action === 'deny' && names.includes(rule.name)));
}

function generalise(effect: Effect, request: PolicyRequest): Readonly<Record<string, unknown>> | undefined {
  const { act, kind, certainty, zones, path, url, tool } = effect;
  if (certainty !== 'exact' || kind === 'unknown' || (act !== undefined && never.test(act))) return undefined;
  if (startersOf(effect, request).some(({ program }) => program !== undefined && blankets.has(program))) return undefined;
  if (zones?.some((zone) => zone === 'guard' || zone === 'secret' || zone === 'secret-dir' || zone === 'device' || zone === 'startup'))
    return undefined;
  const acts = act === undefined ? {} : { acts: [act] };
  if (tool !== undefined) {
    const [server, name] = tool.split('/');
    return { ...acts, mcp: { server: literal(server ?? ''), tool: literal(name ?? '') } };
  }
  if (kind === 'execute') {
    const command = commandOf(effect);
    return command === undefined ? undefined : { ...acts, command };
  }
  if (path !== undefined) return { ...acts, effects: [kind], paths: [globFor(path, zones ?? [], act, placesOf(request).workspace)] };
  if (url !== undefined) {
    const host = hostOf(url);
    return host === undefined ? undefined : { ...acts, effects: [kind], host: [host] };
  }
  // An act of a program whose subcommand and options it stands for, such as git's.
  return act === undefined ? undefined : { ...acts, effects: [kind] };
}

/** The programs that an effect comes from, those around it too. */
function startersOf({ span }: Effect, { analysis }: PolicyRequest): readonly Effect[] {
  return analysis.effects.filter((each) => each.kind === 'execute' && each.span?.start === span?.start && each.span?.end === span?.end);
}

/** Program and subcommand; a program without a subcommand only with the words it was given. */
function commandOf({ program, argv }: Effect): Readonly<Record<string, unknown>> | undefined {
  if (program === undefined || argv === undefined || argv.includes(null)) return undefined;
  const [first, ...more] = argv.filter((word): word is string => word !== null);
  if (first === undefined) return undefined;
  if (/^[a-z][a-z-]*$/.test(first)) return { program: literal(program), subcommand: literal(first) };
  const operand = [first, ...more].find((word) => !word.startsWith('-'));
  return operand === undefined ? undefined : { program: literal(program), args: [literal(operand)] };
}

/** A glob for the like of a path: the file's kind in its folder inside the workspace, else the path itself. Numbers that change are left open. */
function globFor(path: string, zones: readonly string[], act: Effect['act'], workspace: string): string {
  const inside = workspace !== '/' && path.startsWith(`${workspace}/`) && zones.includes('workspace');
  if (!inside) return literal(path);
  const relative = path.slice(workspace.length + 1);
  if (act === 'files.delete.recursive') return `\${workspace}/${open(relative)}/**`;
  const slash = relative.lastIndexOf('/');
  const name = relative.slice(slash + 1);
  const dot = name.lastIndexOf('.');
  // A dotfile or a file without an ending is one of its kind, and what lies at the top of a project is, too.
  return slash < 0 || dot <= 0
    ? `\${workspace}/${open(relative)}`
    : `\${workspace}/${open(relative.slice(0, slash))}/*${literal(name.slice(dot))}`;
}

const literal = (text: string): string => text.replace(/[\\*?[\]{}!]/g, '\\$&');
/** A text with long numbers, which are those of a process or a moment, left open. */
const open = (text: string): string => literal(text).replace(/\d{4,}/g, '*');

/** One match for all, where they differ in paths or hosts only. */
function together(matches: readonly Readonly<Record<string, unknown>>[]): Readonly<Record<string, unknown>> | undefined {
  const lists = { paths: new Set<unknown>(), host: new Set<unknown>() };
  const rests = new Map<string, Readonly<Record<string, unknown>>>();
  for (const { paths, host, ...rest } of matches) {
    for (const each of Array.isArray(paths) ? paths : []) lists.paths.add(each);
    for (const each of Array.isArray(host) ? host : []) lists.host.add(each);
    rests.set(JSON.stringify([rest, paths !== undefined, host !== undefined]), rest);
  }
  const [only] = [...rests.values()];
  if (only === undefined || rests.size > 1 || lists.paths.size > 20 || lists.host.size > 20) return undefined;
  return {
    ...only,
    ...(lists.paths.size === 0 ? {} : { paths: [...lists.paths] }),
    ...(lists.host.size === 0 ? {} : { host: [...lists.host] }),
  };
}
