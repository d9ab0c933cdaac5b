import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { DecisionRecord } from '../../../src/model/audit-record.ts';
import type { Effect } from '../../../src/model/effect.ts';
import { runCondition } from '../../../src/policy/condition.ts';
import { matchedCalls } from '../../../src/policy/edit/past-calls.ts';
import { placedRules, placedScenarios } from '../../../src/policy/edit/places.ts';
import { readTree } from '../../../src/policy/edit/read-tree.ts';
import { nodeAt, nodesAround } from '../../../src/policy/edit/tree.ts';
import { policy } from '../request.ts';

describe('policy: places in a text', () => {
  const text = [
    'version: 1',
    'policies:',
    '  - name: "one"',
    '    match: { tool: x }',
    '  - { reason: r, name: two }',
    '  - reason: nameless',
    'tests:',
    '  - { name: a, tool: bash, expect: deny, rule: one }',
    '  - { name: b, tool: bash }',
    '',
  ].join('\n');
  const tree = readTree(text);
  const at = ({ start, end }: { readonly start: number; readonly end: number }) => text.slice(start, end);

  it('of rules and scenarios', () => {
    assert.deepEqual(
      placedRules(tree).map(({ name, at: where, span }) => [name, at(where), at(span).split('\n')[0]]),
      [
        ['one', '"one"', 'name: "one"'],
        ['two', 'two', '{ reason: r, name: two }'],
      ],
    );
    assert.deepEqual(
      placedScenarios(tree).map(({ name, expect, rule }) => [name, at(expect), rule && at(rule)]),
      [
        ['a', 'deny', 'one'],
        ['b', 'b', undefined],
      ],
    );
  });

  it('of nodes around an offset, and at a path', () => {
    const offset = text.indexOf('tool: x') + 6;
    assert.deepEqual(
      nodesAround(tree, offset).map(({ kind }) => kind),
      ['map', 'seq', 'map', 'map', 'scalar'],
    );
    assert.equal(nodeAt(tree, ['tests', 0, 'rule'])?.value, 'one');
    assert.equal(nodeAt(tree, ['tests', 9, 'rule']), undefined);
  });

  it('are found in what is half-typed, and in nothing', () => {
    assert.deepEqual(
      placedRules(readTree('policies:\n  - name: one\n  - name: two\n    match: { tool: [x\n')).map(({ name }) => name),
      ['one', 'two'],
    );
    for (const empty of ['', '# only', '[', '"', '- - -', '&a *a', 'a: *b']) assert.deepEqual(placedRules(readTree(empty)), []);
    assert.equal(readTree('x'.repeat(300_001)), undefined);
    assert.equal(readTree('['.repeat(500)), undefined);
  });
});

describe('policy: past calls that a rule would have matched', () => {
  const record = (tool: string, effects: readonly Effect[], input: unknown = {}) =>
    ({
      type: 'decision',
      tool,
      native_tool: tool,
      input,
      agent: 'codex',
      cwd: '/ws',
      workspace: '/ws',
      effects,
      risk: 'low',
      user: 'dev',
      timestamp: '2026-11-20T00:00:00Z',
    }) as unknown as DecisionRecord;
  const push: Effect = { kind: 'execute', certainty: 'exact', program: 'git', argv: ['push', '-f'], act: 'git.push.force' };
  const write: Effect = { kind: 'write', certainty: 'exact', path: '/ws/a', zones: ['workspace'] };
  const records = [record('bash', [push, write]), record('write', [write], { path: '/ws/a' }), record('other', [])];

  const rows: readonly (readonly [string, readonly number[]])[] = [
    ['match: { acts: [git.push.*] }', [0]],
    ['match: { command: { program: git, flags: -f } }', [0]],
    ['match: { effects: write }', [0, 1]],
    ['match: { tool: other }', [2]],
    ['match: { agent: codex }', [0, 1, 2]],
    ['match: { args_pattern: path=/ws }', [1]],
    ['match: { when: \'resource.kind == "write"\' }', [0, 1]],
    ['match: { zones: secret }', []],
    ['reason: all', [0, 1, 2]],
  ];
  for (const [rule, matched] of rows) {
    it(rule, () => {
      const compiled = policy(`policies: [{ name: a, ${rule} }]`);
      const found = matchedCalls(compiled, { name: 'a', file: 'test.yaml' }, records, runCondition);
      assert.deepEqual(
        found.map((each) => records.indexOf(each)),
        matched,
      );
    });
  }

  it('of a rule that is not there are none', () => {
    assert.deepEqual(matchedCalls(policy('policies: []'), { name: 'a', file: 'test.yaml' }, records, runCondition), []);
  });
});
