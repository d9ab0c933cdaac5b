import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { targets } from '../../src/agents/install/targets.ts';
import { pageOf } from '../support/agents/pages.ts';

const folder = join(import.meta.dirname, '..', '..', 'docs', 'agents');
/** Pages that say more and are written by hand. */
const byHand = ['claude-code', 'vscode'];

describe('agents: pages', () => {
  for (const target of targets) {
    it(`${target.id} has a page that says what is so`, () => {
      const file = join(folder, `${target.id}.md`);
      if (byHand.includes(target.id)) return assert.ok(existsSync(file));
      const page = pageOf(target);
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, page);
      assert.equal(readFileSync(file, 'utf8'), page, 'UPDATE_GOLDEN=1 writes it anew');
    });
  }
});
