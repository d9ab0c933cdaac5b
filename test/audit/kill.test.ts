import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { describe, it } from 'mocha';
import { killedWriters } from './killed-writers.ts';
import { scratchFolder } from '../support/scratch.ts';

describe('audit log under kill -9', () => {
  // `npm run bench` does the same with 10,000 records of each writer.
  it('loses nothing that was acknowledged when eight writers are killed at random, again and again', async function () {
    this.timeout(120_000);
    const directory = scratchFolder('kill');
    try {
      const { acknowledged, killed, lost, doubled, verification } = await killedWriters({
        directory,
        writers: 8,
        each: 600,
        kills: 4,
        maxBytes: 60_000,
      });
      assert.deepEqual(lost, []);
      assert.deepEqual(doubled, []);
      assert.deepEqual(verification.problems, []);
      assert.equal(acknowledged, 8 * 600);
      // What a writer was killed over before it could say so may be there, too, and what a torn line was moved for.
      assert.ok(verification.records >= acknowledged && verification.records <= acknowledged + 2 * killed, String(verification.records));
      // How often a writer is hit before it is done depends on the machine.
      assert.ok(verification.files > 20 && killed >= 8, `${verification.files} files, ${killed} killed`);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
