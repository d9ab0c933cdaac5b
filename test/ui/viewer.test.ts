// The audit viewer in the real VS Code, over the log of a home that the real hook goes on writing to.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { before, describe, it } from 'mocha';
import type { Frame } from 'playwright-core';
import { appendRecord } from '../../src/audit/append.ts';
import { auditLog } from '../../src/audit/place.ts';
import { directories } from '../../src/platform/directories.ts';
import { makeLog } from '../support/audit-log.ts';
import { type Editor, newScope, startEditor } from '../support/vscode/editor.ts';
import { keepShot } from '../support/vscode/shots.ts';
import { tidy } from '../support/vscode/tidy.ts';
import { vsixFile } from '../support/vscode/vsix.ts';
import { sleep, until } from '../support/vscode/wait.ts';
import type { EditorWindow } from '../support/vscode/window.ts';
import { callHook, writeSampleLog } from './sample-log.ts';

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core')), 'utf8');
const records = 900;
const rows = '.sight .row[aria-rowindex]';
const openTitle = 'Agent Policy: Open Audit Log Viewer';

describe('the audit viewer in VS Code', () => {
  let editor: Editor;
  let window: EditorWindow;
  let frame: Frame;

  /** The viewer's own frame, once it is filled; the frames of a page that was hidden are gone. */
  async function viewerFrame(): Promise<Frame> {
    const found = await until(async () => {
      for (const candidate of window.page.frames()) {
        const isThere = await candidate
          .locator(`.list, .empty`)
          .first()
          .isVisible()
          .catch(() => false);
        if (isThere) return candidate;
      }
      return undefined;
    }, 30_000);
    assert.ok(found, 'the viewer did not open');
    return found;
  }

  /** Waits for the page with that many rows; the frame that was there before may be there a while longer. */
  async function comesBack(count: string | null): Promise<void> {
    const isBack = await until(async () => {
      frame = await viewerFrame();
      return frame
        .locator('[role=grid]')
        .getAttribute('aria-rowcount', { timeout: 1000 })
        .then((rowcount) => rowcount === count)
        .catch(() => false);
    }, 40_000);
    assert.ok(isBack, `${count} rows did not come back`);
  }

  async function openViewer(): Promise<void> {
    await window.command(openTitle);
    const isFilled = await until(async () => {
      frame = await viewerFrame();
      return frame
        .locator(`${rows} .subject`)
        .first()
        .isVisible()
        .catch(() => false);
    }, 60_000);
    assert.ok(isFilled, 'there are no rows');
  }

  /** Waits until the list has that many rows. */
  async function hasRows(count: number): Promise<void> {
    const grid = frame.locator('[role=grid]');
    const reached = await until(async () => (await grid.getAttribute('aria-rowcount')) === String(count + 1), 20_000);
    assert.ok(reached, `${await grid.getAttribute('aria-rowcount')} rows instead of ${count + 1}`);
  }

  /** Waits until fewer rows are left than that, all that were asked for have come, and nothing changes any more; returns how many are left. */
  async function settledRows(fewerThan: number): Promise<number> {
    const seen = async () => {
      const count = Number(await frame.locator('[role=grid]').getAttribute('aria-rowcount')) - 1;
      const isFilled = (await frame.locator(`${rows} .subject`).count()) > 0 && (await frame.locator(`${rows} .placeholder`).count()) === 0;
      const hasCome = isFilled && !(await frame.locator('.progress').isVisible());
      return hasCome && count < fewerThan ? { count } : undefined;
    };
    const settled = await until(async () => {
      const before = await seen();
      // Longer than the page waits for a letter, and the search for its answer.
      await sleep(500);
      const after = await seen();
      return before !== undefined && before.count === after?.count ? after : undefined;
    }, 20_000);
    assert.ok(settled, `${await frame.locator('[role=grid]').getAttribute('aria-rowcount')} rows instead of fewer than ${fewerThan + 1}`);
    return settled.count;
  }

  async function chooseTheme(theme: string): Promise<void> {
    await window.page.keyboard.press('Control+k');
    await window.page.keyboard.press('Control+t');
    const input = window.input;
    await window.choice('Dark Modern').waitFor();
    await input.fill(theme);
    await window.choice(theme).waitFor();
    await window.page.keyboard.press('Enter');
  }

  const log = () => auditLog(directories({}, 'linux', editor.home));

  before(async function () {
    this.timeout(180_000);
    const scope = newScope('viewer');
    const home = scope.path('home');
    writeSampleLog(auditLog(directories({}, 'linux', home)), join(home, 'shop'), records, Date.now() - 60_000);
    editor = await startEditor(scope, {
      vsix: [vsixFile()],
      chat: false,
      settings: { 'workbench.secondarySideBar.defaultVisibility': 'hidden' },
    });
    window = await editor.open();
    await window.ready();
    await window.page.keyboard.press('Control+b');
    await openViewer();
  });

  tidy(() => ({ editor, window }));

  it('shows the log, the newest record first', async () => {
    await hasRows(records);
    await window.page.locator('.tab.active', { hasText: 'Audit Log' }).waitFor();
    assert.match(await frame.locator('.search-count').innerText(), /900 records/);
    assert.ok(await until(async () => (await frame.locator('.timeline .column').count()) > 5, 10_000), 'the time line is drawn');
  });

  const themes = [
    ['dark', 'Dark Modern', 'vscode-dark'],
    ['light', 'Light Modern', 'vscode-light'],
    ['contrast', 'Dark High Contrast', 'vscode-high-contrast'],
    ['contrast-light', 'Light High Contrast', 'vscode-high-contrast-light'],
  ] as const;
  for (const [name, theme, className] of themes) {
    it(`is accessible in the theme ${theme}: list, detail, menu, charts, tables`, async function () {
      this.timeout(90_000);
      await chooseTheme(theme);
      assert.ok(await until(() => frame.evaluate(`document.body.classList.contains('${className}')`), 10_000), 'the theme came');
      await frame.locator(rows, { hasText: 'git push --force origin' }).first().click();
      await frame.locator('.detail .lead').waitFor();
      await sleep(700);
      await keepShot(window, `viewer-${name}`);
      const found = [await violations('list and detail')];
      await frame.getByRole('button', { name: 'Rule' }).first().click();
      await frame.getByRole('listbox').waitFor();
      found.push(await violations('menu'));
      await window.page.keyboard.press('Escape');
      await frame.getByRole('tab', { name: 'Charts' }).click();
      await frame.getByRole('heading', { name: 'Outcomes over time' }).waitFor();
      await keepShot(window, `viewer-charts-${name}`);
      found.push(await violations('charts'));
      await frame.getByRole('button', { name: 'Show as Tables' }).click();
      found.push(await violations('tables'));
      await frame.getByRole('button', { name: 'Show as Charts' }).click();
      await frame.getByRole('tab', { name: 'Records' }).click();
      assert.deepEqual(found.flat(), []);
    });
  }

  async function violations(what: string): Promise<readonly string[]> {
    if (!(await frame.evaluate(`typeof axe === 'object'`))) await frame.evaluate(axe);
    const result = (await frame.evaluate(
      `axe.run(document.body, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`,
    )) as { violations: readonly { id: string; nodes: readonly { html: string; failureSummary: string }[] }[] };
    return result.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${what}: ${id}: ${html.slice(0, 200)} ${failureSummary}`),
    );
  }

  it('shows a record that the real hook writes, at once', async () => {
    await hasRows(records);
    callHook(editor.home, editor.workspace, 'git push --force origin release');
    await hasRows(records + 1);
    const first = frame.locator('.row[aria-rowindex="2"]');
    assert.ok(await until(async () => /--force origin release/.test(await first.innerText()), 10_000), await first.innerText());
    await first.click();
    const lead = frame.locator('.detail .lead', { hasText: 'Claude Code wants to overwrite remote history.' });
    await lead.waitFor({ timeout: 10_000 });
    assert.match(await frame.locator('.detail').innerText(), /no-force-push/);
    assert.equal(await frame.locator('.command mark').first().innerText(), '--force');
  });

  it('says what the policy of today says of a recorded command', async () => {
    await frame.getByRole('button', { name: 'Check Against Today’s Policy…' }).click();
    const text = await window.modal();
    assert.match(text, /An agent may not run this/);
    assert.match(text, /--force origin release/);
    await window.page.keyboard.press('Escape');
    await window.dialog.waitFor({ state: 'hidden' });
  });

  it('goes to the rule that decided', async () => {
    await frame.getByRole('button', { name: 'Go to Rule' }).click();
    await window.page.locator('.view-lines', { hasText: 'no-force-push' }).first().waitFor({ timeout: 30_000 });
    await window.page.locator('.tab', { hasText: 'Audit Log' }).click();
    assert.ok(
      await until(async () => {
        frame = await viewerFrame();
        return frame
          .locator('.detail .lead', { hasText: 'overwrite remote history' })
          .isVisible()
          .catch(() => false);
      }, 30_000),
      'the record is open again',
    );
  });

  it('searches, and filters what it found', async () => {
    // A second try begins where the first one did.
    const clear = frame.getByRole('button', { name: 'Clear Filters' }).first();
    if (await clear.isVisible()) await clear.click();
    await hasRows(records + 1);
    await frame.locator('.scroller').click({ position: { x: 20, y: 5 } });
    await window.page.keyboard.press('Control+f');
    await window.page.keyboard.type('"push --force"');
    const found = await settledRows(records + 1);
    await frame.getByRole('button', { name: 'Outcome' }).click();
    await frame.getByRole('option', { name: /Denied/ }).click();
    await frame.getByRole('option', { name: /Denied/, selected: true }).waitFor({ timeout: 10_000 });
    await window.page.keyboard.press('Escape');
    await settledRows(found);
    const outcomes = await frame.locator(`${rows} .cell-outcome`).allInnerTexts();
    assert.ok(outcomes.length > 0 && outcomes.every((word) => word.trim() === 'Denied'), outcomes.join());
    assert.match(await frame.locator('.search-count').innerText(), /of 901/);
  });

  it('exports what passes the filters, asking where to', async () => {
    const expected = Number(await frame.locator('[role=grid]').getAttribute('aria-rowcount')) - 1;
    for (const [name, format] of [
      ['Export as JSON…', 'json'],
      ['Export as CSV…', 'csv'],
    ] as const) {
      const file = join(editor.workspace, `export.${format}`);
      await frame.getByRole('button', { name: 'Export' }).click();
      await frame.getByRole('menuitem', { name }).click();
      const input = window.input;
      await input.waitFor({ timeout: 15_000 });
      assert.ok(await until(async () => (await input.inputValue()).endsWith(`.${format}`), 15_000), 'a name is proposed');
      await input.fill(file);
      await sleep(500);
      assert.equal(await input.inputValue(), file);
      await window.page.keyboard.press('Enter');
      assert.ok(await until(() => existsSync(file), 15_000), `${file} was not written`);
      const text = readFileSync(file, 'utf8');
      const count = format === 'json' ? JSON.parse(text).length : text.trimEnd().split('\r\n').length - 1;
      assert.equal(count, expected, format);
      rmSync(file);
    }
  });

  it('checks the chain, and says where it is broken', async () => {
    await frame.getByRole('button', { name: 'Verify' }).click();
    await frame.getByText('The chain is whole: 901 records').waitFor({ timeout: 20_000 });
    await frame.locator('.notice').getByRole('button', { name: 'Close' }).click();
    const file = join(log().directory, 'audit-000001.jsonl');
    const whole = readFileSync(file);
    writeFileSync(file, whole.toString('utf8').replace('no-force-push', 'NO-force-push'));
    await frame.getByRole('button', { name: 'Verify' }).click();
    await frame.getByText('The log is not as it was written').waitFor({ timeout: 20_000 });
    writeFileSync(file, whole);
    await frame.locator('.notice').getByRole('button', { name: 'Close' }).click();
  });

  it('is as it was when it is shown again, and when the window is loaded again', async function () {
    this.timeout(120_000);
    // The log that was changed and mended before is read anew.
    const grid = frame.locator('[role=grid]:not([aria-rowcount="1"])');
    await grid.waitFor({ timeout: 20_000 });
    assert.ok(await until(async () => !(await frame.locator('.progress').isVisible()), 20_000), 'all was read');
    const count = await grid.getAttribute('aria-rowcount');
    await sleep(500);
    await window.command('File: New Untitled Text File');
    await window.page.locator('.tab', { hasText: 'Audit Log' }).click();
    await comesBack(count);
    assert.ok(await until(async () => (await frame.locator('.filter.is-set').first().innerText()).includes('Denied'), 5000));
    await sleep(1500);
    await window.page.reload();
    await window.ready();
    await comesBack(count);
    assert.match(await frame.locator('.filter.is-set').first().innerText(), /Denied/);
    await frame.getByRole('button', { name: 'Clear Filters' }).first().click();
  });

  it('runs nothing of what an agent wrote', async () => {
    const hostile = 'echo \u202Etxt.exe <img src=x onerror="document.body.dataset.hit=1"> \u0007';
    callHook(editor.home, editor.workspace, hostile.replaceAll('"', "'"));
    const first = frame.locator('.row[aria-rowindex="2"]');
    assert.ok(await until(async () => /⟨U\+202E⟩txt\.exe/.test(await first.innerText()), 15_000), await first.innerText());
    await first.click();
    await frame.locator('.command', { hasText: '⟨U+202E⟩' }).waitFor();
    assert.equal(await frame.evaluate('document.body.dataset.hit'), undefined);
    assert.equal(await frame.locator('.list img, .detail img').count(), 0);
  });

  it('follows a log of a million records', async function () {
    this.timeout(240_000);
    await window.command('View: Close All Editors');
    await until(() => frame.isDetached(), 20_000);
    rmSync(log().directory, { recursive: true, force: true });
    makeLog({ directory: log().directory, records: 1_000_000, begin: Date.now() - 2_000_000_000 });
    await openViewer();
    const first = frame.locator('.row[aria-rowindex="2"]');
    assert.match(await first.innerText(), /mark-1000000|mode-changed/);
    const busy = frame.locator('.progress');
    assert.ok(await until(async () => !(await busy.isVisible()), 120_000), 'all was read');
    await hasRows(1_000_000);
    appendRecord(log(), {
      type: 'event',
      event: 'mode-changed',
      timestamp: new Date().toISOString(),
      user: 'dev',
      details: { to: 'confirm' },
    });
    await hasRows(1_000_001);
    await frame.locator('.scroller').click({ position: { x: 20, y: 5 } });
    await window.page.keyboard.press('End');
    await frame.locator('.row[aria-rowindex="1000002"] .subject').waitFor({ timeout: 20_000 });
    assert.ok((await frame.locator(rows).count()) < 80);
    await window.page.keyboard.press('Control+f');
    await window.page.keyboard.type('mark-424242');
    await hasRows(1);
    assert.ok(await until(async () => /mark-424242|Event/.test(await first.innerText()), 10_000), await first.innerText());
  });
});
