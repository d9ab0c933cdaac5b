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

describe('sentences in German', () => {
  type Sentences = Readonly<Record<string, string>>;
  const bundles: readonly (readonly [english: string, german: string])[] = [
    ['l10n/bundle.l10n.json', 'l10n/bundle.l10n.de.json'],
    ['package.nls.json', 'package.nls.de.json'],
  ];
  /** What a translation may move, and must not lose or add: placeholders, icons, links, code, and the dots of a command that asks for more. */
  const fixed = (text: string) =>
    [...text.matchAll(/\{\d+\}|\$\([a-z-]+\)|\]\([^)]*\)|`[^`]*`|^\s+|\s+$|\n|…$/g)].map(([part]) => part).sort();

  for (const [english, german] of bundles) {
    it(`${german} has each sentence of ${english}, and none besides`, () => {
      const [from, to] = [JSON.parse(read(english)) as Sentences, JSON.parse(read(german)) as Sentences];
      assert.deepEqual(Object.keys(to).sort(), Object.keys(from).sort());
      for (const [key, text] of Object.entries(to)) assert.deepEqual(fixed(text), fixed(from[key] ?? ''), `${key}: ${text}`);
    });

    it(`${german} speaks to people as “Sie”, in German quotes`, () => {
      for (const text of Object.values(JSON.parse(read(german)) as Sentences)) {
        assert.doesNotMatch(text, /\b(?:du|dich|dir|dein\w*|euch|euer\w*)\b/i, text);
        assert.doesNotMatch(text, /“[^„]*”|"[^"]*"/, text);
        assert.equal(text.match(/„/g)?.length, text.match(/“/g)?.length, text);
      }
    });
  }

  it('is there for each page of the walkthrough', () => {
    const pages = readdirSync(join(root, 'media', 'walkthrough')).filter((file) => file.endsWith('.md'));
    const english = pages.filter((file) => !file.includes('.nls.'));
    assert.deepEqual(
      pages.filter((file) => file.includes('.nls.')),
      english.map((file) => file.replace('.md', '.nls.de.md')),
    );
    const blocks = (file: string) => read('media', 'walkthrough', file).match(/```[\s\S]*?```|^\|.*$|!\[.*\]\(.*\)/gm)?.length;
    for (const file of english) assert.equal(blocks(file.replace('.md', '.nls.de.md')), blocks(file), file);
  });
});
