import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { appendRecord } from '../../src/audit/append.ts';
import { chainLine, lineHash, logFileName, readHead, writeHead } from '../../src/audit/chain.ts';
import { queryLog } from '../../src/audit/query.ts';
import { type AuditProblem, verifyLog } from '../../src/audit/verify.ts';
import type { EventRecord } from '../../src/model/audit-record.ts';

function event(name: string): EventRecord {
  return { type: 'event', event: name, timestamp: '2026-11-20T00:00:00.000Z', user: 'me', details: {} };
}

/** A log of three files with `count` records, changed by `damage`. */
function withLog<T>(count: number, work: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'agent-policy-verify-'));
  try {
    for (let index = 1; index <= count; index += 1) appendRecord({ directory, maxBytes: 1200 }, event(`record-${index}`));
    return work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const first = logFileName(1);
const second = logFileName(2);

function editLines(directory: string, file: string, edit: (lines: string[]) => string[]): void {
  const path = join(directory, file);
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  writeFileSync(
    path,
    edit(lines)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

function newest(directory: string): string {
  return (
    readdirSync(directory)
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .at(-1) ?? ''
  );
}

describe('audit verify', () => {
  const tampering: readonly (readonly [string, (directory: string) => void, AuditProblem['code']])[] = [
    ['a word edited', (d) => editLines(d, first, (l) => l.map((line) => line.replace('record-2"', 'record-9"'))), 'broken-link'],
    [
      'the newest record edited',
      (d) => editLines(d, newest(d), (l) => [...l.slice(0, -1), (l.at(-1) ?? '').replace('record-', 'recorD-')]),
      'head-differs',
    ],
    ['a record deleted', (d) => editLines(d, first, (l) => l.filter((_, index) => index !== 1)), 'missing-records'],
    ['the first record deleted', (d) => editLines(d, first, (l) => l.slice(1)), 'missing-records'],
    ['two records swapped', (d) => editLines(d, first, ([a = '', b = '', ...rest]) => [b, a, ...rest]), 'wrong-order'],
    ['a record twice', (d) => editLines(d, first, ([a = '', ...rest]) => [a, a, ...rest]), 'wrong-order'],
    [
      'a record put in',
      (d) => editLines(d, first, ([a = '', ...rest]) => [a, chainLine(lineHash(a), JSON.stringify(event('forged')), 2), ...rest]),
      'wrong-order',
    ],
    ['text put in', (d) => editLines(d, first, ([a = '', ...rest]) => [a, 'nothing', ...rest]), 'bad-line'],
    ['the end cut off', (d) => editLines(d, newest(d), (l) => l.slice(0, -1)), 'truncated'],
    ['the newest file emptied', (d) => truncateSync(join(d, newest(d)), 0), 'truncated'],
    ['the newest file removed', (d) => rmSync(join(d, newest(d))), 'truncated'],
    ['the first file removed', (d) => rmSync(join(d, first)), 'missing-file'],
    ['a file in the middle removed', (d) => rmSync(join(d, second)), 'missing-file'],
    [
      'files swapped',
      (d) => {
        renameSync(join(d, first), join(d, 'x'));
        renameSync(join(d, second), join(d, first));
        renameSync(join(d, 'x'), join(d, second));
      },
      'wrong-order',
    ],
    [
      'all files removed',
      (d) => {
        for (const name of readdirSync(d)) if (name.endsWith('.jsonl')) rmSync(join(d, name));
      },
      'truncated',
    ],
    ['the head removed', (d) => rmSync(join(d, 'head'), { recursive: true }), 'head-missing'],
    ['the head overwritten', (d) => writeFileSync(join(d, 'head/free'), 'x'), 'head-missing'],
    ['invalid UTF-8', (d) => writeFileSync(join(d, first), Buffer.from([0xff, 0xfe, 10])), 'bad-line'],
    ['a line without end', (d) => writeFileSync(join(d, first), 'x'.repeat(3_000_000)), 'bad-line'],
  ];

  for (const [name, damage, code] of tampering) {
    it(`finds ${name}`, () => {
      withLog(20, (directory) => {
        assert.deepEqual(verifyLog(directory).problems, []);
        damage(directory);
        const { problems, ok } = verifyLog(directory);
        assert.ok(
          problems.some((problem) => problem.code === code),
          JSON.stringify(problems),
        );
        assert.equal(ok, false);
      });
    });

    it(`still finds ${name} after the next record`, () => {
      withLog(20, (directory) => {
        damage(directory);
        appendRecord({ directory, maxBytes: 1200 }, event('later'));
        assert.equal(verifyLog(directory).ok, false);
        assert.equal(queryLog(directory, {}, 1)[0]?.record.type, 'event');
      });
    });
  }

  it('finds a log rolled back together with its head, by an anchor kept elsewhere', () => {
    withLog(5, (directory) => {
      const old = join(directory, 'old');
      copyFileSync(join(directory, 'head/free'), old);
      const file = newest(directory);
      const text = readFileSync(join(directory, file));
      appendRecord({ directory, maxBytes: 1200 }, event('bad deed'));
      const anchor = verifyLog(directory).head;
      copyFileSync(old, join(directory, 'head/free'));
      writeFileSync(join(directory, file), text);
      for (const name of readdirSync(directory)) if (name.endsWith('.jsonl') && name > file) rmSync(join(directory, name));
      assert.deepEqual(verifyLog(directory).problems, []);
      assert.equal(verifyLog(directory, { anchor }).problems[0]?.code, 'truncated');
    });
  });

  const crashes: readonly (readonly [string, (directory: string) => void, readonly string[]])[] = [
    ['half a line', (d) => appendFileSync(join(d, newest(d)), '{"prev":"'), ['audit-repaired']],
    [
      'a line without its head',
      (d) => {
        const line =
          readFileSync(join(d, newest(d)), 'utf8')
            .split('\n')
            .at(-2) ?? '';
        appendFileSync(join(d, newest(d)), `${chainLine(lineHash(line), JSON.stringify(event('unanchored')), 6)}\n`);
      },
      [],
    ],
    [
      'a line that is not of the chain',
      (d) => appendFileSync(join(d, newest(d)), `${chainLine('0'.repeat(64), '{}', 6)}\n`),
      ['audit-repaired'],
    ],
    [
      'half a line in a new file',
      (d) => {
        const head = readHead(readFileSync(join(d, 'head/free'), 'latin1'));
        assert.ok(head);
        writeFileSync(join(d, 'head/free'), writeHead({ ...head, file: head.file + 1, bytes: 0 }));
        writeFileSync(join(d, logFileName(head.file + 1)), '{"pr');
      },
      ['audit-repaired'],
    ],
    [
      'a new file that is not there yet',
      (d) => {
        const head = readHead(readFileSync(join(d, 'head/free'), 'latin1'));
        assert.ok(head);
        writeFileSync(join(d, 'head/free'), writeHead({ ...head, file: head.file + 1, bytes: 0 }));
      },
      [],
    ],
    [
      'a token held by a dead process',
      (d) => {
        const alive = readdirSync(join(d, 'head'));
        assert.ok(alive.includes('free'));
        renameSync(join(d, 'head/free'), join(d, `head/held.elsewhere.1.${(Date.now() - 60_000).toString(36)}.00`));
      },
      [],
    ],
    ['a token that vanished', (d) => rmSync(join(d, 'head/free')), ['audit-head-lost']],
    ['an empty head', (d) => writeFileSync(join(d, 'head/free'), ''), ['audit-head-lost']],
  ];

  for (const [name, crash, events] of crashes) {
    it(`goes on after ${name}`, () => {
      withLog(5, (directory) => {
        crash(directory);
        appendRecord({ directory }, event('later'));
        // A lost head cannot come from a killed writer, and stays to be seen.
        const lost = events.includes('audit-head-lost') ? ['head-missing'] : [];
        assert.deepEqual(
          verifyLog(directory).problems.map(({ code }) => code),
          lost,
        );
        const names = queryLog(directory, { type: 'event' }, 100).map(({ record }) => (record.type === 'event' ? record.event : ''));
        assert.deepEqual(
          names.filter((each) => each.startsWith('audit-')),
          events,
        );
        assert.equal(names.at(-1), 'later');
      });
    });
  }

  it('takes an empty or missing directory for an empty log', () => {
    assert.deepEqual(verifyLog('/nonexistent/agent-policy').problems, []);
  });

  it('compares the head with what it says itself', () => {
    withLog(3, (directory) => {
      writeFileSync(join(directory, 'head/free'), writeHead({ bytes: 1, file: 1, hash: '1'.repeat(64), seq: 2, started: 0 }));
      assert.equal(verifyLog(directory).problems[0]?.code, 'head-differs');
    });
  });
});
