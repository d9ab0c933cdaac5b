import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode, isAlive, sleep } from '../../platform/process.ts';
import { InstallError } from './files.ts';
import { dataDirectory, type Machine, type Scope } from './place.ts';

/** A lock without a living holder is taken over after this time; milliseconds. */
const abandonedAfter = 5000;

/**
 * Runs `work` while no other installation of this user changes the same files: each reads settings, and writes what it made of them. Throws an
 * {@link InstallError} where it takes longer than `patience` milliseconds, and whatever `work` throws. An installation takes a fraction of a second.
 */
export function alone<T>(machine: Machine, scope: Scope, work: () => T, patience = 20_000): T {
  const lock = `${dataDirectory(machine, scope)}.lock`;
  take(lock, patience);
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock: string, patience: number): void {
  for (const end = Date.now() + patience; ; sleep(20)) {
    try {
      mkdirSync(dirname(lock), { recursive: true });
      writeFileSync(lock, String(process.pid), { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw new InstallError(`${lock} cannot be written (${errorCode(error) || String(error)}).`);
    }
    if (isAbandoned(lock)) rmSync(lock, { force: true });
    else if (Date.now() > end) throw new InstallError(`Another installation is under way. If there is none, remove ${lock}.`);
  }
}

function isAbandoned(lock: string): boolean {
  try {
    return Date.now() - statSync(lock).mtimeMs > abandonedAfter && !isAlive(Number(readFileSync(lock, 'utf8')));
  } catch {
    // It has just gone.
    return false;
  }
}
