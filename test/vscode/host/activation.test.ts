import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { AgentPolicyApi } from '../../../src/extension.ts';

const id = 'agent-policy.agent-policy';

function extension(): vscode.Extension<AgentPolicyApi> {
  const found = vscode.extensions.getExtension<AgentPolicyApi>(id);
  assert.ok(found, `${id} is not there`);
  return found;
}

describe('activation', () => {
  it('waits for nothing', async () => {
    const { activationMs } = await extension().activate();
    console.log(`activation took ${Math.round(activationMs)} ms`);
    // 100 ms are wanted of a quiet machine; what is asserted holds on one that does other work, and fails when activation waits for something.
    assert.ok(activationMs < 1000, `${activationMs} ms`);
  });

  it('brings every command of the manifest', async () => {
    await extension().activate();
    const declared: readonly { readonly command: string }[] = extension().packageJSON.contributes.commands;
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.ok(declared.length > 5);
    assert.deepEqual(
      declared.filter(({ command }) => !registered.has(command)),
      [],
    );
  });

  it('has a readable title for every command, in words of the manifest', () => {
    const declared: readonly { readonly title: string }[] = extension().packageJSON.contributes.commands;
    assert.deepEqual(
      declared.filter(({ title }) => /%/.test(title)),
      [],
    );
  });

  it('has no setting that a project may change and that weakens the guard', () => {
    const properties: Readonly<Record<string, { readonly scope?: string }>> = extension().packageJSON.contributes.configuration.properties;
    const harmless = new Set(['agentPolicy.statusBar.showCounts']);
    for (const [key, { scope }] of Object.entries(properties)) assert.ok(scope === 'machine' || harmless.has(key), `${key}: ${scope}`);
    assert.ok(!Object.keys(properties).some((key) => /mode/i.test(key)));
  });

  it('leaves nothing behind when it ends, however often', async function () {
    this.timeout(60_000);
    await extension().activate();
    // The editor's own copy of the module: the commands can be registered once only.
    const bundle: typeof import('../../../src/extension.ts') = createRequire(__filename)(
      join(extension().extensionPath, 'dist', 'extension.cjs'),
    );
    await bundle.deactivate();
    const storage = mkdtempSync(join(tmpdir(), 'agent-policy-storage-'));
    const context = (subscriptions: { dispose(): unknown }[]) =>
      ({
        subscriptions,
        extensionPath: extension().extensionPath,
        environmentVariableCollection: { clear() {}, replace() {} },
        globalStorageUri: vscode.Uri.file(storage),
      }) as unknown as vscode.ExtensionContext;
    const cycle = async () => {
      const subscriptions: { dispose(): unknown }[] = [];
      bundle.activate(context(subscriptions));
      await new Promise((resolve) => setTimeout(resolve, 60));
      await bundle.deactivate();
      for (const one of subscriptions) one.dispose();
      await new Promise((resolve) => setTimeout(resolve, 20));
    };
    try {
      for (let i = 0; i < 5; i += 1) await cycle();
      const before = resources();
      for (let i = 0; i < 50; i += 1) await cycle();
      const more = () => [...resources()].filter(([name, count]) => count > (before.get(name) ?? 0) + 2);
      // Other extensions live in this process as well, and start programs when they like; what they have open, they close.
      for (let i = 0; i < 150 && more().length > 0; i += 1) await new Promise((resolve) => setTimeout(resolve, 100));
      assert.deepEqual(more(), []);
      const left: readonly string[] = await vscode.commands.getCommands(true);
      assert.deepEqual(
        left.filter(
          (command) => command.startsWith('agentPolicy.') && !/\.(focus|open|resetViewLocation|removeView|toggleVisibility)$/.test(command),
        ),
        [],
      );
    } finally {
      // The tests after this one need it.
      bundle.activate(context([]));
    }
  });
});

/** What keeps a process busy: watchers, sockets, timers. */
function resources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo()) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const event of ['exit', 'uncaughtException', 'unhandledRejection', 'SIGTERM'])
    counts.set(`process.on ${event}`, process.listenerCount(event));
  return counts;
}
