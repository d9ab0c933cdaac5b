import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Action } from '../../src/model/tool-call.ts';
import { type ProposedFile, proposedFiles } from '../../src/preview/proposed-files.ts';

const disk: Readonly<Record<string, string | null>> = { '/w/a.txt': 'one\ntwo\nthree\n', '/w/big.bin': null, '/w/twice': 'x x x' };
const rows: readonly (readonly [string, readonly Action[], readonly ProposedFile[]])[] = [
  ['a new file', [{ kind: 'write', path: '/w/n', content: 'hi' }], [{ path: '/w/n', after: 'hi' }]],
  [
    'a file overwritten',
    [{ kind: 'write', path: '/w/a.txt', content: 'hi' }],
    [{ path: '/w/a.txt', before: 'one\ntwo\nthree\n', after: 'hi' }],
  ],
  [
    'content not stated',
    [{ kind: 'write', path: '/w/a.txt' }],
    [{ path: '/w/a.txt', before: 'one\ntwo\nthree\n', after: 'one\ntwo\nthree\n', problem: 'no-content' }],
  ],
  [
    'a binary file overwritten',
    [{ kind: 'write', path: '/w/big.bin', content: 'x' }],
    [{ path: '/w/big.bin', after: 'x', problem: 'unreadable' }],
  ],
  [
    'an edit',
    [{ kind: 'edit', path: '/w/a.txt', replacements: [{ oldText: 'two', newText: '2' }] }],
    [{ path: '/w/a.txt', before: 'one\ntwo\nthree\n', after: 'one\n2\nthree\n' }],
  ],
  [
    'an edit with dollar signs',
    [{ kind: 'edit', path: '/w/a.txt', replacements: [{ oldText: 'two', newText: '$& $1' }] }],
    [{ path: '/w/a.txt', before: 'one\ntwo\nthree\n', after: 'one\n$& $1\nthree\n' }],
  ],
  [
    'only the first of several places',
    [{ kind: 'edit', path: '/w/twice', replacements: [{ oldText: 'x', newText: 'y' }] }],
    [{ path: '/w/twice', before: 'x x x', after: 'y x x' }],
  ],
  [
    'an edit that does not fit',
    [{ kind: 'edit', path: '/w/a.txt', replacements: [{ oldText: 'zwei', newText: '2' }] }],
    [{ path: '/w/a.txt', before: 'one\ntwo\nthree\n', after: 'one\ntwo\nthree\n', problem: 'text-not-found' }],
  ],
  [
    'two edits, one after the other',
    [
      { kind: 'edit', path: '/w/a.txt', replacements: [{ oldText: 'two', newText: '2' }] },
      { kind: 'edit', path: '/w/a.txt', replacements: [{ oldText: '2', newText: 'II' }] },
    ],
    [{ path: '/w/a.txt', before: 'one\ntwo\nthree\n', after: 'one\nII\nthree\n' }],
  ],
  ['a deletion', [{ kind: 'delete', path: '/w/a.txt' }], [{ path: '/w/a.txt', before: 'one\ntwo\nthree\n' }]],
  [
    'a patch of an agent',
    [{ kind: 'patch', text: '*** Begin Patch\n*** Update File: /w/a.txt\n@@\n one\n-two\n+2\n*** Add File: /w/n\n+hi\n*** End Patch\n' }],
    [
      { path: '/w/a.txt', before: 'one\ntwo\nthree\n', after: 'one\n2\nthree\n' },
      { path: '/w/n', after: 'hi\n' },
    ],
  ],
  [
    'a patch that moves',
    [{ kind: 'patch', text: '*** Begin Patch\n*** Update File: /w/a.txt\n*** Move to: /w/b.txt\n@@\n-two\n+2\n*** End Patch' }],
    [
      { path: '/w/a.txt', before: 'one\ntwo\nthree\n' },
      { path: '/w/b.txt', after: 'one\n2\nthree\n' },
    ],
  ],
  [
    'a unified diff',
    [{ kind: 'patch', text: '--- /w/a.txt\n+++ /w/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n-- \nsignature\n' }],
    [{ path: '/w/a.txt', before: 'one\ntwo\nthree\n', after: 'one\n2\nthree\n' }],
  ],
  [
    'a patch that does not fit',
    [{ kind: 'patch', text: '*** Begin Patch\n*** Update File: /w/a.txt\n@@\n-zwei\n+2\n*** End Patch' }],
    [{ path: '/w/a.txt', before: 'one\ntwo\nthree\n', after: 'one\ntwo\nthree\n', problem: 'bad-patch' }],
  ],
  ['noise instead of a patch', [{ kind: 'patch', text: 'hello\n@@\n+++' }], []],
  ['a command', [{ kind: 'bash', command: 'echo > x' }], []],
];

describe('files as they would be', () => {
  for (const [name, actions, expected] of rows) {
    it(name, () =>
      assert.deepEqual(
        proposedFiles(actions, (path) => (path in disk ? disk[path] : undefined)),
        expected,
      ),
    );
  }
});
