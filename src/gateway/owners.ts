import { lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Effect } from '../model/effect.ts';
import type { World } from '../model/world.ts';
import { readTextFile } from '../platform/read-file.ts';
import { type CodeOwners, codeOwnersPlaces, largestCodeOwners, ownersOf, ownersWithin, parseCodeOwners } from '../policy/code-owners.ts';
import type { OwnersOf } from '../policy/evaluate.ts';
import { readGitNow } from '../preview/safe-git.ts';

/** One version of a repository's CODEOWNERS; `undefined` where it cannot be read. */
type Version = CodeOwners | undefined;

/** How long git may take, in milliseconds. */
const patience = 3000;
/** Names of the remote's default branch as it was last fetched; the first that is there counts. */
const remoteHeads = ['refs/remotes/origin/HEAD', 'refs/remotes/origin/main', 'refs/remotes/origin/master'];

/**
 * Owners on this machine: by the CODEOWNERS of the default branch of the remote as it was last fetched, of what is checked out, and of the files
 * as they are, in every repository that a path lies in, a repository inside of another counting as both. An agent can write each of them, but has
 * to write all to gain by it. Repositories are read once for each call. `ignoresCase`: as file systems of macOS and Windows do.
 */
export function ownersHere(ignoresCase: boolean): OwnersOf {
  const known = new Map<string, readonly Version[]>();
  return (effect) => {
    const versions = rootsOf(effect.path ?? '').map((root) => {
      let found = known.get(root);
      if (found === undefined) {
        found = versionsIn(root);
        known.set(root, found);
      }
      return { root, found };
    });
    return asked(effect, versions, ignoresCase);
  };
}

/** Owners in a world of given files: of a scenario. */
export function ownersInWorld(world: World, root: string): OwnersOf {
  const text = codeOwnersPlaces.map((place) => world.readText(`${root}/${place}`, largestCodeOwners)).find((each) => each !== undefined);
  const found = text === undefined ? [] : [parseCodeOwners(text)];
  return (effect) => asked(effect, [{ root, found }], world.ignoresCase);
}

interface Versions {
  readonly root: string;
  readonly found: readonly Version[];
}

function asked(effect: Effect, repositories: readonly Versions[], ignoresCase: boolean): ReturnType<OwnersOf> {
  const answers = repositories.flatMap(({ root, found }) => {
    const path = relativePath(root, effect.path ?? '');
    return path === undefined ? [] : found.map((version) => version && alternatives(version, effect, path, ignoresCase));
  });
  return answers.length === 0 ? [[[]]] : answers;
}

function relativePath(root: string, path: string): string | undefined {
  const start = root.endsWith('/') ? root : `${root}/`;
  return path === root ? '' : path.startsWith(start) ? path.slice(start.length) : undefined;
}

function alternatives(version: CodeOwners, effect: Effect, path: string, ignoresCase: boolean): readonly (readonly string[])[] | undefined {
  const isRecursive = effect.act === 'files.delete.recursive' || effect.act === 'files.permissions.recursive';
  const isGlob = effect.certainty === 'approximate' && /[*?[{]/.test(path);
  const inBuild = effect.zones?.includes('build-output') === true;
  const ask = (owners: CodeOwners, of: string): readonly (readonly string[])[] | undefined => {
    if (!isRecursive && !isGlob) {
      const found = ownersOf(owners, of);
      return found && [found];
    }
    const glob = isGlob ? of : of.replace(/[[\]{}()!+@\\?*]/g, '\\$&');
    return ownersWithin(owners, isRecursive ? `${glob}${glob === '' ? '' : '/'}**` : glob, inBuild);
  };
  const plain = ask(version, path);
  const folded = ignoresCase ? ask(inLowerCase(version), path.toLowerCase()) : [];
  return plain && folded && [...plain, ...folded];
}

/** The lines as they fit where letter case does not matter. */
function inLowerCase({ sections }: CodeOwners): CodeOwners {
  return {
    sections: sections.map((entries) =>
      entries.map((entry) => ({ ...entry, glob: entry.glob.toLowerCase(), literal: entry.literal.toLowerCase() })),
    ),
  };
}

/** Roots of the repositories that a path lies in, the innermost first. */
function rootsOf(path: string): readonly string[] {
  const roots: string[] = [];
  for (let folder = path; ; folder = dirname(folder)) {
    if (isThere(join(folder, '.git'))) roots.push(folder);
    if (dirname(folder) === folder) return roots;
  }
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** The versions of CODEOWNERS in a repository that there are. */
function versionsIn(root: string): readonly Version[] {
  const revisions = [...remoteHeads, 'HEAD'];
  const names = revisions.flatMap((revision) => codeOwnersPlaces.map((place) => `${revision}:${place}`));
  const output = readGitNow(['cat-file', '--batch'], root, `${names.join('\n')}\n`, patience);
  const texts = output === undefined ? undefined : objectsIn(output, names.length);
  const committed = (revision: string): string | undefined =>
    codeOwnersPlaces.map((place) => texts?.[names.indexOf(`${revision}:${place}`)]).find((text) => text !== undefined);
  const onDisk = codeOwnersPlaces.map((place) => textOf(join(root, place))).find((text) => text !== undefined);
  const remote = remoteHeads.map(committed).find((text) => text !== undefined);
  const all = [...new Set([remote, committed('HEAD'), onDisk])].filter((text) => text !== undefined).map(parseCodeOwners);
  return texts === undefined ? [undefined, ...all] : all;
}

function textOf(path: string): string | undefined {
  try {
    return readTextFile(path, largestCodeOwners);
  } catch {
    return undefined;
  }
}

/** The blobs of `git cat-file --batch`, one for each name; `undefined` where the output is none. */
function objectsIn(output: Buffer, count: number): readonly (string | undefined)[] | undefined {
  const texts: (string | undefined)[] = [];
  let at = 0;
  while (texts.length < count) {
    const end = output.indexOf(10, at);
    if (end < 0) return undefined;
    const line = output.toString('utf8', at, end);
    const [, type, size] = / (\w+) (\d+)$/.exec(line) ?? [];
    at = end + 1;
    if (type === undefined) {
      texts.push(undefined);
      continue;
    }
    texts.push(type === 'blob' ? output.toString('utf8', at, at + Number(size)) : undefined);
    at += Number(size) + 1;
  }
  return texts;
}
