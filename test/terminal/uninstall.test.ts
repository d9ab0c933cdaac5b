import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { scratchFolder } from '../support/scratch.ts';

const root = join(import.meta.dirname, '..', '..');

describe('uninstalling the extension', () => {
  it('takes the hooks away and leaves the agents’ settings byte for byte as they were', function () {
    this.timeout(60_000);
    const home = scratchFolder('uninstall');
    try {
      const env = { HOME: home, PATH: process.env['PATH'] ?? '' };
      const settings = join(home, '.claude', 'settings.json');
      const before = '{\n    // own\n    "model": "opus"\n}\n';
      mkdirSync(join(home, '.claude'));
      writeFileSync(settings, before);
      for (const agent of ['claude-code', 'gemini']) {
        const { status, stderr } = spawnSync(process.execPath, [join(root, 'dist', 'cli.cjs'), 'install', '--agent', agent], {
          cwd: home,
          env,
          encoding: 'utf8',
        });
        assert.equal(status, 0, stderr);
      }
      assert.notEqual(readFileSync(settings, 'utf8'), before);
      const { status, stderr } = spawnSync(process.execPath, [join(root, 'dist', 'uninstall.cjs')], { cwd: '/', env, encoding: 'utf8' });
      assert.deepEqual([status, stderr], [0, '']);
      assert.equal(readFileSync(settings, 'utf8'), before);
      assert.ok(!existsSync(join(home, '.gemini', 'settings.json')));
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});
