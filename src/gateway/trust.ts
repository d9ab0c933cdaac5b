import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../platform/atomic-write.ts';
import type { Directories } from '../platform/directories.ts';

/**
 * Contents of workspace policies that a person has approved, by hash and not by place: a pin survives a move of the folder and never follows an edit.
 */
export function trustFile(directories: Directories): string {
  return join(directories.state, 'trust.json');
}

/** The approved hashes; none where the file is missing or cannot be understood, as nothing can be loosened then. */
export function trustedHashes(directories: Directories): ReadonlySet<string> {
  try {
    const value: unknown = JSON.parse(readFileSync(trustFile(directories), 'utf8'));
    return new Set(Array.isArray(value) ? value.filter((hash) => typeof hash === 'string') : []);
  } catch {
    return new Set();
  }
}

/** Approves a content, or takes the approval back. The caller has asked a person and records it. Throws what the file system says. */
export function setTrust(directories: Directories, hash: string, trusted: boolean): void {
  const hashes = new Set(trustedHashes(directories));
  if (trusted) hashes.add(hash);
  else hashes.delete(hash);
  writeAtomically(trustFile(directories), `${JSON.stringify([...hashes].sort(), null, 1)}\n`);
}
