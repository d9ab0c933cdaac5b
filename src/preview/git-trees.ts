import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Budget } from './budget.ts';
import { readGit } from './safe-git.ts';

/** Path relative to the root of the work tree → id of the blob. */
export type Tree = ReadonlyMap<string, string>;

/** The files of a commit; `undefined` where it cannot be read. The revision must not begin with a dash. */
export async function treeOf(revision: string, root: string, budget: Budget): Promise<Tree | undefined> {
  const text = await readGit(['ls-tree', '-r', '-z', '--full-tree', revision], root, budget);
  return text === undefined ? undefined : parse(text, /^\d+ \w+ ([0-9a-f]+)\t([\s\S]+)$/);
}

/** The files of the index. */
export async function indexOf(root: string, budget: Budget): Promise<Tree | undefined> {
  const text = await readGit(['ls-files', '-s', '-z', '--full-name'], root, budget);
  return text === undefined ? undefined : parse(text, /^\d+ ([0-9a-f]+) \d+\t([\s\S]+)$/);
}

function parse(text: string, line: RegExp): Tree {
  return new Map(
    text.split('\0').flatMap((each) => {
      const found = line.exec(each);
      return found?.[1] === undefined || found[2] === undefined ? [] : [[found[2], found[1]] as const];
    }),
  );
}

/** The root of the work tree that a folder lies in; `undefined` where there is none. */
export async function rootOf(folder: string, budget: Budget): Promise<string | undefined> {
  return (await readGit(['rev-parse', '--show-toplevel'], folder, budget))?.replace(/\n$/, '');
}

const largest = 64 * 1024 * 1024;

/**
 * The id that a file's present bytes would have as a blob. Computed here and not by git, which would run the filters that the repository
 * names; a file that a filter changes therefore counts as changed.
 */
export function blobId(root: string, path: string, like: string): string | undefined {
  try {
    const file = join(root, path);
    const stat = lstatSync(file);
    if (stat.size > largest || stat.isDirectory()) return undefined;
    const bytes = stat.isSymbolicLink() ? Buffer.from(readlinkSync(file)) : readFileSync(file);
    return createHash(like.length === 64 ? 'sha256' : 'sha1')
      .update(`blob ${bytes.length}\0`)
      .update(bytes)
      .digest('hex');
  } catch {
    return undefined;
  }
}
