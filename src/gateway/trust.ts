import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../platform/atomic-write.ts';
import type { Directories } from '../platform/directories.ts';

/**
 * Contents of workspace policies that a person has approved, by hash and not by place: a pin survives a move of the folder and never follows an edit.
 */
function trustFile(directories: Directories): string {
  return join(directories.state, 'trust.json');
}

/** An approved content. All but the hash is for people, and to show what changed since. */
export interface Pin {
  readonly hash: string;
  /** Where the content was when it was approved. */
  readonly file?: string;
  /** RFC 3339. */
  readonly approved?: string;
  readonly by?: string;
  /** What it loosened, one line each. */
  readonly loosens?: readonly string[];
}

/** Every approved content, oldest first; none where the file is missing or cannot be understood, as nothing can be loosened then. */
export function pins(directories: Directories): readonly Pin[] {
  try {
    const value: unknown = JSON.parse(readFileSync(trustFile(directories), 'utf8'));
    return Array.isArray(value) ? value.filter(isPin) : [];
  } catch {
    return [];
  }
}

function isPin(value: unknown): value is Pin {
  return typeof value === 'object' && value !== null && 'hash' in value && typeof value.hash === 'string';
}

/** The approved hashes. */
export function trustedHashes(directories: Directories): ReadonlySet<string> {
  return new Set(pins(directories).map(({ hash }) => hash));
}

/** Approves a content, or takes the approval back. The caller has asked a person and records it. Throws what the file system says. */
export function setTrust(directories: Directories, hash: string, trusted: boolean, about: Omit<Pin, 'hash'> = {}): void {
  const others = pins(directories).filter((pin) => pin.hash !== hash);
  writeAtomically(trustFile(directories), `${JSON.stringify(trusted ? [...others, { hash, ...about }] : others, null, 1)}\n`);
}
