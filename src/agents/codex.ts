import type { AgentAdapter } from './agent.ts';
import { decodeCall, doubleUnderscoreMcp } from './envelope.ts';
import { answer, claudeDecision, denial, reasonOf, silence, withinAbilities } from './reply.ts';

/** OpenAI Codex CLI 0.169.0, as seen in test/agents/payloads/codex. It takes a denial with one unknown key, or none at all, for approval. */
export const codex: AgentAdapter = {
  id: 'codex',
  title: 'OpenAI Codex',
  hostTimeoutMs: 600_000,
  hasPrompt: false,
  canRewrite: true,

  decode(payload, context) {
    const event = payload['hook_event_name'];
    if (typeof event === 'string' && event !== 'PreToolUse') return { kind: 'event', event, payload };
    return decodeCall(payload, context, {
      agent: 'codex',
      tool: ['tool_name', payload['tool_name']],
      args: ['tool_input', payload['tool_input']],
      // The call's `workdir`, which the model chose: paths count from it, the project does not.
      cwd: ['cwd', payload['cwd']],
      workspace: context.cwd,
      session: payload['session_id'],
      callId: payload['tool_use_id'],
      mcp: doubleUnderscoreMcp,
    });
  },

  encode(given) {
    const reply = withinAbilities(given, codex);
    const reason = reasonOf(reply);
    if (reply.verdict !== 'approve') return denial(claudeDecision('deny', reason), reason);
    if (reply.input === undefined) return silence;
    return answer({ hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'allow', updatedInput: reply.input } });
  },
};
