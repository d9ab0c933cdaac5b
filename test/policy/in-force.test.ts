import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { usual } from '../../src/gateway/compile-policy.ts';
import { evaluate } from '../../src/policy/evaluate.ts';
import { explain } from '../../src/policy/explain.ts';
import { dayOf, policyAt } from '../../src/policy/in-force.ts';
import { lintPolicy } from '../../src/policy/lint.ts';
import { type LayerSource, loadPolicy } from '../../src/policy/load.ts';
import type { CompiledPolicy, LayerName } from '../../src/policy/compiled.ts';
import { effect, request } from './request.ts';

const push = effect({ act: 'git.push.force', program: 'git', argv: ['push', '-f'] });
const layer = (name: LayerName, text: string): LayerSource => ({
  layer: name,
  name: `${name}.yaml`,
  text: `id: ${name}\n${text}`,
  trusted: true,
});
const dated = (from: string, until: string, more = ''): string =>
  `metadata: { ${[from && `effective_from: ${from}`, until && `effective_until: ${until}`].filter(Boolean).join(', ')} }\n${more}`;
const january = dated('2026-01-01', '2026-02-01');

function compiled(...sources: readonly LayerSource[]): CompiledPolicy {
  const { policy, diagnostics } = loadPolicy(sources, () => undefined, usual);
  assert.ok(policy, JSON.stringify(diagnostics));
  return policy;
}

/** What is decided on a forced push: the verdict and the id of the policy that is named. */
function decided(sources: readonly LayerSource[], now: string): string {
  const { verdict, policy } = evaluate(compiled(...sources), request({ effects: [push], now: Date.parse(now) }));
  return `${verdict} ${policy.id}`;
}

const open = 'default_action: approve';
const rows: readonly [what: string, sources: readonly LayerSource[], now: string, expected: string][] = [
  ['the only policy, before', [layer('user', january)], '2025-12-31', 'deny safe_coding'],
  ['the only policy, from its first moment', [layer('user', january)], '2026-01-01', 'approve user'],
  ['the only policy, to its last moment', [layer('user', january)], '2026-01-31T23:59:59.999Z', 'approve user'],
  ['the only policy, after', [layer('user', january)], '2026-02-01', 'deny safe_coding'],
  ['a clock that stands at the beginning of time', [layer('user', january)], '1970-01-01', 'deny safe_coding'],
  ['the end in another time zone, before', [layer('user', dated('', '2026-02-01T00:00:00+14:00'))], '2026-01-31T09:59:59Z', 'approve user'],
  [
    'the end in another time zone, after',
    [layer('user', dated('', '2026-02-01T00:00:00+14:00'))],
    '2026-01-31T10:00:00Z',
    'deny safe_coding',
  ],
  ['an expired managed policy over a lax one of the user', [layer('managed', january), layer('user', open)], '2026-03-01', 'deny user'],
  ['a managed policy that is yet to come', [layer('managed', january), layer('user', open)], '2025-12-01', 'approve user'],
  ['an expired policy of the user under a managed one', [layer('managed', open), layer('user', january)], '2026-03-01', 'deny managed'],
  ['both outside of their dates', [layer('managed', january), layer('user', january)], '2026-03-01', 'deny safe_coding'],
  [
    'a workspace policy only loses what it said itself',
    [layer('user', open), layer('workspace', `${january}default_action: deny`)],
    '2026-03-01',
    'approve user',
  ],
];

describe('policy: dates', () => {
  for (const [what, sources, now, expected] of rows) it(what, () => assert.equal(decided(sources, now), expected));

  it('the reason says why something else decides, and explain shows both', () => {
    const policy = compiled(layer('user', january));
    const after = request({ effects: [push], now: Date.parse('2026-03-01') });
    assert.match(evaluate(policy, after).reason, / \(The user policy “user” expired on 2026-02-01, so safe_coding holds\.\)$/);
    const before = request({ effects: [push], now: Date.parse('2025-12-01') });
    assert.match(evaluate(policy, before).reason, / \(The user policy “user” is in force from 2026-01-01 on, so safe_coding holds\.\)$/);
    const own = compiled(layer('user', `${january}policies: [{ name: own, reason: r }]`));
    const rules = explain(own, after)[0]?.rules ?? [];
    assert.ok(rules.some(({ rule, because }) => rule === 'own' && because === 'The layer is not in force at this time.'));
    assert.ok(rules.some(({ rule, matches }) => rule !== 'own' && matches === 'yes'));
  });

  it('what the expired policy relaxed and its mode go with it', () => {
    const relaxed = layer('user', `${january}mode: shadow\npolicies: [{ name: o, action: approve, overrides: [no-force-push] }]`);
    const managed = layer('managed', 'policies: [{ name: no-force-push, match: { acts: git.push.force }, reason: r }]');
    const policy = compiled(managed, relaxed);
    const at = (now: string) => policyAt(policy, Date.parse(now));
    assert.deepEqual([at('2026-01-15').mode, at('2026-03-01').mode], ['shadow', 'enforce']);
    assert.equal(decided([managed, relaxed], '2026-01-15'), 'approve user');
    assert.equal(decided([managed, relaxed], '2026-03-01'), 'deny managed');
  });

  it('is settled once: the policy of a moment is the same when it is asked again', () => {
    for (const [, sources, now] of rows) {
      const once = policyAt(compiled(...sources), Date.parse(now));
      assert.equal(policyAt(once, Date.parse(now)), once);
    }
  });

  it('costs nothing where no policy has dates', () => {
    const policy = compiled(layer('user', open));
    assert.equal(policy.fallback, undefined);
    assert.equal(policyAt(policy, 0), policy);
  });

  it('lint names what is over, to come, and about to end', () => {
    for (const [now, expected] of [
      ['2025-12-31', ['not-yet-in-force']],
      ['2026-01-01', []],
      ['2026-01-17', []],
      ['2026-01-18', ['expires-soon']],
      ['2026-02-01', ['expired']],
    ] as const) {
      assert.deepEqual(
        lintPolicy(compiled(layer('user', january)), Date.parse(now)).map(({ code }) => code),
        expected,
        now,
      );
    }
  });

  it('days that are none, and times that end before they begin, are errors', () => {
    for (const text of [
      dated('2026-02-31', ''),
      dated('2026-13-01', ''),
      dated('2026-01-01T09:00:00', ''),
      dated('01.02.2026', ''),
      dated('+275760-09-14', ''),
      dated('2026-02-01', '2026-02-01'),
      dated('2026-02-01', '2026-01-01'),
    ]) {
      assert.deepEqual(
        loadPolicy([layer('user', text)]).diagnostics.map(({ code }) => code),
        ['bad-date'],
        text,
      );
    }
  });

  it('the dates of a base have no effect, and lint says so', () => {
    const base = { name: '/p/base.yaml', text: `${january}default_action: deny` };
    const { policy, diagnostics } = loadPolicy([layer('user', 'extends: ./base.yaml')], () => base);
    assert.deepEqual(
      diagnostics.map(({ code, source }) => `${code} ${source}`),
      ['unused-date /p/base.yaml'],
    );
    assert.ok(policy);
    assert.equal(evaluate(policy, request({ effects: [push], now: Date.parse('2026-03-01') })).verdict, 'deny');
  });

  it('a moment is written as a day, with its time where that is not midnight', () => {
    assert.equal(dayOf(Date.parse('2026-02-01')), '2026-02-01');
    assert.equal(dayOf(Date.parse('2026-02-01T09:30:00Z')), '2026-02-01T09:30Z');
    assert.equal(dayOf(Date.parse('2026-02-01T09:30:05.250Z')), '2026-02-01T09:30:05Z');
  });
});
