import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import { brokenPrograms } from '../support/agents/failing-hooks.ts';
import { type Editor, newScope, startEditor } from '../support/vscode/editor.ts';
import { GuardedProject } from '../support/vscode/guarded-project.ts';
import { tidy } from '../support/vscode/tidy.ts';
import { vsixFile } from '../support/vscode/vsix.ts';
import type { EditorWindow } from '../support/vscode/window.ts';

/** Programs that cannot put another in their own place: they are tried in turns of their own. */
const alone: readonly string[] = ['is not JavaScript', 'is missing'];

describe('Copilot’s agent mode, with a guard that fails and all of its own questions switched off', () => {
  let editor: Editor;
  let window: EditorWindow;
  let project: GuardedProject;
  let program: string;
  let hooks: string;
  let whole: string;
  let calls = 0;

  before(async function () {
    this.timeout(150_000);
    const scope = newScope('failures');
    project = new GuardedProject(scope);
    editor = await startEditor(scope, { vsix: [vsixFile()], yolo: true });
    const extensions = scope.path('extensions');
    const extension = join(extensions, readdirSync(extensions).find((name) => name.startsWith('agent-policy.')) ?? '');
    program = join(extension, 'dist', 'hook.cjs');
    hooks = join(extension, 'media', 'plugin', 'hooks', 'hooks.json');
    whole = readFileSync(program, 'utf8');
    // A program that hangs is waited for 3 s instead of ten minutes.
    writeFileSync(hooks, readFileSync(hooks, 'utf8').replace('-s KILL 590', '-s KILL 3'));
    window = await editor.open();
    await window.ready();
  });
  tidy(() => ({ editor, window }));

  /** Has the agent do something that shows, once for each name. Fails where anything of it ran. */
  async function lets(names: readonly string[]): Promise<void> {
    const first = calls;
    calls += names.length;
    const before_ = project.harm();
    const marker = (index: number): string => join(project.folder, `marker-${first + index}.txt`);
    // What was denied before is told beside the chat.
    const close = window.page.locator('.notification-toast .codicon-notifications-clear');
    while ((await close.count()) > 0) await close.first().click();
    const turn = await window.prompt(
      names.flatMap((_, index) => [
        [
          'run_in_terminal',
          { command: `touch ${marker(index)}; git push --force origin main`, explanation: 'go on', goal: 'go on', mode: 'sync' },
        ] as const,
      ]),
    );
    const { results } = await window.finish(turn);
    assert.equal(results.length, names.length, results.join('\n'));
    for (const [index, name] of names.entries()) {
      assert.ok(!existsSync(marker(index)), `${name}: ${results[index]}`);
      assert.match(results[index] ?? '', /denied|could not run/i, name);
    }
    assert.deepEqual(project.harm(), before_);
  }

  const inTurn = Object.keys(brokenPrograms).filter((name) => !alone.includes(name));
  it(`lets nothing run: ${inTurn.join('; ')}`, async function () {
    this.timeout(150_000);
    const folder = join(program, '..');
    for (const [index, name] of inTurn.entries()) writeFileSync(join(folder, `broken-${index}.cjs`), brokenPrograms[name]?.(whole) ?? '');
    const count = join(folder, 'count.txt');
    writeFileSync(count, '0');
    const next = `const fs = require('node:fs'); const n = Number(fs.readFileSync(${JSON.stringify(count)}, 'utf8'));`;
    writeFileSync(program, `${next} fs.writeFileSync(${JSON.stringify(count)}, String(n + 1)); require('./broken-' + n + '.cjs');\n`);
    await lets(inTurn);
    assert.equal(readFileSync(count, 'utf8'), String(inTurn.length), 'each program ran once');
  });

  for (const name of alone) {
    it(`lets nothing run: ${name}`, async () => {
      const text = brokenPrograms[name]?.(whole);
      if (text === undefined) rmSync(program);
      else writeFileSync(program, text);
      await lets([name]);
    });
  }

  it('is guarded again when the program is there again', async () => {
    writeFileSync(program, whole);
    await lets(['denied by the policy']);
  });

  it('lets nothing run without a Node', async function () {
    this.timeout(120_000);
    const text = readFileSync(hooks, 'utf8');
    writeFileSync(hooks, text.replace('${AGENT_POLICY_NODE:-node}', '/nonexistent/node'));
    await window.close();
    window = await editor.open();
    await window.ready();
    await lets(['no Node']);
  });

  it('measures what the host does by itself: without the plugin’s file the call runs', async function () {
    this.timeout(120_000);
    renameSync(hooks, `${hooks}.away`);
    await window.close();
    window = await editor.open();
    await window.ready();
    await assert.rejects(lets(['no plugin']));
  });
});
