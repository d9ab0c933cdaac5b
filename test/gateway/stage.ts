import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'mocha';
import type { ApprovalAnswer, ApprovalRequest } from '../../src/approval/messages.ts';
import { startApprovalServer } from '../../src/approval/server.ts';
import { appendRecord } from '../../src/audit/append.ts';
import { queryLog } from '../../src/audit/query.ts';
import type { GatewayDeps } from '../../src/gateway/deps.ts';
import { hide } from '../../src/gateway/obligations/hide.ts';
import { dutiesOf } from '../../src/gateway/obligations/keep.ts';
import { askPerson } from '../../src/gateway/question.ts';
import type { DecisionRecord } from '../../src/model/audit-record.ts';
import type { Decision } from '../../src/model/decision.ts';
import type { Analysis, Effect } from '../../src/model/effect.ts';
import type { ToolCall } from '../../src/model/tool-call.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { directories } from '../../src/platform/directories.ts';
import { diskWorld } from '../../src/platform/disk-world.ts';
import type { CompiledPolicy } from '../../src/policy/compiled.ts';
import { coversWorkspace, readBreakGlass } from '../../src/session/break-glass.ts';
import { readMode } from '../../src/session/mode.ts';
import { readSession, updateSession } from '../../src/session/store.ts';
import { scratchFolder } from '../support/scratch.ts';

export const policyRef = { id: 'test', revision: '1', hash: 'sha256:00' };
export const policy: CompiledPolicy = { format: 1, ref: policyRef, mode: 'enforce', layers: [] };

export const read: Effect = { kind: 'read', certainty: 'exact', path: '/project/a' };
export const write: Effect = { kind: 'write', certainty: 'exact', path: '/project/a' };
export const readSecret: Effect = { ...read, zones: ['secret'], act: 'secret.read' };
export const send: Effect = { kind: 'network', certainty: 'exact', url: 'https://example.com' };
export const opaque: Effect = { kind: 'execute', certainty: 'opaque' };
export const guard: Effect = { ...write, zones: ['guard'], act: 'guard.change' };

export const analysis = (...effects: Effect[]): Analysis => ({ effects, risk: 'low', problems: [] });

/** A home folder for each test, and the gateway on it. */
export function gatewayStage() {
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
  return { places, call, decision, deps, lastRecord, fails, withWindow };
}
