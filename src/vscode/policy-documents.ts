import { basename, join } from 'node:path';
import { type DocumentSelector, Position, Range, RelativePattern, type TextDocument, Uri, workspace } from 'vscode';
import { managedPolicyFile } from '../gateway/policy-source.ts';
import { userPolicyFile } from '../gateway/stronger-layers.ts';
import type { Directories } from '../platform/directories.ts';

export const policyFileName = '.agent-policy.yaml';

/** Files of this name hold scenarios where they look like ours; others have such files, too. */
const testFile = /\.test\.ya?ml$/;

/** What a policy document holds: the policy of a folder, of the user or the machine, another policy, or scenarios for one. */
export type PolicyKind = 'workspace' | 'user' | 'managed' | 'other' | 'scenarios';

/** The policy of a workspace folder. */
export function policyFile(folder: Uri): Uri {
  return Uri.joinPath(folder, policyFileName);
}

/** Documents that may be ours, for the editor; {@link kindOf} says whether they are. */
export function policySelector(directories: Directories): DocumentSelector {
  const own = [userPolicyFile(directories), managedPolicyFile(process.platform)];
  return [
    { pattern: `**/${policyFileName}` },
    { pattern: '**/*.agent-policy.{yaml,yml}' },
    { pattern: '**/*.test.{yaml,yml}' },
    ...own.map((path) => ({ scheme: 'file', pattern: new RelativePattern(Uri.file(join(path, '..')), basename(path)) })),
  ];
}

/** What a document is to us by its name, and for files of scenarios by its text; `undefined` for a stranger. */
export function kindOf(document: Pick<TextDocument, 'uri' | 'getText'>, directories: Directories): PolicyKind | undefined {
  const { uri } = document;
  const name = basename(uri.path);
  if (uri.scheme === 'file') {
    if (uri.fsPath === userPolicyFile(directories)) return 'user';
    if (uri.fsPath === managedPolicyFile(process.platform)) return 'managed';
  }
  if (name === policyFileName) {
    const isFolders = workspace.workspaceFolders?.some((folder) => policyFile(folder.uri).toString() === uri.toString());
    return isFolders === true ? 'workspace' : 'other';
  }
  if (/\.agent-policy\.ya?ml$/.test(name)) return 'other';
  return testFile.test(name) && areScenarios(document.getText()) ? 'scenarios' : undefined;
}

/** Whether a text holds scenarios of ours, or nothing yet. */
export function areScenarios(text: string): boolean {
  const keys = [...text.slice(0, 65_536).matchAll(/^([A-Za-z_]\w*):/gm)].map((match) => match[1]);
  return keys.length === 0 || (keys.includes('extends') && !keys.includes('suite')) || keys.includes('policies');
}

/** Places of a text as the editor counts them: offsets of UTF-16 units become lines and columns. */
export function rangeIn(text: string, start: number, end: number): Range {
  return new Range(placeAt(text, start), placeAt(text, end));
}

function placeAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  return new Position(before.split('\n').length - 1, before.length - start);
}

/** What is being typed, else what is on disk; `undefined` where there is no such file. The editor keeps documents of files that are gone. */
export async function readPolicy(uri: Uri): Promise<string | undefined> {
  const open = workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open?.isDirty === true) return open.getText();
  try {
    return new TextDecoder().decode(await workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
}
