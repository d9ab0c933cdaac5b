import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { runProgram } from '../../src/policy/automaton.ts';
import { parseFnmatch } from '../../src/policy/fnmatch.ts';
import { toProgram } from '../../src/policy/pattern.ts';
import { readPythonJson } from './python-json.ts';
import { parsePythonRegex } from '../../src/policy/python-regex.ts';
import { toNativeRegex } from '../../src/policy/python-regex-native.ts';
import { argumentsText } from '../../src/policy/python-str.ts';
import { askPython, type PythonAnswers, pythonCases } from './python-cases.ts';

const goldenFile = `${import.meta.dirname}/fixtures/python.golden.json`;
const cases = pythonCases();
const python = askPython(cases);
if (python !== undefined && (process.env['UPDATE_GOLDEN'] === '1' || !existsSync(goldenFile))) {
  writeFileSync(goldenFile, `${JSON.stringify(python)}\n`);
}
const golden = JSON.parse(readFileSync(goldenFile, 'utf8')) as PythonAnswers;

/** Constructs that are refused here by name and that Python accepts. */
const refused = /\(\?>|[*+?}]\+|\(\?\(|\\N\{/;

/** Whether the pattern matches; `null` where it is rejected. */
function search(pattern: string, text: string): boolean | null {
  const parsed = parsePythonRegex(pattern);
  if ('problem' in parsed) return null;
  const result = toProgram(parsed.pattern);
  if ('program' in result) return runProgram(result.program, text, true) ?? null;
  return result.problem.message.includes('back references') ? toNativeRegex(parsed.pattern).test(text) : null;
}

describe('policy: what Python says', () => {
  if (python !== undefined) it('is what the goldens say', () => assert.deepEqual(golden, python));

  it('holds for regexes', () => {
    const wrong = cases.regex.flatMap(([pattern, text], i) => {
      const ours = search(pattern, text);
      const expected = refused.test(pattern) ? null : golden.regex[i];
      return ours === expected ? [] : [{ pattern, text, ours, expected }];
    });
    assert.deepEqual(wrong, []);
  });

  it('holds for regexes in JavaScript’s own engine', () => {
    const wrong = cases.regex.flatMap(([pattern, text], i) => {
      const parsed = parsePythonRegex(pattern);
      if ('problem' in parsed || refused.test(pattern)) return [];
      const ours = toNativeRegex(parsed.pattern).test(text);
      return ours === golden.regex[i] || (text === '' && pattern.includes('\\B')) ? [] : [{ pattern, text, ours }];
    });
    assert.deepEqual(wrong, []);
  });

  it('holds for fnmatch', () => {
    const wrong = cases.fnmatch.flatMap(([pattern, text], i) => {
      const result = toProgram(parseFnmatch(pattern));
      const ours = 'program' in result && runProgram(result.program, text, false);
      return ours === golden.fnmatch[i] ? [] : [{ pattern, text, ours }];
    });
    assert.deepEqual(wrong, []);
  });

  it('holds for str()', () => {
    for (const [i, text] of cases.str.entries()) {
      const value = readPythonJson(text)?.value;
      assert.equal(value === null ? 'None' : argumentsText(value), golden.str[i], text);
    }
  });

  it('refuses what cannot be run in linear time, by name', () => {
    for (const [pattern, word] of [
      ['a*+', 'possessive'],
      ['(?>a)', 'atomic'],
      ['(a)?(?(1)b)', 'conditions'],
      ['\\N{DIGIT ONE}', '\\N'],
    ] as const) {
      const parsed = parsePythonRegex(pattern);
      assert.ok('problem' in parsed && parsed.problem.message.includes(word), pattern);
    }
  });

  it('takes linear time on what makes backtracking explode', () => {
    const text = `${'a'.repeat(100_000)}!`;
    for (const pattern of ['^(a+)+$', '(a|a)*$b', '(?=(a*)*b)a', '(.*)*x', '(a?){50}a{50}!$']) {
      assert.equal(typeof search(pattern, text.slice(0, 2_000)), 'boolean');
    }
    assert.equal(search('^(a+)+$', text), false);
  });

  it('bounds what a repetition may grow to and how deep groups nest', () => {
    assert.equal(search('((a{100}){100}){100}', ''), null);
    assert.equal(search(`${'('.repeat(10_000)}a${')'.repeat(10_000)}`, 'a'), null);
  });
});
