import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { handle } from '../../src/gateway/gateway.ts';
import type { Effect } from '../../src/model/effect.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import type { CompiledPolicy } from '../../src/policy/compiled.ts';
import { type BreakGlass, breakGlassFile, newBreakGlass, startBreakGlass } from '../../src/session/break-glass.ts';
import { writeMode } from '../../src/session/mode.ts';
import { analysis, gatewayStage, guard, policy, read, write } from './stage.ts';

describe('gateway: break-glass', () => {
  const { places, call, decision, deps, lastRecord, fails } = gatewayStage();
  const minute = 60_000;
  const broken = (change: Partial<BreakGlass> = {}) => {
    const since = Date.now() - minute;
    const wanted = {
      who: 'ann',
      reason: 'production is down',
      since,
      until: since + 10 * minute,
      scope: 'workspace',
      workspace: '/project',
    } as const;
    startBreakGlass(places(), { ...newBreakGlass(wanted), ...change });
  };
  type GlassRow = readonly [what: string, change: Partial<BreakGlass>, effect: Effect, says: Verdict, builtIn: Verdict, expected: Verdict];
  const rows: readonly GlassRow[] = [
    ['a deny runs', {}, write, 'deny', 'approve', 'approve'],
    ['a question is not asked', {}, write, 'escalate', 'approve', 'approve'],
    ['what governs agents stays as it is', {}, guard, 'deny', 'approve', 'deny'],
    ['a call that a built-in rule stops, too, does not run', {}, write, 'deny', 'deny', 'deny'],
    ['a call that a built-in rule asks about does not run', {}, write, 'deny', 'escalate', 'deny'],
    ['a sub-folder is covered', { workspace: '/' }, write, 'deny', 'approve', 'approve'],
    ['a folder with such a beginning is not', { workspace: '/proj' }, write, 'deny', 'approve', 'deny'],
    ['everything covers all', { scope: 'everything' }, write, 'deny', 'approve', 'approve'],
    ['the time is over', { until: Date.now() - 1 }, write, 'deny', 'approve', 'deny'],
    ['it has not begun', { since: Date.now() + 40 * minute, until: Date.now() + 50 * minute }, write, 'deny', 'approve', 'deny'],
    ['more than an hour was written', { until: Date.now() + 62 * minute }, write, 'deny', 'approve', 'deny'],
    ['it has no reason', { reason: ' ' }, write, 'deny', 'approve', 'deny'],
    ['it has no scope', { scope: 'all' as 'everything' }, write, 'deny', 'approve', 'deny'],
    ['it names no workspace', { workspace: '' }, write, 'deny', 'approve', 'deny'],
  ];
  for (const [what, change, effect, says, builtIn, expected] of rows) {
    it(`${what}: ${says} of ${effect.act ?? effect.kind} becomes ${expected}`, async () => {
      broken(change);
      const layered: CompiledPolicy = { ...policy, layers: [{ layer: 'user' } as CompiledPolicy['layers'][number]] };
      const outcome = await handle(
        call(),
        deps(analysis(effect), decision(says), {
          evaluate: (asked) => decision(asked.layers.length === 0 ? builtIn : says),
          loadPolicy: () => ({ policy: layered, diagnostics: [] }),
        }),
      );
      assert.equal(outcome.verdict, expected);
      const { verdict, break_glass, approval } = lastRecord();
      assert.equal(verdict, says);
      assert.equal(break_glass !== undefined, expected === 'approve');
      if (expected === 'approve') assert.deepEqual([approval?.by, approval?.message], ['break-glass', 'ann: production is down']);
    });
  }

  for (const text of ['', '{', '[]', 'null', '{"scope":"everything"}', '5']) {
    it(`takes ${JSON.stringify(text)} for no break-glass`, async () => {
      mkdirSync(places().state, { recursive: true });
      writeFileSync(breakGlassFile(places()), text);
      assert.equal((await handle(call(), deps(analysis(write), decision('deny')))).verdict, 'deny');
    });
  }

  it('ends nothing that the lock or a failure stops', async () => {
    broken({ scope: 'everything' });
    const failing = await handle(call(), deps(analysis(write), decision('approve'), { analyze: fails }));
    assert.equal(failing.verdict, 'deny');
    writeMode(places(), 'locked');
    assert.equal((await handle(call(), deps(analysis(write), decision('approve')))).verdict, 'deny');
  });

  it('does not reach calls with a NUL', async () => {
    broken({ scope: 'everything' });
    const outcome = await handle(call({ actions: [{ kind: 'bash', command: 'ls\0' }] }), deps(analysis(read), decision('approve')));
    assert.equal(outcome.verdict, 'deny');
  });
});
