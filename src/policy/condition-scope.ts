import type { Effect } from '../model/effect.ts';
import type { PolicyRequest } from '../model/policy-request.ts';
import { hostOf } from './host.ts';

/** What a `when:` condition may name, with its type in CEL. Names are those of the policy file's reference. */
export const conditionNames = {
  tool: 'string',
  native_tool: 'string',
  args: 'dyn',
  agent: 'string',
  user: 'string',
  groups: 'list',
  cwd: 'string',
  workspace: 'string',
  home: 'string',
  risk: 'string',
  session: 'map',
  env: 'map',
  resource: 'map',
} as const;

/** Fields of those that are mappings, as editors offer them. */
export const conditionFields: Readonly<Record<'session' | 'env' | 'resource', readonly string[]>> = {
  session: ['tool_calls', 'writes', 'deletes', 'bytes_written', 'cost_usd', 'denials', 'approvals', 'succeeded', 'state'],
  env: ['now', 'branch', 'dirty'],
  resource: ['kind', 'certainty', 'path', 'zones', 'program', 'argv', 'url', 'host', 'statement', 'mcp_tool', 'act'],
};

/** The plain data that a condition sees: of the call, its session and environment, and of one effect. */
export function conditionScope(request: PolicyRequest, effect: Effect | undefined): Readonly<Record<string, unknown>> {
  const { call, session, subject, environment, analysis } = request;
  return {
    tool: call.tool,
    native_tool: call.nativeTool,
    args: call.args ?? {},
    agent: call.agent,
    user: subject.user,
    groups: subject.groups,
    cwd: call.cwd,
    workspace: call.workspace,
    home: call.home,
    risk: analysis.risk,
    session: {
      tool_calls: BigInt(session.toolCalls),
      writes: BigInt(session.writes),
      deletes: BigInt(session.deletes),
      bytes_written: BigInt(session.bytesWritten),
      cost_usd: session.costUsd,
      denials: BigInt(session.denials),
      approvals: BigInt(session.approvals),
      succeeded: session.succeeded,
      state: session.state ?? '',
    },
    env: { ...environment, now: BigInt(environment.now), branch: environment.branch ?? '', dirty: environment.dirty ?? false },
    resource: {
      kind: effect?.kind ?? '',
      certainty: effect?.certainty ?? '',
      path: effect?.path ?? '',
      zones: effect?.zones ?? [],
      program: effect?.program ?? '',
      argv: (effect?.argv ?? []).map((word) => word ?? ''),
      url: effect?.url ?? '',
      host: (effect?.url === undefined ? undefined : hostOf(effect.url)) ?? '',
      statement: effect?.statement ?? '',
      mcp_tool: effect?.tool ?? '',
      act: effect?.act ?? '',
    },
  };
}
