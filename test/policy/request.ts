import type { Analysis, Effect } from '../../src/model/effect.ts';
import { newSession, type PolicyRequest, type SessionFacts } from '../../src/model/policy-request.ts';
import type { ToolCall } from '../../src/model/tool-call.ts';
import type { CompiledPolicy } from '../../src/policy/compiled.ts';
import { type LayerSource, loadPolicy } from '../../src/policy/load.ts';

/** A call with hand-made effects. */
export interface Made extends Partial<ToolCall> {
  readonly effects?: readonly Effect[];
  readonly risk?: Analysis['risk'];
  readonly facts?: Partial<SessionFacts>;
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly now?: number;
  readonly branch?: string;
}

/** The request for a call in `/ws` by `dev`, whose home is `/home/dev`. */
export function request({
  effects = [],
  risk = 'low',
  facts = {},
  user = 'dev',
  groups = [],
  now = 0,
  branch,
  ...call
}: Made): PolicyRequest {
  const tool = call.tool ?? 'bash';
  return {
    call: {
      tool,
      nativeTool: tool,
      args: {},
      actions: [],
      agent: 'claude-code',
      cwd: '/ws',
      workspace: '/ws',
      home: '/home/dev',
      ...call,
    },
    analysis: { effects, risk, problems: [] },
    subject: { user, groups },
    session: { ...newSession, ...facts },
    environment: { now, ...(branch === undefined ? {} : { branch }) },
  };
}

/** An effect of which nothing but the given is said. */
export const effect = (of: Partial<Effect>): Effect => ({ kind: 'execute', certainty: 'exact', ...of });
/** The start of a program. */
export const run = (program: string, ...argv: (string | null)[]): Effect => effect({ kind: 'execute', program, argv });

/** A policy of one workspace layer, or of several layers; throws with what is wrong. */
export function policy(...sources: readonly (string | LayerSource)[]): CompiledPolicy {
  const layers = sources.map(
    (source): LayerSource => (typeof source === 'string' ? { layer: 'workspace', name: 'test.yaml', text: source } : source),
  );
  const loaded = loadPolicy(layers);
  if (loaded.policy === undefined) throw new Error(loaded.diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  return loaded.policy;
}
