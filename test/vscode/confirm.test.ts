import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import { type Editor, newScope, startEditor } from '../support/vscode/editor.ts';
import { Questions } from '../support/vscode/questions.ts';
import { keepShot } from '../support/vscode/shots.ts';
import { tidy } from '../support/vscode/tidy.ts';
import { vsixFile } from '../support/vscode/vsix.ts';
import { sleep, until } from '../support/vscode/wait.ts';
import type { EditorWindow } from '../support/vscode/window.ts';

const cli = join(import.meta.dirname, '..', '..', 'dist', 'cli.cjs');
const allowed = { answer: 'allow', scope: 'once' };
const denied = { answer: 'deny' };

describe('confirming by risk', () => {
  let editor: Editor;
  let window: EditorWindow;
  let questions: Questions;

  const places = () => questions.places;

  const ask: Questions['ask'] = (command, change) => questions.ask(command, change);
  const decide = (command: string, session: string) => questions.decide(command, session);

  before(async function () {
    this.timeout(120_000);
    const scope = newScope('confirm');
    editor = await startEditor(scope, { vsix: [vsixFile()], chat: false });
    questions = new Questions(editor);
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], { cwd: editor.workspace });
    git('init', '-q', '-b', 'main');
    mkdirSync(join(editor.workspace, 'data'));
    writeFileSync(join(editor.workspace, 'app.js'), 'const a = 1;\nconst b = 2;\n');
    for (const name of ['one', 'two', 'three']) writeFileSync(join(editor.workspace, 'data', `${name}.csv`), `${name}\n`.repeat(400));
    git('add', 'app.js', 'data/one.csv');
    git('commit', '-qm', 'first');
    window = await editor.open();
    await window.ready();
    await questions.windows(1);
  });

  tidy(() => ({ editor, window }));
  afterEach(async () => {
    questions?.takeBack();
    await window.dismiss();
  });

  it('puts what is of medium risk into the view, with a notification, a badge and the time that is left', async () => {
    await window.command('View: Show Agent Policy');
    const first = ask('npm run release', { description: 'Make a release' });
    await window.toast('Claude Code wants to run a command: npm run release').waitFor();
    assert.equal(await window.dialog.isVisible(), false);
    const second = ask('make deploy', { risk: 'low' });
    await window.pending('npm run release').waitFor();
    await window.pending('make deploy').waitFor();
    await until(async () => /2 waiting, [01]:\d\d/.test(await window.status.innerText()), 4000);
    assert.match(await window.status.innerText(), /2 waiting, [01]:\d\d/);
    const earlier = await window.pending('npm run release').innerText();
    assert.match(earlier, /[01]:\d\d/);
    await until(async () => (await window.pending('npm run release').innerText()) !== earlier, 4000);
    assert.notEqual(await window.pending('npm run release').innerText(), earlier);
    await keepShot(window, 'pending');
    await window.toast('run a command').getByRole('button', { name: 'Review' }).click();
    assert.match(await window.clickModal('Allow Once'), /npm run release/);
    assert.deepEqual(await first, allowed);
    await window.command('Agent Policy: Review Next Request');
    assert.match(await window.clickModal('Deny'), /make deploy/);
    assert.deepEqual(await second, denied);
    await window.page.getByText('No action of an agent waits for you.').waitFor();
  });

  it('is answered by the keyboard alone', async () => {
    const asked = ask('npm run release');
    await until(async () => /waiting/.test(await window.status.innerText()), 4000);
    await window.page.keyboard.press('Control+Alt+r');
    await window.modal();
    await sleep(900);
    const focused = () => window.page.evaluate('document.activeElement?.textContent ?? ""');
    assert.equal(await focused(), 'Deny');
    for (let i = 0; i < 8 && (await focused()) !== 'Allow Once'; i += 1) await window.page.keyboard.press('Tab');
    await window.page.keyboard.press('Enter');
    assert.deepEqual(await asked, allowed);
  });

  it('does not keep what is worse waiting, and is denied when its time is over', async () => {
    const quiet = ask('npm run release', { deadline: Date.now() + 6000 });
    await until(async () => /waiting/.test(await window.status.innerText()), 4000);
    const urgent = ask('terraform apply', { risk: 'high' });
    assert.match(await window.clickModal('Allow Once'), /terraform apply/);
    assert.deepEqual(await urgent, allowed);
    assert.equal(await quiet, 'expired');
    await until(async () => !/waiting/.test(await window.status.innerText()), 4000);
    assert.doesNotMatch(await window.status.innerText(), /waiting/);
  });

  it('is denied all at once', async () => {
    const session = 'the-same';
    const asked = [ask('npm run a'), ask('npm run b', { session }), ask('npm run b', { session })];
    await until(async () => /2 waiting/.test(await window.status.innerText()), 4000);
    await window.command('Deny All Pending Requests');
    assert.deepEqual(await Promise.all(asked), [denied, denied, denied]);
  });

  it('takes a second, deliberate step for what is critical', async () => {
    const critical = { risk: 'critical', danger: { evidence: 'rm -rf data', act: 'files.delete.recursive' } } as const;
    const refused = ask('rm -rf data', critical);
    const text = await window.modal();
    assert.match(text, /Deletes 3 files \(5\.\d kB\); 2 of them cannot be recovered\./);
    assert.doesNotMatch(text, /Allow…/);
    await sleep(800);
    await keepShot(window, 'approval-critical', { x: 240, y: 150, width: 800, height: 480 });
    await window.clickModal('Allow Once…');
    await window.input.waitFor();
    await window.input.fill('yes');
    await window.page.keyboard.press('Enter');
    await sleep(300);
    assert.equal(await window.input.isVisible(), true);
    await window.page.keyboard.press('Escape');
    assert.deepEqual(await refused, denied);
    const meant = ask('rm -rf data', critical);
    await window.clickModal('Allow Once…');
    await window.input.fill('allow');
    await window.page.keyboard.press('Enter');
    assert.deepEqual(await meant, allowed);
    assert.equal(readdirSync(join(editor.workspace, 'data')).length, 3);
  });

  it('shows what a command would make of a file, to the byte, without running it', async () => {
    const asked = ask("sed -i 's/2/3/' app.js && rm data/two.csv", { risk: 'high' });
    assert.match(await window.clickModal('Show Full'), /Deletes data\/two\.csv .* cannot be recovered/);
    await window.page.locator('.tab', { hasText: 'Request of' }).waitFor();
    await window.page.locator('.tab', { hasText: 'app.js' }).click();
    const diff = window.page.locator('.monaco-diff-editor').first();
    await until(async () => /const b = 3/.test((await diff.innerText()).replaceAll('\u00a0', ' ')), 5000);
    assert.match((await diff.innerText()).replaceAll('\u00a0', ' '), /const b = 3/);
    await window.page.locator('.editor-actions a[aria-label^="Deny"]').first().click();
    assert.deepEqual(await asked, denied);
    assert.match(readFileSync(join(editor.workspace, 'app.js'), 'utf8'), /b = 2/);
  });

  it('keeps a narrow rule for the session, which answers the like of it and nothing else', async () => {
    const first = decide('git push --force-with-lease origin one', 'a');
    await window.clickModal('Allow…');
    await window.choice('The like of it, in this session').waitFor();
    assert.match(await window.choice('The like of it, in this session').innerText(), /overrides: · - force-push-with-lease/);
    await window.choice('The like of it, in this session').click();
    await window.choice('For one hour').click();
    const shown = await window.modal();
    assert.match(shown, /git\.push\.lease/);
    assert.match(shown, /of the last \d+ calls/);
    await window.clickModal('Keep and Allow');
    assert.equal((await first).verdict, 'approve');
    const again = await decide('git push --force-with-lease origin two', 'a');
    assert.deepEqual([again.verdict, again.approval?.by], ['approve', 'grant']);
    for (const [command, session] of [
      ['git push --force-with-lease origin two', 'b'],
      ['git push --force-with-lease origin two && cat .env', 'a'],
    ] as const) {
      const other = decide(command, session);
      await window.clickModal('Deny');
      assert.equal((await other).verdict, 'deny');
    }
    assert.equal((await decide('git push --force origin two', 'a')).verdict, 'deny');
  });

  it('saves a rule to the policy of the person, after showing it as a diff', async () => {
    const first = decide('npm publish', 'c');
    await window.clickModal('Allow…');
    await window.choice('The like of it, everywhere').click();
    await window.choice('Until it is revoked').click();
    await window.modal();
    await window.page.locator('.tab', { hasText: 'Your policy' }).waitFor();
    await window.clickModal('Save and Allow');
    assert.equal((await first).verdict, 'approve');
    const policy = readFileSync(join(places().config, 'policy.yaml'), 'utf8');
    assert.match(policy, /overrides:\n\s+- publishing/);
    assert.match(policy, /tests:[\s\S]*command: npm publish[\s\S]*expect: approve/);
    const tested = spawnSync(process.execPath, [cli, 'test', join(places().config, 'policy.yaml')], {
      encoding: 'utf8',
      cwd: editor.workspace,
    });
    assert.equal(tested.status, 0, tested.stdout + tested.stderr);
    const again = await decide('npm publish --tag next', 'd');
    assert.deepEqual([again.verdict, again.approval], ['approve', undefined]);
  });

  it('is put to the window that the folder is open in', async () => {
    const folder = join(editor.home, 'second');
    mkdirSync(folder);
    const other = await editor.open({ folder });
    try {
      await other.ready();
      await questions.windows(2);
      const there = ask('make', { risk: 'high', cwd: folder, workspace: folder });
      assert.match(await other.clickModal('Allow Once'), /second/);
      assert.equal(await window.dialog.isVisible(), false);
      assert.deepEqual(await there, allowed);
      const here = ask('make', { risk: 'high' });
      await window.clickModal('Deny');
      assert.equal(await other.dialog.isVisible(), false);
      assert.deepEqual(await here, denied);
    } finally {
      await other.close();
    }
  });
});
