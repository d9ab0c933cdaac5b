import type { AgentAdapter } from './agent.ts';
import { decodeCall, doubleUnderscoreMcp, invalid, singleUnderscoreMcp } from './envelope.ts';
import { answer, reasonOf, silence, withinAbilities } from './reply.ts';
import { isRecord, kindOf } from './values.ts';

/** Google Antigravity, after antigravity.google/docs/hooks (read, not run). The payload names no event. */
export const antigravity: AgentAdapter = {
  id: 'antigravity',
  title: 'Antigravity',
  hostTimeoutMs: 600_000,
  hasPrompt: false,
  canRewrite: false,

  decode(payload, context) {
    const call = payload['toolCall'];
    if (!isRecord(call)) return invalid('antigravity', payload, `toolCall must be an object, but is ${kindOf(call)}.`);
    const roots = payload['workspacePaths'];
    const root = Array.isArray(roots) ? roots[0] : undefined;
    return decodeCall(payload, context, {
      agent: 'antigravity',
      tool: ['toolCall.name', call['name']],
      args: ['toolCall.args', call['args']],
      cwd: ['workspacePaths', root],
      workspace: root,
      session: payload['conversationId'],
      callId: payload['stepIdx'] === undefined ? undefined : `${payload['conversationId']}/${payload['stepIdx']}`,
      mcp: (name) => doubleUnderscoreMcp(name) ?? singleUnderscoreMcp(name),
    });
  },

  encode(given) {
    const reply = withinAbilities(given, antigravity);
    // Exit code 0: only the object is documented to block, and only from a hook that ended well.
    return reply.verdict === 'approve'
      ? silence
      : { ...answer({ decision: 'deny', reason: reasonOf(reply) }), stderr: `${reasonOf(reply)}\n` };
  },
};
