import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { appendRecord } from '../../src/audit/append.ts';
import { verifyLog } from '../../src/audit/verify.ts';
import type { EventRecord } from '../../src/model/audit-record.ts';
import { scratchFolder } from '../support/scratch.ts';

function event(name: string): EventRecord {
  return { type: 'event', event: name, timestamp: '2026-11-20T00:00:00.000Z', user: 'me', details: {} };
}

describe('audit append', () => {
  let directory = '';
  beforeEach(() => {
    directory = scratchFolder('audit');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

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
});
