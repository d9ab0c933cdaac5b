import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { appendRecord } from '../../src/audit/append.ts';
import { canonicalJson } from '../../src/audit/canonical.ts';
import {
  type AuditEntry,
  chainLine,
  type Head,
  lineHash,
  logFileName,
  logFileNumber,
  noHash,
  readHead,
  writeHead,
} from '../../src/audit/chain.ts';
import { parseEntry, queryLog } from '../../src/audit/query.ts';
import { type AuditProblem, verifyLog } from '../../src/audit/verify.ts';
import type { EventRecord } from '../../src/model/audit-record.ts';
import { scratchFolder } from '../support/scratch.ts';

function event(name: string): EventRecord {
  return { type: 'event', event: name, timestamp: '2026-11-20T00:00:00.000Z', user: 'me', details: {} };
}

/** A log of three files with `count` records, changed by `damage`. */
function withLog<T>(count: number, work: (directory: string) => T): T {
  const directory = scratchFolder('verify');
  try {
    for (let index = 1; index <= count; index += 1) {
      appendRecord({ directory, maxBytes: 1200 }, event(`record-${index}`));
      if (index !== count >> 1) continue;
      // For whoever puts back an older state.
      copyFileSync(join(directory, 'head/free'), join(directory, 'old-head'));
      mkdirSync(join(directory, 'old-copy'));
      for (const name of logs(directory)) copyFileSync(join(directory, name), join(directory, 'old-copy', name));
    }
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

function logs(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .sort();
}

function newest(directory: string): string {
  return logs(directory).at(-1) ?? '';
}

function numberOf(name: string): number {
  return logFileNumber(name) ?? 0;
}

function editHead(directory: string, edit: (head: Head) => Head): void {
  const path = join(directory, 'head/free');
  const head = readHead(readFileSync(path, 'latin1'));
  assert.ok(head);
  writeFileSync(path, writeHead(edit(head)));
}

/** What somebody does who knows how the log is made: changes records and gives all after them new numbers and hashes. Leaves the head. */
function rechain(directory: string, change: (entry: AuditEntry, at: number) => AuditEntry | readonly AuditEntry[]): void {
  let prev = noHash;
  let seq = 0;
  let at = 0;
  for (const name of logs(directory)) {
    editLines(directory, name, (lines) =>
      lines.flatMap((line) => {
        const entry = parseEntry(line);
        assert.ok(entry);
        const changed = [change(entry, at)].flat();
        at += 1;
        return changed.map(({ record }) => {
          seq += 1;
          const forged = chainLine(prev, canonicalJson(record), seq);
          prev = lineHash(forged);
          return forged;
        });
      }),
    );
  }
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
    ['the newest record cut in the middle', (d) => truncateSync(join(d, newest(d)), statSync(join(d, newest(d))).size - 20), 'truncated'],
    ['an older file cut in the middle of a record', (d) => truncateSync(join(d, first), statSync(join(d, first)).size - 20), 'torn-end'],
    ['an older file cut between records', (d) => editLines(d, first, (l) => l.slice(0, -1)), 'missing-records'],
    [
      'a file removed and the later ones renamed to close the gap',
      (d) => {
        rmSync(join(d, second));
        for (const name of logs(d).filter((each) => each > second)) renameSync(join(d, name), join(d, logFileName(numberOf(name) - 1)));
      },
      'missing-records',
    ],
    [
      'the first file removed and the later ones renamed',
      (d) => {
        for (const name of logs(d).slice(1)) renameSync(join(d, name), join(d, logFileName(numberOf(name) - 1)));
      },
      'missing-records',
    ],
    [
      'a record edited and all after it chained anew',
      (d) => rechain(d, (entry, at) => (at === 1 ? { ...entry, record: event('forged') } : entry)),
      'head-differs',
    ],
    ['a record removed and all after it numbered and chained anew', (d) => rechain(d, (entry, at) => (at === 1 ? [] : entry)), 'truncated'],
    [
      'a record put in and all after it numbered and chained anew',
      (d) => rechain(d, (entry, at) => (at === 1 ? [entry, { ...entry, record: event('forged') }] : entry)),
      'head-differs',
    ],
    ['the head put back to an older one', (d) => writeFileSync(join(d, 'head/free'), readFileSync(join(d, 'old-head'))), 'head-differs'],
    ['the number in the head edited', (d) => editHead(d, (head) => ({ ...head, seq: head.seq + 1 })), 'truncated'],
    ['the hash in the head edited', (d) => editHead(d, (head) => ({ ...head, hash: '0'.repeat(64) })), 'head-differs'],
    ['the place in the head edited', (d) => editHead(d, (head) => ({ ...head, bytes: head.bytes - 1 })), 'head-differs'],
    ['the file in the head edited', (d) => editHead(d, (head) => ({ ...head, file: head.file - 1 })), 'head-differs'],
    [
      'the files put back to an older copy, without the head',
      (d) => {
        for (const name of logs(d)) rmSync(join(d, name));
        cpSync(join(d, 'old-copy'), d, { recursive: true });
      },
      'truncated',
    ],
    [
      'the files of another log in place of them',
      (d) => {
        for (const name of logs(d)) rmSync(join(d, name));
        for (let index = 1; index <= 40; index += 1) appendRecord({ directory: join(d, 'other'), maxBytes: 1200 }, event(`other-${index}`));
        for (const name of logs(join(d, 'other'))) renameSync(join(d, 'other', name), join(d, name));
      },
      'head-differs',
    ],
    [
      'one file of another log',
      (d) => {
        for (let index = 1; index <= 40; index += 1) appendRecord({ directory: join(d, 'other'), maxBytes: 1200 }, event(`other-${index}`));
        renameSync(join(d, 'other', second), join(d, second));
      },
      'broken-link',
    ],
    ['other line ends', (d) => writeFileSync(join(d, first), readFileSync(join(d, first), 'utf8').replaceAll('\n', '\r\n')), 'bad-line'],
    ['a byte order mark', (d) => writeFileSync(join(d, first), `\ufeff${readFileSync(join(d, first), 'utf8')}`), 'bad-line'],
    [
      'JSON spelled otherwise',
      (d) => editLines(d, first, (l) => l.map((line) => line.replace('"user":"me"', '"user": "me"'))),
      'broken-link',
    ],
    [
      'members in another order',
      (d) => editLines(d, first, (l) => l.map((line) => line.replace(/("type":"event"),("user":"me")/, '$2,$1'))),
      'broken-link',
    ],
    ['an empty line put in', (d) => editLines(d, first, ([a = '', ...rest]) => [a, '', ...rest]), 'bad-line'],
    ['two lines made one', (d) => editLines(d, first, ([a = '', b = '', ...rest]) => [a + b, ...rest]), 'broken-link'],
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

  it('finds any byte of any file changed', () => {
    withLog(20, (directory) => {
      const files = logs(directory);
      fc.assert(
        fc.property(fc.nat(files.length - 1), fc.nat(), fc.integer({ min: 1, max: 255 }), (which, where, change) => {
          const path = join(directory, files[which] ?? '');
          const bytes = readFileSync(path);
          const changed = Buffer.from(bytes);
          const at = where % bytes.length;
          changed.writeUInt8(bytes.readUInt8(at) ^ change, at);
          writeFileSync(path, changed);
          const { ok } = verifyLog(directory);
          writeFileSync(path, bytes);
          assert.equal(ok, false);
        }),
        { numRuns: 300 },
      );
      assert.deepEqual(verifyLog(directory).problems, []);
    });
  });

  const onlyByAnchor: readonly (readonly [string, (directory: string) => void, AuditProblem['code']])[] = [
    [
      'an older copy of all files and the head',
      (d) => {
        for (const name of logs(d)) rmSync(join(d, name));
        cpSync(join(d, 'old-copy'), d, { recursive: true });
        copyFileSync(join(d, 'old-head'), join(d, 'head/free'));
      },
      'truncated',
    ],
    [
      'a log forged from some record on, with its head',
      (d) => {
        rechain(d, (entry, at) => (at === 3 ? { ...entry, record: event('forged') } : entry));
        const last =
          readFileSync(join(d, newest(d)), 'utf8')
            .split('\n')
            .at(-2) ?? '';
        editHead(d, (head) => ({ ...head, hash: lineHash(last), bytes: statSync(join(d, newest(d))).size }));
      },
      'anchor-differs',
    ],
    [
      'everything removed',
      (d) => {
        for (const name of [...logs(d), 'head']) rmSync(join(d, name), { recursive: true });
      },
      'truncated',
    ],
  ];
  for (const [name, damage, code] of onlyByAnchor) {
    it(`finds ${name} by an anchor kept elsewhere, and not without it`, () => {
      withLog(20, (directory) => {
        const anchor = verifyLog(directory).head;
        damage(directory);
        assert.deepEqual(verifyLog(directory).problems, []);
        assert.equal(verifyLog(directory, { anchor }).problems[0]?.code, code);
      });
    });
  }

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
