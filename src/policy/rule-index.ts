import type { Effect } from '../model/effect.ts';
import type { PolicyRequest } from '../model/policy-request.ts';
import type { CompiledRule, Match, RuleIndex } from './compiled.ts';
import { type Places, placesOf, relativeTo } from './match-path.ts';
import { hostOf } from './host.ts';

/** Key of the rules that an effect reaches whose own key cannot be known. */
const unknown = '*';

/** Sorts rules into an index, each under the most telling key that it has. A rule without any such key is in `rest`. */
export function indexRules(rules: readonly CompiledRule[]): RuleIndex {
  const index = {
    tool: table(),
    act: table(),
    program: table(),
    host: table(),
    path: table(),
    mcp: table(),
    zone: table(),
    kind: table(),
    rest: [] as number[],
  };
  rules.forEach(({ match }, number) => {
    const [name, keys] = bucketOf(match);
    if (name === 'rest') {
      index.rest.push(number);
      return;
    }
    for (const key of new Set(keys)) {
      index[name][key] ??= [];
      index[name][key].push(number);
    }
  });
  // Plain objects, so that the index is the same once it has been written as JSON.
  const plain = (group: Record<string, number[]>): Record<string, number[]> => ({ ...group });
  return {
    tool: plain(index.tool),
    act: plain(index.act),
    program: plain(index.program),
    host: plain(index.host),
    path: plain(index.path),
    mcp: plain(index.mcp),
    zone: plain(index.zone),
    kind: plain(index.kind),
    rest: index.rest,
  };
}

const table = (): Record<string, number[]> => Object.create(null) as Record<string, number[]>;

type Bucket = readonly [Exclude<keyof RuleIndex, 'rest'>, readonly string[]] | readonly ['rest'];

function bucketOf(match: Match): Bucket {
  if (match.acts !== undefined) return ['act', match.acts];
  const programs = match.command?.flatMap((command) => command.program ?? [{ is: 'any' as const }]);
  const programNames = programs?.flatMap((test) => (test.is === 'equal' ? [test.text] : []));
  if (programs !== undefined && programNames?.length === programs.length) return ['program', [...programNames, unknown]];
  const hosts = match.host?.flatMap((test) => (test.is === 'equal' ? [test.text] : []));
  if (hosts !== undefined && hosts.length === match.host?.length) return ['host', [...hosts, unknown]];
  const paths = match.paths?.flatMap(({ base, test, prefix }) => {
    const folder = test.is === 'equal' ? test.text : prefix;
    return folder === undefined || folder === '' ? [] : [`${base}:${folder}`];
  });
  if (paths !== undefined && paths.length === match.paths?.length) return ['path', [...paths, unknown]];
  const mcpTools = match.mcp?.tool?.flatMap((test) => (test.is === 'equal' ? [test.text] : []));
  if (mcpTools !== undefined && mcpTools.length === match.mcp?.tool?.length) return ['mcp', mcpTools];
  if (match.zones !== undefined) return ['zone', match.zones];
  const tools = match.tool?.flatMap((test) => (test.is === 'equal' ? [test.text] : []));
  if (tools !== undefined && tools.length === match.tool?.length) return ['tool', tools];
  if (match.effects !== undefined) return ['kind', match.effects];
  return ['rest'];
}

/** The rules that may match an effect of a call (or the call as a whole), as ascending numbers. */
export function candidates(index: RuleIndex, request: PolicyRequest, effect: Effect | undefined): readonly number[] {
  const { call } = request;
  const lists: (readonly number[])[] = [];
  const add = (list: readonly number[] | undefined): void => {
    if (list !== undefined && list.length > 0) lists.push(list);
  };
  const from = (group: Readonly<Record<string, readonly number[]>>, key: string): void => {
    if (Object.hasOwn(group, key)) add(group[key]);
  };
  add(index.rest);
  from(index.tool, call.tool);
  if (call.nativeTool !== call.tool) from(index.tool, call.nativeTool);
  for (const action of call.actions) if (action.kind === 'mcp') from(index.mcp, action.tool);
  if (effect !== undefined) {
    from(index.kind, effect.kind);
    if (effect.act !== undefined) from(index.act, effect.act);
    for (const zone of effect.zones ?? []) from(index.zone, zone);
    if (effect.kind === 'execute') from(index.program, effect.program ?? unknown);
    if (effect.kind === 'network' || effect.url !== undefined) {
      from(index.host, (effect.certainty === 'opaque' || effect.url === undefined ? undefined : hostOf(effect.url)) ?? unknown);
    }
    if (!isEmpty(index.path)) for (const key of pathKeys(effect, placesOf(request))) from(index.path, key);
  }
  return lists.reduce(merged, []);
}

/** Two ascending lists as one, without doubles. */
function merged(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length === 0) return b;
  const all: number[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const [x = Infinity, y = Infinity] = [a[i], b[j]];
    all.push(Math.min(x, y));
    if (x <= y) i += 1;
    if (y <= x) j += 1;
  }
  return all;
}

function isEmpty(group: Readonly<Record<string, unknown>>): boolean {
  for (const _ in group) return false;
  return true;
}

/** Every folder that the path lies in, from each base; everything where the path is not one constant place. */
function pathKeys(effect: Effect, places: Places): readonly string[] {
  const { path } = effect;
  const reachesBelow = effect.act === 'files.delete.recursive' || effect.act === 'files.permissions.recursive';
  if (path === undefined) return effect.certainty === 'opaque' ? [unknown] : [];
  if (reachesBelow || effect.certainty !== 'exact') return [unknown];
  const keys: string[] = [];
  for (const base of ['root', 'workspace', 'home'] as const) {
    const rest = relativeTo(base, path, places);
    if (rest === undefined) continue;
    for (let at = rest.indexOf('/', 1); at >= 0; at = rest.indexOf('/', at + 1)) keys.push(`${base}:${rest.slice(0, at)}`);
    keys.push(`${base}:${rest}`);
  }
  return keys;
}
