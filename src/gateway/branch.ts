import { lstatSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { readTextFile } from '../platform/read-file.ts';

/** Files of git that name something are short. */
const longest = 4096;

/**
 * The branch that is checked out in the repository of a folder, by git's own files; empty where no branch is, or no repository; `undefined`
 * where it cannot be known.
 */
export function branchIn(folder: string): string | undefined {
  try {
    for (let root = folder; ; root = dirname(root)) {
      const git = lstatSync(join(root, '.git'), { throwIfNoEntry: false });
      if (git !== undefined) return branchOf(git.isDirectory() ? join(root, '.git') : linked(join(root, '.git'), root));
      if (dirname(root) === root) return '';
    }
  } catch {
    return undefined;
  }
}

/** Where the file `.git` of a work tree or submodule leads. */
function linked(file: string, root: string): string {
  const path = /^gitdir: (.*?)\s*$/.exec(readTextFile(file, longest))?.[1] ?? '';
  return isAbsolute(path) ? path : join(root, path);
}

function branchOf(gitFolder: string): string | undefined {
  const head = readTextFile(join(gitFolder, 'HEAD'), longest).trim();
  if (/^[0-9a-f]{40,64}$/.test(head)) return '';
  return /^ref: refs\/heads\/(.+)$/.exec(head)?.[1];
}
