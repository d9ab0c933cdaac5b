import { readlinkSync } from 'node:fs';
import { hostName } from './who.ts';

/** Whether a process with that id runs here. One that we may not signal runs too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

let place: string | undefined;

/**
 * Where process ids mean the same: this machine and, on Linux, this pid namespace. A home directory may be shared with a container or
 * another machine, where the holder of a lock would look dead. Letters and digits only.
 */
export function processPlace(): string {
  if (place !== undefined) return place;
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux: the machine's name must do.
  }
  place = `${hostName()}${namespace}`.replace(/[^A-Za-z0-9]/g, '');
  return place;
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Stops this thread for about that many milliseconds; fractions count. */
export function sleep(milliseconds: number): void {
  Atomics.wait(sleeper, 0, 0, milliseconds);
}

/** `ENOENT` and the like of an error of Node; empty for anything else. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
