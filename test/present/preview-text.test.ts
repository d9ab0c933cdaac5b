import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FileChange, Gap, LostCommits, Preview } from '../../src/model/preview.ts';
import { previewLines, previewText } from '../../src/present/preview-text.ts';
import { remaining } from '../../src/present/remaining.ts';
import { hasDeceptiveText } from '../../src/present/visible-text.ts';

const file = (name: string, change: FileChange['change'], recovery?: FileChange['recovery'], size = 1200): FileChange => ({
  path: `/w/${name}`,
  change,
  size,
  ...(recovery === undefined ? {} : { recovery }),
});
const lost = (kind: LostCommits['kind'], count: number): LostCommits => ({
  kind,
  ref: 'main',
  count,
  commits: [{ id: 'abc1234', subject: 'A \u202Esubject' }],
});
const preview = (change: Partial<Preview>): Preview => ({ files: [], commits: [], gaps: [], ...change });

describe('a preview in two lines', () => {
  const rows: readonly (readonly [string, Preview, readonly RegExp[]])[] = [
    ['nothing', preview({}), [/^Tried out: no file would change\.$/]],
    ['one committed file', preview({ files: [file('a', 'delete', 'committed')] }), [/^Deletes a \(1\.2 kB\), which is committed/]],
    ['one lost file', preview({ files: [file('a', 'delete', 'untracked')] }), [/^Deletes a .* cannot be recovered/]],
    [
      'some lost',
      preview({ files: [file('a', 'delete', 'untracked'), file('b', 'delete', 'committed')] }),
      [/^Deletes 2 files \(2\.4 kB\); 1 of them cannot be recovered/],
    ],
    [
      'commits first, the rest together',
      preview({ commits: [lost('reset', 3)], files: [file('a', 'modify', 'changed'), file('b', 'create')] }),
      [/lost: 3, newest “A ⟨U\+202E⟩subject”/, /^Overwrites a, whose content is not committed\. Creates b\.$/],
    ],
    ['only a gap', preview({ gaps: [{ why: 'program', subject: 'npm' }] }), [/^What npm does cannot be previewed\.$/]],
    [
      'files and a gap',
      preview({ files: [file('a', 'delete', 'changed')], gaps: [{ why: 'variable', subject: 'X' }] }),
      [/^Deletes a/, /the value of X is not known/],
    ],
  ];
  for (const [name, given, expected] of rows) {
    it(name, () => {
      const lines = previewLines(given, '/w');
      assert.equal(lines.length, expected.length, lines.join('\n'));
      for (const [i, pattern] of expected.entries()) assert.match(lines[i] ?? '', pattern);
    });
  }

  it('says something of every gap and every loss, in plain text', () => {
    const why: readonly Gap['why'][] = ['program', 'unknown', 'variable', 'outside', 'links', 'too-much', 'git', 'failed'];
    const kinds: readonly LostCommits['kind'][] = ['push', 'remote-branch', 'reset', 'branch', 'stash'];
    const lines = previewText(
      preview({
        files: [file('\u202Ex\ny', 'delete', 'untracked')],
        commits: kinds.map((kind) => lost(kind, 20)),
        gaps: why.map((each) => ({ why: each, subject: 'a\u202Eb\nc' })),
      }),
      '/w',
    );
    for (const line of lines) assert.ok(line.trim() !== '' && !line.includes('\n') && !hasDeceptiveText(line), JSON.stringify(line));
    assert.ok(lines.some((line) => /not in git: lost/.test(line)));
  });

  it('names a bounded number of files', () => {
    const files = Array.from({ length: 3000 }, (_, i) => file(`f${i}`, 'delete', 'committed'));
    const lines = previewText(preview({ files }), '/w');
    assert.ok(lines.length < 600);
    assert.match(lines.join('\n'), /2500 more/);
  });
});

describe('the time that is left', () => {
  for (const [left, shown] of [
    [65_000, '1:05'],
    [59_001, '1:00'],
    [1, '0:01'],
    [0, '0:00'],
    [-5, '0:00'],
    [600_000, '10:00'],
  ] as const) {
    it(`${left} ms`, () => assert.equal(remaining(left, 0), shown));
  }
});
