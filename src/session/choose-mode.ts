import { type Person, recordPersonEvent } from '../audit/person-event.ts';
import { auditLog } from '../audit/place.ts';
import type { Directories } from '../platform/directories.ts';
import { lock, type Mode, readMode, writeMode } from './mode.ts';

/** Changes the mode for a person whom the caller has made sure of, and records it first. Throws what the file system says. */
export function chooseMode(directories: Directories, person: Person, mode: Mode): void {
  const before = readMode(directories);
  const record = () => recordPersonEvent(auditLog(directories), person, 'mode-changed', { from: before ?? 'none', to: mode });
  if (mode === 'locked') {
    // The other way round than everywhere else: whatever may be broken, this must stop everything.
    lock(directories);
    record();
    return;
  }
  record();
  writeMode(directories, mode);
}
