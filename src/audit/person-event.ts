import { appendRecord, type AuditLog } from './append.ts';
import { redactText } from './redact.ts';

/** Who did something, and where: `by` is `command line` or `window`. */
export interface Person {
  readonly user: string;
  readonly by: 'command line' | 'window';
}

/** Records what a person did. Throws where it cannot be written: what cannot be recorded does not happen. */
export function recordPersonEvent(log: AuditLog, { user, by }: Person, event: string, details: Readonly<Record<string, unknown>>): void {
  const clean = Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, typeof value === 'string' ? redactText(value) : value]),
  );
  appendRecord(log, { type: 'event', event, timestamp: new Date().toISOString(), user, details: { ...clean, by } });
}
