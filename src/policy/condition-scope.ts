import type { Effect } from '../model/effect.ts';
import type { PolicyRequest } from '../model/policy-request.ts';
import { hostOf } from './host.ts';
import { placesOf } from './match-path.ts';

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
  env: ['now', 'branch'],
  resource: ['kind', 'certainty', 'path', 'zones', 'program', 'argv', 'url', 'host', 'statement', 'mcp_tool', 'act'],
};

/**
 * The plain data that a condition sees: of the call, its session and environment, and of one effect. What cannot be known is not there, so that
 * a condition that asks for it has no value; what an effect does not have is empty.
 */
export function conditionScope(request: PolicyRequest, effect: Effect | undefined): Readonly<Record<string, unknown>> {
  const { call, session, subject, environment, analysis } = request;
  const places = placesOf(request);
  return {
    tool: call.tool,
    native_tool: call.nativeTool,
    args: call.args ?? {},
    agent: call.agent,
    user: subject.user,
    groups: subject.groups,
    cwd: call.cwd,
    workspace: places.workspace,
    home: places.home,
    risk: analysis.risk,
    session: {
      tool_calls: BigInt(Math.floor(session.toolCalls)),
      writes: BigInt(Math.floor(session.writes)),
      deletes: BigInt(Math.floor(session.deletes)),
      bytes_written: BigInt(Math.floor(session.bytesWritten)),
      cost_usd: session.costUsd,
      denials: BigInt(Math.floor(session.denials)),
      approvals: BigInt(Math.floor(session.approvals)),
      succeeded: session.succeeded,
      state: session.state ?? '',
    },
    env: {
      now: BigInt(environment.now),
      // Found out when it is asked for.
      get branch() {
        return environment.branch;
      },
    },
    resource: effect === undefined ? resource({ kind: '', certainty: '' }) : resource(effect),
  };
}

function resource(effect: Effect | { readonly kind: ''; readonly certainty: '' }): Readonly<Record<string, unknown>> {
  const { kind, certainty, path, zones, program, argv, url, statement, tool, act } = { ...nothing, ...effect };
  const isOpaque = certainty === 'opaque';
  const isFile = kind === 'read' || kind === 'write' || kind === 'delete';
  const hasPath = path === undefined ? !(isOpaque && isFile) : !(certainty === 'approximate' && /[*?[{]/.test(path));
  const hasUrl = kind !== 'network' || (!isOpaque && url !== undefined);
  const words = argv ?? (kind === 'execute' ? [null] : []);
  return {
    kind,
    certainty,
    ...(hasPath ? { path: path ?? '' } : {}),
    zones: zones ?? [],
    ...(kind === 'execute' && program === undefined ? {} : { program: program ?? '' }),
    ...(words.includes(null) ? {} : { argv: words }),
    ...(hasUrl ? { url: url ?? '', host: (url === undefined ? undefined : hostOf(url)) ?? '' } : {}),
    statement: statement ?? '',
    mcp_tool: tool ?? '',
    act: act ?? '',
  };
}

const nothing: Partial<Effect> = {};
