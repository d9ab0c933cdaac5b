import type { AgentAdapter } from './agent.ts';
import { decodeCall, invalid } from './envelope.ts';
import { encodeForPlugin } from './reply.ts';
import { isRecord, kindOf } from './values.ts';

/** opencode 1.18.33, through the plugin that `install` writes: what its `tool.execute.before` sees, as in test/agents/payloads/opencode. */
export const opencode: AgentAdapter = {
  id: 'opencode',
  title: 'opencode',
  hostTimeoutMs: 600_000,
  hasPrompt: false,
  canRewrite: true,

  decode(payload, context) {
    const { input, output, ctx } = payload;
    for (const [field, value] of [
      ['input', input],
      ['output', output],
      ['ctx', ctx],
    ] as const) {
      if (!isRecord(value)) return invalid('opencode', payload, `${field} must be an object, but is ${kindOf(value)}.`);
    }
    if (!isRecord(input) || !isRecord(output) || !isRecord(ctx)) return invalid('opencode', payload, 'The payload is not one of opencode.');
    const { directory, worktree } = ctx;
    return decodeCall(payload, context, {
      agent: 'opencode',
      tool: ['input.tool', input['tool']],
      args: ['output.args', output['args']],
      cwd: ['ctx.directory', directory],
      // Outside a repository the work tree is the root of the disk, which is no project.
      workspace: typeof worktree === 'string' && worktree.length > 1 ? worktree : directory,
      session: input['sessionID'],
      callId: input['callID'],
      mcp: (name, isKnown) => (isKnown ? undefined : underscoreMcp(name)),
    });
  },

  encode: (reply) => encodeForPlugin(reply, opencode),
};

/** `server_tool`, where the server is taken to end at the first underscore. */
function underscoreMcp(name: string): { server: string; tool: string } | undefined {
  const match = /^([^_]+)_(.+)$/s.exec(name);
  return match?.[1] !== undefined && match[2] !== undefined ? { server: match[1], tool: match[2] } : undefined;
}
