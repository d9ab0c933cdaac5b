// Writing a policy, trying it, letting it loosen, and suspending it, as a person does each of them in the editor.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import { appendRecord } from '../../src/audit/append.ts';
import { auditLog } from '../../src/audit/place.ts';
import { trustedHashes } from '../../src/gateway/trust.ts';
import type { DecisionRecord } from '../../src/model/audit-record.ts';
import type { Effect } from '../../src/model/effect.ts';
import { type Directories, directories } from '../../src/platform/directories.ts';
import { readBreakGlass } from '../../src/session/break-glass.ts';
import { type Editor, newScope, startEditor } from '../support/vscode/editor.ts';
import { keepShot } from '../support/vscode/shots.ts';
import { tidy } from '../support/vscode/tidy.ts';
import { vsixFile } from '../support/vscode/vsix.ts';
import { sleep, until } from '../support/vscode/wait.ts';
import type { EditorWindow } from '../support/vscode/window.ts';

const policy = `version: 1
id: acme-web
extends: [safe_coding]

policies:
  - name: publish-with-care
    match: { acts: [package.publish] }
    action: escalate
    reason: A release is announced first

  - name: push-to-fork
    match:
      command: { program: git, subcommand: push, args: fork }
    overrides: [no-force-push]
    action: escalate
    reason: The fork is mine alone

tests:
  - { name: publishing is asked, tool: bash, args: { command: npm publish }, expect: escalate }
  - { name: a plain push is fine, tool: bash, args: { command: git push origin topic }, expect: approve }
  - { name: a tag may be deleted, tool: bash, args: { command: git push origin :v1 }, expect: approve }
`;

/** A call of the past, as far as a rule looks at it. */
function pastCall(act: Effect['act'], command: string): DecisionRecord {
  const [program = '', ...argv] = command.split(' ');
  return {
    type: 'decision',
    decision_id: command,
    timestamp: '2026-11-20T09:00:00.000Z',
    agent: 'codex',
    user: 'dev',
    cwd: '/',
    workspace: '/',
    tool: 'bash',
    native_tool: 'shell',
    input: { command },
    input_hash: '',
    effects: [{ kind: 'execute', certainty: 'exact', program, argv, ...(act === undefined ? {} : { act }) }],
    risk: 'low',
    verdict: 'approve',
    outcome: 'approve',
    rule: '',
    layer: 'user',
    reason: '',
    policy: { id: 'x', revision: '1', hash: '' },
    mode: 'enforce',
    latency_ms: 1,
  };
}

describe('policies in the editor', () => {
  let editor: Editor;
  let window: EditorWindow;
  let places: Directories;
  let file: string;

  const inToast = (words: string, button: string) => window.toast(words).getByRole('button', { name: button, exact: true }).first();
  const press = (key: string) => window.page.keyboard.press(key);
  const says = (words: RegExp, ms = 15_000) => until(async () => words.test(await window.status.innerText()), ms);
  const lens = (words: string | RegExp) => window.page.locator('.codelens-decoration a', { hasText: words }).first();
  const line = (text: string) => window.page.locator('.view-line', { hasText: text }).first();

  async function openPolicy(): Promise<void> {
    await window.command('Agent Policy: Open Policy');
    await line('acme-web').waitFor({ timeout: 20_000 });
  }

  /** Answers the input box that says these words. */
  async function answer(words: string, text: string): Promise<void> {
    await window.page.locator('.quick-input-widget', { hasText: words }).first().waitFor({ timeout: 10_000 });
    await window.input.fill(text);
    await press('Enter');
  }

  before(async function () {
    this.timeout(150_000);
    const scope = newScope('policies');
    editor = await startEditor(scope, {
      vsix: [vsixFile()],
      chat: false,
      settings: { 'git.enabled': false, 'editor.minimap.enabled': false },
    });
    places = directories({}, process.platform, editor.home);
    file = join(editor.workspace, '.agent-policy.yaml');
    writeFileSync(file, policy);
    const log = auditLog(places);
    for (const command of ['npm publish', 'npm publish --tag next']) appendRecord(log, pastCall('package.publish', command));
    for (const command of ['git push fork topic', 'npm test', 'ls']) appendRecord(log, pastCall(undefined, command));
    window = await editor.open();
    await window.ready();
  });

  tidy(() => ({ editor, window }));

  describe('a policy that would loosen', () => {
    it('is told of, and shown before anything can be approved', async () => {
      await inToast('would loosen', 'Review').waitFor({ timeout: 30_000 });
      assert.ok(await says(/policy to review/));
      await inToast('would loosen', 'Review').click();
      await line('push-to-fork').waitFor({ timeout: 20_000 });
      await inToast('then decide', 'Trust…').waitFor();
      // It comes slowly into sight.
      await sleep(700);
      await keepShot(window, 'trust');
      assert.equal(trustedHashes(places).size, 0);
    });

    it('is not approved where it has changed since it was shown', async () => {
      writeFileSync(file, policy.replace('args: fork', 'args: "*"'));
      await inToast('then decide', 'Trust…').click();
      assert.match(await window.clickModal('Trust'), /no-force-push/);
      await window.toast('has changed since').waitFor();
      assert.equal(trustedHashes(places).size, 0);
    });

    it('is approved by the second click only', async () => {
      writeFileSync(file, policy);
      await inToast('has changed since', 'Review Again').click();
      await inToast('then decide', 'Trust…').click();
      await window.clickModal('Not Now');
      assert.equal(trustedHashes(places).size, 0);
      await window.command('Agent Policy: Review What the Policy Loosens');
      await inToast('then decide', 'Trust…').click();
      await keepShot(window, 'trust-dialog');
      await window.clickModal('Trust');
      assert.ok(await until(() => trustedHashes(places).size === 1, 10_000));
      assert.match(readFileSync(join(places.state, 'trust.json'), 'utf8'), /rule \\"push-to-fork\\": escalate what \\"no-force-push\\"/);
      assert.ok(await until(async () => !/to review/.test(await window.status.innerText()), 10_000));
    });
  });

  describe('writing', () => {
    it('has suggestions with what they mean, while typing', async () => {
      await openPolicy();
      await line('package.publish').click();
      await press('End');
      await press('ArrowLeft');
      await press('ArrowLeft');
      await press('ArrowLeft');
      await window.page.keyboard.type(', git.pu', { delay: 60 });
      const suggestion = window.page.locator('.suggest-widget .monaco-list-row', { hasText: 'git.push.force' }).first();
      await suggestion.waitFor({ timeout: 20_000 });
      await press('ArrowDown');
      await keepShot(window, 'policy-editing');
      await press('Escape');
      for (let i = 0; i < ', git.pu'.length; i++) await press('Backspace');
    });

    it('tries a command on what is typed, with the rule of the lens', async () => {
      await openPolicy();
      await lens('Try a Command').waitFor({ timeout: 20_000 });
      await lens('2 of the last 5 calls match').waitFor({ timeout: 15_000 });
      await lens('1 of the last 5 calls match').waitFor();
      await keepShot(window, 'lenses');
      await window.page
        .locator('.codelens-decoration', { hasText: '2 of the last' })
        .first()
        .locator('a', { hasText: 'Try a Command' })
        .click();
      await answer('check a command', 'npm publish');
      const text = await window.modal();
      assert.match(text, /You would be asked/);
      assert.match(text, /The rule publish-with-care:\s+Everything in its match holds\./);
      await press('Escape');
      await window.dialog.waitFor({ state: 'hidden' });
    });

    it('runs the scenarios in the Test Explorer, and shows what differs where it is written', async () => {
      await openPolicy();
      await lens('Run Scenarios (3)').click();
      await window.command('Testing: Focus on Test Explorer View');
      const failed = window.page.locator('.test-explorer .monaco-list-row', { hasText: 'a tag may be deleted' }).first();
      await failed.waitFor({ timeout: 3000 }).catch(async () => {
        await window.page.locator('.test-explorer .monaco-list-row', { hasText: '.agent-policy.yaml' }).first().click();
        await press('ArrowRight');
        await failed.waitFor({ timeout: 10_000 });
      });
      assert.match((await failed.getAttribute('aria-label')) ?? '', /Failed/);
      const passed = window.page.locator('.test-explorer .monaco-list-row', { hasText: 'publishing is asked' }).first();
      assert.match((await passed.getAttribute('aria-label')) ?? '', /Passed/);
      await keepShot(window, 'tests');
    });
  });

  describe('breaking the glass', () => {
    it('takes a reason, a time and a dialog, and is loud in the status bar until it is ended', async () => {
      await window.command('Agent Policy: Break the Glass');
      await window.choice('Agents that work in').click();
      await answer('Why?', 'x');
      await answer('Write why', 'The release is stuck');
      await answer('For how many minutes', '61');
      await answer('A whole number', '20');
      assert.match(await window.clickModal('Break the Glass'), /20 minutes/);
      const glass = await until(() => readBreakGlass(places, Date.now()), 10_000);
      assert.equal(glass?.reason, 'The release is stuck');
      assert.equal(glass?.workspace, editor.workspace);
      assert.ok(await says(/Break-glass: (19|20) min left/));
      await window.status.locator('a').first().hover();
      await keepShot(window, 'break-glass');
      await window.command('Agent Policy: End Break-Glass');
      assert.ok(await says(/Enforce/));
      assert.equal(readBreakGlass(places, Date.now()), undefined);
      await window.command('Agent Policy: Review Break-Glass Uses');
      await line('The release is stuck').waitFor({ timeout: 10_000 });
    });

    it('does nothing where the dialog is closed', async () => {
      await window.command('Agent Policy: Break the Glass');
      await window.choice('All agents on this machine').click();
      await answer('Why?', 'The release is stuck');
      await answer('For how many minutes', '5');
      await window.modal();
      await press('Escape');
      assert.equal(readBreakGlass(places, Date.now()), undefined);
    });
  });

  it('a mode that is locked is loud', async () => {
    mkdirSync(places.state, { recursive: true });
    writeFileSync(join(places.state, 'mode'), 'locked\n');
    assert.ok(await says(/Locked/));
    assert.match((await window.status.getAttribute('class')) ?? '', /error/);
    writeFileSync(join(places.state, 'mode'), 'enforce\n');
    assert.ok(await says(/Enforce/));
  });
});
