import { userInfo } from 'node:os';
import { appendRecord, type AuditLog } from '../audit/append.ts';
import { stateOnDisk } from '../session/tripwire.ts';

/** Notes that a person had this window write a policy. What the file is now is what the person wanted. */
export function recordPolicyChange(log: AuditLog, file: string, details: Readonly<Record<string, string>> = {}): void {
  appendRecord(log, {
    type: 'event',
    event: 'policy-changed',
    timestamp: new Date().toISOString(),
    user: userInfo().username,
    details: { file, ...details, after: stateOnDisk(file), by: 'window' },
  });
}
