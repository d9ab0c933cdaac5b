import { type Person, recordPersonEvent } from '../audit/person-event.ts';
import { auditLog } from '../audit/place.ts';
import type { Directories } from '../platform/directories.ts';
import { looseningLine } from '../policy/loosening.ts';
import { setTrust } from './trust.ts';
import type { TrustReview } from './trust-review.ts';

/**
 * Approves what was reviewed, for a person whom the caller has made sure of, and records it first. `now`: milliseconds since 1970. Throws
 * what the file system says.
 */
export function approveContent(directories: Directories, person: Person, { file, pin, loosens }: TrustReview, now: number): void {
  const lines = [...new Set(loosens.map(looseningLine))];
  recordPersonEvent(auditLog(directories), person, 'policy-approved', { file, pin, loosens: lines });
  setTrust(directories, pin, true, { file, by: person.user, approved: new Date(now).toISOString(), loosens: lines });
}

/** Takes an approval back, which anybody may. Throws what the file system says. */
export function revokeContent(directories: Directories, person: Person, { file, pin }: Pick<TrustReview, 'file' | 'pin'>): void {
  setTrust(directories, pin, false);
  recordPersonEvent(auditLog(directories), person, 'policy-approval-revoked', { file, pin });
}
