import type { AgentAdapter } from './agent.ts';
import { decodeCall, doubleUnderscoreMcp } from './envelope.ts';
import { answer, denial, reasonOf, silence, withinAbilities } from './reply.ts';

/** JetBrains Junie CLI, after its documentation (read, not run): Claude Code's fields, answers of its own. Known by its command line only. */
export const junie: AgentAdapter = {
  id: 'junie',
  title: 'Junie',
  hostTimeoutMs: 600_000,
  hasPrompt: false,
  canRewrite: true,

  decode(payload, context) {
    const event = payload['hook_event_name'];
    if (typeof event === 'string' && event !== 'PreToolUse') return { kind: 'event', event, payload };
    return decodeCall(payload, context, {
      agent: 'junie',
      tool: ['tool_name', payload['tool_name']],
      args: ['tool_input', payload['tool_input']],
      cwd: ['cwd', payload['cwd']],
      workspace: context.cwd,
      session: payload['session_id'],
      callId: payload['tool_use_id'],
      mcp: doubleUnderscoreMcp,
    });
  },

  encode(given) {
    const reply = withinAbilities(given, junie);
    const reason = reasonOf(reply);
    if (reply.verdict !== 'approve') return denial({ decision: 'deny', reason }, reason);
    return reply.input === undefined ? silence : answer({ decision: 'allow', updatedInput: reply.input });
  },
};
