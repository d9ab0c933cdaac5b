import type { AgentAdapter } from './agent.ts';
import { decodeCall, doubleUnderscoreMcp, singleUnderscoreMcp } from './envelope.ts';
import { answer, denial, reasonOf, silence, withinAbilities } from './reply.ts';
import { isRecord, textOf } from './values.ts';

/** Gemini CLI 0.61.0, as seen in test/agents/payloads/gemini. It hangs on `ask` where nobody is there to answer. */
export const gemini: AgentAdapter = {
  id: 'gemini',
  title: 'Gemini CLI',
  hostTimeoutMs: 600_000,
  hasPrompt: false,
  canRewrite: true,

  decode(payload, context) {
    const event = payload['hook_event_name'];
    if (typeof event === 'string' && event !== 'BeforeTool') return { kind: 'event', event, payload };
    const server = isRecord(payload['mcp_context']) ? payload['mcp_context'] : {};
    const [serverName, toolName] = [textOf(server['server_name']), textOf(server['tool_name'])];
    return decodeCall(payload, context, {
      agent: 'gemini',
      tool: ['tool_name', payload['tool_name']],
      args: ['tool_input', payload['tool_input']],
      cwd: ['cwd', payload['cwd']],
      workspace: context.env['GEMINI_PROJECT_DIR'],
      session: payload['session_id'],
      mcp: (name) =>
        serverName !== undefined && toolName !== undefined
          ? { server: serverName, tool: toolName }
          : (doubleUnderscoreMcp(name) ?? singleUnderscoreMcp(name)),
    });
  },

  encode(given) {
    const reply = withinAbilities(given, gemini);
    const reason = reasonOf(reply);
    if (reply.verdict !== 'approve') return denial({ decision: 'deny', reason }, reason);
    return reply.input === undefined ? silence : answer({ hookSpecificOutput: { hookEventName: 'BeforeTool', tool_input: reply.input } });
  },
};
