import type { Zone } from '../model/zone.ts';
import { patternSource } from './shell/glob.ts';
import { classify, type Places } from './zones.ts';

/** Places that a pattern is tried against: what it could match that counts, wherever the machine's own files are not known. */
const systemPlaces = [
  '/etc/hosts',
  '/usr/bin/x',
  '/usr/lib/x',
  '/usr/share/x',
  '/usr/local/bin/x',
  '/bin/sh',
  '/sbin/init',
  '/lib/x',
  '/lib64/x',
  '/boot/x',
  '/sys/x',
  '/proc/x',
  '/root/.profile',
  '/dev/sda',
  '/var/lib/x',
];
const homePlaces = [
  '.ssh/id_rsa',
  '.ssh/id_ed25519',
  '.aws/credentials',
  '.gnupg/x',
  '.kube/config',
  '.netrc',
  '.npmrc',
  '.git-credentials',
  '.bashrc',
  '.zshrc',
  '.profile',
  '.config/gh/hosts.yml',
  '.config/agent-policy/policy.yaml',
  '.claude/settings.json',
  '.codex/config.toml',
  '.docker/config.json',
];
const workspacePlaces = [
  '.git/hooks/pre-commit',
  '.git/config',
  '.husky/pre-commit',
  '.agent-policy.yaml',
  '.claude/settings.json',
  '.claude/settings.local.json',
  '.codex/config.toml',
  '.gemini/settings.json',
  '.cursor/hooks.json',
  '.vscode/settings.json',
  '.vscode/tasks.json',
  '.clinerules/x',
  '.github/hooks/x',
  '.env',
  '.env.local',
  '.env.production',
];

interface Place {
  readonly place: string;
  /** Its segments. */
  readonly have: readonly string[];
}

/** The places of the home and the workspace that were asked for last: many patterns are asked of the same ones. */
let last: { readonly home: string; readonly workspace: string; readonly all: readonly Place[] } | undefined;

function countedPlaces({ home, workspace }: Places): readonly Place[] {
  if (last?.home === home && last.workspace === workspace) return last.all;
  const homes = [home, ...(home.startsWith('/home/') ? ['/home/other'] : [])];
  const all = [
    ...systemPlaces,
    ...homes,
    ...homes.flatMap((each) => homePlaces.map((name) => `${each}/${name}`)),
    ...workspacePlaces.map((name) => `${workspace}/${name}`),
  ].map((place) => ({ place, have: place.split('/') }));
  last = { home, workspace, all };
  return all;
}

interface PatternZones {
  readonly zones: readonly Zone[];
  readonly path?: string;
}

/** What was told of patterns before, for the same places: each takes expressions to compile. */
const told = new WeakMap<Places, Map<string, PatternZones>>();
const mostTold = 1000;
/** Longer patterns are not kept. */
const longestTold = 256;

/**
 * The zones of what an absolute pattern may match, by the places of this machine that count most; the names of their files matter as
 * well. The path that was matched comes first, for what is said of it. Bounded by the number of places.
 */
export function zonesOfPattern(pattern: string, places: Places): PatternZones {
  let known = told.get(places);
  if (known === undefined) {
    known = new Map();
    told.set(places, known);
  }
  const before = known.get(pattern);
  if (before !== undefined) return before;
  const found = tryPlaces(pattern, places);
  if (known.size >= mostTold) known.clear();
  if (pattern.length <= longestTold) known.set(pattern, found);
  return found;
}

function tryPlaces(pattern: string, places: Places): PatternZones {
  const wanted = pattern.split('/');
  if (!/[*?[]/.test(pattern) || wanted.length > 24) return { zones: [] };
  const tests = wanted.map((segment) => segmentTest(segment));
  if (tests.includes(undefined)) return { zones: [] };
  const zones = new Set<Zone>();
  let path: string | undefined;
  for (const { place, have } of countedPlaces(places)) {
    const count = Math.min(have.length, tests.length);
    if (count < 2 || !tests.slice(0, count).every((test, i) => test?.(have[i] ?? '') === true)) continue;
    // What is written out is known without this.
    if (!wanted.slice(0, count).some((segment) => /[*?[]/.test(segment))) continue;
    // A pattern that goes deeper than the place only counts below folders; one that ends earlier matches a folder of it.
    if (tests.length > have.length && !/\/x$|^\/home\/[^/]+$/.test(place)) continue;
    const matched = have.slice(0, count).join('/');
    for (const zone of classify(tests.length > have.length ? `${matched}/x` : matched, places)) zones.add(zone);
    path ??= matched;
  }
  return { zones: [...zones], ...(path === undefined ? {} : { path }) };
}

function segmentTest(segment: string): ((name: string) => boolean) | undefined {
  if (!/[*?[]/.test(segment)) return (name) => name === segment;
  const source = patternSource(segment);
  if (source === undefined) return undefined;
  const expression = new RegExp(`^(?:${source.replace(/(?:\[\^\]\*){2,}/g, '[^]*')})$`);
  // A leading dot is matched by a dot only; a bracket or a mark never stands for it.
  return (name) => (!name.startsWith('.') || segment.startsWith('.')) && expression.test(name);
}
