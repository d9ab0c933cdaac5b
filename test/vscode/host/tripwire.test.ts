import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { auditLog } from '../../../src/audit/place.ts';
import { queryLog } from '../../../src/audit/query.ts';
import { directories } from '../../../src/platform/directories.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Longer than it takes until a change is asked about; milliseconds. */
const noticedMs = 4000;

describe('tripwire', function () {
  this.timeout(60_000);
  let folder: string;
  let policy: string;
  let started: string;

  const inFolder = (name: string): string => join(folder, name);
  const uri = (name: string): vscode.Uri => vscode.Uri.file(inFolder(name));
  const text = (name: string): string | undefined => (existsSync(inFolder(name)) ? readFileSync(inFolder(name), 'utf8') : undefined);

  /** Something that no event of the editor tells of. */
  function unseen(script: string): void {
    const { status, stderr } = spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  }

  /** What the audit log has of changed files since the test began: names and outcomes. */
  function recorded(): readonly string[] {
    const log = auditLog(directories(process.env, process.platform, homedir()));
    return queryLog(log.directory, { type: 'event', since: started }, 200).flatMap(({ record }) =>
      record.type === 'event' && record.event === 'protected-file-changed'
        ? [`${String(record.details['file']).slice(folder.length + 1)} ${record.details['outcome']}`]
        : [],
    );
  }

  async function until(isSo: () => boolean | Promise<boolean>, ms = 15_000): Promise<boolean> {
    for (const end = Date.now() + ms; Date.now() < end; await sleep(100)) if (await isSo()) return true;
    return false;
  }

  const isSeen = (name: string) => until(() => recorded().includes(`${name} seen`));
  const isShown = (name: string) =>
    until(() =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .some(({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.fsPath === inFolder(name)),
    );
  /** Takes the first answer of the question, Restore, until that has an effect. */
  const restore = (isDone: () => boolean) =>
    until(async () => {
      if (!isDone()) await vscode.commands.executeCommand('notification.acceptPrimaryAction');
      return isDone();
    });

  before(async () => {
    folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    policy = inFolder('.agent-policy.yaml');
    await vscode.extensions.getExtension('agent-policy.agent-policy')?.activate();
    // Until it knows what is there. Other tests have left their questions.
    await sleep(noticedMs);
    await vscode.commands.executeCommand('notifications.clearAll');
    const edit = new vscode.WorkspaceEdit();
    edit.createFile(uri('.agent-policy.yaml'), { overwrite: true });
    assert.ok(await vscode.workspace.applyEdit(edit));
    const end = new vscode.WorkspaceEdit();
    end.deleteFile(uri('.agent-policy.yaml'));
    assert.ok(await vscode.workspace.applyEdit(end));
  });
  beforeEach(async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    started = new Date().toISOString();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(async () => {
    await vscode.commands.executeCommand('notifications.clearAll');
    for (const name of ['.agent-policy.yaml', '.vscode', '.git', '.claude', '.github', 'opencode.json'])
      rmSync(inFolder(name), { recursive: true, force: true });
  });

  it('puts back a policy that an unseen process made, empty at first', async () => {
    assert.equal(text('.agent-policy.yaml'), undefined);
    unseen(': > .agent-policy.yaml');
    assert.ok(await isSeen('.agent-policy.yaml'));
    unseen("printf 'version: 1\\nmode: shadow\\n' > .agent-policy.yaml");
    assert.ok(await until(() => recorded().filter((line) => line === '.agent-policy.yaml seen').length === 2), recorded().join());
    assert.ok(await isShown('.agent-policy.yaml'));
    assert.ok(await restore(() => !existsSync(policy)), text('.agent-policy.yaml'));
    assert.ok(await until(() => recorded().includes('.agent-policy.yaml restored')));
  });

  it('takes for a person’s what is created, renamed and deleted through the editor', async () => {
    const made = new vscode.WorkspaceEdit();
    made.createFile(uri('.agent-policy.yaml'));
    assert.ok(await vscode.workspace.applyEdit(made));
    await sleep(noticedMs);
    assert.deepEqual(recorded(), [], 'created');
    writeFileSync(inFolder('first.yaml'), 'version: 1\n');
    const moved = new vscode.WorkspaceEdit();
    moved.deleteFile(uri('.agent-policy.yaml'));
    assert.ok(await vscode.workspace.applyEdit(moved));
    const renamed = new vscode.WorkspaceEdit();
    renamed.renameFile(uri('first.yaml'), uri('.agent-policy.yaml'));
    assert.ok(await vscode.workspace.applyEdit(renamed));
    assert.equal(text('.agent-policy.yaml'), 'version: 1\n');
    await sleep(noticedMs);
    assert.deepEqual(recorded(), [], 'deleted and renamed');
  });

  it('tells of an edit through the editor that nobody typed, and of a file that is made with content', async () => {
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri('.agent-policy.yaml'), new vscode.Position(0, 0), '# by another extension\n');
    assert.ok(await vscode.workspace.applyEdit(edit));
    const document = await vscode.workspace.openTextDocument(uri('.agent-policy.yaml'));
    await document.save();
    assert.ok(await isSeen('.agent-policy.yaml'));
    assert.ok(await restore(() => text('.agent-policy.yaml') === 'version: 1\n'), text('.agent-policy.yaml'));
    const made = new vscode.WorkspaceEdit();
    made.createFile(uri('opencode.json'), { contents: Buffer.from('{}') });
    assert.ok(await vscode.workspace.applyEdit(made));
    assert.ok(await isSeen('opencode.json'));
    assert.ok(await restore(() => text('opencode.json') === undefined));
  });

  it('leaves the settings page alone, except for what governs agents', async () => {
    const settings = '.vscode/settings.json';
    const workspaceTarget = vscode.ConfigurationTarget.Workspace;
    await vscode.workspace.getConfiguration('editor').update('tabSize', 3, workspaceTarget);
    assert.match(text(settings) ?? '', /tabSize/);
    await sleep(noticedMs);
    assert.deepEqual(recorded(), []);
    const before_ = text(settings);
    await vscode.workspace.getConfiguration('terminal.integrated').update('env.linux', { PATH: '/evil' }, workspaceTarget);
    assert.ok(await isSeen(settings));
    assert.ok(await restore(() => text(settings) === before_), text(settings));
  });

  it('asks although nothing can be recorded', async () => {
    const { directory } = auditLog(directories(process.env, process.platform, homedir()));
    renameSync(directory, `${directory}.away`);
    try {
      writeFileSync(directory, 'in the way');
      unseen("printf '# unrecorded\\n' >> .agent-policy.yaml");
      assert.ok(await isShown('.agent-policy.yaml'));
      assert.ok(await restore(() => text('.agent-policy.yaml')?.includes('# unrecorded') !== true), text('.agent-policy.yaml'));
    } finally {
      rmSync(directory, { recursive: true });
      renameSync(`${directory}.away`, directory);
    }
  });

  it('asks one question about a switch of branches', async () => {
    const names = ['.agent-policy.yaml', 'opencode.json', '.claude/settings.json', '.github/hooks/a.json', '.github/hooks/b.json'];
    const git = 'git -c user.name=t -c user.email=t@example.invalid -c core.excludesFile=/dev/null -c core.hooksPath=/dev/null';
    unseen(`git init -q -b main . && ${git} add -f .agent-policy.yaml && ${git} commit -qm first`);
    unseen(`${git} checkout -qb other`);
    // Their folders are known before there is anything in them.
    await sleep(12_000);
    const before_ = text('.agent-policy.yaml');
    for (const name of names) {
      mkdirSync(dirname(inFolder(name)), { recursive: true });
      writeFileSync(inFolder(name), '{ "of": "other" }\n');
    }
    unseen(`${git} add -f . && ${git} commit -qm other && ${git} checkout -q main`);
    await sleep(noticedMs);
    await vscode.commands.executeCommand('notifications.clearAll');
    started = new Date().toISOString();

    unseen(`${git} checkout -q other`);
    for (const name of names) assert.ok(await isSeen(name), `${name}: ${recorded().join()}`);
    assert.ok(await restore(() => recorded().some((line) => line.endsWith(' restored'))), recorded().join());
    // One answer was for all.
    assert.ok(await until(() => names.slice(1).every((name) => !existsSync(inFolder(name)))), recorded().join());
    assert.equal(text('.agent-policy.yaml'), before_);
    assert.ok(await until(() => recorded().filter((line) => line.endsWith(' restored')).length === names.length), recorded().join());
  });
});
