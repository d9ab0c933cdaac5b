import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('tripwire', function () {
  this.timeout(60_000);

  it('puts back a protected file that an unseen process changed', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    const file = join(folder, 'opencode.json');
    assert.ok(!existsSync(file));
    await vscode.extensions.getExtension('agent-policy.agent-policy')?.activate();
    await sleep(2500);
    try {
      // Nothing in the editor did this.
      spawnSync('sh', ['-c', 'printf "{}" > "$1"', 'sh', file]);
      for (let tries = 0; tries < 100 && existsSync(file); tries += 1) {
        await sleep(200);
        const diff = vscode.window.tabGroups.all
          .flatMap(({ tabs }) => tabs)
          .some(({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.fsPath === file);
        if (diff) await vscode.commands.executeCommand('notification.acceptPrimaryAction');
      }
      assert.ok(!existsSync(file), existsSync(file) ? readFileSync(file, 'utf8') : '');
    } finally {
      rmSync(file, { force: true });
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    }
  });
});
