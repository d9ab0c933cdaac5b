import { readFileSync } from 'node:fs';
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
    const text = readFileSync(modeFile(directories), 'utf8').trim();
    return modes.find((mode) => mode === text) ?? 'locked';
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(errorCode(error)) ? undefined : 'locked';
  }
}

/** Chooses a mode. The caller records the change. Throws what the file system says. */
export function writeMode(directories: Directories, mode: Mode): void {
  writeAtomically(modeFile(directories), `${mode}\n`);
}
