import { closeSync, existsSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from './atomic-write.ts';
import { randomHex } from './ids.ts';
import { errorCode, isAlive, processPlace, sleep } from './process.ts';

/**
 * A lock between processes that survives `kill -9`, on any file system that renames atomically.
 *
 * The lock is a file, the token: whoever renames `free` to a name of his own holds it, and gives it back by renaming it to `free`. There is
 * always exactly one token, and all names of a held token differ, so that of two processes that take over the token of a dead one, only one
 * can succeed; lock files that are deleted and made again do not have this. The token's content is the protected state.
 */
export interface Token {
  /** Path of the token while it is held. */
  readonly path: string;
  /** Whether it was just made: it is empty then. */
  readonly isNew: boolean;
  /** Gives it back. */
  release(): void;
}

/** No token within the time allowed: another process holds it, or the folder cannot be written. */
export class TokenTimeout extends Error {
  readonly code = 'token-timeout';
}

/** A token held this long, in milliseconds, is lost: nobody works that long. Covers reused process ids. */
const longestHold = 30_000;
/** The same for a holder whose process id says nothing here. */
const longestForeignHold = 10_000;
/** How long a folder must look empty, in milliseconds, before its token is believed to be lost; a rename in progress can hide one for an instant. */
const vanished = 500;

/**
 * Takes the token of a directory, which is made (with its token) where it is missing. Blocks this thread for at most `patience` milliseconds.
 * Throws {@link TokenTimeout}, or what the file system says.
 */
export function takeToken(directory: string, patience: number): Token {
  const free = join(directory, 'free');
  const held = join(directory, `held.${processPlace()}.${process.pid}.${Date.now().toString(36)}.${randomHex(12)}`);
  const token = (isNew: boolean): Token => ({ path: held, isNew, release: () => renameSync(held, free) });
  const end = Date.now() + patience;
  let emptySince: number | undefined;
  for (let attempt = 0; ; attempt += 1) {
    if (rename(free, held)) return token(false);
    if (attempt % 16 === 2) {
      const names = list(directory);
      if (names.some((name) => name.startsWith('held.') || name === 'free')) emptySince = undefined;
      else if (!names.includes('born')) {
        if (create(directory, held)) return token(true);
      } else if (emptySince === undefined) emptySince = Date.now();
      else if (Date.now() - emptySince > vanished && rename(join(directory, 'born'), held)) {
        createFile(join(directory, 'born'));
        return token(true);
      }
      for (const name of names) {
        if (isAbandoned(name) && rename(join(directory, name), held)) {
          for (const rest of list(directory)) if (rest.startsWith('next.')) rmSync(join(directory, rest), { force: true });
          if (!existsSync(join(directory, 'born'))) createFile(join(directory, 'born'));
          return token(false);
        }
      }
    }
    if (Date.now() > end) throw new TokenTimeout(`Another process holds ${directory} for more than ${patience} ms.`);
    // Short and uneven, so that waiting processes do not march in step.
    sleep(0.05 + Math.random() * Math.min(0.1 * attempt, 2));
  }
}

/** Whether `from` was there and has been renamed. */
function rename(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    // Windows refuses for a moment what another process has open.
    if (
      ['ENOENT', 'EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error)) &&
      (process.platform === 'win32' || errorCode(error) === 'ENOENT')
    ) {
      return false;
    }
    throw error;
  }
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Makes the first token; only one process ever can, as the file `born` stays. */
function create(directory: string, held: string): boolean {
  makeDirectory(directory);
  if (!createFile(join(directory, 'born'))) return false;
  return createFile(held);
}

function createFile(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', 0o600));
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function isAbandoned(name: string): boolean {
  const [kind, place, pid, time] = name.split('.');
  if (kind !== 'held' || pid === undefined || time === undefined) return false;
  const age = Math.abs(Date.now() - Number.parseInt(time, 36));
  if (place !== processPlace()) return !(age <= longestForeignHold);
  return !(age <= longestHold) || !isAlive(Number(pid));
}
