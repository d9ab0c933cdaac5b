import assert from 'node:assert/strict';
import { after, afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';

function uriOf(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return vscode.Uri.joinPath(folder.uri, name);
}

const made: vscode.Uri[] = [];

/** Opens a new file with a text in which `‸` marks the cursor. */
async function open(name: string, marked: string): Promise<{ readonly document: vscode.TextDocument; readonly position: vscode.Position }> {
  const uri = uriOf(name.replace('*', String(made.length)));
  made.push(uri);
  const text = marked.replace('‸', '');
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
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

describe('writing a policy', () => {
  afterEach(async () => {
    await vscode.workspace.saveAll(false);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  // A file of its own for each text: the editor closes what shows a file that is made anew.
  after(async () => {
    for (const uri of made) await vscode.workspace.fs.delete(uri).then(undefined, () => undefined);
  });

  it('suggests keys, words and names where they fit', async () => {
    assert.ok((await labels('*.agent-policy.yaml', 'version: 1\n‸')).includes('policies'));
    assert.ok((await labels('*.agent-policy.yaml', 'policies:\n  - name: a\n    match: { acts: [git.pu‸')).includes('git.push.force'));
    assert.ok((await labels('*.agent-policy.yaml', 'policies:\n  - name: a\n    match: { agent: ‸ }')).includes('claude-code'));
    assert.ok((await labels('*.agent-policy.yaml', 'policies:\n  - name: a\n    overrides: [‸]')).includes('guard-change'));
    assert.ok((await labels('*.test.yaml', 'extends: ./.agent-policy.yaml\ntests:\n  - { name: a, expect: ‸ }')).includes('escalate'));
  });

  it('leaves files of others alone', async () => {
    assert.ok(!(await labels('*.test.yaml', 'suite: charts\nmode: ‸\ntests: []\n')).includes('enforce'));
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

  it('has lenses above the file and above each rule', async () => {
    const text =
      'version: 1\npolicies:\n  - name: one\n    match: { tool: x }\n    reason: r\n  - { name: two, reason: r }\ntests:\n  - { name: t, tool: bash, args: { command: ls }, expect: approve }\n';
    const { document } = await open('*.agent-policy.yaml', text);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 20);
    const shown = lenses.map(({ range, command }) => `${range.start.line} ${command?.title.replace(/\d+/g, 'N')}`).sort();
    const past = shown.filter((line) => /calls/.test(line));
    assert.deepEqual(
      shown.filter((line) => !past.includes(line)),
      ['0 $(beaker) Try a Command…', '0 $(run-all) Run Scenarios (N)', '2 Try a Command…', '5 Try a Command…'],
    );
    assert.equal(past.length, 2, shown.join('\n'));
  });

  it('runs the scenarios of a file as it is typed, and of one that extends it', async () => {
    const scenario = (name: string, expect: string) =>
      `  - { name: ${name}, tool: bash, args: { command: npm publish }, expect: ${expect} }\n`;
    const policy = 'version: 1\npolicies:\n  - { name: one, match: { acts: [package.publish] }, action: deny, reason: r }\n';
    const { document } = await open(
      '*.agent-policy.yaml',
      `${policy}tests:\n${scenario('a', 'deny')}${scenario('b', 'approve')}${scenario('b', 'escalate')}`,
    );
    const run = (uri: vscode.Uri) => vscode.commands.executeCommand('agentPolicy.runTests', uri);
    assert.deepEqual(await run(document.uri), { passed: 1, failed: 2 });
    const edit = new vscode.WorkspaceEdit();
    const at = document.getText().indexOf('approve }');
    edit.replace(document.uri, new vscode.Range(document.positionAt(at), document.positionAt(at + 'approve'.length)), 'deny');
    await vscode.workspace.applyEdit(edit);
    assert.equal(document.isDirty, true);
    assert.deepEqual(await run(document.uri), { passed: 2, failed: 1 });
    const name = document.uri.path.split('/').at(-1);
    const other = await open('*.test.yaml', `extends: ./${name}\ntests:\n${scenario('c', 'deny')}`);
    assert.deepEqual(await run(other.document.uri), { passed: 1, failed: 0 });
    const broken = await open('*.test.yaml', `extends: ./none.yaml\ntests:\n${scenario('c', 'deny')}${scenario('d', 'deny')}`);
    assert.deepEqual(await run(broken.document.uri), { passed: 0, failed: 2 });
  });

  it('goes to a rule, wherever it is written', async () => {
    await open(
      '.agent-policy.yaml',
      'version: 1\npaths: { protected: [x] }\npolicies:\n  - name: here\n    match: { tool: x }\n    reason: r\n',
    );
    const at = async (rule: string) => {
      await vscode.commands.executeCommand('agentPolicy.goToRule', { rule });
      const editor = vscode.window.activeTextEditor;
      return `${editor?.document.uri.path.split('/').at(-1)}: ${editor?.document.lineAt(editor.selection.active.line).text.trim()}`;
    };
    assert.equal(await at('here'), '.agent-policy.yaml: - name: here');
    assert.equal(await at('paths.protected'), '.agent-policy.yaml: paths: { protected: [x] }');
    assert.equal(await at('guard-change'), 'self_protection.yaml: - name: guard-change');
    const template = vscode.window.activeTextEditor?.document;
    await at('no such rule');
    assert.equal(vscode.window.activeTextEditor?.document, template);
    for (const wrong of [5, null, { rule: 5 }, { rule: '' }]) {
      const asked = vscode.commands.executeCommand('agentPolicy.goToRule', wrong);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      await asked;
    }
  });

  it('says what keys and words mean', async () => {
    assert.match(await hoverText('*.agent-policy.yaml', 'mode: enf‸orce\n'), /What the policy says/);
    assert.match(
      await hoverText('*.agent-policy.yaml', 'policies:\n  - name: a\n    match: { acts: git.push.for‸ce }\n'),
      /overwrites remote history/,
    );
  });
});
