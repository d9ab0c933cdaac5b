import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { RE2JS } from 're2js';
import { runProgram } from '../../src/policy/automaton.ts';
import { testText } from '../../src/policy/test-text.ts';
import { checkCondition, runCondition } from '../../src/policy/condition.ts';
import { conditionScope } from '../../src/policy/condition-scope.ts';
import { evaluate } from '../../src/policy/evaluate.ts';
import { overlap } from '../../src/policy/overlap.ts';
import { globProgram } from '../../src/policy/match-path.ts';
import { toProgram } from '../../src/policy/pattern.ts';
import { parsePythonRegex } from '../../src/policy/python-regex.ts';
import { yes } from '../../src/policy/truth.ts';
import { hostileConditions, hostileGlobs, hostilePatterns } from './hostile-patterns.ts';
import { effect, policy, request } from './request.ts';

/** What is found of a pattern in a text, by search or as a whole. */
function ours(pattern: string, text: string, search: boolean): boolean | undefined {
  const parsed = parsePythonRegex(pattern);
  assert.ok('pattern' in parsed, pattern);
  const result = toProgram(parsed.pattern);
  assert.ok('program' in result, pattern);
  return runProgram(result.program, text, search);
}

const atom = fc.constantFrom('a', 'b', 'é', '😀', '.', '[ab]', '[^a]', '\\w', '\\s', '\\b', '\\B', '(?:a|ab|b)', '\\n');
const repeated = fc
  .tuple(atom, fc.constantFrom('', '', '', '*', '+', '?', '{2,3}'))
  .map(([one, count]) => one + (/^\\[bB]$/.test(one) ? '' : count));
const sequence = fc.array(repeated, { minLength: 1, maxLength: 6 }).map((all) => all.join(''));
const pattern = fc.oneof(
  { weight: 3, arbitrary: sequence },
  { weight: 1, arbitrary: fc.tuple(sequence, sequence).map(([a, b]) => `(?:${a}|${b})+`) },
  { weight: 1, arbitrary: fc.tuple(sequence, sequence).map(([a, b]) => `^(?:${a})?${b}$`) },
);
/** Longer than what is gone over without a memory. */
const text = fc
  .array(fc.constantFrom('a', 'b', 'a', 'b', 'é', '😀', ' ', '\n', 'c'), { minLength: 250, maxLength: 400 })
  .map((all) => all.join(''));

/** The same for RE2: `$` is the very end there. Both count letters and spaces of ASCII only. */
const theirs = (source: string, subject: string, search: boolean): boolean => {
  const compiled = RE2JS.compile(source.replace(/\$$/, '\\z'));
  return search ? compiled.matcher(subject).find() : compiled.matcher(subject).matches();
};

describe('policy: patterns on long texts', () => {
  it('find what RE2 finds', () => {
    let found = 0;
    fc.assert(
      fc.property(pattern, text, fc.boolean(), (source, subject, search) => {
        const expected = theirs(source, subject, search);
        if (expected) found++;
        assert.equal(ours(`(?a)${source.replace(/\$$/, '\\Z')}`, subject, search), expected, source);
      }),
      { numRuns: 2_000 },
    );
    assert.ok(found > 100, `only ${found} of them matched`);
  });

  it('look ahead and behind', () => {
    const long = 'x'.repeat(300);
    for (const [source, subject, expected] of [
      ['a(?=b)', `${long}ab`, true],
      ['a(?=b)', `${long}ac`, false],
      ['a(?!b)', `${long}ab`, false],
      ['(?<=x)a', `${long}a`, true],
      ['(?<!x)a', `${long}a`, false],
      ['^(?=.*a)(?=.*b)x', `${long}ba`, true],
      ['^(?=.*a)(?=.*b)x', `${long}b`, false],
      ['(?m)^a$', `${long}\na\n${long}`, true],
      ['x$', `${long}\n`, true],
      ['x\\Z', `${long}\n`, false],
    ] as const) {
      assert.equal(ours(source, subject, true), expected, source);
    }
  });

  it('what is too much work is not known, and never taken for a match', () => {
    const all = hostilePatterns();
    assert.ok(all.length >= 25);
    const results = all.map((each) => ({ ...each, result: testText(each.test, each.text) }));
    assert.deepEqual(
      results.filter(({ test, result }) => test.is === 'search' && result === yes).map(({ name }) => name),
      [],
    );
  }).timeout(20_000);

  it('what is not known stops a call and lets none happen', () => {
    const unknown = '[ab]*a[ab]{2000}!';
    const subject = Array.from({ length: 50_000 }, (_, i) => 'ab'[((i * i) % 7) % 2] ?? '').join('');
    const decide = (rule: string) => {
      const { verdict, rule: name } = evaluate(policy(`default_action: approve\npolicies: [${rule}]`), request({ args: { subject } }));
      return `${verdict} ${name}`;
    };
    assert.equal(ours(unknown, `subject=${subject}`, true), undefined);
    assert.equal(decide(`{ name: r, match: { args_pattern: "${unknown}" }, action: deny }`), 'escalate r');
    assert.equal(decide(`{ name: r, match: { not: { args_pattern: "${unknown}" } }, action: deny }`), 'escalate r');
    assert.equal(decide(`{ name: r, match: { args_pattern: "${unknown}" }, action: approve }, { name: s }`), 'deny s');
    assert.equal(decide(`{ name: r, match: { not: { args_pattern: "${unknown}" } }, action: approve }, { name: s }`), 'deny s');
  });

  it('all rules of a decision share what may be spent', () => {
    const rules = Array.from({ length: 2_000 }, (_, i) => `{ name: r${i}, match: { args_pattern: "(a?){50}a{50}!${i}" } }`);
    const many = policy(`policies: [${rules.join(',')}]`);
    const decision = evaluate(many, request({ args: { text: 'a'.repeat(100_000) } }));
    assert.equal(decision.verdict, 'escalate');
    assert.notEqual(decision.rule, 'r0');
  });

  it('globs that are too much to compare may overlap', () => {
    for (const one of hostileGlobs()) {
      for (const other of hostileGlobs()) {
        const [first, second] = [globProgram(one), globProgram(other)];
        assert.ok(first !== undefined && second !== undefined);
        const { some, all } = overlap(first, second);
        if (one === other) assert.ok(some, one);
        assert.ok(some || !all);
      }
    }
  }).timeout(60_000);
});

describe('policy: conditions', () => {
  const scope = conditionScope(
    request({ args: { list: [1, 2, 3], names: ['a', 'b'], map: { x: 1 }, text: 'one,two' }, groups: ['dev', 'ops'], effects: [] }),
    effect({ kind: 'write', path: '/ws/a' }),
  );
  for (const [condition, expected] of [
    ['groups.exists(g, g == "ops")', true],
    ['groups.all(g, g != "root")', true],
    ['groups.exists_one(g, g.startsWith("d"))', true],
    ['(groups + ["x"]).exists(g, g == "x")', true],
    ['((groups) + (groups)).filter(g, (g == "dev")).size() == 2', true],
    ['args.text.split(",").map(t, t + "!").exists(t, t == "two!")', true],
    ['args.list.exists(a, args.list.exists(b, a + b == 6.0))', true],
    ['args.map.exists(k, k == "x")', true],
    ['args.names.map(n, n == "a", n + "1") == ["a1"]', true],
    ['args.text.matches("^o.e,")  &&  resource.path . startsWith(workspace)', true],
    ['args.names.exists(n, n.matches("^[bc]$"))', true],
    ['args.missing == 1', undefined],
    ['has(args.missing)', false],
    ['args.?missing.orValue(3) == 3', true],
    ['args.missing.exists(a, true)', undefined],
    ['args.__proto__ == args', undefined],
    ['args.constructor == args', undefined],
    ['has(args.toString)', false],
    ['session.denials / 0 == 1', undefined],
    ['env.now > 253402300800000', false],
  ] as const) {
    it(`${condition} is ${expected}`, () => {
      assert.equal(checkCondition(condition), undefined);
      assert.equal(runCondition(condition, scope), expected);
    });
  }

  for (const condition of [
    'cel.bind(a, tool, a == "x")',
    'args.exists(a)',
    'exists(a, true)',
    'groups.all(a, groups.all(b, groups.all(c, true)))',
  ]) {
    it(`${condition} is refused`, () => assert.notEqual(checkCondition(condition), undefined));
  }

  it('what cannot be known of an effect or of the place has no value, and what is not there is empty', () => {
    for (const [condition, of, branch, expected] of [
      ['resource.path.startsWith("/etc")', effect({ kind: 'write', certainty: 'opaque' }), '', undefined],
      ['resource.path == "/etc/passwd"', effect({ kind: 'write', certainty: 'approximate', path: '/etc/*' }), '', undefined],
      ['resource.path.startsWith("/etc")', effect({ kind: 'write', certainty: 'approximate', path: '/etc/x' }), '', true],
      ['resource.path == ""', effect({ kind: 'network', url: 'https://a.example' }), '', true],
      ['resource.argv.exists(a, a == "-f")', effect({ program: 'git', argv: ['push', null] }), '', undefined],
      ['resource.argv.exists(a, a == "-f")', effect({ program: 'git', argv: ['push', '-f'] }), '', true],
      ['"-f" in resource.argv', effect({ program: 'git' }), '', undefined],
      ['"-f" in resource.argv', effect({ kind: 'read', path: '/x' }), '', false],
      ['resource.program == "rm"', effect({ certainty: 'opaque' }), '', undefined],
      ['resource.host.endsWith(".evil.example")', effect({ kind: 'network', certainty: 'opaque' }), '', undefined],
      ['resource.host == ""', effect({ kind: 'read', path: '/x' }), '', true],
      ['resource.kind == ""', undefined, '', true],
      ['env.branch == "main"', undefined, 'main', true],
      ['env.branch == "main"', undefined, '', false],
      ['env.branch == "main"', undefined, undefined, undefined],
      ['env.dirty', undefined, '', undefined],
    ] as const) {
      const made = request({ effects: [], ...(branch === undefined ? {} : { branch }) });
      assert.equal(runCondition(condition, conditionScope(made, of)), expected, condition);
    }
  });

  it('one that would take too long has no value', () => {
    for (const { condition, args } of hostileConditions()) {
      assert.equal(checkCondition(condition), undefined, condition);
      assert.notEqual(runCondition(condition, conditionScope(request({ args }), undefined)), true, condition);
    }
  }).timeout(20_000);
});
