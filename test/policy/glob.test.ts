import assert from 'node:assert/strict';
import fc from 'fast-check';
import { minimatch } from 'minimatch';
import { describe, it } from 'mocha';
import { runProgram } from '../../src/policy/automaton.ts';
import type { Program } from '../../src/policy/compiled.ts';
import { parseGlob } from '../../src/policy/glob.ts';
import { overlap } from '../../src/policy/overlap.ts';
import { toProgram } from '../../src/policy/pattern.ts';

function program(glob: string): Program {
  const parsed = parseGlob(glob);
  assert.ok('pattern' in parsed, glob);
  const result = toProgram(parsed.pattern);
  assert.ok('program' in result);
  return result.program;
}
const matches = (glob: string, path: string): boolean => runProgram(program(glob), path, false) === true;
const theirs = (glob: string, path: string): boolean => minimatch(path, glob, { dot: true, nocomment: true, nonegate: true, noext: true });

const part = fc
  .array(fc.constantFrom('a', 'b', '.', '*', '?', '[ab]', '[!a]', '[a-c]', '{a,b}', '{a,*b}', '-'), { minLength: 1, maxLength: 4 })
  .map((all) => all.join(''));
const glob = fc
  .array(fc.oneof({ weight: 3, arbitrary: part }, { weight: 1, arbitrary: fc.constant('**') }), { minLength: 1, maxLength: 4 })
  .map((all) => all.join('/'));
const name = fc
  .array(fc.constantFrom('a', 'b', 'c', '.', '-'), { minLength: 1, maxLength: 3 })
  .map((all) => all.join(''))
  .filter((text) => !/^\.\.?$/.test(text));
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((all) => all.join('/'));

describe('policy: globs', () => {
  it('match what minimatch matches; a folder with all it holds includes itself', () => {
    fc.assert(
      fc.property(glob, path, (pattern, text) => {
        // Names that are dots only are no names of files, and are treated apart there.
        fc.pre(
          !pattern.split(/[/{},]/).some((each) => /^\.+$/.test(each)) && !/\*{2}.|.\*{2}/.test(pattern.replace(/(^|\/)\*\*(?=\/|$)/g, '')),
        );
        const expected =
          theirs(pattern, text) || (pattern.includes('/') && /\/\*\*$/.test(pattern) && theirs(pattern.replace(/(\/\*\*)+$/, ''), text));
        assert.equal(matches(pattern, text), expected, `${pattern} on ${text}`);
      }),
      { numRuns: 3_000 },
    );
  });

  it('treat as text what they do not know', () => {
    for (const [pattern, text, expected] of [
      ['a{b}', 'a{b}', true],
      ['a{b', 'a{b', true],
      ['[', '[', true],
      ['a\\*', 'a*', true],
      ['a\\*', 'ab', false],
      ['a.b', 'axb', false],
      ['a+b', 'a+b', true],
      ['*', 'a/b', false],
      ['**', 'a/b', true],
      ['a/**/b', 'a/b', true],
      ['a/**', 'a', true],
      ['a/**', 'ab', false],
      ['{a,{b,c}d}e', 'cde', true],
      ['[!/]', '/', false],
    ] as const) {
      assert.equal(matches(pattern, text), expected, `${pattern} on ${text}`);
    }
  });

  it('take linear time', () => {
    const bomb = `${'*a'.repeat(50)}b`;
    assert.equal(matches(bomb, 'a'.repeat(10_000)), false);
    assert.equal(matches(`${'**/'.repeat(20)}x`, 'a/'.repeat(5_000)), false);
  });

  it('overlap as their matches do', () => {
    const paths = ['a', 'b', 'ab', 'a/b', 'a/a', 'b/a/a', 'c.x', 'a/b/c'];
    fc.assert(
      fc.property(glob, glob, (one, other) => {
        const { some, all } = overlap(program(one), program(other));
        for (const text of paths) {
          if (!matches(one, text)) continue;
          if (matches(other, text)) assert.ok(some, `${one} and ${other} share ${text}`);
          else assert.ok(!all, `${one} has ${text}, which ${other} has not`);
        }
      }),
      { numRuns: 500 },
    );
    assert.deepEqual(overlap(program('src/*.ts'), program('src/**')), { some: true, all: true });
    assert.deepEqual(overlap(program('src/*.ts'), program('*.ts')), { some: false, all: false });
  });
});
