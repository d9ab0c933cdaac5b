import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { ApprovalAnswer, ApprovalRequest } from '../../src/approval/messages.ts';
import { startApprovalServer } from '../../src/approval/server.ts';
import { appendRecord } from '../../src/audit/append.ts';
import { canonicalJson } from '../../src/audit/canonical.ts';
import { queryLog } from '../../src/audit/query.ts';
import type { GatewayDeps } from '../../src/gateway/deps.ts';
import { handle, type Outcome } from '../../src/gateway/gateway.ts';
import { hide } from '../../src/gateway/obligations/hide.ts';
import { dutiesOf } from '../../src/gateway/obligations/keep.ts';
import { askPerson } from '../../src/gateway/question.ts';
import type { DecisionRecord } from '../../src/model/audit-record.ts';
import type { Decision } from '../../src/model/decision.ts';
import type { Analysis, Effect } from '../../src/model/effect.ts';
import type { ToolCall } from '../../src/model/tool-call.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { directories } from '../../src/platform/directories.ts';
import { sha256 } from '../../src/platform/sha256.ts';
import { diskWorld } from '../../src/platform/disk-world.ts';
import type { CompiledPolicy } from '../../src/policy/compiled.ts';
import { indexRules } from '../../src/policy/rule-index.ts';
import {
  type BreakGlass,
  breakGlassFile,
  coversWorkspace,
  newBreakGlass,
  readBreakGlass,
  startBreakGlass,
} from '../../src/session/break-glass.ts';
import { lock, readMode, unlock, writeMode } from '../../src/session/mode.ts';
import { readSession, updateSession } from '../../src/session/store.ts';
import { scratchFolder } from '../support/scratch.ts';

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
    home = scratchFolder('gateway');
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
      breakGlass: ({ workspace }) => {
        const glass = readBreakGlass(places(), Date.now());
        return glass !== undefined && coversWorkspace(glass, workspace) ? glass : undefined;
      },
      duties: (of, shadow) =>
        dutiesOf(
          of,
          { state: places().state, platform: 'linux', env: {}, now: Date.now(), canRewrite: true, agent: 'Claude Code' },
          shadow,
        ),
      hide,
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

  describe('break-glass', () => {
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
    type GlassRow = readonly [
      what: string,
      change: Partial<BreakGlass>,
      effect: Effect,
      says: Verdict,
      builtIn: Verdict,
      expected: Verdict,
    ];
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
    const path = join(home, 'new.txt');
    await handle(call(), deps(analysis({ ...write, path }), decision('approve')));
    assert.deepEqual(readSession(places(), call()).made, [path]);
    assert.equal(readdirSync(join(places().state, 'sessions')).length, 1);
  });
});
