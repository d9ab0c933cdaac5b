// The first steps: each is checked off by what is true, and not by having been clicked.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import type { Page } from 'playwright-core';
import { type Editor, newScope, startEditor } from '../support/vscode/editor.ts';
import { Questions } from '../support/vscode/questions.ts';
import { keepShot } from '../support/vscode/shots.ts';
import { tidy } from '../support/vscode/tidy.ts';
import { vsixFile } from '../support/vscode/vsix.ts';
import { sleep, until } from '../support/vscode/wait.ts';
import type { EditorWindow } from '../support/vscode/window.ts';

describe('the walkthrough', () => {
  let editor: Editor;
  let window: EditorWindow;
  let questions: Questions;

  const step = (title: string) => window.page.locator('.getting-started-step', { hasText: title }).first();
  const isDone = (title: string) => step(title).locator('.codicon-getting-started-step-checked').first().isVisible();
  const done = (title: string) => until(() => isDone(title), 20_000);
  /** Opens a step where it is closed: its buttons are there only then. */
  async function open(title: string): Promise<void> {
    if (!/expanded/.test((await step(title).getAttribute('class')) ?? '')) await step(title).click();
  }
  const press = async (title: string, button: string) => {
    await open(title);
    await step(title).getByRole('button', { name: button }).first().click();
  };

  before(async function () {
    this.timeout(150_000);
    const scope = newScope('walkthrough');
    // Another agent is on this machine, and not guarded. The editor asks the login shell for its PATH.
    const bin = scope.path('bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'claude'), '#!/bin/sh\necho 2.1.329\n', { mode: 0o755 });
    mkdirSync(scope.path('home', '.claude'));
    writeFileSync(scope.path('home', '.claude', 'settings.json'), '{\n  "theme": "dark"\n}\n');
    writeFileSync(scope.path('home', '.profile'), `export PATH="${bin}:$PATH"\n`);
    editor = await startEditor(scope, { vsix: [vsixFile()], chat: false });
    questions = new Questions(editor);
    window = await editor.open();
    await window.ready();
    await questions.windows(1);
    await window.command('Welcome: Open Walkthrough...');
    await window.choice('Guard your coding agents').click();
    await step('Connect your agents').waitFor();
  });

  tidy(() => ({ editor, window }));

  it('begins with nothing done', async () => {
    for (const title of ['Connect your agents', 'Choose a mode', 'See a block', 'Read what happened'])
      assert.equal(await isDone(title), false, title);
    await keepShot(window, 'walkthrough');
  });

  it('is done with the agents when each has the hook', async () => {
    const settings = join(editor.home, '.claude', 'settings.json');
    await press('Connect your agents', 'Connect agents');
    await window.choice('claude-code').waitFor();
    await window.page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
    await window.toast('Connected: claude-code').waitFor({ timeout: 20_000 });
    assert.match(readFileSync(settings, 'utf8'), /"theme": "dark"/);
    assert.match(readFileSync(settings, 'utf8'), /agent-policy\/bin\/hook\.cjs/);
    assert.ok(await done('Connect your agents'));
    // A change that a person makes in the editor is no unexplained one.
    await sleep(1500);
    assert.equal(await window.page.locator('.tab', { hasText: 'as it was' }).count(), 0);
  });

  it('is done with the mode when one was chosen, also the one that holds', async () => {
    await press('Choose a mode', 'Choose a mode');
    await window.choice('Confirm').waitFor();
    await window.page.keyboard.press('Escape');
    await window.choice('Confirm').waitFor({ state: 'hidden' });
    // Long enough for what is true to be taken notice of.
    await sleep(3000);
    assert.equal(await isDone('Choose a mode'), false);
    await press('Choose a mode', 'Choose a mode');
    await window.choice('Enforce').click();
    assert.ok(await done('Choose a mode'));
  });

  it('shows a block by the real hook, and is done with it', async () => {
    assert.equal(await isDone('See a block'), false);
    await press('See a block', 'Demonstrate a block');
    const text = await window.modal(30_000);
    assert.match(text, /stopped this, and nothing was run: git push --force origin main/);
    assert.match(text, /The agent is told: A force push overwrites/);
    await keepShot(window, 'walkthrough-block');
    await window.page.keyboard.press('Escape');
    const [record] = questions.decisions(1);
    assert.deepEqual([record?.outcome, record?.rule, record?.agent], ['deny', 'no-force-push', 'vscode']);
    assert.ok(await done('See a block'));
  });

  it('is done with the log when it was shown', async () => {
    await press('Read what happened', 'Open the audit log');
    await window.page.locator('.tab', { hasText: 'Audit Log' }).first().waitFor();
    await window.page.locator('.tab', { hasText: 'Welcome' }).first().click();
    assert.ok(await done('Read what happened'));
  });

  it('has a language of its own: a window in German asks in German, and what is compared stays as it is', async function () {
    this.timeout(90_000);
    const folder = join(editor.home, 'german');
    mkdirSync(folder);
    // What a language pack would say; this editor has none.
    const prepare = async (page: Page) => void (await page.addInitScript('globalThis._VSCODE_NLS_LANGUAGE = "de"'));
    const german = await editor.open({ folder, prepare });
    await german.ready();
    await questions.windows(2);
    const asked = questions.ask('make it', { risk: 'critical', cwd: folder, workspace: folder });
    const text = await german.modal();
    for (const part of ['Claude Code will einen Befehl ausführen: make it', 'Risiko: kritisch', 'Schließen lehnt ab'])
      assert.ok(text.includes(part), `${part} in\n${text}`);
    await german.clickModal('Einmal zulassen…');
    const typed = german.page.locator('.quick-input-widget input').first();
    await german.page.getByText('Geben Sie allow ein').first().waitFor();
    await typed.fill('allow');
    await german.page.keyboard.press('Enter');
    assert.deepEqual(await asked, { answer: 'allow', scope: 'once' });
    assert.match(await german.status.innerText(), /Durchsetzen/);
    await german.command('Agent Policy: Modus ändern…');
    await german.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Schatten' }).first().waitFor();
    await german.close();
  });
});
