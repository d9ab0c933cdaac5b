import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { appendRecord } from '../../src/audit/append.ts';
import { lineHash, logFileName } from '../../src/audit/chain.ts';
import { exportLog } from '../../src/audit/export.ts';
import type { AuditFilter } from '../../src/audit/query.ts';
import type { DecisionRecord } from '../../src/model/audit-record.ts';
import type { ExportFormat } from '../../src/model/viewer.ts';
import { runCli } from '../cli/run-cli.ts';
import { makeLog, sampleRecords } from '../support/audit-log.ts';
import { scratchFolder } from '../support/scratch.ts';

function exported(directory: string, format: ExportFormat, filter: AuditFilter = {}): string {
  return [...exportLog(directory, format, filter)].map(({ text }) => text).join('');
}

/** A reader of RFC 4180 that knows no mercy: a bare quote or line end is a fault. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let rest = text;
  while (rest !== '') {
    const match = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest);
    assert.ok(match, `no cell at ${JSON.stringify(rest.slice(0, 60))}`);
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] !== ',') {
      rows.push(row);
      row = [];
    }
    rest = rest.slice(match[0].length);
  }
  assert.deepEqual(row, []);
  return rows;
}

const decision = sampleRecords().find(({ type }) => type === 'decision') as DecisionRecord;

describe('audit export', () => {
  let scratch = '';
  let directory = '';
  beforeEach(() => {
    scratch = scratchFolder('export');
    directory = join(scratch, 'audit');
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  it('gives JSON whose records still form the chain', () => {
    makeLog({ directory, records: 400, fileBytes: 60_000 });
    const text = exported(directory, 'json');
    const lines = text.split('\n').slice(1, -2);
    const entries: { prev: string; seq: number }[] = JSON.parse(text);
    assert.equal(entries.length, 400);
    for (const [index, entry] of entries.entries()) {
      assert.equal(entry.seq, index + 1);
      if (index > 0) assert.equal(entry.prev, lineHash((lines[index - 1] ?? '').replace(/,$/, '')));
    }
  });

  it('is JSON without any record, too', () => assert.deepEqual(JSON.parse(exported(directory, 'json')), []));

  it('keeps the place of what is no record', () => {
    makeLog({ directory, records: 3 });
    appendFileSync(join(directory, logFileName(1)), '\u0000 "nonsense"\n{"torn');
    const last = JSON.parse(exported(directory, 'json')).at(-1);
    assert.equal(last.damaged, 'no-json');
    assert.equal(last.file, logFileName(1));
    assert.equal(readFileSync(join(directory, logFileName(1))).indexOf('\u0000 "nonsense'), last.offset);
    assert.equal(readCsv(exported(directory, 'csv')).at(-1)?.[2], 'damaged');
  });

  it('writes CSV that says what the records say', () => {
    makeLog({ directory, records: 300 });
    const entries = JSON.parse(exported(directory, 'json'));
    const [names = [], ...rows] = readCsv(exported(directory, 'csv'));
    assert.equal(rows.length, 300);
    for (const [index, row] of rows.entries()) {
      const { record, seq } = entries[index];
      const cells = Object.fromEntries(names.map((name, at) => [name, row[at]]));
      assert.equal(row.length, names.length);
      assert.equal(cells['seq'], String(seq));
      for (const name of ['timestamp', 'type', 'outcome', 'risk', 'rule', 'reason', 'decision_id'])
        assert.equal(cells[name], record[name] ?? '');
      assert.equal(cells['approval_by'], record.approval?.by ?? '');
    }
  });

  it('writes no cell that a spreadsheet would run', () => {
    const nasty = fc.stringMatching(/^[=+@\-\t\r\n"',;a-z ]{0,12}$/);
    fc.assert(
      fc.property(fc.array(nasty, { minLength: 1, maxLength: 5 }), nasty, (reasons, agent) => {
        rmSync(directory, { recursive: true, force: true });
        for (const reason of reasons) appendRecord({ directory }, { ...decision, reason, agent, input: { command: reason } });
        const [names = [], ...rows] = readCsv(exported(directory, 'csv'));
        const at = names.indexOf('reason');
        assert.equal(rows.length, reasons.length);
        for (const [index, row] of rows.entries()) {
          for (const cell of row) assert.doesNotMatch(cell, /^[=+@\-\t\r\n]/);
          const reason = reasons[index] ?? '';
          assert.ok([reason, `'${reason}`].includes(row[at] ?? ''), JSON.stringify(row[at]));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives what passes all filters', () => {
    makeLog({ directory, records: 500 });
    const all: { record: DecisionRecord }[] = JSON.parse(exported(directory, 'json'));
    const rows: readonly (readonly [AuditFilter, (record: DecisionRecord) => boolean])[] = [
      [{ agent: 'codex' }, ({ agent }) => agent === 'codex'],
      [{ risk: 'critical', type: 'decision' }, ({ risk }) => risk === 'critical'],
      [{ text: 'FORCE ORIGIN' }, (record) => /force origin/i.test(JSON.stringify(record.input ?? ''))],
      [{ since: '2026-01-01T00:05:00.000Z', until: '2026-01-01T00:06:00.000Z' }, ({ timestamp }) => /T00:05|T00:06:00/.test(timestamp)],
    ];
    for (const [filter, test] of rows) {
      const expected = all.filter(({ record }) => test(record));
      assert.ok(expected.length > 0, JSON.stringify(filter));
      assert.deepEqual(JSON.parse(exported(directory, 'json', filter)), expected);
    }
  });

  describe('on the command line', () => {
    const run = (...args: string[]) => runCli(['audit', 'export', '--directory', directory, ...args]);

    it('writes to standard output or, for the user only, to a file', () => {
      makeLog({ directory, records: 50 });
      assert.equal(JSON.parse(run('--agent', 'codex').out).length, JSON.parse(exported(directory, 'json', { agent: 'codex' })).length);
      const out = join(scratch, 'log.csv');
      const { code, err } = run('--format', 'csv', '--out', out);
      assert.deepEqual([code, err], [0, `50 records written to ${out}.\n`]);
      assert.equal(readFileSync(out, 'utf8'), exported(directory, 'csv'));
      if (process.platform !== 'win32') assert.equal(statSync(out).mode & 0o777, 0o600);
      assert.deepEqual(readdirSync(scratch).sort(), ['audit', 'log.csv']);
    });

    it('leaves the log and what it cannot replace alone', () => {
      makeLog({ directory, records: 5 });
      symlinkSync(directory, join(scratch, 'link'));
      const before = exported(directory, 'json');
      for (const out of [join(directory, logFileName(1)), join(scratch, 'link', 'x.json'), join(directory, 'head', 'free')]) {
        const { code, err } = run('--out', out);
        assert.equal(code, 1);
        assert.match(err, /must not lie in the folder of the log/);
      }
      assert.equal(exported(directory, 'json'), before);
      const missing = run('--out', join(scratch, 'none', 'x.json'));
      assert.equal(missing.code, 1);
      assert.match(missing.err, /cannot be written: ENOENT/);
      writeFileSync(join(scratch, 'old'), 'old');
      assert.equal(run('--out', join(scratch, 'old')).code, 0);
      assert.ok(existsSync(join(scratch, 'old')) && JSON.parse(readFileSync(join(scratch, 'old'), 'utf8')).length === 5);
    });

    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [['--format', 'xml'], /--format must be json or csv/],
      [['--risk', 'huge'], /--risk must be one of low, medium, high, critical/],
      [['--outcome', 'denied'], /--outcome must be one of approve, escalate, deny/],
      [['--since', 'yesterday'], /--since must be a time/],
    ];
    for (const [args, message] of wrong) {
      it(`refuses ${args.join(' ')}`, () => {
        const { code, err, out } = run(...args);
        assert.deepEqual([code, out], [1, '']);
        assert.match(err, message);
      });
    }
  });
});
