import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import { type Asked, askWindow } from '../../src/approval/client.ts';
import type { ApprovalRequest } from '../../src/approval/messages.ts';
import type { Action } from '../../src/model/tool-call.ts';
import { directories } from '../../src/platform/directories.ts';
import { readMode } from '../../src/session/mode.ts';
import { type Editor, newScope, startEditor } from '../support/vscode/editor.ts';
import { keepShot } from '../support/vscode/shots.ts';
import { tidy } from '../support/vscode/tidy.ts';
import { vsixFile } from '../support/vscode/vsix.ts';
import { sleep, until } from '../support/vscode/wait.ts';
import type { EditorWindow } from '../support/vscode/window.ts';

const push: readonly Action[] = [{ kind: 'bash', command: 'npm test && git push --force-with-lease origin main' }];
const edit: readonly Action[] = [
  { kind: 'edit', path: 'app.js', replacements: [{ oldText: 'const two = 2;', newText: 'const two = 3;\nconst three = 4;' }] },
];
const allowed = { answer: 'allow', scope: 'once' };
const denied = { answer: 'deny' };

describe('a question to the person at the window', () => {
  let editor: Editor;
  let window: EditorWindow;
  let count = 0;

  /** Asks as a hook does. */
  function ask(actions: readonly Action[], change: Partial<ApprovalRequest> = {}): Promise<Asked> {
    count += 1;
    const request: ApprovalRequest = {
      type: 'request',
      version: 1,
      id: `request-${count}`,
      agent: 'GitHub Copilot',
      session: '6b591f00-0000-4000-8000-000000000000',
      cwd: editor.workspace,
      workspace: editor.workspace,
      tool: 'bash',
      nativeTool: 'run_in_terminal',
      actions,
      rule: 'push-with-lease',
      layer: 'user',
      reason: 'It overwrites what is on the remote.',
      risk: 'high',
      danger: { evidence: '--force-with-lease', act: 'git.push.lease' },
      effects: [{ kind: 'network', target: 'origin', certainty: 'exact' }],
      deadline: Date.now() + 60_000,
      ...change,
    };
    return askWindow(directories({}, 'linux', editor.home), request);
  }

  const titleBar = (name: string) => window.page.locator(`.editor-actions a[aria-label^="${name}"]`).first();

  async function answerOf(asked: Promise<Asked>): Promise<unknown> {
    const result = await asked;
    return result.by === 'window' ? result.answer : result.by;
  }

  before(async function () {
    this.timeout(120_000);
    const scope = newScope('approval');
    editor = await startEditor(scope, { vsix: [vsixFile()], chat: false });
    writeFileSync(join(editor.workspace, 'app.js'), 'console.log(1);\nconst two = 2;\n');
    window = await editor.open();
    await window.ready();
    await until(() => existsSync(join(directories({}, 'linux', editor.home).state, 'windows')), 10_000);
  });

  tidy(() => ({ editor, window }));
  afterEach(async () => {
    await window.dismiss();
  });

  it('names the danger, the command, the rule, the folder, and is answered by a click', async () => {
    const asked = ask(push, { description: 'Publish the fix' });
    const text = await window.modal();
    await keepShot(window, 'modal');
    for (const part of [
      'wants to overwrite remote history',
      '--force-with-lease',
      'npm test && git push',
      '~/project',
      'push-with-lease',
      'session 6b591f0',
      'high',
      'Publish the fix',
      'Closing this denies it',
    ]) {
      assert.ok(text.includes(part), `${part} in\n${text}`);
    }
    assert.ok(await until(async () => /1 waiting/.test(await window.status.innerText()), 5000));
    await window.clickModal('Allow Once');
    assert.deepEqual(await answerOf(asked), allowed);
    await until(async () => !/waiting/.test(await window.status.innerText()), 3000);
    assert.doesNotMatch(await window.status.innerText(), /waiting/);
  });

  const denials: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['Enter, as it has the focus', () => window.page.keyboard.press('Enter')],
    ['Escape', () => window.page.keyboard.press('Escape')],
    ['closing', () => window.dialog.locator('.codicon-dialog-close').click()],
    ['Cancel', () => window.clickModal('Cancel')],
    ['Deny', () => window.clickModal('Deny')],
  ];
  for (const [name, act] of denials) {
    it(`is denied by ${name}`, async () => {
      const asked = ask(push);
      await window.modal();
      await sleep(900);
      await act();
      assert.deepEqual(await answerOf(asked), denied);
    });
  }

  it('passes a message on to the agent', async () => {
    const asked = ask(push);
    await window.clickModal('Deny with Message…');
    await window.input.fill('Push to a branch of your own.');
    await window.page.keyboard.press('Enter');
    assert.deepEqual(await answerOf(asked), { answer: 'deny', message: 'Push to a branch of your own.' });
  });

  it('can be answered for the session', async () => {
    const asked = ask(push);
    await window.clickModal('Allow…');
    await window.choice('This exact action').click();
    assert.deepEqual(await answerOf(asked), { answer: 'allow', scope: 'session' });
  });

  it('shows a change as a diff of our own, which only a dialog can allow', async () => {
    const change = {
      tool: 'edit',
      nativeTool: 'replace_string_in_file',
      danger: { evidence: 'app.js' },
      rule: 'ask-before-editing',
      reason: 'A person looks at this file first.',
    };
    const asked = ask(edit, change);
    await window.clickModal('Review Changes');
    const diff = window.page.locator('.diff-editor, .monaco-diff-editor').first();
    await diff.waitFor();
    await until(async () => /three/.test(await diff.innerText()), 5000);
    await titleBar('Allow').waitFor();
    await keepShot(window, 'diff');
    const text = (await diff.innerText()).replaceAll('\u00a0', ' ');
    assert.match(text, /const two = 2/);
    assert.match(text, /const three = 4/);
    await titleBar('Allow').click();
    await window.clickModal('Allow Once');
    assert.deepEqual(await answerOf(asked), allowed);
    assert.match(readFileSync(join(editor.workspace, 'app.js'), 'utf8'), /two = 2/);
    assert.equal(await window.page.locator('.tab', { hasText: 'app.js' }).count(), 0);
  });

  it('is denied from the title bar of the diff', async () => {
    const asked = ask(edit, { tool: 'edit', danger: { evidence: 'app.js' } });
    await window.clickModal('Review Changes');
    await titleBar('Deny').click();
    assert.deepEqual(await answerOf(asked), denied);
  });

  it('comes back when the full text is closed without an answer', async () => {
    const asked = ask([{ kind: 'bash', command: `echo ${'x'.repeat(3000)} && rm -rf ~` }], {
      danger: { evidence: 'rm -rf ~', act: 'files.delete.recursive' },
    });
    const text = await window.modal();
    assert.match(text, /characters left out/);
    await window.clickModal('Show Full');
    await window.page.locator('.tab', { hasText: 'Request of' }).waitFor();
    await window.command('View: Close Editor');
    await window.clickModal('Deny');
    assert.deepEqual(await answerOf(asked), denied);
  });

  it('shows what is hidden in a command', async () => {
    const asked = ask([{ kind: 'bash', command: 'echo \u202Eevil \u200Bx\u001b[2K' }]);
    assert.match(await window.clickModal('Deny'), /echo ⟨U\+202E⟩evil ⟨U\+200B⟩x␛\[2K/);
    assert.deepEqual(await answerOf(asked), denied);
  });

  it('is one for identical requests, and one after the other for different ones', async () => {
    const same = [ask(push), ask(push)];
    await until(async () => /waiting/.test(await window.status.innerText()), 3000);
    const other = ask([{ kind: 'bash', command: 'git push --force-with-lease origin other' }]);
    await until(async () => /2 waiting/.test(await window.status.innerText()), 3000);
    assert.match(await window.status.innerText(), /2 waiting/);
    await window.clickModal('Deny');
    assert.deepEqual(await Promise.all(same.map(answerOf)), [denied, denied]);
    assert.match(await window.clickModal('Allow Once'), /origin other/);
    assert.deepEqual(await answerOf(other), allowed);
  });

  it('expires as denied; an answer afterwards is ignored, and said to be', async () => {
    const asked = ask(push, { deadline: Date.now() + 6000 });
    await window.modal();
    assert.deepEqual(await answerOf(asked), 'expired');
    await window.clickModal('Allow Once');
    await window.toast('expired before you answered').waitFor({ timeout: 5000 });
  });

  it('takes a second step to guard less, and says in which mode it is', async () => {
    const places = directories({}, 'linux', editor.home);
    await window.status.click();
    await window.choice('Shadow').click();
    await window.clickModal('Cancel');
    assert.equal(readMode(places), undefined);
    await window.status.click();
    await window.choice('Shadow').click();
    await window.clickModal('Change to Shadow');
    assert.ok(await until(async () => /Shadow/.test(await window.status.innerText()), 5000));
    assert.equal(readMode(places), 'shadow');
    assert.match((await window.status.getAttribute('class')) ?? '', /warning/);
    await window.status.click();
    await window.choice('Enforce').click();
    assert.ok(await until(async () => /Enforce/.test(await window.status.innerText()), 5000));
    assert.doesNotMatch((await window.status.getAttribute('class')) ?? '', /warning/);
  });

  it('says UNPROTECTED when a project switches the hooks off, and can put it right', async () => {
    const settings = join(editor.workspace, '.vscode', 'settings.json');
    mkdirSync(join(editor.workspace, '.vscode'), { recursive: true });
    for (const key of ['chat.useHooks', 'chat.plugins.enabled']) {
      writeFileSync(settings, JSON.stringify({ [key]: false }));
      assert.ok(await until(async () => /UNPROTECTED/.test(await window.status.innerText()), 8000), key);
      assert.match((await window.status.getAttribute('class')) ?? '', /warning/);
      await window.status.hover();
      await sleep(1200);
      // Off the item, whose colour is another while it is hovered, and onto its tooltip, which then stays.
      await window.page.mouse.move(200, 740, { steps: 5 });
      await sleep(600);
      await keepShot(window, 'status', { x: 0, y: 640, width: 640, height: 160 });
      await window.status.click();
      await window.choice(key).click();
      assert.ok(await until(async () => !/UNPROTECTED/.test(await window.status.innerText()), 8000), `${key} repaired`);
      assert.doesNotMatch(readFileSync(settings, 'utf8'), new RegExp(key));
    }
    rmSync(settings);
  });
});
