import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { ApprovalAnswer, ApprovalRequest } from '../../src/approval/messages.ts';
import { startApprovalServer } from '../../src/approval/server.ts';
import { appendRecord } from '../../src/audit/append.ts';
import { queryLog } from '../../src/audit/query.ts';
import type { GatewayDeps } from '../../src/gateway/deps.ts';
import { handle, type Outcome } from '../../src/gateway/gateway.ts';
import { askPerson } from '../../src/gateway/question.ts';
import type { DecisionRecord } from '../../src/model/audit-record.ts';
import type { Decision } from '../../src/model/decision.ts';
import type { Analysis, Effect } from '../../src/model/effect.ts';
import type { ToolCall } from '../../src/model/tool-call.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { directories } from '../../src/platform/directories.ts';
import { diskWorld } from '../../src/platform/disk-world.ts';
import type { CompiledPolicy } from '../../src/policy/compiled.ts';
import { readMode, writeMode } from '../../src/session/mode.ts';
import { readSession, updateSession } from '../../src/session/store.ts';

const policyRef = { id: 'test', revision: '1', hash: 'sha256:00' };
const policy: CompiledPolicy = { format: 1, ref: policyRef, mode: 'enforce', layers: [] };

const read: Effect = { kind: 'read', certainty: 'exact', path: '/project/a' };
const write: Effect = { kind: 'write', certainty: 'exact', path: '/project/a' };
const readSecret: Effect = { ...read, zones: ['secret'], act: 'secret.read' };
const send: Effect = { kind: 'network', certainty: 'exact', url: 'https://example.com' };
const opaque: Effect = { kind: 'execute', certainty: 'opaque' };
const guard: Effect = { ...write, zones: ['guard'], act: 'guard.change' };

const analysis = (...effects: Effect[]): Analysis => ({ effects, risk: 'low', problems: [] });

describe('gateway', () => {
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'agent-policy-gateway-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const places = () => directories({}, 'linux', home);
  const call = (change: Partial<ToolCall> = {}): ToolCall => ({
    tool: 'bash',
    nativeTool: 'Bash',
    args: { command: 'do it' },
    actions: [{ kind: 'bash', command: 'do it' }],
    agent: 'claude-code',
    session: 's1',
    callId: 'c1',
    cwd: '/project',
    workspace: '/project',
    home,
    ...change,
  });
  const decision = (verdict: Verdict, change: Partial<Decision> = {}): Decision => ({
    verdict,
    rule: 'a-rule',
    reason: 'Because.',
    advice: 'Do that instead.',
    risk: 'medium',
    policy: policyRef,
    layer: 'user',
    obligations: [],
    ...change,
  });

  /** The gateway on a real disk, with an analysis and a policy that say what the test wants. */
  function deps(found: Analysis, says: Decision, change: Partial<GatewayDeps> = {}): GatewayDeps {
    return {
      analyze: () => found,
      evaluate: () => says,
      loadPolicy: () => ({ policy, diagnostics: [] }),
      world: () => diskWorld(),
      mode: () => readMode(places()),
      session: {
        read: (each) => readSession(places(), each),
        update: (each, more) => {
          updateSession(places(), each, more);
        },
      },
      ask: (asking) => askPerson(places(), asking),
      record: (record) => {
        appendRecord({ directory: join(places().state, 'audit') }, record);
      },
      newId: () => 'id',
      now: Date.now,
      subject: { user: 'me', groups: [] },
      deadline: Date.now() + 5000,
      ...change,
    };
  }

  function lastRecord(): DecisionRecord {
    const record = queryLog(join(places().state, 'audit'), { type: 'decision' }, 1)[0]?.record;
    assert.ok(record?.type === 'decision');
    return record;
  }

  const fails = () => {
    throw new Error('out of order\n    at somewhere');
  };

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

  async function withWindow(answer: ApprovalAnswer, work: (asked: ApprovalRequest[]) => Promise<void>): Promise<void> {
    const asked: ApprovalRequest[] = [];
    const server = await startApprovalServer({
      directories: places(),
      workspaceFolders: ['/project'],
      onRequest: async (request) => {
        asked.push(request);
        return answer;
      },
    });
    try {
      await work(asked);
    } finally {
      await server.dispose();
    }
  }
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

  it('remembers what the session made', async () => {
    const path = join(home, 'new.txt');
    await handle(call(), deps(analysis({ ...write, path }), decision('approve')));
    assert.deepEqual(readSession(places(), call()).made, [path]);
    assert.equal(readdirSync(join(places().state, 'sessions')).length, 1);
  });
});
