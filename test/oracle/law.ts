// The law of soundness: whatever really happened is in the analysis, unless the analysis said that it cannot know.
import { dirname } from 'node:path';
import { analyzeCommand } from '../../src/analysis/analyze.ts';
import type { Analysis, Effect } from '../../src/model/effect.ts';
import type { World } from '../../src/model/world.ts';
import { diskWorld } from '../../src/platform/disk-world.ts';
import type { Observed, Placed, Started } from './room.ts';

/** What the analysis says of a case, on the files as they lie there now. */
export function analysisOf(item: Placed): Analysis {
  // Nobody says which shell it is, but for dash, which no agent starts but by the name of sh.
  const dialect = item.shell === 'dash' ? 'sh' : undefined;
  return analyzeCommand(item.script, { cwd: item.cwd, home: item.home, ...(dialect ? { dialect } : {}) }, worldOf(item));
}

/** The disk as a case finds it in its room, where the folder for temporary files holds nothing but the room. */
function worldOf({ cwd, env }: Placed): World {
  const world = diskWorld({ env });
  const [, room] = /^\/tmp\/([^/]+)\//.exec(cwd) ?? [];
  const isHidden = (path: string): boolean => path.startsWith('/tmp/') && path !== `/tmp/${room}` && !path.startsWith(`/tmp/${room}/`);
  return {
    ...world,
    kind: (path) => (isHidden(path) ? undefined : world.kind(path)),
    readText: (path, most) => (isHidden(path) ? undefined : world.readText(path, most)),
    list: (path) => {
      const names = isHidden(path) ? undefined : world.list(path);
      return path === '/tmp' ? names?.filter((name) => name === room) : names;
    },
  };
}

/** Whether the analysis says that something may run which it cannot know. Decoded text that was followed excuses nothing. */
export function isOpaque(analysis: Analysis): boolean {
  return (
    analysis.problems.length > 0 &&
    analysis.effects.some((effect) => effect.certainty === 'opaque' && (effect.kind === 'execute' || effect.kind === 'unknown'))
  );
}

/** What happened and is not in the analysis, one line each. */
export function misses(observed: Observed, analysis: Analysis, base: string): readonly string[] {
  if (isOpaque(analysis)) return [];
  const executes = analysis.effects.filter((effect) => effect.kind === 'execute' && effect.program !== undefined);
  const paths = analysis.effects.filter((effect) => effect.kind === 'write' || effect.kind === 'delete');
  const found: string[] = [];
  for (const started of observed.started) {
    if (!executes.some((effect) => covers(effect, started)))
      found.push(`started: ${[started.program, ...started.argv].map((word) => JSON.stringify(word)).join(' ')}`);
  }
  for (const path of observed.changed)
    if (!paths.some((effect) => coversPath(effect, path, base))) found.push(`changed: ${path.slice(base.length + 1)}`);
  for (const path of observed.deleted)
    if (!paths.some((effect) => effect.kind === 'delete' && coversPath(effect, path, base)))
      found.push(`deleted: ${path.slice(base.length + 1)}`);
  return [...new Set(found)];
}

function covers(effect: Effect, started: Started): boolean {
  return effect.program === started.program && matchWords(effect.argv ?? [null], started.argv);
}

/** Whether words fit a list in which `null` stands for any number of words. */
export function matchWords(pattern: readonly (string | null)[], words: readonly string[]): boolean {
  // Where each prefix of the pattern can have got to.
  let places = new Set([0]);
  for (const part of pattern) {
    const next = new Set<number>();
    for (const place of places) {
      if (part === null) for (let i = place; i <= words.length; i++) next.add(i);
      else if (words[place] === part) next.add(place + 1);
    }
    places = next;
  }
  return places.has(words.length);
}

/** `sed -i` writes a file of its own beside the one it changes, and leaves it where it is ended. */
const besideChanged = /\/sed\w{6}$/;

function coversPath(effect: Effect, path: string, base: string): boolean {
  const own = effect.path;
  if (own !== undefined && effect.kind === 'write' && besideChanged.test(path) && dirname(own) === dirname(path)) return true;
  if (own === undefined) return effect.certainty === 'opaque';
  if (own === path) return true;
  if (effect.certainty === 'opaque') {
    const pattern = own.startsWith('/') ? own : `*${own.replace(/^\.\//, '')}`;
    // In a folder that is not known, where the links of the project lead is not either.
    const names = [path, path.replace(/a\.txt$/, 'flink'), path.replace('/p/sub/', '/p/link/')];
    // The folders on the way to one that is made are made.
    const folders = effect.kind === 'write' && !own.startsWith('/') ? ancestors(pattern) : [];
    return names.some((name) => [pattern, `${pattern}/*`, ...folders].some((glob) => globMatches(glob, name)));
  }
  // A folder that is written or deleted as a whole has its contents with it; the folders on the way to one that is made are made.
  if ((effect.act === 'files.delete.recursive' || own.length > base.length + 3) && path.startsWith(`${own}/`)) return true;
  if (effect.kind === 'write' && own.startsWith(`${path}/`)) return true;
  return effect.certainty === 'approximate' && (globMatches(own, path) || globMatches(`${own}/*`, path));
}

function ancestors(pattern: string): readonly string[] {
  const slash = pattern.lastIndexOf('/');
  return slash < 0 ? [] : [pattern.slice(0, slash), ...ancestors(pattern.slice(0, slash))];
}

const compiled = new Map<string, RegExp>();

// Here a star may stand for any number of folders: "approximate" says "something within".
function globMatches(glob: string, path: string): boolean {
  if (compiled.size > 5000) compiled.clear();
  let expression = compiled.get(glob);
  if (!expression) {
    let source = '';
    for (let i = 0; i < glob.length; i++) {
      const c = glob.charAt(i);
      if (c === '*') source += '.*';
      else if (c === '?') source += '.';
      else if (c === '[') {
        // What brackets stand for does not matter much here: one character.
        const bracket = /^\[[!^]?\]?(?:\[:\w+:\]|[^\]])*\]/.exec(glob.slice(i));
        source += bracket ? '.' : '\\[';
        i += (bracket?.[0].length ?? 1) - 1;
      } else source += c.replace(/[\\^$.+()[\]{}|/]/g, '\\$&');
    }
    try {
      expression = new RegExp(`^${source.replace(/(?:\.\*)+/g, '.*').replaceAll('\\/.*\\/', '\\/(?:.*\\/)?')}$`, 's');
    } catch {
      expression = /(?!)/;
    }
    compiled.set(glob, expression);
  }
  return expression.test(path);
}
