import { type Uri, window, workspace, type WorkspaceFolder } from 'vscode';
import type { AuditLog } from '../audit/append.ts';
import { withoutLinks } from '../present/visible-text.ts';
import { recordPolicyChange } from './policy-change.ts';
import { policyFile } from './policy-documents.ts';
import { t } from './translate.ts';

/** Opens a folder's policy; offers to create one where there is none. */
export async function openPolicy(log: AuditLog): Promise<void> {
  const folder = await pickFolder();
  if (!folder) return;
  const uri = policyFile(folder.uri);
  if (await exists(uri)) {
    await window.showTextDocument(uri);
    return;
  }
  const create = t('Create');
  const answer = await window.showInformationMessage(
    t('{0} has no policy of its own. The built-in rules hold.', withoutLinks(folder.name)),
    create,
  );
  if (answer === create) await write(uri, log);
}

/** Writes a first policy into a folder and opens it; one that is there is only opened. */
export async function createPolicy(log: AuditLog): Promise<void> {
  const folder = await pickFolder();
  if (!folder) return;
  const uri = policyFile(folder.uri);
  if (await exists(uri)) await window.showTextDocument(uri);
  else await write(uri, log);
}

async function pickFolder(): Promise<WorkspaceFolder | undefined> {
  const folders = workspace.workspaceFolders ?? [];
  if (folders.length > 1) return window.showWorkspaceFolderPick({ placeHolder: t('Folder whose policy is meant') });
  if (!folders[0]) void window.showInformationMessage(t('Open a folder first: a policy belongs to a folder.'));
  return folders[0];
}

async function exists(uri: Uri): Promise<boolean> {
  try {
    await workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

async function write(uri: Uri, log: AuditLog): Promise<void> {
  await workspace.fs.writeFile(uri, new TextEncoder().encode(firstPolicy));
  if (uri.scheme === 'file') recordPolicyChange(log, uri.fsPath);
  await window.showTextDocument(uri);
}

const firstPolicy = `# What coding agents may do in this project. It can make the built-in rules stricter at once;
# what loosens them holds only after you have approved this exact text.
version: 1
extends: [safe_coding]

policies:
  - name: ask-before-publishing
    match:
      command: { program: npm, subcommand: publish }
    action: escalate
    reason: A release is announced first

tests:
  - { name: publishing is asked, tool: bash, args: { command: npm publish }, expect: escalate }
`;
