import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { analyzeCommand } from '../../src/analysis/analyze.ts';
import { place, project } from './fixed-world.ts';
import { notation } from './notation.ts';

/** Commands after `$ ` (a line end in one is `⏎`), each followed by what it would do. `UPDATE_GOLDEN=1` writes the second part anew. */
const golden = join(import.meta.dirname, 'shell.golden.txt');

function rows(text: string): { readonly command: string; readonly effects: string }[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((block) => {
      const end = block.indexOf('\n');
      return { command: block.slice(0, end).replaceAll('⏎', '\n'), effects: block.slice(end + 1).trimEnd() };
    });
}

const effectsOf = (command: string): string =>
  notation(analyzeCommand(command, place, project))
    .map((line) => `  ${line}`)
    .join('\n');

describe('what shell commands do', () => {
  const table = rows(readFileSync(golden, 'utf8'));

  it('is a table of at least 200 rows', () => {
    assert.ok(table.length >= 200, String(table.length));
    if (process.env['UPDATE_GOLDEN'])
      writeFileSync(golden, table.map(({ command }) => `$ ${command.replaceAll('\n', '⏎')}\n${effectsOf(command)}\n`).join('\n'));
  });

  for (const { command, effects } of table) {
    it(command.replaceAll('\n', '⏎'), () => {
      if (process.env['UPDATE_GOLDEN']) return;
      assert.equal(effectsOf(command), effects);
    });
  }
});
