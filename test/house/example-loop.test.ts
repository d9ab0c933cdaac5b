import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { scratchFolder } from '../support/scratch.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the agent loop of docs/library.md', () => {
  it('runs, denies, asks, and goes on', () => {
    const scratch = scratchFolder('loop');
    try {
      mkdirSync(join(scratch, 'node_modules'));
      symlinkSync(root, join(scratch, 'node_modules', 'agent-policy'), 'junction');
      copyFileSync(join(root, 'docs', 'examples', 'agent-loop.ts'), join(scratch, 'agent-loop.mts'));
      const { stdout, stderr } = spawnSync(process.execPath, ['agent-loop.mts'], { cwd: scratch, encoding: 'utf8' });
      assert.equal(
        stdout,
        'hello\nDenied by no-force-push: Push a new commit instead.\nA person said no to ask-before-deleting.\nDenied by no-secrets: Holds secrets.\n',
        stderr,
      );
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});
