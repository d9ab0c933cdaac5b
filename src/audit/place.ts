import { join } from 'node:path';
import type { Directories } from '../platform/directories.ts';
import type { AuditLog } from './append.ts';

/** Where the audit log of a user is. */
export function auditLog(directories: Directories): AuditLog {
  return { directory: join(directories.state, 'audit') };
}
