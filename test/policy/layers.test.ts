import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { Effect } from '../../src/model/effect.ts';
import { isStricter, strictest, type Verdict } from '../../src/model/verdict.ts';
import type { LayerName } from '../../src/policy/compiled.ts';
import { evaluate } from '../../src/policy/evaluate.ts';
import type { LayerSource } from '../../src/policy/load.ts';
import { effect, type Made, policy, request } from './request.ts';

const layer = (name: LayerName, text: string, trusted = false): LayerSource => ({ layer: name, name, text, trusted });

/** The decision as `verdict rule layer`. */
function decided(sources: readonly (string | LayerSource)[], made: Made): string {
  const { verdict, rule, layer: by } = evaluate(policy(...sources), request(made));
  return `${verdict} ${rule || '-'} ${by || '-'}`;
}

const push = effect({ act: 'git.push.force' });
const read = effect({ kind: 'read', path: '/ws/a' });

describe('policy: evaluation', () => {
  it('a call without effects is judged once, by what it is', () => {
    assert.equal(decided(['policies: [{name: a, match: {tool: x}}]'], { tool: 'x' }), 'deny a workspace');
    assert.equal(decided(['policies: [{name: a, match: {effects: read}}]'], { tool: 'x' }), 'approve - workspace');
    assert.equal(decided(['default_action: escalate'], { tool: 'x' }), 'escalate default workspace');
    assert.equal(decided([], {}), 'approve - -');
  });

  it('an approved part does not carry a dangerous part along', () => {
    const text = 'default_action: deny\npolicies: [{name: reading, match: {effects: read}, action: approve}]';
    assert.equal(decided([text], { effects: [read] }), 'approve reading workspace');
    assert.equal(decided([text], { effects: [read, push] }), 'deny default workspace');
  });

  it('the first match by priority decides for an effect', () => {
    const text =
      'policies: [{name: late, match: {acts: git.push.force}}, {name: early, match: {effects: execute}, action: approve, priority: 1}]';
    assert.equal(decided([text], { effects: [push] }), 'approve early workspace');
  });

  it('a rule that may match does not hide one that does', () => {
    const text = `policies:
  - { name: maybe, match: { command: { program: git, flags: --force } }, priority: 1 }
  - { name: surely, match: { command: { program: git } }, priority: 2 }
  - { name: fine, match: { effects: execute }, action: approve, priority: 3 }`;
    const made = (...argv: (string | null)[]): Made => ({ effects: [effect({ program: 'git', argv })] });
    assert.equal(decided([text], made('push', null)), 'deny surely workspace');
    assert.equal(decided([text.replace(/.*surely.*\n/, '')], made('push', null)), 'escalate maybe workspace');
    assert.equal(decided([text.replace(/.*surely.*\n/, '')], made('push')), 'approve fine workspace');
  });

  it('the strictest layer wins, and is named', () => {
    const user = layer('user', 'policies: [{name: u, match: {acts: git.push.force}, action: escalate}]');
    const managed = layer('managed', 'policies: [{name: m, match: {acts: git.push.force}, action: deny}]');
    const workspace = layer('workspace', 'policies: [{name: w, match: {acts: git.push.force}, action: approve}]');
    assert.equal(decided([workspace], { effects: [push] }), 'approve w workspace');
    assert.equal(decided([workspace, user], { effects: [push] }), 'escalate u user');
    assert.equal(decided([workspace, managed, user], { effects: [push] }), 'deny m managed');
  });

  it('an approved layer relaxes the rules it names, and nothing else', () => {
    const user = layer(
      'user',
      'policies: [{name: force, match: {acts: git.push.force}}, {name: all, match: {effects: execute}, action: escalate, priority: 200}]',
    );
    const text = (overrides: string): string =>
      `policies: [{name: w, match: {acts: git.push.force}, action: approve, overrides: ${overrides}}]`;
    const made = { effects: [push] };
    assert.equal(decided([user, layer('workspace', text('[force]'), false)], made), 'deny force user');
    assert.equal(decided([user, layer('workspace', text('[other]'), true)], made), 'deny force user');
    assert.equal(decided([user, layer('workspace', text('[force]'), true)], made), 'escalate all user');
    assert.equal(decided([user, layer('workspace', text('[force, all]'), true)], made), 'approve w workspace');
    const strict = layer('user', 'default_action: deny');
    assert.equal(decided([strict, layer('workspace', text('[default]'), true)], made), 'approve w workspace');
    assert.equal(decided([strict, layer('workspace', text('[default]'), true)], { effects: [push, read] }), 'deny default user');
  });

  it('a weaker layer is not relaxed by a stronger one', () => {
    const user = layer('user', 'policies: [{name: u, match: {acts: git.push.force}, action: approve, overrides: [w]}]', true);
    const workspace = layer('workspace', 'policies: [{name: w, match: {acts: git.push.force}}]');
    assert.equal(decided([user, workspace], { effects: [push] }), 'deny w workspace');
  });

  it('shadow rules are recorded and not enforced', () => {
    const text =
      'policies: [{name: s, match: {acts: git.push.force}, shadow: true}, {name: a, match: {effects: execute}, action: escalate}]';
    const decision = evaluate(policy(text), request({ effects: [push] }));
    assert.equal(decision.verdict, 'escalate');
    assert.deepEqual(decision.shadow, [{ rule: 's', verdict: 'deny' }]);
  });

  it('a layer holds between its dates', () => {
    const text = 'metadata: { effective_from: 2026-01-01, effective_until: 2026-02-01 }\ndefault_action: deny';
    for (const [date, verdict] of [
      ['2025-12-31', 'approve'],
      ['2026-01-01', 'deny'],
      ['2026-01-31', 'deny'],
      ['2026-02-01', 'approve'],
    ] as const) {
      assert.equal(evaluate(policy(text), request({ now: Date.parse(date) })).verdict, verdict, date);
    }
  });

  it('the decision carries reason, advice, effect, risk, policy and obligations', () => {
    const text =
      'id: p\nrevision: "3"\npolicies: [{name: a, match: {effects: read}, action: escalate, reason: why, advice: else, obligations: [log, {sandbox: {network: none}}]}]';
    const compiled = policy(text);
    const decision = evaluate(compiled, request({ effects: [push, read], risk: 'high' }));
    assert.deepEqual(decision, {
      verdict: 'escalate',
      rule: 'a',
      rules: [{ layer: 'workspace', rule: 'a' }],
      reason: 'why',
      advice: 'else',
      layer: 'workspace',
      effect: read,
      risk: 'high',
      policy: { id: 'p', revision: '3', hash: compiled.ref.hash },
      obligations: [
        { name: 'log', params: {} },
        { name: 'sandbox', params: { network: 'none' } },
      ],
    });
    assert.match(
      evaluate(
        policy(text.replace('effects: read', 'path_patterns: "/x"')),
        request({ effects: [effect({ kind: 'read', certainty: 'opaque' })] }),
      ).reason,
      /^It cannot be known/,
    );
  });

  it('sections are rules', () => {
    const text = `roles: { reviewer: { users: ["*@acme.dev"], agents: [codex] }, admin: { groups: wheel } }
tools: { allow: ["~(bash|read)", "mcp:github/*"], deny: ["mcp:github/delete_*"], by_role: { admin: ["*"] } }
levels: { allow: [read, execute, network, write], by_role: { reviewer: [read] } }
paths: { protected: ["migrations/**"], writable: ["\${workspace}/**", "/tmp/**"], secret: ["**/*.pem"] }
network: { allow: ["github.com", "10.0.0.1"], deny: ["~^10\\\\."], methods: [get] }
budgets: { tool_calls: 10, writes: 2, per: session }`;
    const write = (path: string): Effect => effect({ kind: 'write', path });
    const rows: readonly (readonly [Made, string])[] = [
      [{ tool: 'read', effects: [read] }, 'approve'],
      [{ tool: 'bash_x' }, 'tools.allow'],
      [{ tool: 'bash_x', groups: ['wheel'] }, 'approve'],
      [{ tool: 'mcp:github/list' }, 'approve'],
      [{ tool: 'mcp:github/delete_x' }, 'tools.deny'],
      [{ effects: [effect({ kind: 'delete', path: '/ws/a' })] }, 'levels'],
      [{ effects: [effect({ kind: 'unknown' })] }, 'levels'],
      [{ effects: [write('/ws/a')], user: 'x@acme.dev', agent: 'codex' }, 'levels'],
      [{ effects: [write('/ws/a')], user: 'x@acme.dev' }, 'approve'],
      [{ effects: [write('/ws/migrations/a')] }, 'paths.protected'],
      [{ effects: [write('/home/dev/a')] }, 'paths.writable'],
      [{ effects: [write('/tmp/a')] }, 'approve'],
      [{ effects: [effect({ kind: 'write', path: '/dev/null', zones: ['safe-device'] })] }, 'approve'],
      [{ effects: [effect({ kind: 'read', path: '/q/k.pem' })] }, 'paths.secret'],
      [{ effects: [effect({ kind: 'network', url: 'https://github.com/x' })] }, 'approve'],
      [{ effects: [effect({ kind: 'network', url: 'https://example.com/x' })] }, 'network.allow'],
      [{ effects: [effect({ kind: 'network', url: 'http://10.0.0.1' })] }, 'network.deny'],
      [{ actions: [{ kind: 'fetch', url: 'https://github.com', method: 'POST' }] }, 'network.methods'],
      [{ effects: [read], facts: { toolCalls: 9 } }, 'approve'],
      [{ effects: [read], facts: { toolCalls: 10 } }, 'budgets.tool_calls'],
      [{ effects: [write('/ws/a')], facts: { writes: 2 } }, 'budgets.writes'],
      [{ effects: [read], facts: { writes: 2 } }, 'approve'],
    ];
    for (const [made, expected] of rows) {
      const { verdict, rule } = evaluate(policy(text), request(made));
      assert.equal(rule === '' ? verdict : rule, expected, JSON.stringify(made));
    }
  });
});

const verdicts = fc.constantFrom<Verdict>('approve', 'escalate', 'deny');
const effects = fc.array(
  fc.record({
    kind: fc.constantFrom('read' as const, 'write' as const, 'execute' as const, 'delete' as const),
    certainty: fc.constantFrom('exact' as const, 'approximate' as const, 'opaque' as const),
    act: fc.constantFrom('git.push' as const, 'git.push.force' as const, 'files.delete.recursive' as const, 'secret.read' as const),
    zones: fc.subarray(['system', 'workspace', 'temp'] as const),
    path: fc.constantFrom('/etc/x', '/ws/a', '/ws/*', '/tmp/b'),
    program: fc.constantFrom('git', 'rm'),
    argv: fc.constantFrom(['push', '-f'], [null], ['x']),
  }),
  { maxLength: 4 },
);
const matches = fc.constantFrom(
  '{}',
  '{ tool: bash }',
  '{ effects: write }',
  '{ acts: "git.*" }',
  '{ zones: system }',
  '{ not: { zones: temp } }',
  '{ paths: "**" }',
  '{ paths: "/etc/**" }',
  '{ command: { program: git, flags: [-f] } }',
  '{ certainty: opaque }',
  '{ args_pattern: x }',
  '{ acts: secret.read, not: { effects: read } }',
);
const rule = fc.record({
  match: matches,
  action: verdicts,
  priority: fc.integer({ min: 1, max: 5 }),
  overrides: fc.subarray(['r0', 'r1', 'default']),
});
const text = fc
  .record({ rules: fc.array(rule, { maxLength: 4 }), fallback: verdicts })
  .map(
    ({ rules, fallback }) =>
      `default_action: ${fallback}\npolicies:${rules.length === 0 ? ' []' : ''}\n${rules
        .map(
          ({ match, action, priority, overrides }, i) =>
            `  - { name: r${i}, match: ${match}, action: ${action}, priority: ${priority}, overrides: [${overrides.join()}] }\n`,
        )
        .join('')}`,
  );
const verdictOf = (sources: readonly LayerSource[], of: readonly Effect[]): Verdict =>
  evaluate(policy(...sources), request({ effects: of, args: { x: 1 } })).verdict;

describe('policy: laws', () => {
  const options = { numRuns: 300 };

  it('the order of the effects does not matter, and neither does saying one twice', () => {
    fc.assert(
      fc.property(text, effects, (source, of) => {
        const sources = [layer('user', source)];
        const verdict = verdictOf(sources, of);
        assert.equal(verdictOf(sources, [...of].reverse()), verdict);
        assert.equal(verdictOf(sources, [...of, ...of]), verdict);
      }),
      options,
    );
  });

  it('a call is as strict as the strictest of its effects', () => {
    fc.assert(
      fc.property(text, effects, (source, of) => {
        fc.pre(of.length > 0);
        const sources = [layer('user', source)];
        assert.equal(verdictOf(sources, of), strictest(of.map((each) => verdictOf(sources, [each]))));
      }),
      options,
    );
  });

  it('a layer that is not approved never makes a decision milder', () => {
    fc.assert(
      fc.property(text, text, effects, (user, workspace, of) => {
        const without = verdictOf([layer('user', user)], of);
        const withIt = verdictOf([layer('user', user), layer('workspace', workspace)], of);
        assert.ok(!isStricter(without, withIt));
      }),
      options,
    );
  });

  it('a stronger layer never makes a decision milder', () => {
    fc.assert(
      fc.property(text, text, effects, (managed, workspace, of) => {
        const without = verdictOf([layer('workspace', workspace, true)], of);
        const withIt = verdictOf([layer('managed', managed), layer('workspace', workspace, true)], of);
        assert.ok(!isStricter(without, withIt));
      }),
      options,
    );
  });

  it('an approved layer relaxes only what it names', () => {
    fc.assert(
      fc.property(text, text, effects, (user, workspace, of) => {
        const without = verdictOf([layer('user', user)], of);
        const withIt = verdictOf(
          [layer('user', user), layer('workspace', workspace.replace(/overrides: \[.*?\]/g, 'overrides: []'), true)],
          of,
        );
        assert.ok(!isStricter(without, withIt));
      }),
      options,
    );
  });

  it('the index finds what looking at every rule finds', () => {
    fc.assert(
      fc.property(text, effects, (source, of) => {
        const compiled = policy(layer('user', source));
        const layers = compiled.layers.map((each) => ({
          ...each,
          index: { tool: {}, act: {}, program: {}, host: {}, path: {}, mcp: {}, zone: {}, kind: {}, rest: each.rules.map((_, i) => i) },
        }));
        const made = request({ effects: of, args: { x: 1 } });
        assert.deepEqual(evaluate(compiled, made), evaluate({ ...compiled, layers }, made));
      }),
      options,
    );
  });
});
