// Files that something else writes while the shell goes on: nobody knows what they hold at any moment.
import type { MadeFile } from './join.ts';

/**
 * How long that lasts: `open` until whoever opened the file for a command closes it, `job` until the shell waits for its commands in the
 * background, `lasting` until the end.
 */
export type Unsettled = 'open' | 'job' | 'lasting';

/** Files by path, and how long each is written to. Never written to itself. */
export type UnsettledFiles = ReadonlyMap<string, Unsettled>;

export const allSettled: UnsettledFiles = new Map();

/** Those and more. What lasts longer stays. */
export function unsettle(files: UnsettledFiles, paths: readonly string[], how: Unsettled): UnsettledFiles {
  if (paths.length === 0) return files;
  const result = new Map(files);
  for (const path of paths) {
    const before = result.get(path);
    if (before !== 'lasting' && (before === undefined || how !== 'open')) result.set(path, how);
  }
  return result;
}

/** Those of either way. */
export function joinUnsettled(a: UnsettledFiles, b: UnsettledFiles): UnsettledFiles {
  if (a === b || b.size === 0) return a;
  let result = a;
  for (const [path, how] of b) if (a.get(path) !== how) result = unsettle(result, [path], how);
  return result;
}

/** Without what only commands in the background write that the shell itself has started. */
export function waited(files: UnsettledFiles): UnsettledFiles {
  return keeping(files, ([, how]) => how !== 'job');
}

/** Without those that were opened since and are closed now. */
export function closed(files: UnsettledFiles, before: UnsettledFiles): UnsettledFiles {
  return keeping(files, ([path, how]) => how !== 'open' || before.has(path));
}

/** As a shell sees them that is started: it waits for no command of another one. */
export function inherited(files: UnsettledFiles): UnsettledFiles {
  return new Map([...files].map(([path, how]) => [path, how === 'job' ? 'lasting' : how]));
}

/** With those that a shell leaves behind when it ends. */
export function leftBehind(files: UnsettledFiles, ended: UnsettledFiles): UnsettledFiles {
  const paths = [...ended].filter(([path, how]) => how !== 'open' && !files.has(path)).map(([path]) => path);
  return paths.length === 0 ? files : unsettle(files, paths, 'lasting');
}

/** Files of which something else is known now. */
export function changedFiles(before: ReadonlyMap<string, MadeFile>, now: ReadonlyMap<string, MadeFile>): readonly string[] {
  return before === now ? [] : [...now].filter(([path, file]) => before.get(path) !== file).map(([path]) => path);
}

/** What is known of a file that something else writes to, which is only that it may be there. */
export function atAnyTime(file: MadeFile | undefined): MadeFile {
  const { gone, text, ...rest } = file ?? {};
  return { ...rest, text: undefined, unsure: true };
}

function keeping(files: UnsettledFiles, isKept: (entry: [string, Unsettled]) => boolean): UnsettledFiles {
  if (files.size === 0) return files;
  const kept = [...files].filter(isKept);
  return kept.length === files.size ? files : kept.length === 0 ? allSettled : new Map(kept);
}
