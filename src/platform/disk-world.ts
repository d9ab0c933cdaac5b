import { lstatSync, opendirSync, readlinkSync } from 'node:fs';
import type { EntryKind, World } from '../model/world.ts';
import { readTextFile } from './read-file.ts';

/** What a {@link diskWorld} may look at and how much. */
export interface DiskWorldOptions {
  /** The agent's environment: what the command will see too. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  /** Whether this session made that path: see the session store. */
  readonly madeBySession?: (path: string) => boolean;
  /** Most names of one directory; a larger one is `undefined`. */
  readonly maxNames?: number;
  /** Most questions of all kinds that reach the disk; after that all answers are "not known", so that one call cannot walk a whole disk. */
  readonly maxQuestions?: number;
}

/** Largest file that is ever read, whatever the asker allows. */
const largestText = 1024 * 1024;

/**
 * The machine's real files, for the time of one call: each question is asked of the disk once, so that one analysis sees one state of it.
 * Never throws: whatever goes wrong is "not known".
 */
export function diskWorld(options: DiskWorldOptions = {}): World {
  const platform = options.platform ?? process.platform;
  const env = options.env ?? {};
  const maxNames = options.maxNames ?? 4096;
  let left = options.maxQuestions ?? 20_000;

  function once<T>(ask: (path: string) => T | undefined): (path: string) => T | undefined {
    const known = new Map<string, T | undefined>();
    return (path) => {
      if (known.has(path)) return known.get(path);
      // A path with NUL cannot exist, and Node throws for it.
      if (left <= 0 || path.includes('\0')) return undefined;
      left -= 1;
      let answer: T | undefined;
      try {
        answer = ask(path);
      } catch {
        answer = undefined;
      }
      known.set(path, answer);
      return answer;
    };
  }

  const kind = once<EntryKind>((path) => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    if (stat.isSymbolicLink()) return 'link';
    if (stat.isDirectory()) return 'directory';
    return stat.isFile() ? 'file' : 'other';
  });
  const text = once<string>((path) => readTextFile(path, largestText));

  return {
    kind,
    readLink: once((path) => (kind(path) === 'link' ? readlinkSync(path) : undefined)),
    list: once((path) => listDirectory(path, maxNames)),
    readText(path, maxBytes) {
      const found = text(path);
      return found !== undefined && Buffer.byteLength(found) <= maxBytes ? found : undefined;
    },
    variable: (name) => env[name],
    madeBySession: options.madeBySession ?? (() => false),
    ignoresCase: platform === 'win32' || platform === 'darwin',
  };
}

/** Names in a directory without `.` and `..`; `undefined` where there are more than `max`. Throws where it is no directory. */
function listDirectory(path: string, max: number): readonly string[] | undefined {
  const directory = opendirSync(path, { bufferSize: 256 });
  try {
    const names: string[] = [];
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      if (names.length === max) return undefined;
      names.push(entry.name);
    }
    return names;
  } finally {
    directory.closeSync();
  }
}
