import type { AgentAdapter } from './agent.ts';
import { decodeCall, doubleUnderscoreMcp, invalid } from './envelope.ts';
import { answer, denial, reasonOf, silence, withinAbilities } from './reply.ts';
import { kindOf, textOf, unwrapJson } from './values.ts';

/** Cursor, after cursor.com/docs/hooks (read, not run). `ask` is not enforced in `preToolUse`. */
export const cursor: AgentAdapter = {
  id: 'cursor',
  title: 'Cursor',
  hostTimeoutMs: 600_000,
  hasPrompt: false,
  canRewrite: true,

  decode(payload, context) {
    const event = payload['hook_event_name'];
    if (typeof event !== 'string') return invalid('cursor', payload, `hook_event_name must be text, but is ${kindOf(event)}.`);
    const roots = payload['workspace_roots'];
    const server = textOf(payload['mcp_server_name']) ?? 'unknown';
    const common = {
      agent: 'cursor',
      cwd: ['cwd', payload['cwd'] === '' ? undefined : payload['cwd']],
      // User hooks start in ~/.cursor, so the process's own directory says nothing.
      workspace: Array.isArray(roots) ? roots[0] : undefined,
      session: payload['conversation_id'],
      callId: payload['tool_use_id'],
    } as const;
    switch (event) {
      case 'preToolUse':
        return decodeCall(payload, context, {
          ...common,
          tool: ['tool_name', payload['tool_name']],
          args: ['tool_input', unwrapJson(payload['tool_input'])],
          mcp: (name) => (name.startsWith('MCP:') ? { server, tool: name.slice(4) } : doubleUnderscoreMcp(name)),
        });
      case 'beforeShellExecution':
        return decodeCall(payload, context, {
          ...common,
          tool: ['hook_event_name', 'Shell'],
          args: ['command', { command: payload['command'] }],
        });
      case 'beforeReadFile':
        return decodeCall(payload, context, {
          ...common,
          tool: ['hook_event_name', 'Read'],
          args: ['file_path', { file_path: payload['file_path'] }],
        });
      case 'beforeMCPExecution':
        return decodeCall(payload, context, {
          ...common,
          tool: ['tool_name', payload['tool_name']],
          args: ['tool_input', unwrapJson(payload['tool_input'])],
          mcp: (tool) => ({ server, tool }),
        });
      default:
        return { kind: 'event', event, payload };
    }
  },

  encode(given) {
    const reply = withinAbilities(given, cursor);
    const reason = reasonOf(reply);
    if (reply.verdict !== 'approve') return denial({ permission: 'deny', user_message: reason, agent_message: reason }, reason);
    return reply.input === undefined ? silence : answer({ permission: 'allow', updated_input: reply.input });
  },
};
