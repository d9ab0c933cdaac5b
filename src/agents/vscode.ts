import type { AgentAdapter } from './agent.ts';
import { decodeCall, doubleUnderscoreMcp, singleUnderscoreMcp } from './envelope.ts';
import { answer, bothDialects, denial, reasonOf, silence } from './reply.ts';

/**
 * GitHub Copilot in VS Code 1.139.1 (agent mode), as seen in test/agents/payloads/vscode. Its hooks come from our plugin in the
 * extension and from ~/.copilot/hooks, both for one call, with the same `tool_use_id`.
 */
export const vscode: AgentAdapter = {
  id: 'vscode',
  title: 'GitHub Copilot in VS Code',
  hostTimeoutMs: 600_000,
  hasPrompt: true,
  canRewrite: true,

  decode(payload, context) {
    const event = payload['hook_event_name'] ?? payload['hookEventName'];
    if (typeof event === 'string' && event !== 'PreToolUse') return { kind: 'event', event, payload };
    return decodeCall(payload, context, {
      agent: 'vscode',
      tool: ['tool_name', payload['tool_name']],
      args: ['tool_input', payload['tool_input']],
      // The workspace folder, which VS Code states; the terminal's own directory is not told.
      cwd: ['cwd', payload['cwd']],
      workspace: payload['cwd'],
      session: payload['session_id'] ?? payload['sessionId'],
      callId: payload['tool_use_id'],
      mcp: (name) => doubleUnderscoreMcp(name) ?? singleUnderscoreMcp(name),
    });
  },

  encode(reply) {
    const reason = reasonOf(reply);
    if (reply.verdict === 'deny') return denial(bothDialects('deny', reason), reason);
    if (reply.verdict === 'escalate') return answer(bothDialects('ask', reason));
    if (reply.input === undefined) return silence;
    return answer({ hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'allow', updatedInput: reply.input } });
  },
};
