import type { AgentAdapter } from './agent.ts';
import { decodeCall, doubleUnderscoreMcp } from './envelope.ts';
import { answer, bothDialects, denial, reasonOf, silence } from './reply.ts';
import { unwrapJson } from './values.ts';

/**
 * GitHub Copilot CLI 1.0.102 and the Copilot runtime inside VS Code, as seen in test/agents/payloads/copilot. The event's spelling
 * in the hooks file decides the dialect: `preToolUse` sends camel case, `PreToolUse` Claude's fields and tool names with
 * Copilot's argument names. A file in Claude's own settings gives the latter, too.
 */
export const copilot: AgentAdapter = {
  id: 'copilot',
  title: 'GitHub Copilot CLI',
  hostTimeoutMs: 600_000,
  hasPrompt: true,
  canRewrite: true,

  decode(payload, context) {
    const event = payload['hook_event_name'];
    if (typeof event === 'string' && event !== 'PreToolUse') return { kind: 'event', event, payload };
    const isCamel = event === undefined;
    const args = isCamel ? payload['toolArgs'] : payload['tool_input'];
    return decodeCall(payload, context, {
      agent: 'copilot',
      tool: isCamel ? ['toolName', payload['toolName']] : ['tool_name', payload['tool_name']],
      // An object, a bare patch, or JSON text in older versions.
      args: [isCamel ? 'toolArgs' : 'tool_input', unwrapJson(args)],
      cwd: ['cwd', payload['cwd']],
      workspace: context.env['COPILOT_PROJECT_DIR'] ?? context.env['CLAUDE_PROJECT_DIR'],
      session: payload['sessionId'] ?? payload['session_id'],
      callId: payload['tool_use_id'],
      mcp: (name, isKnown) => doubleUnderscoreMcp(name) ?? (isKnown ? undefined : dashedMcp(name)),
    });
  },

  encode(reply, decoded) {
    const reason = reasonOf(reply);
    if (reply.verdict === 'deny') {
      const output = denial(bothDialects('deny', reason), reason);
      // With a Pascal-case event, exit code 2 makes Copilot drop the object and tell its agent no more than the code.
      return decoded?.payload['hook_event_name'] === 'PreToolUse' ? { ...output, exitCode: 0 } : output;
    }
    if (reply.verdict === 'escalate') return answer(bothDialects('ask', reason));
    if (reply.input === undefined) return silence;
    return answer({
      permissionDecision: 'allow',
      modifiedArgs: reply.input,
      hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'allow', updatedInput: reply.input },
    });
  },
};

/** `server-tool`: servers' names have dashes, tools' names seldom do. */
function dashedMcp(name: string): { server: string; tool: string } | undefined {
  const at = name.lastIndexOf('-');
  return at > 0 && at < name.length - 1 ? { server: name.slice(0, at), tool: name.slice(at + 1) } : undefined;
}
