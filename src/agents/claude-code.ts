import type { AgentAdapter, Decoded } from './agent.ts';
import { decodeCall, doubleUnderscoreMcp, invalid } from './envelope.ts';
import { answer, claudeDecision, denial, reasonOf, silence } from './reply.ts';
import { kindOf, textOf } from './values.ts';

/** Claude Code 2.1.329, as seen in test/agents/payloads/claude. */
export const claudeCode: AgentAdapter = {
  id: 'claude-code',
  title: 'Claude Code',
  hostTimeoutMs: 600_000,
  hasPrompt: true,
  canRewrite: true,

  decode(payload, context): Decoded {
    const event = payload['hook_event_name'];
    if (typeof event !== 'string') return invalid('claude-code', payload, `hook_event_name must be text, but is ${kindOf(event)}.`);
    if (event === 'ConfigChange') {
      const file = textOf(payload['file_path']);
      return { kind: 'config-change', source: String(payload['source']), ...(file === undefined ? {} : { file }), payload };
    }
    if (event !== 'PreToolUse' && event !== 'PermissionRequest') return { kind: 'event', event, payload };
    return decodeCall(payload, context, {
      agent: 'claude-code',
      tool: ['tool_name', payload['tool_name']],
      args: ['tool_input', payload['tool_input']],
      // The shell's current directory; the root stays in the environment.
      cwd: ['cwd', payload['cwd']],
      workspace: context.env['CLAUDE_PROJECT_DIR'],
      session: payload['session_id'],
      callId: payload['tool_use_id'],
      mcp: doubleUnderscoreMcp,
      windowsShell: 'bash',
    });
  },

  encode(reply, decoded) {
    const reason = reasonOf(reply);
    if (decoded?.kind === 'config-change')
      return reply.verdict === 'approve' ? silence : { stdout: '', stderr: `${reason}\n`, exitCode: 2 };
    if (decoded?.payload['hook_event_name'] === 'PermissionRequest') {
      if (reply.verdict === 'approve' || reply.verdict === 'escalate') return silence;
      return denial(
        { hookSpecificOutput: { hookEventName: 'PermissionRequest', decision: { behavior: 'deny', message: reason } } },
        reason,
      );
    }
    if (reply.verdict === 'deny') return denial(claudeDecision('deny', reason), reason);
    if (reply.verdict === 'escalate') return answer(claudeDecision('ask', reason));
    return reply.input === undefined ? silence : answer({ hookSpecificOutput: { hookEventName: 'PreToolUse', updatedInput: reply.input } });
  },
};
