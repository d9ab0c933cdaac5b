// The viewer's page alone, in a browser: what it draws, how it is used by keyboard, what it does to hostile text, how it holds a million rows.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Browser } from 'playwright-core';
import { sleep, until } from '../support/vscode/wait.ts';
import { MemoryIndex, madeUp } from './memory-index.ts';
import { launch, openPage, type StandalonePage } from './page.ts';

describe('the page of the audit viewer', () => {
  let browser: Browser;
  let open: StandalonePage | undefined;
  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());
  afterEach(async () => {
    assert.deepEqual(open?.complaints, [], 'the browser complained');
    await open?.close();
    open = undefined;
  });

  async function show(index: MemoryIndex, state?: unknown): Promise<StandalonePage['page']> {
    open = await openPage(browser, index, 'vscode-dark', state);
    return open.page;
  }
  const rows = '.sight .row[aria-rowindex]';
  const ready = (page: StandalonePage['page']) => page.locator(`${rows} .subject`).first().waitFor({ timeout: 15_000 });

  it('shows the newest record first, and says what it is to a screen reader', async () => {
    const page = await show(new MemoryIndex(1000));
    await ready(page);
    const grid = page.locator('[role=grid]');
    assert.equal(await grid.getAttribute('aria-rowcount'), '1001');
    assert.equal(await grid.getAttribute('aria-colcount'), '6');
    const first = page.locator('.row[aria-rowindex="2"]');
    assert.match(await first.innerText(), /11:59:|12:00:/);
    assert.equal(await first.locator('[role=gridcell]').count(), 6);
    assert.match(await page.locator('.search-count').innerText(), /1,000 records/);
  });

  it('is gone through by keyboard alone', async () => {
    const page = await show(new MemoryIndex(1000));
    await ready(page);
    const current = async () => Number(await page.evaluate(`document.activeElement.getAttribute('aria-rowindex')`)) - 2;
    await page.locator('.row[tabindex="0"]').focus();
    const steps = [
      ['ArrowDown', 0],
      ['ArrowDown', 1],
      ['ArrowUp', 0],
      ['ArrowUp', 0],
      ['End', 999],
      ['ArrowDown', 999],
      ['Home', 0],
    ] as const;
    for (const [key, index] of steps) {
      await page.keyboard.press(key);
      assert.equal(await current(), index, key);
    }
    await page.keyboard.press('PageDown');
    const paged = await current();
    assert.ok(paged > 5 && paged < 60, String(paged));
    await page.keyboard.press('PageUp');
    assert.equal(await current(), 0);
    assert.equal(await page.locator('.row[tabindex="0"]').count(), 1);

    await page.keyboard.press('Enter');
    await page.locator('.detail .lead').waitFor();
    assert.equal(await page.evaluate(`document.activeElement.className`), 'detail-title');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.detail').isVisible(), false);
    assert.equal(await current(), 0);
    await page.keyboard.press('Control+f');
    assert.ok(await until(() => page.evaluate(`document.activeElement.tagName`).then((name) => name === 'VSCODE-TEXTFIELD'), 2000));
  });

  it('searches as one types, says how many match, and gives everything back', async () => {
    const page = await show(new MemoryIndex(1000));
    await ready(page);
    await page.keyboard.press('Control+f');
    await page.keyboard.type('force-with-lease');
    await page.locator('[role=grid]:not([aria-rowcount="1001"])').waitFor();
    await ready(page);
    const subjects = await page.locator(`${rows} .subject`).allInnerTexts();
    assert.ok(subjects.length > 3 && subjects.every((subject) => subject.includes('force-with-lease')));
    assert.match(await page.locator('.search-count').innerText(), /^\d+ of 1,000$/);
    assert.match(await page.locator('[role=status]').last().innerText(), /of 1,000 records match/);
    await page.keyboard.press('Escape');
    await page.locator('[role=grid][aria-rowcount="1001"]').waitFor();
  });

  it('filters by menus that the keyboard reaches, and says what to do where nothing matches', async () => {
    const page = await show(new MemoryIndex(1000));
    await ready(page);
    await page.getByRole('button', { name: 'Outcome' }).focus();
    await page.keyboard.press('ArrowDown');
    const denied = page.getByRole('option', { name: /Denied/ });
    await denied.waitFor();
    await page.keyboard.press('d');
    await page.keyboard.press('Enter');
    await until(async () => (await denied.getAttribute('aria-selected')) === 'true', 3000);
    await page.keyboard.press('Escape');
    await ready(page);
    const words = await page.locator(`${rows} .cell-outcome`).allInnerTexts();
    assert.ok(words.length > 3 && words.every((word) => word.trim() === 'Denied'), words.join());
    assert.equal(await page.evaluate(`document.activeElement.textContent`), 'Outcome: Denied');
    await page.keyboard.press('Control+f');
    await page.keyboard.type('no such thing anywhere');
    await page.getByRole('heading', { name: 'No record matches' }).waitFor();
    await page.locator('.empty').getByRole('button', { name: 'Clear Filters' }).click();
    await page.locator('[role=grid][aria-rowcount="1001"]').waitFor();
  });

  it('explains a record, points out its danger, and asks the editor for the rest', async () => {
    const page = await show(new MemoryIndex(200));
    await ready(page);
    await page.locator(rows, { hasText: '--force origin' }).first().click();
    await page.locator('.detail .lead').waitFor();
    const text = await page.locator('.detail').innerText();
    for (const part of [
      'wants to overwrite remote history',
      'no-force-push',
      'forbids it',
      'enforce',
      'git.push.force',
      'safe_coding',
      'aaaaaaaa',
    ])
      assert.ok(text.includes(part), `${part} in ${text}`);
    assert.equal(await page.locator('.command mark').innerText(), '--force');
    for (const name of ['Copy the Command', 'Go to Rule', 'Check Against Today’s Policy…', 'Copy the Decision’s ID'])
      await page.locator('.detail').getByRole('button', { name }).click();
    await until(() => open?.asked.length === 4, 3000);
    assert.deepEqual(
      open?.asked.map(([what, detail]) => [what, detail.slice(0, 28)]),
      [
        ['copy', 'git push --force origin main'],
        ['rule', 'built-in: no-force-push'],
        ['try', 'git push --force origin main'],
        ['copy', '01a1fc31-0793-7916-9965-0000'],
      ],
    );
  });

  it('stays where it is read while agents go on, and comes to the news when asked', async () => {
    const index = new MemoryIndex(5000);
    const page = await show(index);
    await ready(page);
    await page.evaluate(`document.querySelector('.scroller').scrollTop = 22 * 1000`);
    const row = page.locator('.row[aria-rowindex="1004"]');
    await row.locator('.subject').waitFor();
    const before = { text: await row.innerText(), box: await row.boundingBox() };
    index.add(...[1, 2, 3].map((seq) => ({ ...madeUp(seq, 1), timestamp: new Date().toISOString() })));
    const same = page.locator('.row[aria-rowindex="1007"]');
    await same.locator('.subject').waitFor();
    assert.equal(await same.innerText(), before.text);
    assert.equal((await same.boundingBox())?.y, before.box?.y);
    await page.getByRole('button', { name: '3 new' }).click();
    assert.equal(await page.evaluate(`document.querySelector('.scroller').scrollTop`), 0);
    assert.equal(await page.getByRole('button', { name: '3 new' }).count(), 0);
    assert.match(await page.locator('[role=status]').last().innerText(), /3 new records/);
  });

  it('shows news at the top at once', async () => {
    const index = new MemoryIndex(50);
    const page = await show(index);
    await ready(page);
    index.add({ ...madeUp(1, 1), input: { command: 'echo news' }, timestamp: new Date().toISOString() });
    const first = page.locator('.row[aria-rowindex="2"]');
    assert.ok(await until(async () => /echo news/.test(await first.innerText()), 5000));
  });

  it('draws charts, and the same as tables', async () => {
    const page = await show(new MemoryIndex(1000));
    await ready(page);
    await page.getByRole('tab', { name: 'Charts' }).click();
    await page.getByRole('heading', { name: 'Outcomes over time' }).waitFor();
    assert.equal(await page.locator('.chart').count(), 5);
    assert.ok((await page.locator('.chart svg .fill-tone-deny').count()) > 5);
    assert.equal(await page.getByRole('table').count(), 5);
    const width = () => page.evaluate(`document.querySelector('.chart table').parentElement.getBoundingClientRect().width`);
    assert.equal(await width(), 1, 'only for screen readers');
    await page.getByRole('button', { name: 'Show as Tables' }).click();
    const table = page.getByRole('table', { name: 'Rules that decided most often' });
    assert.ok(Number(await width()) > 200);
    assert.match(await table.innerText(), /no-force-push/);
    assert.equal(await page.locator('.chart .drawing').count(), 0);
    await page.getByRole('button', { name: 'Show as Charts' }).waitFor();
  });

  it('is as it was after it was hidden', async () => {
    const index = new MemoryIndex(5000);
    const page = await show(index);
    await ready(page);
    await page.keyboard.press('Control+f');
    await page.keyboard.type('push');
    await page.locator('[role=grid]:not([aria-rowcount="5001"])').waitFor();
    await ready(page);
    await page.locator(rows).nth(4).click();
    await page.locator('.detail .lead').waitFor();
    const title = await page.locator('.detail-title').innerText();
    const count = await page.locator('[role=grid]').getAttribute('aria-rowcount');
    await until(() => page.evaluate('window.keptState?.open !== undefined'), 3000);
    const kept = await page.evaluate('window.keptState');
    await open?.close();
    const again = await show(new MemoryIndex(5000), kept);
    await ready(again);
    await again.locator('.detail .lead').waitFor();
    assert.equal(await again.locator('.detail-title').innerText(), title);
    assert.equal(await again.locator('[role=grid]').getAttribute('aria-rowcount'), count);
  });

  it('says so where there is no record yet', async () => {
    const page = await show(new MemoryIndex(0));
    await page.getByRole('heading', { name: 'No agent has done anything yet' }).waitFor();
    await page.getByRole('button', { name: 'Show Protection Status' }).click();
    await until(() => open?.asked.length === 1, 3000);
    assert.deepEqual(open?.asked, [['protection', '']]);
  });

  it('says what is wrong where the log cannot be read, and tries again', async () => {
    const index = new MemoryIndex(100);
    index.fail({ code: 'directory', path: '/home/dev/\u202Elog', why: 'EACCES' });
    const page = await show(index);
    await page.getByRole('heading', { name: 'The audit log could not be read' }).waitFor();
    assert.match(await page.locator('.empty').innerText(), /The folder \/home\/dev\/⟨U\+202E⟩log cannot be read \(EACCES\)/);
    index.mend();
    await page.getByRole('button', { name: 'Try Again' }).click();
    await ready(page);
    index.fail({ code: 'files', path: '/home/dev/log/audit-000002.jsonl', why: 'EIO' });
    await page.getByText('Some files of the log are not shown').waitFor();
    await ready(page);
  });

  it('stands where it stood, though news came while it was hidden', async () => {
    const index = new MemoryIndex(5000);
    const page = await show(index);
    await ready(page);
    await page.evaluate(`document.querySelector('.scroller').scrollTop = 22 * 500`);
    await page.locator('.row[aria-rowindex="510"] .subject').waitFor();
    await page.locator('.row[aria-rowindex="510"]').click();
    await page.locator('.detail .lead').waitFor();
    const text = await page.locator('.row[aria-rowindex="510"]').innerText();
    await until(() => page.evaluate('window.keptState?.open !== undefined && window.keptState.place > 0'), 3000);
    await sleep(400);
    const kept = await page.evaluate('window.keptState');
    index.add(...[1, 2, 3, 4].map((seq) => ({ ...madeUp(seq, 1), timestamp: new Date().toISOString() })));
    await open?.close();
    const again = await show(index, kept);
    const same = again.locator('.row[aria-rowindex="514"]');
    await same.locator('.subject').waitFor();
    assert.equal(await same.innerText(), text);
    assert.equal(await same.getAttribute('aria-selected'), 'true');
    await again.locator('.detail .lead').waitFor();
  });

  it('makes hostile text visible and runs nothing of it', async () => {
    const index = new MemoryIndex(5);
    const hostile = 'echo \u202Etxt.exe\u202C \u200B\u0007<img src=x onerror="window.hit=1"><script>window.hit=1</script>';
    index.add({
      ...madeUp(1, 1),
      timestamp: '2026-11-21T12:00:01.000Z',
      input: { command: hostile },
      rule: 'r\u202Eule',
      agent: '<b>agent\u0000</b>',
      reason: '</p><script>window.hit=1</script>\u2066',
      verdict: 'deny',
      outcome: 'deny',
      effects: [{ kind: 'write', certainty: 'exact', path: '/tmp/\u202E<i>', act: 'git.push.force', evidence: '\u202Etxt.exe' }],
    });
    const page = await show(index);
    await ready(page);
    await page.locator('.row[aria-rowindex="2"]').click();
    await page.locator('.detail .lead').waitFor();
    await page.locator('.raw summary').click();
    await page.getByRole('button', { name: 'Agent' }).click();
    await page.getByRole('listbox').waitFor();
    const everything = String(await page.evaluate('document.body.textContent + document.body.outerHTML'));
    assert.doesNotMatch(everything, /[\u202e\u202c\u200b\u2066\u0000\u0007]/);
    assert.match(everything, /⟨U\+202E⟩txt\.exe⟨U\+202C⟩/);
    assert.equal(await page.evaluate('window.hit'), undefined);
    assert.equal(await page.locator('.records img, .records script, .records b, .records i').count(), 0);
  });

  it('holds a million rows: few elements, any place at once, no frame that takes long', async function () {
    this.timeout(90_000);
    const page = await show(new MemoryIndex(1_000_000));
    await ready(page);
    const measure = `(async () => {
      const scroller = document.querySelector('.scroller');
      const frames = [];
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      await frame();
      for (let step = 0; step < 120; step += 1) {
        scroller.scrollTop += step % 20 === 19 ? 1_500_000 : 400;
        const start = performance.now();
        await frame();
        await frame();
        frames.push(performance.now() - start);
      }
      frames.sort((a, b) => a - b);
      return { median: frames[60] / 2, elements: document.querySelectorAll('.sight .row').length };
    })()`;
    const { median, elements } = (await page.evaluate(measure)) as { median: number; elements: number };
    assert.ok(elements < 80, `${elements} rows exist`);
    // A loaded machine is slow: only what hangs is wrong here. The figure itself is measured by the bench.
    assert.ok(median < 500, `${median} ms`);
    await page.locator('.row[tabindex="0"]').focus();
    await page.keyboard.press('End');
    await page.locator('.row[aria-rowindex="1000001"] .subject').waitFor();
    await page.keyboard.press('ArrowUp');
    assert.equal(await page.evaluate(`document.activeElement.getAttribute('aria-rowindex')`), '1000000');
    const box = await page.locator('.row[aria-rowindex="1000001"]').boundingBox();
    const room = await page.locator('.scroller').boundingBox();
    assert.ok(box && room && Math.abs(box.y + box.height - room.y - room.height) < 1, 'the last row lies at the bottom');
  });
});
