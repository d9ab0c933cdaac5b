import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CompiledPolicy } from '../../src/policy/compiled.ts';
import { type LayerSource, loadPolicy } from '../../src/policy/load.ts';
import { looseningLine, loosenings } from '../../src/policy/loosening.ts';
import { stateAfterSuccess, stateOf } from '../../src/policy/workflow.ts';

const user = (text: string, trusted = true): LayerSource => ({ layer: 'user', name: 'user.yaml', text: `version: 1\n${text}`, trusted });
const workspace = (text: string, trusted: boolean): LayerSource => ({
  layer: 'workspace',
  name: 'w.yaml',
  text: `version: 1\n${text}`,
  trusted,
});

function policyOf(...layers: readonly LayerSource[]): CompiledPolicy {
  const { policy, diagnostics } = loadPolicy(layers);
  assert.ok(policy !== undefined, JSON.stringify(diagnostics));
  return policy;
}

describe('policy: workflow', () => {
  const wrong: readonly (readonly [text: string, code: string, line: number])[] = [
    ['workflow: { states: { a: {} } }', 'missing-key', 2],
    ['workflow: { initial: b, states: { a: {} } }', 'unknown-state', 2],
    ['workflow:\n  initial: tested\n  states: { testd: {} }', 'unknown-state', 3],
    ['workflow:\n  initial: a\n  states:\n    a:\n      to: [{ state: b, after: x }]', 'unknown-state', 6],
    ['workflow:\n  initial: a\n  states:\n    a:\n      to: [{ state: a }]', 'bad-transition', 6],
    ['workflow:\n  initial: a\n  states:\n    a:\n      to: [{ state: a, after: x, match: {} }]', 'bad-transition', 6],
    ['workflow:\n  initial: a\n  states:\n    a:\n      to: [{ state: a, after: "~(" }]', 'bad-regex', 6],
    ['workflow:\n  initial: a\n  states:\n    a: { denies: [] }', 'unknown-key', 5],
  ];
  for (const [text, code, line] of wrong) {
    it(`${code}: ${text.replaceAll('\n', ' ')}`, () => {
      const { policy, diagnostics } = loadPolicy([user(text)]);
      assert.equal(policy, undefined);
      assert.deepEqual([diagnostics[0]?.code, diagnostics[0]?.position?.line], [code, line]);
    });
  }

  it('belongs to the strongest layer that has one, and the other is told', () => {
    const flow = (initial: string) => `workflow: { initial: ${initial}, states: { ${initial}: {} } }\n`;
    const { policy, diagnostics } = loadPolicy([user(flow('u')), workspace(flow('w'), false)]);
    assert.deepEqual([policy?.workflow?.layer, policy?.workflow?.initial], ['user', 'u']);
    assert.deepEqual(
      diagnostics.map(({ code, severity, source }) => [code, severity, source]),
      [['second-workflow', 'warning', 'w.yaml']],
    );
  });

  it('begins in the initial state, also where the stored one is gone', () => {
    const { workflow } = policyOf(user('workflow: { initial: a, states: { a: {}, b: {} } }'));
    assert.ok(workflow !== undefined);
    assert.deepEqual(
      [undefined, 'b', 'gone', '__proto__', 'toString'].map((stored) => stateOf(workflow, stored)),
      ['a', 'b', 'a', 'a', 'a'],
    );
  });

  const after =
    'workflow: { initial: a, states: { a: { to: [{ state: b, after: ["make && make check", "npm test*", "~cargo (test|check)"] }] }, b: {} } }';
  const successes: readonly (readonly [command: string, state: string])[] = [
    ['npm test', 'b'],
    ['npm test -- --grep x', 'b'],
    ['cargo check', 'b'],
    ['make && make check', 'b'],
    ['make', 'a'],
    ['npm test || true', 'a'],
    ['npm test; true', 'a'],
    ['npm test & true', 'a'],
    ['npm test | cat', 'a'],
    ['npm test > log', 'a'],
    ['npm test `false`', 'a'],
    ['npm test $(false)', 'a'],
    ['npm test\ntrue', 'a'],
    ['(npm test)', 'a'],
    ['echo cargo check', 'a'],
    ['', 'a'],
  ];
  for (const [command, state] of successes) {
    it(`${JSON.stringify(command)} leads to ${state}`, () => {
      const { workflow } = policyOf(user(after));
      assert.ok(workflow !== undefined);
      assert.equal(stateAfterSuccess(workflow, undefined, command), state);
    });
  }
});

describe('policy: what an approval loosens', () => {
  const stop = 'policies: [{ name: stop, match: { tool: x }, action: deny }, { name: ask, match: { tool: y }, action: escalate }]\n';
  const rule = (action: string, overrides: string, more = '') =>
    `policies: [{ name: w, match: { tool: x }, action: ${action}, overrides: [${overrides}]${more} }]\n`;
  const rows: readonly (readonly [what: string, user: string, workspace: string, expected: readonly string[]])[] = [
    ['nothing', stop, 'policies: [{ name: w, action: deny }]\n', []],
    ['a rule', stop, rule('approve', 'stop'), ['rule "w": approve what "stop" of the user layer would deny']],
    ['a rule to a question', stop, rule('escalate', 'stop'), ['rule "w": escalate what "stop" of the user layer would deny']],
    ['a question to a question', stop, rule('escalate', 'ask'), []],
    ['a rule by a stricter one', stop, rule('deny', 'ask'), []],
    ['a rule that is not there', stop, rule('approve', 'gone'), []],
    ['its own rule', stop, rule('approve', 'w'), []],
    ['a rule in shadow', stop, rule('approve', 'stop', ', shadow: true'), []],
    [
      'two rules',
      stop,
      rule('approve', 'stop, ask'),
      ['rule "w": approve what "stop" of the user layer would deny', 'rule "w": approve what "ask" of the user layer would escalate'],
    ],
    [
      'the default',
      'default_action: deny\n',
      rule('approve', 'default'),
      ['rule "w": approve what the default of the user layer would deny'],
    ],
    ['the mode', '', 'mode: shadow\n', ['mode: enforce becomes shadow']],
    ['a mode that the user states', 'mode: enforce\n', 'mode: shadow\n', []],
    ['a stricter mode', '', 'mode: locked\n', []],
  ];
  for (const [what, ofUser, ofWorkspace, expected] of rows) {
    it(what, () => {
      const before = policyOf(user(ofUser), workspace(ofWorkspace, false));
      const after = policyOf(user(ofUser), workspace(ofWorkspace, true));
      assert.deepEqual(loosenings(before, after).map(looseningLine), expected);
      assert.deepEqual(loosenings(after, after), []);
    });
  }
});
