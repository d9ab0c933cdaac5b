import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { type Cursor, cursorAt } from '../../../src/policy/edit/cursor.ts';

/** Where the cursor stands in a text is marked by `‸`; what is found is written `role path [typed] siblings`. */
function check(marked: string, expected: string | undefined): void {
  const offset = marked.indexOf('‸');
  assert.ok(offset >= 0, marked);
  const found = cursorAt(marked.replace('‸', ''), offset);
  assert.equal(found === undefined ? undefined : written(found), expected, marked);
}

function written({ role, path, typed, siblings, flow, quote, hasColon }: Cursor): string {
  const notes = [flow ? 'flow' : '', quote, hasColon ? ':' : ''].filter((note) => note !== '').join('');
  return [role, `/${path.join('/')}`, `[${typed}]`, siblings.join(','), notes].filter((part) => part !== '').join(' ');
}

describe('policy: where a cursor stands', () => {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['‸', 'key / []'],
    ['po‸', 'node / [po]'],
    ['version: 1\npo‸', 'key / [po] version'],
    ['version: 1\npo‸licies:\n', 'key / [po] version :'],
    ['version: 1\n‸\npolicies: []\n', 'key / [] version,policies'],
    ['mode: ‸', 'value /mode []'],
    ['mode: en‸force', 'value /mode [en]'],
    ['mode:‸', undefined],
    ['mode: enforce ‸', undefined],
    ['mode: enforce # ‸', undefined],
    ['# ‸', undefined],
    ['mode: "en‸', 'value /mode [en] "'],
    ["mode: 'en‸force'", "value /mode [en] '"],
    ['extends: [‸', 'node /extends/0 [] flow'],
    ['extends: [safe_coding, ‸]', 'node /extends/1 [] flow'],
    ['extends: [safe_coding, st‸]', 'node /extends/1 [st] flow'],
    ['extends:\n  - ‸', 'node /extends/0 []'],
    ['extends:\n  - a\n  - sa‸', 'node /extends/1 [sa]'],
    ['policies:\n  - name: a\n    ‸', 'key /policies/0 [] name'],
    ['policies:\n  - name: a\n    ac‸', 'key /policies/0 [ac] name'],
    ['policies:\n  - name: a\n    ac‸\n    reason: x\n  - name: b\n    match: x\n', 'key /policies/0 [ac] name,reason'],
    ['policies:\n  - na‸', 'node /policies/0 [na]'],
    ['policies:\n- name: a\n  ‸', 'key /policies/0 [] name'],
    ['policies:\n- name: a\n‸', 'key / [] policies'],
    ['policies:\n- name: a\n- ‸', 'node /policies/1 []'],
    ['policies:\n  ‸', 'node /policies []'],
    ['policies:\n  - name: a\n    match:\n      ‸', 'node /policies/0/match []'],
    ['policies:\n  - name: a\n    match:\n      tool: bash\n      ‸\n    action: deny\n', 'key /policies/0/match [] tool'],
    ['policies:\n  - name: a\n    match: { ‸', 'key /policies/0/match [] flow'],
    ['policies:\n  - name: a\n    match: { tool: bash, ‸ }', 'key /policies/0/match [] tool flow'],
    ['policies:\n  - name: a\n    match: { tool: bash, ac‸, zones: x }', 'key /policies/0/match [ac] tool,zones flow'],
    ['policies:\n  - name: a\n    match: { acts: [git.‸', 'node /policies/0/match/acts/0 [git.] flow'],
    ['policies:\n  - name: a\n    match: { acts: git.pu‸sh }', 'value /policies/0/match/acts [git.pu] flow'],
    ['policies:\n  - name: a\n    match: { acts: ‸ }', 'value /policies/0/match/acts [] flow'],
    ['policies:\n  - name: a\n    match: { acts: [a,\n      ‸', 'node /policies/0/match/acts/1 [] flow'],
    // A bracket that is not closed ends where the rule does.
    ['policies:\n  - name: a\n    match: { acts: [a\n  - name: b\n    ac‸', 'key /policies/1 [ac] name'],
    ['extends: [a\nmode: ‸', 'value /mode []'],
    ['mode: "a\nid: ‸', 'value /id []'],
    ['policies:\n  - { name: a, action: ‸ }', 'value /policies/0/action [] flow'],
    ['policies:\n  - { name: a, ‸ }', 'key /policies/0 [] name flow'],
    [
      'policies:\n  - name: a\n    match:\n      command: { program: git, args: "x: ‸" }',
      'value /policies/0/match/command/args [x: ] flow"',
    ],
    ['policies:\n  - name: a\n    match:\n      when: >-\n        session.‸', 'value /policies/0/match/when [session.]'],
    ['policies:\n  - name: a\n    match:\n      when: |\n        a: b\n      ‸', 'key /policies/0/match [] when'],
    ['policies:\n  - name: a\n    obligations:\n      - ‸', 'node /policies/0/obligations/0 []'],
    ['policies:\n  - name: a\n    obligations:\n      - sandbox:\n          ne‸', 'node /policies/0/obligations/0/sandbox [ne]'],
    ['policies:\n  - name: a\n    obligations: [{ sandbox: { ‸', 'key /policies/0/obligations/0/sandbox [] flow'],
    ['a: { com‸ }', 'key /a [com] flow'],
    ['a: { b } ‸', undefined],
    ['"po‸licies":\n', 'key / ["po] :'],
    ['a: {b: 1}\nmode: ‸\n', 'value /mode []'],
    ['a: &x {b: 1}\nmode: !!str en‸\n', 'value /mode [en]'],
    ['tests:\n  - { name: a, args: { command: "echo }" }, expect: ‸ }', 'value /tests/0/expect [] flow'],
    ['---\nmode: ‸', 'value /mode []'],
    ['policies:\r\n  - name: a\r\n    ac‸\r\n', 'key /policies/0 [ac] name'],
    ['roles:\n  reviewer:\n    users: x\n  ‸', 'key /roles [] reviewer'],
    ['a: b\n    ‸', undefined],
  ];
  for (const [marked, expected] of rows) it(JSON.stringify(marked), () => check(marked, expected));

  it('answers for any text at any place, in the text that it was given', () => {
    const piece = fc.constantFrom(
      'policies:',
      'match',
      ': ',
      '- ',
      '\n',
      '  ',
      '    ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '#',
      '|',
      '>',
      '\t',
      'a',
      '&x',
      '!t',
      '---',
      '\\',
      '\r\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.nat(), (pieces, at) => {
        const text = pieces.join('');
        const offset = at % (text.length + 1);
        const found = cursorAt(text, offset);
        if (found === undefined) return;
        assert.ok(found.span.start <= offset && offset <= found.span.end, JSON.stringify({ text, offset, found }));
        assert.equal(text.slice(found.span.start, offset), found.typed);
      }),
      { numRuns: 3000 },
    );
  });

  it('takes time in proportion to the text', () => {
    const text = `policies:\n${'  - { name: a, match: { tool: [bash, "x"] }, reason: \'it\' }\n'.repeat(15_000)}  - na`;
    assert.ok(text.length < 1_000_000);
    assert.equal(cursorAt(text, text.length)?.path.join('/'), 'policies/15000');
    assert.equal(cursorAt('x'.repeat(1_000_001), 3), undefined);
    for (const hostile of ['['.repeat(100_000), '{a: '.repeat(50_000), '"\n'.repeat(100_000), '- '.repeat(100_000), "'x".repeat(100_000)])
      cursorAt(hostile, hostile.length);
  });
});
