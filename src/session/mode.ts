import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Directories } from '../platform/directories.ts';
import { writeAtomically } from '../platform/atomic-write.ts';
import { errorCode } from '../platform/process.ts';

/**
 * How far the owner of the machine lets the policy act: `enforce` as written, `confirm` asks for everything that changes something,
 * `shadow` records only what would have happened, `locked` denies everything.
 */
export type Mode = 'enforce' | 'confirm' | 'shadow' | 'locked';

export const modes: readonly Mode[] = ['enforce', 'confirm', 'shadow', 'locked'];

/** Path of the file that holds the mode: one word, for the whole machine; no repository and no synchronised setting can set it. */
export function modeFile(directories: Directories): string {
  return join(directories.state, 'mode');
}

/**
 * The mode that a person has chosen; `undefined` where none was chosen, and the policy's own holds. A file that cannot be read or understood
 * means `locked`: it may have said so.
 */
export function readMode(directories: Directories): Mode | undefined {
  try {
    const file = modeFile(directories);
    // Mostly there is none, and an error takes longer to make than the question.
    if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
    const text = readFileSync(file, 'utf8').trim();
    return modes.find((mode) => mode === text) ?? 'locked';
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(errorCode(error)) ? undefined : 'locked';
  }
}

/** Chooses a mode. The caller records the change. Throws what the file system says. */
export function writeMode(directories: Directories, mode: Mode): void {
  writeAtomically(modeFile(directories), `${mode}\n`);
}

/** Modes from the weakest to the strictest. */
export const modeStrength: Readonly<Record<Mode, number>> = { shadow: 0, enforce: 1, confirm: 2, locked: 3 };

/** The mode that a person has chosen for this machine; a policy can make it stricter but never weaker. */
export function strongerMode(chosen: Mode | undefined, written: Mode | undefined): Mode {
  const stated = written ?? 'enforce';
  if (chosen === undefined) return stated;
  return modeStrength[stated] > modeStrength[chosen] && stated !== 'enforce' ? stated : chosen;
}

function modeBeforeFile(directories: Directories): string {
  return join(directories.state, 'mode.before-lock');
}

/**
 * The kill switch: from now on every call of every session is denied, also one that waits for an answer. Remembers the mode that
 * {@link unlock} goes back to. Throws what the file system says.
 */
export function lock(directories: Directories): void {
  const mode = readMode(directories);
  writeMode(directories, 'locked');
  if (mode === 'locked') return;
  try {
    writeAtomically(modeBeforeFile(directories), `${mode ?? ''}\n`);
  } catch {
    // Locked is what counts; unlocking then goes back to enforce.
  }
}

/** Ends the lock and returns the mode that holds now; `undefined`: the policy's own. Throws what the file system says. */
export function unlock(directories: Directories): Mode | undefined {
  let before: Mode | undefined = 'enforce';
  try {
    const text = readFileSync(modeBeforeFile(directories), 'utf8').trim();
    before = text === '' ? undefined : (modes.find((mode) => mode === text && mode !== 'locked') ?? 'enforce');
  } catch {
    // Nobody knows: as written.
  }
  if (before === undefined) rmSync(modeFile(directories), { force: true });
  else writeMode(directories, before);
  rmSync(modeBeforeFile(directories), { force: true });
  return before;
}
