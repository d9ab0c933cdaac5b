import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { pluginHooks } from '../../../src/agents/install/vscode-plugin.ts';

const file = join(import.meta.dirname, '..', '..', '..', 'media', 'plugin', 'hooks', 'hooks.json');

describe('the plugin for agent mode', () => {
  it('fails as the installed hooks do: its file is made from the same source (UPDATE_GOLDEN=1 writes it)', () => {
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, pluginHooks());
    assert.equal(readFileSync(file, 'utf8'), pluginHooks());
  });
});
