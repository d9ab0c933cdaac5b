import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';

function uriOf(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return vscode.Uri.joinPath(folder.uri, name);
}

/** Opens a file with a text in which `‸` marks the cursor. */
async function open(name: string, marked: string): Promise<{ readonly document: vscode.TextDocument; readonly position: vscode.Position }> {
  const uri = uriOf(name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(marked.replace('‸', '')));
  const document = await vscode.workspace.openTextDocument(uri);
  const editor = await vscode.window.showTextDocument(document);
  const all = new vscode.Range(document.positionAt(0), document.positionAt(document.getText().length));
  await editor.edit((edit) => edit.replace(all, marked.replace('‸', '')));
  await document.save();
  return { document, position: document.positionAt(Math.max(0, marked.indexOf('‸'))) };
}

async function labels(name: string, marked: string): Promise<readonly string[]> {
  const { document, position } = await open(name, marked);
  const list = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, position);
  return list.items
    .filter(({ kind }) => kind !== vscode.CompletionItemKind.Text)
    .map(({ label }) => (typeof label === 'string' ? label : label.label));
}

async function hoverText(name: string, marked: string): Promise<string> {
  const { document, position } = await open(name, marked);
  const found = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, position);
  return found.flatMap(({ contents }) => contents.map((each) => (typeof each === 'string' ? each : each.value))).join('\n');
}

const names = ['.agent-policy.yaml', 'team.agent-policy.yaml', 'a.test.yaml'];

describe('writing a policy', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const name of names) await vscode.workspace.fs.delete(uriOf(name)).then(undefined, () => undefined);
  });

  it('suggests keys, words and names where they fit', async () => {
    assert.ok((await labels('.agent-policy.yaml', 'version: 1\n‸')).includes('policies'));
    assert.ok((await labels('.agent-policy.yaml', 'policies:\n  - name: a\n    match: { acts: [git.pu‸')).includes('git.push.force'));
    assert.ok((await labels('team.agent-policy.yaml', 'policies:\n  - name: a\n    match: { agent: ‸ }')).includes('claude-code'));
    assert.ok((await labels('team.agent-policy.yaml', 'policies:\n  - name: a\n    overrides: [‸]')).includes('guard-change'));
    assert.ok((await labels('a.test.yaml', 'extends: ./.agent-policy.yaml\ntests:\n  - { name: a, expect: ‸ }')).includes('escalate'));
  });

  it('leaves files of others alone', async () => {
    assert.ok(!(await labels('a.test.yaml', 'suite: charts\nmode: ‸\ntests: []\n')).includes('enforce'));
  });

  it('says what keys and words mean', async () => {
    assert.match(await hoverText('.agent-policy.yaml', 'mode: enf‸orce\n'), /What the policy says/);
    assert.match(
      await hoverText('.agent-policy.yaml', 'policies:\n  - name: a\n    match: { acts: git.push.for‸ce }\n'),
      /overwrites remote history/,
    );
  });
});
