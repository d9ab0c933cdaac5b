import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { appendRecord } from '../../src/audit/append.ts';
import { parseEntry } from '../../src/audit/query.ts';
import { verifyLog } from '../../src/audit/verify.ts';
import type { EventRecord } from '../../src/model/audit-record.ts';

const writer = fileURLToPath(new URL('./writer.ts', import.meta.url));

function event(name: string): EventRecord {
  return { type: 'event', event: name, timestamp: '2026-11-20T00:00:00.000Z', user: 'me', details: {} };
}

describe('audit append', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'agent-policy-audit-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** All records of all files: number → who wrote it and its index. */
  function contents(): ReadonlyMap<number, string> {
    const all = new Map<number, string>();
    for (const name of readdirSync(directory)
      .filter((each) => each.endsWith('.jsonl'))
      .sort()) {
      for (const line of readFileSync(join(directory, name), 'utf8').split('\n')) {
        const entry = parseEntry(line);
        if (entry?.record.type === 'event') all.set(entry.seq, `${entry.record.user} ${String(entry.record.details['index'])}`);
      }
    }
    return all;
  }

  it('numbers records from 1 and chains them over files', () => {
    for (let index = 1; index <= 50; index += 1) assert.equal(appendRecord({ directory, maxBytes: 1000 }, event(`e${index}`)), index);
    const result = verifyLog(directory);
    assert.deepEqual(result.problems, []);
    assert.equal(result.records, 50);
    assert.ok(result.files > 5, `${result.files} files`);
  });

  it('begins a new file when the old one is old', () => {
    appendRecord({ directory, maxAge: -1 }, event('a'));
    appendRecord({ directory, maxAge: -1 }, event('b'));
    assert.equal(verifyLog(directory).files, 2);
  });

  it('writes nothing of a record that is too long', () => {
    appendRecord({ directory }, event('a'));
    assert.throws(() => appendRecord({ directory }, { ...event('b'), details: { long: 'x'.repeat(70_000) } }), /too long/);
    assert.equal(appendRecord({ directory }, event('c')), 2);
    assert.deepEqual(verifyLog(directory).problems, []);
  });

  it('loses nothing that was acknowledged when eight writers are killed at random', async () => {
    const acknowledged = new Map<number, string>();
    const run = (name: string, killAfter: number | undefined) =>
      new Promise<void>((resolve, reject) => {
        const child = spawn(process.execPath, [writer, directory, name, '120'], { stdio: ['ignore', 'pipe', 'pipe'] });
        let output = '';
        let errors = '';
        child.stdout.on('data', (data: Buffer) => {
          output += data.toString();
          if (killAfter !== undefined && output.split('\n').length > killAfter) child.kill('SIGKILL');
        });
        child.stderr.on('data', (data: Buffer) => {
          errors += data.toString();
        });
        child.on('close', (code) => {
          for (const line of output.split('\n').slice(0, -1)) {
            const [seq = '', ...rest] = line.split(' ');
            assert.ok(!acknowledged.has(Number(seq)), `record ${seq} was given twice`);
            acknowledged.set(Number(seq), rest.join(' '));
          }
          if (code !== 0 && killAfter === undefined) reject(new Error(errors));
          else resolve();
        });
      });
    await Promise.all(Array.from({ length: 8 }, (_, index) => run(`w${index}`, index < 5 ? 5 + index * 13 : undefined)));
    const written = contents();
    for (const [seq, what] of acknowledged) assert.equal(written.get(seq), what);
    const result = verifyLog(directory);
    assert.deepEqual(result.problems, []);
    assert.ok(acknowledged.size > 3 * 120, `${acknowledged.size} acknowledged`);
  });
});
