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
  const text = marked.replace('‸', '');
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  const document = await vscode.workspace.openTextDocument(uri);
  const editor = await vscode.window.showTextDocument(document);
  // The editor may still hold what the file was before, and take up what is on disk at any time.
  for (let i = 0; i < 30 && document.getText() !== text; i += 1) await new Promise((resolve) => setTimeout(resolve, 100));
  if (document.getText() !== text) {
    const all = new vscode.Range(document.positionAt(0), document.positionAt(document.getText().length));
    await editor.edit((edit) => edit.replace(all, text));
    await document.save();
  }
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

/** Waits until a document's marks are as wanted. */
async function marks(uri: vscode.Uri, wanted: (found: readonly vscode.Diagnostic[]) => boolean): Promise<readonly vscode.Diagnostic[]> {
  const found = () => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Agent Policy');
  for (let i = 0; i < 60 && !wanted(found()); i += 1) await new Promise((resolve) => setTimeout(resolve, 100));
  return found();
}

const names = ['.agent-policy.yaml', 'team.agent-policy.yaml', 'a.test.yaml'];

describe('writing a policy', () => {
  afterEach(async () => {
    await vscode.workspace.saveAll(false);
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

  it('mends what is marked, and links to what it means', async () => {
    const { document } = await open(
      '.agent-policy.yaml',
      'version: 1\npolicies:\n  - name: a\n    action: denied\n    match: { tool: x }\n',
    );
    const wrong = await marks(document.uri, (found) => found.length === 1);
    const code = wrong[0]?.code;
    assert.ok(
      typeof code === 'object' && /diagnostics\.md$/.test(code.target.path) && /^L\d+$/.test(code.target.fragment),
      JSON.stringify(code),
    );
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      wrong[0]?.range,
    );
    const fix = actions.find(({ title }) => title === 'Change to deny');
    assert.ok(fix?.edit, JSON.stringify(actions.map(({ title }) => title)));
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    const left = await marks(document.uri, (found) => found.every((each) => each.severity === vscode.DiagnosticSeverity.Warning));
    assert.deepEqual(
      left.map((each) => (typeof each.code === 'object' ? each.code.value : each.code)),
      ['no-reason'],
    );
  });

  it('says what keys and words mean', async () => {
    assert.match(await hoverText('.agent-policy.yaml', 'mode: enf‸orce\n'), /What the policy says/);
    assert.match(
      await hoverText('.agent-policy.yaml', 'policies:\n  - name: a\n    match: { acts: git.push.for‸ce }\n'),
      /overwrites remote history/,
    );
  });
});
