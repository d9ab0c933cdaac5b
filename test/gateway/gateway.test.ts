import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { canonicalJson } from '../../src/audit/canonical.ts';
import type { GatewayDeps } from '../../src/gateway/deps.ts';
import { handle, type Outcome } from '../../src/gateway/gateway.ts';
import { askPerson } from '../../src/gateway/question.ts';
import type { Effect } from '../../src/model/effect.ts';
import type { ToolCall } from '../../src/model/tool-call.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { sha256 } from '../../src/platform/sha256.ts';
import type { CompiledPolicy } from '../../src/policy/compiled.ts';
import { indexRules } from '../../src/policy/rule-index.ts';
import { lock, readMode, unlock, writeMode } from '../../src/session/mode.ts';
import { readSession } from '../../src/session/store.ts';
import { analysis, gatewayStage, guard, opaque, policy, policyRef, read, readSecret, send, write } from './stage.ts';

describe('gateway', () => {
  const { places, call, decision, deps, lastRecord, fails, withWindow } = gatewayStage();
  const failures: readonly (readonly [string, Partial<GatewayDeps>])[] = [
    ['the analysis crashes', { analyze: fails }],
    ['the policy crashes', { evaluate: fails }],
    ['the policy cannot be loaded', { loadPolicy: fails }],
    ['there is no policy', { loadPolicy: () => ({ diagnostics: [] }) }],
    [
      'the policy is wrong',
      {
        loadPolicy: () => ({
          policy,
          diagnostics: [
            {
              code: 'unknown-key',
              severity: 'error',
              message: 'unknown key',
              source: '.agent-policy.yaml',
              position: { line: 3, column: 5 },
            },
          ],
        }),
      },
    ],
    ['the session cannot be read', { session: { read: fails, update: () => {} } }],
    ['the session cannot be updated', { session: { read: (each) => readSession(places(), each), update: fails } }],
    ['nothing can be recorded', { record: fails }],
  ];
  for (const [name, change] of failures) {
    for (const [what, effect] of Object.entries({ write, readSecret, send, opaque })) {
      it(`denies ${what} when ${name}`, async () => {
        const outcome = await handle(call(), deps(analysis(effect), decision('approve'), change));
        assert.equal(outcome.verdict, 'deny');
        assert.ok(outcome.degraded);
        assert.doesNotMatch(JSON.stringify(outcome), /at somewhere/);
      });
    }
    it(`keeps a deny when ${name}`, async () => {
      assert.equal((await handle(call(), deps(analysis(write), decision('deny'), change))).verdict, 'deny');
    });
    if (name !== 'the analysis crashes') {
      it(`lets a harmless read pass as degraded when ${name}`, async () => {
        const outcome = await handle(call(), deps(analysis(read), decision('approve'), change));
        assert.equal(outcome.verdict, 'approve');
        assert.ok(outcome.degraded);
        if (change.record === undefined) assert.ok(lastRecord().degraded);
      });
    }
  }

  it('names file, line and column of what is wrong with the policy', async () => {
    const [, change = {}] = failures.find(([name]) => name === 'the policy is wrong') ?? [];
    const outcome = await handle(call(), deps(analysis(write), decision('approve'), change));
    assert.match(outcome.reason, /\.agent-policy\.yaml:3:5: unknown key/);
  });

  it('denies when anything else goes wrong', async () => {
    const outcome = await handle(call(), deps(analysis(read), decision('approve'), { newId: fails }));
    assert.equal(outcome.verdict, 'deny');
  });

  it('denies a change that was decided too late', async () => {
    const late = { deadline: Date.now() - 1 };
    assert.equal((await handle(call(), deps(analysis(write), decision('approve'), late))).verdict, 'deny');
    assert.equal((await handle(call(), deps(analysis(read), decision('approve'), late))).verdict, 'approve');
  });

  it('denies a NUL in a command whatever the policy says', async () => {
    const outcome = await handle(call({ actions: [{ kind: 'bash', command: 'ls\0' }] }), deps(analysis(read), decision('approve')));
    assert.equal(outcome.verdict, 'deny');
    assert.equal(lastRecord().rule, 'bad-input');
  });

  type Row = readonly [mode: 'enforce' | 'confirm' | 'shadow' | 'locked', effect: Effect, policy: Verdict, outcome: Verdict, rule?: string];
  const modeTable: readonly Row[] = [
    ['enforce', write, 'approve', 'approve'],
    ['enforce', write, 'deny', 'deny'],
    ['confirm', read, 'approve', 'approve'],
    ['confirm', write, 'approve', 'deny'],
    ['confirm', write, 'deny', 'deny'],
    ['shadow', write, 'deny', 'approve'],
    ['shadow', write, 'escalate', 'approve'],
    ['shadow', guard, 'deny', 'deny'],
    ['shadow', guard, 'approve', 'approve'],
    ['locked', read, 'approve', 'deny'],
    ['locked', write, 'approve', 'deny'],
  ];
  for (const [mode, effect, says, expected] of modeTable) {
    it(`${mode}: ${says} of ${effect.act ?? effect.kind} becomes ${expected}`, async () => {
      writeMode(places(), mode);
      const outcome = await handle(call(), deps(analysis(effect), decision(says)));
      assert.equal(outcome.verdict, expected);
      assert.equal(lastRecord().mode, mode);
      assert.equal(lastRecord().verdict, says);
      assert.equal(lastRecord().outcome, expected);
    });
  }

  it('takes a broken mode file for locked', async () => {
    mkdirSync(places().state, { recursive: true });
    writeFileSync(join(places().state, 'mode'), 'garbage');
    assert.match((await handle(call(), deps(analysis(read), decision('approve')))).reason, /locked/);
  });

  it('the mode of a policy ends with the policy', async () => {
    const layer = {
      layer: 'user',
      name: 'own',
      trusted: true,
      ref: policyRef,
      defaultAction: 'approve',
      mode: 'locked',
      rules: [],
      index: indexRules([]),
    } as const;
    const dated: CompiledPolicy = { ...policy, mode: 'locked', layers: [{ ...layer, effectiveUntil: 1000 }] };
    const at = (now: number) =>
      handle(call(), deps(analysis(read), decision('approve'), { loadPolicy: () => ({ policy: dated, diagnostics: [] }), now: () => now }));
    assert.equal((await at(999)).verdict, 'deny');
    assert.equal((await at(1000)).verdict, 'approve');
  });

  it('lets a policy make the mode stricter but not weaker', async () => {
    const withMode = (mode: CompiledPolicy['mode']) => ({ loadPolicy: () => ({ policy: { ...policy, mode }, diagnostics: [] }) });
    writeMode(places(), 'enforce');
    assert.equal((await handle(call(), deps(analysis(write), decision('deny'), withMode('shadow')))).verdict, 'deny');
    assert.equal((await handle(call(), deps(analysis(read), decision('approve'), withMode('locked')))).verdict, 'deny');
  });

  it('denies an obligation that it cannot fulfil, and says so', async () => {
    const says = decision('approve', {
      obligations: [
        { name: 'log', params: {} },
        { name: 'sandbox', params: {} },
      ],
    });
    assert.match((await handle(call(), deps(analysis(write), says))).reason, /"a-rule" demands "sandbox"/);
    const fulfilled = decision('approve', { obligations: [{ name: 'log', params: {} }] });
    assert.equal((await handle(call(), deps(analysis(write), fulfilled))).verdict, 'approve');
  });

  it('denies a question without a window and says how to answer it', async () => {
    const outcome = await handle(call(), deps(analysis(write), decision('escalate')));
    assert.equal(outcome.verdict, 'deny');
    assert.match(outcome.reason, /Because\..*Open \/project in VS Code/);
    assert.equal(lastRecord().approval?.by, 'no-window');
  });

  const ask = (change: Partial<ToolCall> = {}): Promise<Outcome> =>
    handle(call(change), deps(analysis(write), decision('escalate', { effect: write })));

  it('asks each time where a person allows once', () =>
    withWindow({ answer: 'allow', scope: 'once' }, async (asked) => {
      assert.equal((await ask()).verdict, 'approve');
      assert.equal((await ask()).verdict, 'approve');
      assert.equal(asked.length, 2);
      assert.equal(lastRecord().approval?.answer, 'allow once');
      assert.equal(lastRecord().verdict, 'escalate');
      assert.equal(readSession(places(), call()).facts.approvals, 2);
    }));

  it('asks once for a session, and again for another command, directory or session', () =>
    withWindow({ answer: 'allow', scope: 'session' }, async (asked) => {
      for (const change of [
        {},
        {},
        { actions: [{ kind: 'bash', command: 'do more' } as const] },
        { cwd: '/project/sub' },
        { session: 's2' },
      ]) {
        assert.equal((await ask(change)).verdict, 'approve');
      }
      assert.equal(asked.length, 4);
      assert.equal((await ask()).approval?.by, 'grant');
    }));

  it('never lets a grant override a deny', () =>
    withWindow({ answer: 'allow', scope: 'session' }, async () => {
      await ask();
      assert.equal((await handle(call(), deps(analysis(write), decision('deny')))).verdict, 'deny');
    }));

  it("tells the agent a person's words", () =>
    withWindow({ answer: 'deny', message: 'Use the staging branch.' }, async () => {
      assert.match((await ask()).reason, /said no: Use the staging branch\./);
    }));

  it('shows the person everything that is needed', () =>
    withWindow({ answer: 'deny' }, async (asked) => {
      await handle(
        call({ description: 'harmless' }),
        deps(analysis(write, send), decision('escalate', { effect: { ...write, evidence: 'a', span: { start: 0, end: 2 } } })),
      );
      const [request] = asked;
      assert.deepEqual(request?.actions, [{ kind: 'bash', command: 'do it' }]);
      assert.deepEqual(request?.danger, { evidence: 'a', action: 0, span: { start: 0, end: 2 } });
      assert.equal(request?.effects.length, 2);
      assert.deepEqual([request?.rule, request?.reason, request?.description], ['a-rule', 'Because.', 'harmless']);
    }));

  it('keeps secrets and length out of the record', async () => {
    const command = `curl -H "Authorization: Bearer abcdefghijklmnop" https://me:hunter2@example.com ${'x'.repeat(100_000)}`;
    const effect: Effect = {
      ...send,
      url: 'https://me:hunter2@example.com',
      argv: ['-H', 'Authorization: Bearer abcdefghijklmnop', '--token', 'zzz'],
    };
    await handle(
      call({ args: { command }, actions: [{ kind: 'bash', command }] }),
      deps(analysis(...Array.from({ length: 500 }, () => effect)), decision('approve')),
    );
    const text = JSON.stringify(lastRecord());
    assert.doesNotMatch(text, /abcdefghijklmnop|hunter2|zzz/);
    assert.ok(text.length < 40_000, `${text.length} characters`);
    assert.deepEqual(lastRecord().masked, ['/command']);
  });

  it('locks calls that wait for an answer, too', () =>
    withWindow({ answer: 'allow', scope: 'once' }, async () => {
      const lockFirst: Partial<GatewayDeps> = {
        ask: (asking) => {
          lock(places());
          return askPerson(places(), asking);
        },
      };
      const outcome = await handle(call(), deps(analysis(write), decision('escalate'), lockFirst));
      assert.equal(outcome.verdict, 'deny');
      assert.match(outcome.reason, /locked/);
      assert.equal(unlock(places()), undefined);
      assert.equal(readMode(places()), undefined);
    }));

  it('goes back to the mode before the lock', () => {
    writeMode(places(), 'confirm');
    lock(places());
    lock(places());
    assert.equal(readMode(places()), 'locked');
    assert.equal(unlock(places()), 'confirm');
    lock(places());
    rmSync(join(places().state, 'mode.before-lock'));
    assert.equal(unlock(places()), 'enforce');
  });

  it('asks a person for a reason where the policy demands one, and takes no answer without', async () => {
    const says = decision('escalate', { obligations: [{ name: 'require_reason', params: { from: 'person' } }] });
    await withWindow({ answer: 'allow', scope: 'once', message: 'release day' }, async (asked) => {
      assert.equal((await handle(call(), deps(analysis(write), says))).verdict, 'approve');
      assert.equal(asked[0]?.needsReason, true);
      assert.equal(lastRecord().approval?.message, 'release day');
    });
    await withWindow({ answer: 'allow', scope: 'session' }, async () => {
      const outcome = await handle(call({ callId: 'c2' }), deps(analysis(write), says));
      assert.equal(outcome.verdict, 'deny');
      assert.match(outcome.reason, /did not say why/);
    });
  });

  it('neither shows nor stores what is to be redacted, and hashes what was asked for', () =>
    withWindow({ answer: 'deny' }, async (asked) => {
      const change = {
        args: { command: 'deploy plainword', note: 'plainword' },
        actions: [{ kind: 'bash', command: 'deploy plainword' } as const],
      };
      const says = decision('escalate', { obligations: [{ name: 'redact', params: { fields: ['note'] } }] });
      await handle(call(change), deps(analysis({ ...write, evidence: 'plainword', argv: ['plainword'] }), says));
      assert.doesNotMatch(JSON.stringify(asked) + JSON.stringify(lastRecord()), /plainword/);
      assert.match(JSON.stringify(asked), /deploy \[redacted\]/);
      assert.equal(lastRecord().input_hash, `sha256:${sha256(canonicalJson(change.args))}`);
    }));

  it('shadow mode keeps what changes nothing, and stops nothing', async () => {
    writeMode(places(), 'shadow');
    const obligations = [
      { name: 'dry_run', params: {} },
      { name: 'sandbox', params: {} },
      { name: 'unknown', params: {} },
    ];
    const outcome = await handle(call(), deps(analysis(write), decision('approve', { obligations })));
    assert.equal(outcome.verdict, 'approve');
    assert.equal(outcome.input, undefined);
  });

  it('remembers what the session made', async () => {
    const path = join(call().home, 'new.txt');
    await handle(call(), deps(analysis({ ...write, path }), decision('approve')));
    assert.deepEqual(readSession(places(), call()).made, [path]);
    assert.equal(readdirSync(join(places().state, 'sessions')).length, 1);
  });
});
