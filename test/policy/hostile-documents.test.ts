import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CompiledPolicy } from '../../src/policy/compiled.ts';
import { evaluate } from '../../src/policy/evaluate.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { effect, type Made, request } from './request.ts';

/** What loading a text gives: the codes of what is wrong, or the verdict and rule on a call, by the policy as it is read back from a cache. */
function outcome(text: string, made: Made = {}): string {
  const { policy, diagnostics } = loadPolicy([{ layer: 'user', name: 'own', text, trusted: true }]);
  if (policy === undefined) return [...new Set(diagnostics.map(({ code }) => code))].join(' ');
  const { verdict, rule } = evaluate(JSON.parse(JSON.stringify(policy)) as CompiledPolicy, request(made));
  return `${verdict} ${rule}`.trim();
}

const fetch = (url: string, method?: string): Made => ({
  tool: 'fetch',
  actions: [{ kind: 'fetch', url, ...(method === undefined ? {} : { method }) }],
  effects: [effect({ kind: 'network', url })],
});
const write = (path: string): Made => ({ effects: [effect({ kind: 'write', path })] });
const mcp = (args: string): Made => ({
  tool: 'mcp:s/t',
  actions: [{ kind: 'mcp', server: 's', tool: 't', args: JSON.parse(args) as unknown }],
});

const rows: Readonly<Record<string, readonly (readonly [text: string, expected: string, made?: Made])[]>> = {
  'YAML that says one thing to a person and another to a program': [
    ['base: &b { default_action: deny }\n<<: *b\n', 'unknown-key'],
    ['policies:\n  - <<: { name: a }\n    action: deny', 'unknown-key missing-key'],
    ['mode: enforce\nmode: shadow', 'duplicate-key'],
    ['policies: [{ name: a, action: deny, action: approve }]', 'duplicate-key'],
    ['default_action: deny\n---\ndefault_action: approve', 'bad-yaml'],
    ['id: a\rdefault_action: deny', 'bad-yaml'],
    ['policies:\n\t- name: a', 'bad-yaml'],
    ['default_action: !!js/function "x"', 'bad-yaml'],
    ['\ufeffdefault_action: deny', 'deny default'],
    // A Cyrillic e, a full-width d, a zero-width space, a no-break space.
    ['d\u0435fault_action: deny', 'unknown-key'],
    ['default_action: \uff44eny', 'unknown-word'],
    ['default_action: "deny\u200b"', 'unknown-word'],
    ['"default_action\u00a0": deny', 'unknown-key'],
  ],
  'values that are none': [
    ['budgets: { writes: .nan }', 'wrong-type'],
    ['budgets: { writes: .inf }', 'wrong-type'],
    ['budgets: { writes: "5" }', 'wrong-type'],
    ['budgets: { tool_calls: -0 }', 'deny budgets.tool_calls'],
    ['budgets: { writes: 0x0 }', 'deny budgets.writes', write('/ws/a')],
    ['budgets: { writes: 99999999999999999999999 }', 'approve', write('/ws/a')],
    ['policies: [{ name: a, priority: .inf }]', 'wrong-type'],
    ['policies: [{ name: a, priority: 1.5 }]', 'wrong-type'],
    ['policies: [{ name: a, priority: 1e300 }]', 'wrong-type'],
    ['policies: [{ name: a, action: true }]', 'unknown-word'],
    ['policies: [{ name: a, action: }]', 'unknown-word'],
    ['policies: [{ name: a, shadow: no }]', 'wrong-type'],
    ['mode: [shadow]', 'wrong-type'],
    ['metadata: { effective_until: true }', 'bad-date'],
  ],
  'names that every object has': [
    ['__proto__: { default_action: approve }', 'unknown-key'],
    ['policies: [{ name: __proto__ }]', 'deny __proto__'],
    ['policies: [{ name: constructor }]', 'deny constructor'],
    ['roles: { __proto__: { users: [dev] } }\npolicies: [{ name: a, match: { role: __proto__ } }]', 'deny a'],
    ['policies: [{ name: a, match: { role: constructor } }]', 'unknown-role'],
    ['roles: { r: { users: [x] } }\ntools: { allow: [bash], by_role: { __proto__: ["*"] } }', 'unknown-role'],
    ['workflow: { initial: __proto__, states: { __proto__: { deny: {} } } }', 'deny workflow.__proto__.deny'],
    ['workflow: { initial: toString, states: { a: {} } }', 'unknown-state'],
    ['policies: [{ name: a, match: { agent: __proto__ } }]', 'deny a', { agent: '__proto__' }],
    ['policies: [{ name: a, match: { acts: constructor } }]', 'unknown-act'],
    ['policies: [{ name: a, match: { zones: __proto__ } }]', 'unknown-zone'],
    ['extends: __proto__', 'unknown-template'],
    ['policies: [{ name: a, match: { mcp: { tool: t, args: { __proto__: x } } } }]', 'deny a', mcp('{"__proto__":"x"}')],
    ['policies: [{ name: a, match: { mcp: { tool: t, args: { constructor: "*" } } } }]', 'approve', mcp('{}')],
  ],
  'lists of which nothing is left allow nothing': [
    ['tools: { allow: [] }', 'deny tools.allow'],
    ['levels: { allow: [] }', 'deny levels', write('/ws/a')],
    ['paths: { writable: [] }', 'deny paths.writable', write('/ws/a')],
    ['network: { allow: [] }', 'deny network.allow', fetch('https://a.example')],
    ['network: { methods: [] }', 'deny network.methods', fetch('https://a.example')],
  ],
  'the same thing in other words': [
    ['network: { methods: [get] }', 'approve', fetch('https://a.example')],
    ['network: { methods: [GET] }', 'deny network.methods', fetch('https://a.example', 'propfind')],
    ['network: { deny: ["b\u00fccher.example"] }', 'deny network.deny', fetch('https://b\u00fccher.example/')],
    ['network: { deny: ["*.b\u00fccher.example"] }', 'deny network.deny', fetch('https://a.xn--bcher-kva.example/')],
    ['network: { deny: [A.example] }', 'deny network.deny', fetch('https://a.example./')],
    ['network: { deny: ["127.0.0.1"] }', 'deny network.deny', fetch('http://2130706433/')],
    ['network: { allow: [good.example] }', 'deny network.allow', fetch('https://good.example@evil.example/')],
    ['tools: { deny: [bash] }', 'deny tools.deny', { tool: 'bash', nativeTool: 'Bash' }],
    ['paths: { protected: ["migrations/"] }', 'deny paths.protected', write('/ws/migrations/deep/a.sql')],
    ['paths: { protected: ["migrations/"] }', 'deny paths.protected', write('/ws/migrations')],
    ['paths: { protected: ["migrations/"] }', 'approve', write('/ws/migrations2/a')],
    ['paths: { protected: ["../other/**"] }', 'bad-glob'],
    ['paths: { protected: ["a/../b"] }', 'bad-glob'],
    ['paths: { protected: ["..a/b.."] }', 'deny paths.protected', write('/ws/..a/b..')],
  ],
};

describe('policy: hostile and mistaken documents', () => {
  for (const [name, list] of Object.entries(rows)) {
    it(name, () => {
      for (const [text, expected, made] of list) assert.equal(outcome(text, made), expected, text);
    });
  }

  it('counts that are no whole numbers do not keep a condition from being asked', () => {
    const text = 'policies: [{ name: a, match: { when: "session.writes > 1" } }]';
    assert.equal(outcome(text, { facts: { writes: 2.5 } }), 'escalate a');
  });
});
