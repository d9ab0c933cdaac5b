import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { everything } from '../../src/model/viewer.ts';
import { messageFrom } from '../../src/vscode/viewer/messages.ts';
import { pageHtml } from '../../src/vscode/viewer/page-html.ts';
import { viewerWords } from '../../src/vscode/viewer/words.ts';
import { english } from '../../src/present/translate.ts';
import { activeFilters, filterFrom, isSameFilter, noChoice, withRange, withSpan } from '../../src/webview/filter-state.ts';
import { formats } from '../../src/webview/format.ts';
import { freshState, grownSince, savedStateFrom } from '../../src/webview/saved-state.ts';
import { fill } from '../../src/webview/words.ts';

const now = Date.parse('2026-03-01T12:00:00.000Z');

describe('filters', () => {
  it('reach back from now', () => {
    const choice = withSpan(noChoice, 'hour', now);
    assert.deepEqual(choice, { filter: { ...everything, since: '2026-03-01T11:00:00.000Z' }, span: 'hour' });
    assert.deepEqual(withSpan(choice, undefined, now), noChoice);
    assert.equal(activeFilters(choice), 1);
    assert.equal(activeFilters({ filter: { ...everything, text: 'x', risks: ['high'], kind: 'event' } }), 2);
  });

  it('take two ends in any order', () => {
    const range = withRange(noChoice, now, now - 1000);
    assert.deepEqual(range.filter, { ...everything, since: '2026-03-01T11:59:59.000Z', until: '2026-03-01T12:00:00.000Z' });
    assert.deepEqual(withRange(range, undefined, undefined), noChoice);
  });

  it('are the same whatever the order of what was chosen', () => {
    assert.ok(isSameFilter({ ...everything, agents: ['a', 'b'] }, { ...everything, agents: ['b', 'a'] }));
    assert.ok(!isSameFilter({ ...everything, agents: ['a'] }, { ...everything, agents: ['b'] }));
    assert.ok(!isSameFilter({ ...everything, since: 'x' }, everything));
  });

  it('come whole through a message, and nothing else does', () => {
    const filter = { ...everything, text: 'git', outcomes: ['deny' as const], risks: ['high' as const], since: '2026-03-01T11:00:00.000Z' };
    assert.deepEqual(filterFrom(JSON.parse(JSON.stringify(filter))), filter);
    for (const wrong of [
      null,
      'x',
      {},
      { ...everything, text: 'x'.repeat(1001) },
      { ...everything, agents: Array.from({ length: 201 }, String) },
      { ...everything, rules: [1] },
      { ...everything, kind: 'other' },
      { ...everything, since: 5 },
    ]) {
      assert.equal(filterFrom(wrong), undefined, JSON.stringify(wrong)?.slice(0, 80));
    }
  });
});

describe('messages of the page', () => {
  const good = [
    { type: 'ready' },
    { type: 'rows', from: 0, count: 200, epoch: 3, grown: 4 },
    { type: 'detail', id: '12:3456' },
    { type: 'copy', id: '1:1', part: 'command' },
    { type: 'export', format: 'csv' },
    { type: 'filter', filter: everything },
  ];
  for (const message of good) it(`are understood: ${message.type}`, () => assert.deepEqual(messageFrom(message), message));

  const bad: readonly unknown[] = [
    undefined,
    'ready',
    { type: 'run' },
    { type: 'rows', from: -1, count: 10, epoch: 0, grown: 0 },
    { type: 'rows', from: 0, count: 201, epoch: 0, grown: 0 },
    { type: 'rows', from: 0.5, count: 10, epoch: 0, grown: 0 },
    { type: 'detail', id: 'x'.repeat(101) },
    { type: 'detail' },
    { type: 'copy', id: '1:1', part: 'all' },
    { type: 'export', format: 'exe' },
    { type: 'filter', filter: { text: 1 } },
  ];
  for (const message of bad)
    it(`do nothing: ${JSON.stringify(message)?.slice(0, 60)}`, () => assert.equal(messageFrom(message), undefined));

  it('never throw', () => {
    fc.assert(fc.property(fc.anything(), (value) => void messageFrom(value)));
  });
});

describe('what the editor keeps of the page', () => {
  it('comes back', () => {
    const state = {
      ...freshState,
      view: 'charts' as const,
      place: 440,
      current: 20,
      epoch: 3,
      grown: 7,
      open: { id: '1:20', type: 'event' as const },
    };
    assert.deepEqual(savedStateFrom(JSON.parse(JSON.stringify(state)), now), state);
  });

  it('knows how far the list has moved meanwhile, where the host still counts on', () => {
    const kept = { ...freshState, epoch: 2, grown: 5 };
    assert.equal(grownSince(kept, { epoch: 2, grown: 9 }), 4);
    assert.equal(grownSince(kept, { epoch: 2, grown: 0 }), 0);
    assert.equal(grownSince(kept, { epoch: 3, grown: 9 }), 0);
  });

  it('means the last hour before now, not that of then', () => {
    const kept = { ...freshState, choice: withSpan(noChoice, 'hour', now - 86_400_000) };
    assert.deepEqual(savedStateFrom(kept, now).choice, withSpan(noChoice, 'hour', now));
  });

  it('is a fresh page, whatever else there is', () => {
    assert.deepEqual(savedStateFrom(undefined, now), freshState);
    assert.deepEqual(savedStateFrom({ choice: 1, view: 2, share: 'x', place: Number.NaN, open: { id: 5 } }, now), freshState);
    fc.assert(fc.property(fc.anything(), (value) => void savedStateFrom(value, now)));
  });
});

describe('numbers and times', () => {
  const english24 = formats('en', 'UTC');
  const rows: readonly (readonly [string, string])[] = [
    [english24.count(1_234_567), '1,234,567'],
    [english24.duration(3.21), '3.2 ms'],
    [english24.duration(1400), '1.4 s'],
    [english24.moment('2026-03-01T12:03:04.567Z'), 'Mar 1, 12:03:04'],
    [english24.dayAndTime('2026-03-01T00:03:04.567Z').join(' | '), 'Mar 1 | 00:03:04'],
    [english24.exact('2026-03-01T12:03:04.567Z'), 'March 1, 2026 at 12:03:04.567 UTC'],
    [english24.exact('never'), 'never'],
    [english24.bucket(now, 60_000), '12:00'],
    [english24.bucket(now, 3_600_000), 'Mar 1, 12:00'],
    [english24.bucket(now, 86_400_000), 'Mar 1'],
    [english24.percent(1, 8), '12.5%'],
    [english24.percent(1, 0), '0%'],
    [formats('de', 'UTC').count(1234.5), '1.234,5'],
    [formats('no-such-language-at-all', 'UTC').count(1234), '1,234'],
  ];
  for (const [written, expected] of rows) it(`are written: ${expected}`, () => assert.equal(written, expected));

  it('hold no space that would be taken for a hidden one', () => {
    for (const language of ['fr', 'de', 'sv', 'ru', 'pl', 'en']) {
      const { count, duration, exact, moment, percent } = formats(language, 'UTC');
      const all = [
        count(1e9),
        duration(12_345.6),
        exact('2026-03-01T12:03:04.567Z'),
        moment('2026-03-01T12:03:04.567Z'),
        percent(1, 3),
      ].join();
      assert.doesNotMatch(all, /[\u00a0\u202f\u2009]/, language);
    }
  });
});

describe('the page’s sentences', () => {
  it('get their parts, each once, and no part is taken for another', () => {
    assert.equal(fill('{0} of {1}', '{1}', 7), '{1} of 7');
    assert.equal(fill('{0} {5}', 'a'), 'a {5}');
  });

  it('cannot end the page’s own text', () => {
    const hostile = `"'><script>alert(1)</script>&`;
    const words = { ...viewerWords(english), title: hostile };
    const html = pageHtml({ source: hostile, script: hostile, style: hostile, icons: hostile, nonce: 'abc', language: hostile, words });
    assert.doesNotMatch(html, /<script>alert/);
    assert.equal(html.match(/<script/g)?.length, 1);
    const data = /data-words="([^"]*)"/.exec(html)?.[1] ?? '';
    const decoded = data.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
    assert.deepEqual(JSON.parse(decoded), words);
  });

  it('allow nothing inline and nothing from elsewhere', () => {
    const html = pageHtml({
      source: 'https://own',
      script: 's',
      style: 't',
      icons: 'i',
      nonce: 'abc',
      language: 'en',
      words: viewerWords(english),
    });
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&#39;', "'") ?? '';
    assert.match(policy, /^default-src 'none';/);
    assert.doesNotMatch(policy, /unsafe|\*|data:/);
    assert.doesNotMatch(html, /style="|onload=|onclick=/);
  });
});
