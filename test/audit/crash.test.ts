import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { type AuditLog, appendRecord } from '../../src/audit/append.ts';
import { queryLog } from '../../src/audit/query.ts';
import { verifyLog } from '../../src/audit/verify.ts';
import type { EventRecord } from '../../src/model/audit-record.ts';
import { restore, type Snapshot, statesDuring } from './crash-points.ts';
import { scratchFolder } from '../support/scratch.ts';

function event(name: string): EventRecord {
  return { type: 'event', event: name, timestamp: '2026-11-20T00:00:00.000Z', user: 'me', details: {} };
}

/** What is in the log before the record over which the writer is killed, and how that record is written. */
const situations: readonly (readonly [string, number, Omit<AuditLog, 'directory'>])[] = [
  ['the first record of all', 0, {}],
  ['a record in the middle of a file', 3, {}],
  ['a record that begins a new file by its size', 5, { maxBytes: 900 }],
  ['a record that begins a new file by its age', 2, { maxAge: -1 }],
];

describe('audit log, the writer killed at any point', () => {
  let root = '';
  let directory = '';
  beforeEach(() => {
    root = scratchFolder('crash');
    directory = join(root, 'audit');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Appends records, which are acknowledged. */
  function write(count: number, how: Omit<AuditLog, 'directory'>, acknowledged: Map<number, string>): void {
    for (let index = 0; index < count; index += 1) {
      const name = `known-${acknowledged.size}`;
      acknowledged.set(appendRecord({ directory, ...how }, event(name)), name);
    }
  }

  function check(acknowledged: ReadonlyMap<number, string>, inFlight: number): void {
    assert.deepEqual(verifyLog(directory).problems, []);
    const written = queryLog(directory, {}, Number.POSITIVE_INFINITY).map(({ seq, record }) => [
      seq,
      record.type === 'event' ? record.event : '',
    ]);
    for (const [seq, name] of acknowledged) assert.deepEqual(written[seq - 1], [seq, name]);
    const others = written.map(([, name]) => String(name)).filter((name) => !name.startsWith('known-') && name !== 'audit-repaired');
    assert.ok(others.length <= inFlight, others.join());
    assert.equal(new Set(others).size, others.length);
  }

  /** All that the directory can hold when the writer of one more record is killed. */
  function crashes(name: string, how: Omit<AuditLog, 'directory'>): readonly Snapshot[] {
    return statesDuring(directory, () => appendRecord({ directory, ...how }, event(name)));
  }

  for (const [name, before, how] of situations) {
    it(`goes on after ${name}`, function () {
      this.timeout(60_000);
      const acknowledged = new Map<number, string>();
      write(before, how, acknowledged);
      const states = crashes('in-flight', how);
      assert.ok(states.length >= 5, `${states.length} states`);
      let files = 0;
      for (const state of states) {
        restore(directory, state);
        const now = new Map(acknowledged);
        write(2, how, now);
        check(now, 1);
        files = Math.max(files, readdirSync(directory).filter((file) => file.endsWith('.jsonl')).length);
      }
      if (Object.keys(how).length > 0) assert.ok(files > 1, 'no file was begun');
      // The last state is that of a record that was written to its end.
      restore(directory, states.at(-1) ?? new Map());
      const all = readdirSync(directory).flatMap((file) => (file.endsWith('.jsonl') ? readFileSync(join(directory, file), 'utf8') : []));
      assert.match(all.join(''), /in-flight/);
    });
  }

  it('goes on after one crash in the repair of another, however often', function () {
    this.timeout(120_000);
    const anySituation = fc.constantFrom(...situations);
    const anyPoints = fc.array(fc.nat(1000), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(anySituation, anyPoints, ([, before, how], points) => {
        rmSync(directory, { recursive: true, force: true });
        const acknowledged = new Map<number, string>();
        write(before, how, acknowledged);
        for (const [index, point] of points.entries()) {
          const states = crashes(`in-flight-${index}`, how);
          restore(directory, states[point % states.length] ?? new Map());
        }
        write(1, how, acknowledged);
        check(acknowledged, points.length);
      }),
      { numRuns: 60 },
    );
  });
});
