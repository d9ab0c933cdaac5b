import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(probe: () => boolean, ms = 20_000): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(100)) if (probe()) return true;
  return probe();
}

describe('guarded terminals', function () {
  this.timeout(60_000);
  let base: string;
  let work: string;
  let first: string;
  const git = (...args: string[]) => execFileSync('git', args, { cwd: work, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  const remoteHead = () => execFileSync('git', ['--git-dir', join(base, 'remote.git'), 'rev-parse', 'main'], { encoding: 'utf8' }).trim();
  const setting = () => vscode.workspace.getConfiguration('terminal.integrated');

  before(() => {
    base = mkdtempSync(join(tmpdir(), 'agent-policy-guarded-'));
    work = join(base, 'work');
    mkdirSync(work);
    git('init', '-q', '--bare', join(base, 'remote.git'));
    git('init', '-q', '-b', 'main');
    git('config', 'user.email', 'a@example.com');
    git('config', 'user.name', 'A');
    git('remote', 'add', 'origin', join(base, 'remote.git'));
    writeFileSync(join(work, 'file'), 'one\n');
    git('add', '.');
    git('commit', '-qm', 'one');
    git('push', '-q', 'origin', 'main');
    first = remoteHead();
    git('commit', '-q', '--amend', '-m', 'two');
  });
  after(async () => {
    await setting().update('defaultProfile.linux', undefined, vscode.ConfigurationTarget.Global);
    for (const terminal of vscode.window.terminals) terminal.dispose();
    rmSync(base, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  const push = (name: string) => `cd '${work}' && git push --force origin HEAD:main; echo $? > '${join(base, name)}'`;
  /** Types a force push, and a harmless command after it, which tells that the shell has come to an end with it. */
  async function type(terminal: vscode.Terminal, name: string): Promise<void> {
    terminal.sendText(push(name));
    await sleep(300);
    terminal.sendText(`echo done > '${join(base, `${name}-done`)}'`);
    assert.ok(await until(() => existsSync(join(base, `${name}-done`))), 'the harmless command did not run');
  }

  /** Opens terminals of the default profile until one has that name: the editor takes up a changed setting in its own time. */
  async function openDefault(name: string): Promise<vscode.Terminal> {
    for (let tries = 0; tries < 10; tries += 1) {
      const opened = new Promise<vscode.Terminal>((resolve) => {
        const listener = vscode.window.onDidOpenTerminal((terminal) => {
          listener.dispose();
          resolve(terminal);
        });
      });
      await vscode.commands.executeCommand('workbench.action.terminal.new');
      const terminal = await opened;
      // The name comes after the terminal.
      if (await until(() => terminal.name === name, 3_000)) return terminal;
      terminal.dispose();
    }
    throw new Error(`no terminal named ${name}`);
  }

  it('the profile blocks a typed force push before it reaches the remote', async () => {
    await setting().update('defaultProfile.linux', 'Guarded Agent Terminal', vscode.ConfigurationTarget.Global);
    const terminal = await openDefault('Guarded Agent Terminal');
    await type(terminal, 'guarded');
    assert.equal(remoteHead(), first);
    assert.ok(!existsSync(join(base, 'guarded')));
  });

  it('a terminal that an agent marks as its own is guarded', async () => {
    const terminal = vscode.window.createTerminal({ name: 'agent', shellPath: '/bin/bash', env: { AI_AGENT: 'test', COPILOT_AGENT: '1' } });
    await type(terminal, 'agent');
    assert.equal(remoteHead(), first);
  });

  it('an ordinary terminal is left alone', async () => {
    const terminal = vscode.window.createTerminal({ name: 'own', shellPath: '/bin/bash' });
    terminal.sendText(`env > '${join(base, 'env')}'; trap -p DEBUG | grep -c agent_policy > '${join(base, 'trap')}'`);
    await type(terminal, 'own');
    assert.notEqual(remoteHead(), first);
    const env = execFileSync('cat', [join(base, 'env')], { encoding: 'utf8' });
    assert.doesNotMatch(env, /AGENT_POLICY_(?:GUARD|TERMINAL)|BASH_ENV|\/shims/);
    assert.equal(execFileSync('cat', [join(base, 'trap')], { encoding: 'utf8' }), '0\n');
  });
});
