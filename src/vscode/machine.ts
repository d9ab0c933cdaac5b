import { homedir } from 'node:os';
import { join, sep } from 'node:path';
import { workspace } from 'vscode';
import type { AuditLog } from '../audit/append.ts';
import type { DecisionRecord } from '../model/audit-record.ts';
import { type Directories, directories } from '../platform/directories.ts';

/** Where Agent Policy keeps its files on the machine that this extension host runs on: the one the agents run on, too. */
export function machineDirectories(): Directories {
  return directories(process.env, process.platform, homedir());
}

/** The audit log of this machine and user. */
export function auditLog(places: Directories): AuditLog {
  return { directory: join(places.state, 'audit') };
}

/** Whether a decision was about a folder that is open in this window. */
export function isOfThisWindow(record: DecisionRecord): boolean {
  return (workspace.workspaceFolders ?? []).some(({ uri }) => [record.workspace, record.cwd].some((path) => `${path}${sep}`.startsWith(`${uri.fsPath}${sep}`)));
}
