import { closeSync, lstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { randomHex } from './ids.ts';

/**
 * Writes a file so that a reader sees the old content or the new and a full disk leaves the old. Makes missing folders private to the user.
 * Throws what the file system says.
 */
export function writeAtomically(path: string, content: string | Uint8Array): void {
  makeDirectory(dirname(path));
  const next = `${path}.${process.pid}.${randomHex(8)}.next`;
  try {
    writeNew(next, content);
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

/** Makes a directory, with those above it, private to the user; one that is there is left as it is. Throws a sentence that says what to look at. */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    // Node says ENOENT of a directory on a read-only disk.
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new Error(`the folder ${path} cannot be made (${code === 'ENOENT' ? 'EROFS or ENOENT: is the disk read-only?' : code}).`, {
      cause: error,
    });
  }
}

/** Writes a file that must not exist yet, readable by the user only. Throws what the file system says. */
export function writeNew(path: string, content: string | Uint8Array): void {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    writeAll(descriptor, typeof content === 'string' ? Buffer.from(content) : content);
  } finally {
    closeSync(descriptor);
  }
}

/** Writes all bytes, however many pieces the system takes them in. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done, bytes.length - done);
}

/**
 * Makes a directory that nobody but this user can enter. Throws where there is one of somebody else, a link, or one that others may enter:
 * in a shared temporary folder anybody could have made it first.
 */
export function privateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const stat = lstatSync(path);
  if (process.getuid === undefined) return;
  if (!stat.isDirectory() || stat.uid !== process.getuid()) throw new Error(`${path} belongs to somebody else.`);
  if ((stat.mode & 0o077) !== 0) throw new Error(`${path} is open to other users: remove it, or make it private with "chmod 700".`);
}
