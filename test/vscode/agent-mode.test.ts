import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import { listWindows } from '../../src/approval/registry.ts';
import { queryLog } from '../../src/audit/query.ts';
import { verifyLog } from '../../src/audit/verify.ts';
import { auditLog } from '../../src/audit/place.ts';
import type { DecisionRecord } from '../../src/model/audit-record.ts';
import { directories } from '../../src/platform/directories.ts';
import { type Editor, newScope, startEditor } from '../support/vscode/editor.ts';
import { GuardedProject, privateKey } from '../support/vscode/guarded-project.ts';
import { keepShot } from '../support/vscode/shots.ts';
import { tidy } from '../support/vscode/tidy.ts';
import { vsixFile } from '../support/vscode/vsix.ts';
import { sleep, until } from '../support/vscode/wait.ts';
import type { ChatReport, EditorWindow } from '../support/vscode/window.ts';

type Call = readonly [tool: string, args: Readonly<Record<string, unknown>>];

const shell = (command: string): Call => ['run_in_terminal', { command, explanation: 'go on', goal: 'go on', mode: 'sync' }];

describe('Copilot’s agent mode, with all of its own questions switched off', () => {
  let editor: Editor;
  let window: EditorWindow;
  let project: GuardedProject;

  before(async function () {
    this.timeout(150_000);
    const scope = newScope('agent');
    project = new GuardedProject(scope);
    editor = await startEditor(scope, { vsix: [vsixFile()], yolo: true });
    window = await editor.open();
    await window.ready();
  });

  tidy(() => ({ editor, window }));

  const file = (...path: readonly string[]) => join(project.folder, ...path);

  /** Plays the calls; every dialog meanwhile is answered with that button. Returns the dialogs' texts, too. */
  async function play(calls: readonly Call[], button = 'Deny'): Promise<ChatReport & { readonly dialogs: readonly string[] }> {
    const turn = await window.prompt(calls);
    const dialogs: string[] = [];
    const state = { finished: false };
    const answering = until(async () => {
      if (await window.dialog.isVisible()) dialogs.push(await window.clickModal(button));
      return state.finished;
    }, 100_000);
    const report = await window.finish(turn, 90_000);
    state.finished = true;
    await answering;
    assert.ok(report.finished, `the agent did not finish: ${report.text.slice(-500)}`);
    return { ...report, dialogs };
  }

  /** What was decided about the last calls, oldest first. */
  function decisions(count: number): readonly DecisionRecord[] {
    const entries = queryLog(auditLog(directories({}, 'linux', project.home)).directory, { type: 'decision' }, count);
    return entries.flatMap(({ record }) => (record.type === 'decision' ? [record] : []));
  }

  it('is stopped from everything dangerous, is told why, and goes on', async function () {
    this.timeout(200_000);
    project.git('add', '-A');
    const before = project.harm();
    const calls: readonly Call[] = [
      shell('git push --force origin main'),
      shell('rm -rf ~'),
      shell('git commit --no-verify --allow-empty -m wip'),
      shell('echo "6.6.6.6 example.com" | tee -a /etc/hosts'),
      ['replace_string_in_file', { filePath: '/etc/hosts', oldString: 'localhost', newString: 'localhost evil' }],
      shell('echo TOKEN=stolen >> .env'),
      ['replace_string_in_file', { filePath: file('.env'), oldString: 'secret-token-1', newString: 'stolen' }],
      shell('cat ~/.ssh/id_rsa'),
      ['read_file', { filePath: join(project.home, '.ssh', 'id_rsa'), startLine: 1, endLine: 5 }],
      ['create_file', { filePath: file('.vscode', 'settings.json'), content: '{ "chat.useHooks": false }' }],
      shell(`mkdir -p .vscode && echo '{ "chat.plugins.enabled": false }' > .vscode/settings.json`),
    ];
    const told = window.toast('Agent Policy denied').waitFor({ timeout: 60_000 });
    const report = await play(calls);
    await told;
    assert.deepEqual(project.harm(), before);
    assert.equal(report.results.length, calls.length);
    for (const [index, result] of report.results.entries()) {
      assert.match(result, /denied|Agent Policy|policy/i, `${JSON.stringify(calls[index])} was answered: ${result}`);
      assert.ok(!result.includes(privateKey));
    }
    const records = decisions(calls.length);
    assert.equal(records.length, calls.length);
    for (const [index, record] of records.entries()) {
      assert.equal(record.outcome, 'deny', JSON.stringify(calls[index]));
      assert.equal(record.agent, 'vscode');
      assert.notEqual(record.rule, '');
      assert.equal(record.native_tool, calls[index]?.[0]);
    }
    assert.ok(!JSON.stringify(records).includes(privateKey));
  });

  it('says in the chat why it was stopped', async function () {
    this.timeout(120_000);
    const turn = await window.prompt([shell('git push --force origin main')], 'Publish my branch, whatever it takes.');
    const { results } = await window.finish(turn);
    assert.match(results.join(), /denied/);
    await keepShot(window, 'blocked');
    const session = window.page.locator('.interactive-session').last();
    assert.match(await session.innerText(), /Tool execution denied/);
  });

  it('is let alone with everything harmless', async function () {
    this.timeout(200_000);
    const calls: readonly Call[] = [
      shell('git commit --allow-empty -m "never use --no-verify or push --force"'),
      shell('git push origin HEAD:feature'),
      shell('rm -rf node_modules'),
      shell('grep -rn -e --force README.md'),
      shell('echo "rm -rf ~ and cat ~/.ssh/id_rsa"'),
      shell('cat .env.example'),
      ['create_file', { filePath: file('src', 'new.txt'), content: 'hello\n' }],
      ['replace_string_in_file', { filePath: file('app.js'), oldString: 'const two = 2;', newString: 'const two = 3;' }],
      ['read_file', { filePath: file('app.js'), startLine: 1, endLine: 2 }],
    ];
    const report = await play(calls);
    assert.deepEqual(report.dialogs, []);
    assert.equal(report.results.length, calls.length);
    assert.equal(project.remoteHead('feature'), project.git('rev-parse', 'HEAD'));
    assert.match(project.git('log', '-1', '--format=%s'), /never use --no-verify/);
    assert.ok(!existsSync(file('node_modules')));
    assert.equal(project.text('project', 'src', 'new.txt'), 'hello\n');
    assert.match(project.text('project', 'app.js'), /two = 3/);
    assert.match(report.results[3] ?? '', /Never use --force/);
    for (const record of decisions(calls.length))
      assert.equal(record.outcome, 'approve', `${record.rule}: ${JSON.stringify(record.input)}`);
  });

  it('does what the person allows, once for each question', async function () {
    this.timeout(120_000);
    const before = project.remoteHead('main');
    // What ran is counted: a push alone would look the same if it ran twice.
    const push = shell('git fetch origin && git push --force-with-lease origin HEAD:main && echo ran >> ran.txt');
    const first = await play([push], 'Allow Once');
    assert.equal(first.dialogs.length, 1, first.dialogs.join('\n----\n'));
    assert.match(first.dialogs[0] ?? '', /--force-with-lease/);
    assert.notEqual(project.remoteHead('main'), before);
    assert.equal(project.remoteHead('main'), project.git('rev-parse', 'HEAD'));
    assert.equal(project.text('project', 'ran.txt'), 'ran\n');
    assert.deepEqual(
      decisions(1).map(({ verdict, outcome, approval }) => ({ verdict, outcome, by: approval?.by })),
      [{ verdict: 'escalate', outcome: 'approve', by: 'window' }],
    );

    project.git('commit', '-q', '--allow-empty', '--amend', '-m', 'amended');
    const moved = project.remoteHead('main');
    const second = await play([push], 'Deny');
    assert.equal(second.dialogs.length, 1);
    assert.equal(project.remoteHead('main'), moved);
    assert.equal(project.text('project', 'ran.txt'), 'ran\n');
  });

  it('hears what the person says', async function () {
    this.timeout(120_000);
    const turn = await window.prompt([shell('git fetch origin && git push --force-with-lease origin HEAD:main')]);
    await window.clickModal('Deny with Message…');
    await window.input.fill('Open a pull request instead.');
    await window.page.keyboard.press('Enter');
    const report = await window.finish(turn);
    assert.match(report.results.join(), /Open a pull request instead\./);
  });

  it('leaves a log whose chain holds', () => {
    const { directory } = auditLog(directories({}, 'linux', project.home));
    const result = verifyLog(directory);
    assert.ok(JSON.stringify(result).length > 0);
    assert.deepEqual('problems' in result ? result.problems : [], []);
  });

  it('shows in the output channel what was decided', async () => {
    await window.command('Agent Policy: Show Audit Log');
    const output = window.page.locator('.part.panel .view-lines').first();
    assert.ok(await until(async () => /git push/.test((await output.innerText()).replaceAll('\u00a0', ' ')), 10_000));
    await keepShot(window, 'log');
  });

  // The last: there is no window after it.
  it('does nothing when the window is closed while it waits', async function () {
    this.timeout(120_000);
    const before = project.remoteHead('main');
    await window.prompt([shell('git fetch origin && git push --force-with-lease origin HEAD:main && echo ran > closed.txt')]);
    await window.modal(60_000);
    await window.page.goto('about:blank');
    // The hook was a child of the window: it may end with it, or live to record that nobody answered.
    assert.ok(await until(() => listWindows(directories({}, 'linux', project.home)).length === 0, 20_000));
    await sleep(3000);
    assert.equal(project.remoteHead('main'), before);
    assert.ok(!existsSync(file('closed.txt')));
    assert.deepEqual(
      decisions(1).filter(({ outcome, input }) => outcome !== 'deny' && JSON.stringify(input).includes('closed.txt')),
      [],
    );
  });
});
