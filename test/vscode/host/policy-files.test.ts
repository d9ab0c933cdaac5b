import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';

function policyUri(): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return vscode.Uri.joinPath(folder.uri, '.agent-policy.yaml');
}

const write = (text: string) => vscode.workspace.fs.writeFile(policyUri(), new TextEncoder().encode(text));

/** Waits until the policy's diagnostics are as wanted. */
async function diagnostics(wanted: (found: readonly vscode.Diagnostic[]) => boolean): Promise<readonly vscode.Diagnostic[]> {
  for (let i = 0; i < 60; i += 1) {
    const found = vscode.languages.getDiagnostics(policyUri()).filter(({ source }) => source === 'Agent Policy');
    if (wanted(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return vscode.languages.getDiagnostics(policyUri());
}

describe('the policy of a folder', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(policyUri()).then(undefined, () => undefined);
  });

  it('is marked where it is wrong, at the right line, and no longer when it is right', async () => {
    await write('version: 1\nid: x\npolicies:\n  - name: a\n    action: forbid\n');
    const found = await diagnostics((all) => all.length > 0);
    assert.equal(found[0]?.severity, vscode.DiagnosticSeverity.Error, JSON.stringify(found));
    assert.equal(found[0]?.range.start.line, 4, JSON.stringify(found));
    await write('version: 1\nid: x\npolicies:\n  - name: a\n    action: deny\n    match: { tool: bash }\n    reason: r\n');
    assert.deepEqual(await diagnostics((all) => all.length === 0), []);
  });

  it('is checked while it is typed', async () => {
    await write('version: 1\nid: x\n');
    // The editor may still be closing what showed the file of the test before.
    const insert = async () => {
      const editor = await vscode.window.showTextDocument(policyUri());
      return editor.document.lineCount === 3 && (await insertInto(editor));
    };
    const insertInto = (editor: vscode.TextEditor) => editor.edit((edit) => edit.insert(new vscode.Position(2, 0), 'polices: []\n'));
    let isDone = false;
    for (let i = 0; i < 20 && !isDone; i += 1) {
      isDone = await insert().catch(() => false);
      if (!isDone) await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const found = await diagnostics((all) => all.length > 0);
    assert.equal(found[0]?.range.start.line, 2, JSON.stringify(found));
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('is created with nothing wrong in it, and is not overwritten', async () => {
    await vscode.commands.executeCommand('agentPolicy.createPolicy');
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(policyUri()));
    assert.match(text, /extends: \[safe_coding\]/);
    assert.deepEqual(
      (await diagnostics((all) => all.length === 0)).map(({ message }) => message),
      [],
    );
    await write('version: 1\nid: mine\n');
    await vscode.commands.executeCommand('agentPolicy.createPolicy');
    assert.match(new TextDecoder().decode(await vscode.workspace.fs.readFile(policyUri())), /mine/);
  });

  it('is no longer marked when it is gone', async () => {
    await write('version: "\n');
    assert.ok((await diagnostics((all) => all.length > 0)).length > 0);
    await vscode.workspace.fs.delete(policyUri());
    assert.deepEqual(await diagnostics((all) => all.length === 0), []);
  });
});
