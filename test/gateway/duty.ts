import type { DutiesOf, DutyMachine } from '../../src/gateway/obligations/duties.ts';
import type { Obligation } from '../../src/model/decision.ts';
import type { Effect } from '../../src/model/effect.ts';
import { newSession } from '../../src/model/policy-request.ts';
import type { ToolCall } from '../../src/model/tool-call.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import type { CompiledLayer, CompiledPolicy } from '../../src/policy/compiled.ts';

/** What a test says of a call with obligations. */
export interface DutyCase {
  readonly obligations: readonly Obligation[];
  readonly call?: Partial<ToolCall>;
  readonly effects?: readonly Effect[];
  readonly verdict?: Verdict;
  readonly roles?: CompiledLayer['roles'];
  readonly user?: string;
}

/** A call of one shell command, with obligations. */
export function dutyOf(home: string, { obligations, call, effects = [], verdict = 'approve', roles, user = 'me' }: DutyCase): DutiesOf {
  const command = 'do it';
  const whole: ToolCall = {
    tool: 'bash',
    nativeTool: 'Bash',
    args: { command },
    actions: [{ kind: 'bash', command }],
    agent: 'claude-code',
    session: 's1',
    cwd: home,
    workspace: home,
    home,
    ...call,
  };
  const ref = { id: 'test', revision: '1', hash: 'sha256:00' };
  const analysis = { effects, risk: 'low', problems: [] } as const;
  const layer = { layer: 'user', ...(roles === undefined ? {} : { roles }) } as CompiledLayer;
  const policy: CompiledPolicy = { format: 1, ref, mode: 'enforce', layers: [layer] };
  return {
    call: whole,
    analysis,
    decision: { verdict, rule: 'a-rule', reason: '', risk: 'low', policy: ref, layer: 'user', obligations },
    policy,
    request: { call: whole, analysis, subject: { user, groups: [] }, session: newSession, environment: { now: 0 } },
  };
}

/** A machine of a test. */
export function machineAt(home: string, change: Partial<DutyMachine> = {}): DutyMachine {
  return { state: `${home}/state`, platform: 'linux', env: {}, now: 1_000_000, canRewrite: true, agent: 'Claude Code', ...change };
}
