import { type Person, recordPersonEvent } from '../audit/person-event.ts';
import { auditLog } from '../audit/place.ts';
import type { Directories } from '../platform/directories.ts';
import { type BreakGlass, endBreakGlass, longestBreakGlass, newBreakGlass, readBreakGlass, startBreakGlass } from './break-glass.ts';

/** Characters that a reason may have. */
export const longestReason = 500;

/** What a person asks for. */
export interface WantedBreakGlass {
  readonly reason: string;
  readonly minutes: number;
  readonly scope: BreakGlass['scope'];
  /** Absolute; for scope `workspace`. */
  readonly workspace: string;
}

/** What is wrong with a reason or a time, as a code; `undefined` for nothing. */
export function breakGlassProblem({
  reason,
  minutes,
}: Pick<WantedBreakGlass, 'reason' | 'minutes'>): 'no-reason' | 'long-reason' | 'minutes' | undefined {
  if (reason.trim().length < 3) return 'no-reason';
  if (reason.length > longestReason) return 'long-reason';
  return Number.isInteger(minutes) && minutes >= 1 && minutes <= longestBreakGlass ? undefined : 'minutes';
}

/** Breaks the glass for a person whom the caller has made sure of, and records it first. Throws what the file system says. */
export function breakGlassNow(directories: Directories, person: Person, wanted: WantedBreakGlass, now: number): BreakGlass {
  const { reason, minutes, scope, workspace } = wanted;
  const glass = newBreakGlass({
    who: person.user,
    reason: reason.trim(),
    since: now,
    until: now + minutes * 60_000,
    scope,
    ...(scope === 'workspace' ? { workspace } : {}),
  });
  const times = { since: new Date(glass.since).toISOString(), until: new Date(glass.until).toISOString() };
  recordPersonEvent(auditLog(directories), person, 'break-glass-started', { ...glass, ...times });
  startBreakGlass(directories, glass);
  return glass;
}

/** Ends it before its time, which anybody may; what was in force. Throws what the file system says. */
export function endBreakGlassNow(directories: Directories, person: Person, now: number): BreakGlass | undefined {
  const glass = readBreakGlass(directories, now);
  endBreakGlass(directories);
  if (glass !== undefined) recordPersonEvent(auditLog(directories), person, 'break-glass-ended', { id: glass.id });
  return glass;
}
