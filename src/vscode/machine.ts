import { homedir } from 'node:os';
import { sep } from 'node:path';
import { workspace } from 'vscode';
import type { DecisionRecord } from '../model/audit-record.ts';
import { type Directories, directories } from '../platform/directories.ts';
import { type BreakGlass, coversWorkspace } from '../session/break-glass.ts';

/** Where Agent Policy keeps its files on the machine that this extension host runs on: the one the agents run on, too. */
export function machineDirectories(): Directories {
  return directories(process.env, process.platform, homedir());
}

/** Whether a decision was about a folder that is open in this window. */
export function isOfThisWindow(record: DecisionRecord): boolean {
  return (workspace.workspaceFolders ?? []).some(({ uri }) =>
    [record.workspace, record.cwd].some((path) => `${path}${sep}`.startsWith(`${uri.fsPath}${sep}`)),
  );
}

/** Whether a break-glass holds for a folder that is open in this window. */
export function coversThisWindow(glass: BreakGlass): boolean {
  return glass.scope === 'everything' || (workspace.workspaceFolders ?? []).some(({ uri }) => coversWorkspace(glass, uri.fsPath));
}
