import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, beforeEach, describe, it } from 'mocha';
import { auditLog } from '../../src/audit/place.ts';
import { queryLog } from '../../src/audit/query.ts';
import { directories } from '../../src/platform/directories.ts';
import { type Editor, newScope, startEditor } from '../support/vscode/editor.ts';
import { keepShot } from '../support/vscode/shots.ts';
import { tidy } from '../support/vscode/tidy.ts';
import { vsixFile } from '../support/vscode/vsix.ts';
import { sleep, until } from '../support/vscode/wait.ts';
import type { EditorWindow } from '../support/vscode/window.ts';

/** Longer than it takes until a change is asked about; milliseconds. */
const noticedMs = 4500;
const bom = '\ufeff';

describe('tripwire, with a person at the keyboard', () => {
  let editor: Editor;
  let window: EditorWindow;
  let started: string;

  const policy = (): string => join(editor.workspace, '.agent-policy.yaml');
  const text = (): string => readFileSync(policy(), 'utf8');
  const toast = () => window.toast('.agent-policy.yaml was changed');
  const answer = async (name: string) => {
    await toast().waitFor({ timeout: 15_000 });
    await toast().getByRole('button', { name, exact: true }).click();
  };

  /** As a process does that the editor knows nothing of. */
  const unseen = (content: string): void =>
    void execFileSync('sh', ['-c', 'printf %s "$1" > .agent-policy.yaml', 'sh', content], { cwd: editor.workspace });

  /** Outcomes that the audit log has of the policy since the test began. */
  function outcomes(): readonly unknown[] {
    const { directory } = auditLog(directories({}, 'linux', editor.home));
    return queryLog(directory, { type: 'event', since: started }, 100).flatMap(({ record }) =>
      record.type === 'event' && record.event === 'protected-file-changed' ? [record.details['outcome']] : [],
    );
  }

  /** Types at the end of the policy, with the keyboard. */
  async function type(...keys: readonly string[]): Promise<void> {
    const { page } = window;
    await page.keyboard.press('Control+p');
    await page.locator('.quick-input-widget input').first().fill('.agent-policy.yaml');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: '.agent-policy.yaml' }).first().waitFor({ timeout: 10_000 });
    await page.keyboard.press('Enter');
    await sleep(800);
    await page.keyboard.press('Control+End');
    for (const key of keys) await (key.length > 1 && /^(Enter|Control\+.)$/.test(key) ? page.keyboard.press(key) : page.keyboard.type(key));
  }

  function setUp(settings: object): void {
    const file = join(editor.data, 'User', 'settings.json');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...settings }));
  }

  before(async function () {
    this.timeout(150_000);
    const scope = newScope('tripwire');
    writeFileSync(join(scope.path('home'), 'project', '.agent-policy.yaml'), `${bom}version: 1\r\n`);
    const settings = {
      'files.trimTrailingWhitespace': true,
      'files.insertFinalNewline': true,
      'chat.useHooks': false,
      'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
    };
    editor = await startEditor(scope, { vsix: [vsixFile()], yolo: true, settings });
    window = await editor.open();
    await window.ready();
    await sleep(noticedMs);
  });
  tidy(() => ({ editor, window }));
  beforeEach(() => {
    started = new Date().toISOString();
  });

  it('what was typed and saved is the person’s: trimmed, with its byte order mark and CRLF', async () => {
    await type('# mine   ', 'Enter', '# end', 'Control+s');
    assert.ok(await until(() => text() === `${bom}version: 1\r\n# mine\r\n# end\r\n`, 10_000), JSON.stringify(text()));
    await sleep(noticedMs);
    assert.deepEqual(outcomes(), []);
    // One key is an edit, too.
    await type('#', 'Control+s');
    assert.ok(await until(() => text().endsWith('# end\r\n#\r\n'), 10_000), JSON.stringify(text()));
    await sleep(noticedMs);
    assert.deepEqual(outcomes(), []);
  });

  it('what the editor saves by itself while a person types is the person’s', async function () {
    this.timeout(60_000);
    setUp({ 'files.autoSave': 'afterDelay', 'files.autoSaveDelay': 150 });
    await sleep(1500);
    await type('Enter');
    for (const letter of 'written slowly, and saved again and again') {
      await window.page.keyboard.type(letter);
      await sleep(60);
    }
    assert.ok(await until(() => text().includes('again and again'), 10_000), text());
    await sleep(noticedMs);
    assert.deepEqual(outcomes(), []);
    setUp({ 'files.autoSave': 'off' });
  });

  it('a process that changes the policy a second after a save is not the person', async function () {
    this.timeout(60_000);
    await type('# saved', 'Control+s');
    assert.ok(await until(() => text().includes('# saved'), 10_000));
    const mine = text();
    await sleep(1000);
    unseen('version: 1\nmode: shadow\n');
    await toast().waitFor({ timeout: 15_000 });
    await keepShot(window, 'tripwire');
    const diff = window.page.locator('.monaco-diff-editor .view-lines');
    assert.match((await diff.first().innerText()).replaceAll('\u00a0', ' '), /# saved/);
    assert.match((await diff.last().innerText()).replaceAll('\u00a0', ' '), /mode: shadow/);
    await answer('Restore');
    assert.ok(await until(() => text() === mine, 10_000), text());
    assert.ok(await until(() => outcomes().includes('restored'), 5000));
    assert.deepEqual(outcomes(), ['seen', 'restored']);
  });

  it('a person who goes on typing in a file that was changed does not account for that', async function () {
    this.timeout(60_000);
    const mine = text();
    await type();
    unseen('version: 1\nmode: shadow\n');
    const shown = async () => (await window.page.locator('.view-lines').allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');
    assert.ok(await until(async () => (await shown()).includes('mode: shadow'), 10_000), await shown());
    await sleep(300);
    await window.page.keyboard.press('Control+End');
    await window.page.keyboard.type('# more');
    await window.page.keyboard.press('Control+s');
    assert.ok(await until(() => text().includes('# more'), 10_000));
    await answer('Restore');
    assert.ok(await until(() => text() === mine, 10_000), text());
  });

  it('what a person keeps is known from then on', async function () {
    this.timeout(60_000);
    unseen('version: 1\nid: kept\n');
    await answer('Keep');
    assert.ok(await until(() => outcomes().includes('kept'), 5000));
    unseen('version: 1\nid: other\n');
    await answer('Restore');
    assert.ok(await until(() => text() === 'version: 1\nid: kept\n', 10_000), text());
  });

  it('an agent’s edit tool is not the person, where no hook decides', async function () {
    this.timeout(120_000);
    const mine = text();
    // A person worked in the file, but not just now.
    await sleep(11_000);
    const turn = await window.prompt([
      ['replace_string_in_file', { filePath: policy(), oldString: 'id: kept', newString: 'id: kept\nmode: shadow' }],
    ]);
    await window.finish(turn);
    assert.match(text(), /mode: shadow/, 'without hooks the agent can');
    await keepShot(window, 'tripwire-agent');
    await answer('Restore');
    assert.ok(await until(() => text() === mine, 10_000), text());
  });
});
