import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';

const root = join(import.meta.dirname, '..', '..');
const bundle = join(root, 'l10n', 'bundle.l10n.json');
const read = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8');

/** Every sentence that is passed to a function `t`. */
function sentences(): readonly string[] {
  const files = ['src/vscode', 'src/present'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).flatMap((file) =>
      file.endsWith('.ts') ? [read(folder, file)] : [],
    ),
  );
  const found = files.flatMap((text) =>
    [...text.matchAll(/\bt\(\s*'((?:[^'\\]|\\.)*)'/g)].map((match) => (match[1] ?? '').replaceAll("\\'", "'")),
  );
  return [...new Set(found)].sort();
}

describe('sentences that people read', () => {
  it('are all in the bundle that is translated (UPDATE_GOLDEN=1 writes it)', () => {
    const wanted = Object.fromEntries(sentences().map((sentence) => [sentence, sentence]));
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(bundle, `${JSON.stringify(wanted, null, 2)}\n`);
    assert.deepEqual(JSON.parse(read('l10n', 'bundle.l10n.json')), wanted);
    assert.ok(sentences().length > 50);
  });

  it('are all there for the manifest, and none is left over', () => {
    const used = new Set([...read('package.json').matchAll(/"%([^%"]+)%"/g)].map((match) => match[1] ?? ''));
    const there: Readonly<Record<string, string>> = JSON.parse(read('package.nls.json'));
    assert.deepEqual(Object.keys(there).sort(), [...used].sort());
  });

  it('are sentences of their own: no parts put together, no markup', () => {
    for (const sentence of sentences()) {
      assert.doesNotMatch(sentence, /<[a-z]+>/i, sentence);
      assert.doesNotMatch(sentence, /\$\{/, sentence);
    }
  });
});
