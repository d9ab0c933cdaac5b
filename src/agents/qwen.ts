import type { AgentAdapter } from './agent.ts';
import { decodeCall, doubleUnderscoreMcp } from './envelope.ts';
import { answer, claudeDecision, denial, reasonOf, silence, withinAbilities } from './reply.ts';

/** Qwen Code 0.24.4, as seen in test/agents/payloads/qwen: Gemini's tools in Claude Code's envelope. It ignores changed arguments. */
export const qwen: AgentAdapter = {
  id: 'qwen',
  title: 'Qwen Code',
  hostTimeoutMs: 600_000,
  hasPrompt: true,
  canRewrite: false,

  decode(payload, context) {
    const event = payload['hook_event_name'];
    if (typeof event === 'string' && event !== 'PreToolUse') return { kind: 'event', event, payload };
    return decodeCall(payload, context, {
      agent: 'qwen',
      tool: ['tool_name', payload['tool_name']],
      args: ['tool_input', payload['tool_input']],
      cwd: ['cwd', payload['cwd']],
      workspace: context.env['QWEN_PROJECT_DIR'],
      session: payload['session_id'],
      callId: payload['tool_call_id'] ?? payload['tool_use_id'],
      mcp: doubleUnderscoreMcp,
    });
  },

  encode(given) {
    const reply = withinAbilities(given, qwen);
    const reason = reasonOf(reply);
    if (reply.verdict === 'deny') return denial(claudeDecision('deny', reason), reason);
    return reply.verdict === 'escalate' ? answer(claudeDecision('ask', reason)) : silence;
  },
};
