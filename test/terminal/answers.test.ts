import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { DecisionRecord } from '../../src/model/audit-record.ts';
import { Answers } from '../../src/terminal/answers.ts';

const now = Date.parse('2026-01-01T12:00:00.000Z');
const let_: DecisionRecord = {
  type: 'decision',
  decision_id: 'one',
  timestamp: '2026-01-01T11:59:50.000Z',
  agent: 'vscode',
  user: 'ann',
  cwd: '/p',
  workspace: '/p',
  tool: 'bash',
  native_tool: 'run_in_terminal',
  input: { command: 'git push --force-with-lease' },
  input_hash: 'sha256:0',
  effects: [],
  risk: 'high',
  verdict: 'escalate',
  outcome: 'approve',
  rule: 'force-push-with-lease',
  layer: 'user',
  reason: '',
  policy: { id: '', revision: '', hash: '' },
  mode: 'enforce',
  latency_ms: 1,
};

describe('answers to an agent’s hook, in its terminal', () => {
  it('count for the very line, and once', () => {
    const answers = new Answers(
      () => [let_],
      () => now,
    );
    assert.equal(answers.take(' git push --force-with-lease', '/p'), true);
    assert.equal(answers.take('git push --force-with-lease', '/p'), false);
  });

  const rows: readonly [why: string, record: DecisionRecord, line?: string | undefined, workspace?: string][] = [
    ['another line', let_, 'git push --force'],
    ['another workspace', let_, undefined, '/q'],
    ['what was denied', { ...let_, outcome: 'deny' }],
    ['what nobody was asked about', { ...let_, verdict: 'approve' }],
    ['a question of the terminal itself', { ...let_, native_tool: 'terminal line' }],
    ['an old answer', { ...let_, timestamp: '2026-01-01T11:00:00.000Z' }],
    ['an answer of the future', { ...let_, timestamp: '2026-01-01T13:00:00.000Z' }],
    ['a time that is none', { ...let_, timestamp: 'soon' }],
    ['another tool', { ...let_, tool: 'write' }],
    ['an input without a command', { ...let_, input: 'git push --force-with-lease' }],
  ];
  for (const [why, record, line = 'git push --force-with-lease', workspace = '/p'] of rows) {
    it(`do not count for ${why}`, () =>
      assert.equal(
        new Answers(
          () => [record],
          () => now,
        ).take(line, workspace),
        false,
      ));
  }
});
