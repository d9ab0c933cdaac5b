import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { parse } from 'unbash';
import { parsePlain } from '../../src/analysis/shell/plain.ts';
import { short } from '../bench/everyday-commands.ts';
import { readCases } from '../corpus/cases.ts';

/** Everything that a tree says when it is asked, also what a parser only computes then. */
function told(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(told);
  if (typeof node !== 'object' || node === null) return node;
  const names = new Set(Object.keys(node));
  for (let proto: unknown = Object.getPrototypeOf(node); proto !== null && proto !== Object.prototype; proto = Object.getPrototypeOf(proto))
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(proto))) if (get !== undefined) names.add(name);
  return Object.fromEntries([...names].sort().map((name) => [name, told((node as Readonly<Record<string, unknown>>)[name])]));
}

/** Whether the text is taken; where it is, it must be read as the parser reads it. */
function isTaken(text: string): boolean {
  const plain = parsePlain(text);
  if (plain !== undefined) assert.deepEqual(told(plain), told(parse(text)), JSON.stringify(text));
  return plain !== undefined;
}

const words = [
  ...[
    'git',
    'a',
    'ls',
    '-la',
    '--x=y',
    'a=b',
    'src/a.ts',
    'x:y',
    '@a',
    '%1',
    '+x',
    '2',
    '22',
    '0',
    ':',
    '.',
    '..',
    ',',
    '^',
    '~',
    'a~',
    '#',
    'a#',
    '=',
  ],
  ...['"a b"', "'c d'", '""', "''", '"$x"', '"\\""', "'a", '"a', '"a\nb"', "'a\nb'", 'x"y"z', "--m='a b'", "$'a'", '$"a"', '"`x`"', '"!"'],
  ...[
    '*',
    '?',
    '[a]',
    '{a,b}',
    '$x',
    '`x`',
    '\\',
    '\\\n',
    '!',
    '(',
    ')',
    '{',
    '}',
    '[[',
    ']]',
    '[',
    ']',
    '((',
    'é',
    '\u00a0',
    '\r',
    '\f',
    '\0',
  ],
  ...[
    'if',
    'then',
    'fi',
    'for',
    'in',
    'do',
    'done',
    'case',
    'esac',
    'while',
    'until',
    'function',
    'time',
    'coproc',
    'select',
    'else',
    'elif',
  ],
  ...['export', 'local', 'declare', 'typeset', 'readonly', 'alias', 'eval', 'let', 'test', 'set', 'env', 'cd', 'echo'],
];
const operators = [
  ' ',
  '  ',
  '\t',
  '\n',
  ';',
  ' ; ',
  '&&',
  ' && ',
  '||',
  ' || ',
  '|',
  ' | ',
  '&',
  ' & ',
  '|&',
  '>',
  ' > ',
  '>>',
  ' 2>',
  '2>&1',
  ' 2>&1',
].concat(['<', ' < ', '<<', '<<<', '<>', '>|', '&>', '>&', '>&-', '<&', '<(', '>(', ';;', ' #']);

describe('plain commands', () => {
  it('are read as the parser reads them, whatever stands in them', () => {
    const piece = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...words) }, { weight: 3, arbitrary: fc.constantFrom(...operators) });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        isTaken(pieces.join(''));
      }),
      { numRuns: 20_000 },
    );
  });

  it('are read as the parser reads them, where they are nearly plain', () => {
    const word = fc.constantFrom('git', 'a', '-x', 'a=b', '"a b"', "'c'", 'x"y"\'z\'', '2', '22', 'export', 'done', '--y="z"');
    const gap = fc.constantFrom(
      ' ',
      ' ',
      '  ',
      ' && ',
      '&&',
      ' || ',
      ' | ',
      '|',
      '; ',
      ';',
      '\n',
      ' > ',
      '>',
      ' 2>',
      ' 2>&1',
      '>>',
      ' <',
      '2>&1',
    );
    let taken = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(word, gap), { maxLength: 10 }), word, (pairs, last) => {
        if (isTaken(`${pairs.map((pair) => pair.join('')).join('')}${last}`)) taken += 1;
      }),
      { numRuns: 20_000 },
    );
    assert.ok(taken > 1000, `${taken} of 20000 taken`);
  });

  it('are read as the parser reads them, letter by letter', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'aZ0_9.-/=+:@%,^~#!*?[]{}()<>|&;"\'\\$` \t\n\r\0é'), maxLength: 8 });
    fc.assert(
      fc.property(letters, (text) => void isTaken(text)),
      { numRuns: 50_000 },
    );
  });

  it('are most of those of every day', () => {
    assert.deepEqual(
      short.filter((text) => !isTaken(text)),
      [],
    );
    const commands = readCases().flatMap(({ args }) =>
      typeof args === 'object' && args !== null && 'command' in args && typeof args.command === 'string' ? [args.command] : [],
    );
    const taken = commands.filter(isTaken).length;
    assert.ok(taken > commands.length / 3, `${taken} of ${commands.length}`);
  });

  for (const text of [
    '',
    ' \n',
    'a;;',
    'a &',
    'a &&',
    '&& a',
    'a |',
    'a || ; b',
    '; a',
    '> a',
    '2>a',
    'a 22>b',
    'if a',
    'A=1 b',
    'export A=1',
    'a "$b"',
    'a ~',
  ])
    it(`leaves ${JSON.stringify(text)} to the parser, or reads it alike`, () => void isTaken(text));
});
