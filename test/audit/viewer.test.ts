import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { appendRecord } from '../../src/audit/append.ts';
import { logFileName } from '../../src/audit/chain.ts';
import { parseEntry } from '../../src/audit/query.ts';
import { openAuditIndex } from '../../src/audit/viewer-client.ts';
import { type AuditIndex, everything, type ViewerFilter, type ViewerState } from '../../src/model/viewer.ts';
import { makeLog } from '../support/audit-log.ts';
import { scratchFolder } from '../support/scratch.ts';

/** Lines of a log, the newest first, read the plain way. */
function lines(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1))
    .reverse();
}

/** The state once it passes the test. */
function reached(index: AuditIndex, test: (state: ViewerState) => boolean): Promise<ViewerState> {
  return new Promise((resolve) => {
    if (test(index.state())) return resolve(index.state());
    const end = index.onDidChange((state) => {
      if (!test(state)) return;
      end();
      resolve(state);
    });
  });
}

const isDone = ({ busy, phase }: ViewerState) => !busy && phase !== 'loading';

describe('the audit viewer’s index', () => {
  let directory = '';
  let index: AuditIndex;
  beforeEach(() => {
    directory = scratchFolder('viewer');
    index = openAuditIndex(directory);
  });
  afterEach(() => {
    index.dispose();
    rmSync(directory, { recursive: true, force: true });
  });

  async function filtered(filter: Partial<ViewerFilter>): Promise<readonly number[]> {
    const { epoch } = index.state();
    index.setFilter({ ...everything, ...filter });
    const { matching } = await reached(index, (state) => state.epoch > epoch && isDone(state));
    const numbers: number[] = [];
    while (numbers.length < matching) numbers.push(...(await index.rows(numbers.length, 200)).rows.map(({ seq }) => seq));
    return numbers;
  }

  it('shows all lines of all files, the newest first', async () => {
    makeLog({ directory, records: 500, fileBytes: 100_000 });
    index.open();
    const state = await reached(index, isDone);
    assert.deepEqual([state.phase, state.total, state.matching], ['ready', 500, 500]);
    const { rows } = await index.rows(0, 200);
    assert.deepEqual(
      rows.map(({ seq }) => seq),
      Array.from({ length: 200 }, (_, at) => 500 - at),
    );
    assert.deepEqual(
      rows.map(({ index: place }) => place),
      Array.from({ length: 200 }, (_, at) => at),
    );
    assert.equal((await index.rows(499, 200)).rows[0]?.seq, 1);
    assert.deepEqual((await index.rows(500, 200)).rows, []);
  });

  it('finds what a plain reading of every line finds', async () => {
    makeLog({ directory, records: 700, fileBytes: 150_000 });
    index.open();
    await reached(index, isDone);
    const entries = lines(directory).flatMap((line) => parseEntry(line) ?? []);
    const searches: readonly (readonly [Partial<ViewerFilter>, (line: string) => boolean])[] = [
      [{ text: 'mark-77' }, (line) => /mark-77/.test(line)],
      [{ text: 'FORCE origin' }, (line) => /force/i.test(line) && /origin/i.test(line)],
      [{ text: '"a line of code that"' }, (line) => line.includes('a line of code that')],
      [{ text: 'gemini no-force' }, (line) => line.includes('"gemini-cli"') && line.includes('no-force-push')],
      [{ text: '01a1fc23-5481-7e93-8b7b-0000000000ff' }, (line) => line.includes('01a1fc23-5481-7e93-8b7b-0000000000ff')],
      [{ text: 'nothing has this' }, () => false],
      [{ text: 'Rf' }, (line) => line.includes('-rf')],
      [{ text: '%' }, () => false],
      [{ text: '}' }, (line) => Object.values(JSON.parse(line).record.input ?? {}).some((text) => String(text).includes('}'))],
      [{ text: 'a9' }, (line) => /mark-\d*a9/.test(line)],
      [{ agents: ['codex', 'opencode'] }, (line) => /"agent":"(codex|opencode)"/.test(line)],
      [{ rules: ['no-force-push'] }, (line) => line.includes('"rule":"no-force-push"')],
      [{ risks: ['critical'] }, (line) => line.includes('"risk":"critical"')],
      [{ outcomes: ['deny'] }, (line) => line.includes('"outcome":"deny"') && line.includes('"verdict":"deny"')],
      [{ outcomes: ['allowed', 'refused'] }, (line) => line.includes('"verdict":"escalate"')],
      [{ kind: 'event' }, (line) => line.includes('"type":"event"')],
      [{ kind: 'damaged' }, () => false],
      [
        { since: '2026-01-01T00:10:00.000Z', until: '2026-01-01T00:11:00Z' },
        (line) => /"timestamp":"2026-01-01T00:(10:..|11:00)\.000Z"/.test(line),
      ],
      [{ since: 'no time' }, () => true],
    ];
    for (const [filter, test] of searches) {
      const expected = entries.filter((entry) => test(JSON.stringify(entry))).map(({ seq }) => seq);
      assert.deepEqual(await filtered(filter), expected, JSON.stringify(filter));
    }
  });

  it('shows a record as soon as it is written, over the border of files too', async () => {
    index.open();
    assert.equal((await reached(index, isDone)).phase, 'empty');
    for (let seq = 1; seq <= 30; seq += 1) {
      appendRecord(
        { directory, maxBytes: 1500 },
        { type: 'event', event: `e${seq}`, timestamp: '2026-01-01T00:00:00.000Z', user: 'me', details: {} },
      );
    }
    const { epoch, grown } = await reached(index, ({ matching }) => matching === 30);
    assert.deepEqual([epoch, grown], [0, 30]);
    assert.equal((await index.rows(0, 1)).rows[0]?.subject, 'e30 {}');
  });

  it('forgets what is gone and reads again what was replaced', async () => {
    makeLog({ directory, records: 300, fileBytes: 100_000 });
    index.open();
    const before = await reached(index, isDone);
    rmSync(join(directory, logFileName(1)));
    const left = lines(directory).length;
    const after = await reached(index, (state) => isDone(state) && state.total === left);
    assert.ok(after.epoch > before.epoch);
    const second = join(directory, logFileName(2));
    writeFileSync(`${second}.new`, readFileSync(second, 'utf8').replaceAll('"agent":"codex"', '"agent":"other"'));
    renameSync(`${second}.new`, second);
    const changed = await reached(index, (state) => isDone(state) && state.facets.agents.some(({ value }) => value === 'other'));
    assert.equal(changed.matching, left);
  });

  it('shows damaged lines as what they are', async () => {
    makeLog({ directory, records: 20 });
    const path = join(directory, logFileName(1));
    const text = readFileSync(path, 'utf8').split('\n');
    text.splice(3, 0, 'nonsense', '{"prev":"","record":{"type":"decision"},"seq":1}', '');
    writeFileSync(path, text.join('\n'));
    appendFileSync(path, '{"torn');
    index.open();
    const state = await reached(index, isDone);
    assert.equal(state.total, 23);
    index.setFilter({ ...everything, kind: 'damaged' });
    const { matching } = await reached(index, (each) => each.epoch > state.epoch && isDone(each));
    assert.equal(matching, 3);
    const { rows } = await index.rows(0, 10);
    assert.deepEqual(
      rows.map(({ type, subject }) => [type, subject.slice(0, 12)]),
      [
        ['damaged', ''],
        ['damaged', '{"prev":"","'],
        ['damaged', 'nonsense'],
      ],
    );
    assert.equal((await index.detail(rows[2]?.id ?? ''))?.damage, 'no-json');
    assert.equal((await index.detail(rows[1]?.id ?? ''))?.damage, 'no-record');
    assert.equal(await index.detail('1:3'), undefined);
  });

  it('says why a log cannot be read', async () => {
    rmSync(directory, { recursive: true });
    writeFileSync(directory, 'no directory');
    index.open();
    const { phase, problem } = await reached(index, isDone);
    assert.deepEqual([phase, problem?.code, problem?.path, problem?.why], ['error', 'directory', directory, 'ENOTDIR']);
  });

  it('counts what passes', async () => {
    makeLog({ directory, records: 2000 });
    index.open();
    await reached(index, isDone);
    const summary = await index.summary();
    assert.ok(summary);
    const entries = lines(directory).flatMap((line) => parseEntry(line) ?? []);
    const decisions = entries.flatMap(({ record }) => (record.type === 'decision' ? [record] : []));
    assert.equal(summary.decisions, decisions.length);
    assert.equal(summary.events, entries.length - decisions.length);
    assert.equal(summary.outcomes.deny, decisions.filter(({ verdict }) => verdict === 'deny').length);
    assert.equal(summary.answers.allowed, summary.outcomes.allowed);
    assert.ok(summary.buckets.length <= 60 && summary.buckets.length > 10);
    const inBuckets = summary.buckets.flatMap(({ counts }) => Object.values(counts)).reduce((sum, each) => sum + each, 0);
    assert.equal(inBuckets, decisions.length);
    const sorted = decisions.map(({ latency_ms }) => latency_ms).sort((a, b) => a - b);
    assert.equal(summary.latency.p50, sorted[Math.ceil(sorted.length / 2) - 1]);
    assert.equal(
      summary.latency.bars.reduce((sum, { count }) => sum + count, 0),
      decisions.length,
    );
    assert.deepEqual(summary.topRules.find(({ value }) => value === 'no-force-push')?.denied, summary.outcomes.deny);
  });

  it('exports what passes, the oldest first', async () => {
    makeLog({ directory, records: 600, fileBytes: 200_000 });
    appendFileSync(join(directory, logFileName(1)), 'nonsense\n');
    index.open();
    await reached(index, isDone);
    let text = '';
    const count = await index.exportTo('json', (piece) => {
      text += piece;
    });
    assert.equal(count, 601);
    const all = JSON.parse(text);
    assert.equal(all.length, 601);
    assert.deepEqual(
      all.flatMap(({ seq }: { seq?: number }) => seq ?? []),
      Array.from({ length: 600 }, (_, at) => at + 1),
    );
    assert.equal(all.find(({ damaged }: { damaged?: string }) => damaged !== undefined).text, 'nonsense');
    assert.equal(
      await index.exportTo('csv', () => {
        throw new Error('disk full');
      }),
      undefined,
    );
  });

  it('answers nothing once it is disposed of', async () => {
    makeLog({ directory, records: 20 });
    index.open();
    await reached(index, isDone);
    const open = index.rows(0, 10);
    index.dispose();
    assert.deepEqual((await open).rows, []);
    assert.deepEqual((await index.rows(0, 10)).rows, []);
    assert.equal(await index.summary(), undefined);
    assert.equal(await index.verify(), undefined);
  });
});
