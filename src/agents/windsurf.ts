import type { AgentAdapter } from './agent.ts';
import { decodeCall, invalid } from './envelope.ts';
import { exitOnly } from './reply.ts';
import { isRecord, kindOf } from './values.ts';

const tools = new Map([
  ['pre_run_command', 'run_command'],
  ['pre_write_code', 'edit_file'],
  ['pre_read_code', 'read_file'],
]);

/** Windsurf's Cascade, after docs.windsurf.com (read, not run). Only exit code 2 blocks. */
export const windsurf: AgentAdapter = {
  id: 'windsurf',
  title: 'Windsurf',
  hostTimeoutMs: 60_000,
  hasPrompt: false,
  canRewrite: false,

  decode(payload, context) {
    const event = payload['agent_action_name'];
    if (typeof event !== 'string') return invalid('windsurf', payload, `agent_action_name must be text, but is ${kindOf(event)}.`);
    if (!event.startsWith('pre_') || event === 'pre_user_prompt') return { kind: 'event', event, payload };
    const info = payload['tool_info'];
    if (!isRecord(info))
      return invalid('windsurf', payload, `tool_info of ${event.slice(0, 100)} must be an object, but is ${kindOf(info)}.`);
    const isMcp = event === 'pre_mcp_tool_use';
    return decodeCall(payload, context, {
      agent: 'windsurf',
      tool: isMcp ? ['tool_info.mcp_tool_name', info['mcp_tool_name']] : ['agent_action_name', tools.get(event) ?? event],
      args: isMcp ? ['tool_info.mcp_tool_arguments', info['mcp_tool_arguments']] : ['tool_info', info],
      cwd: ['tool_info.cwd', info['cwd'] === '' ? undefined : info['cwd']],
      workspace: context.cwd,
      session: payload['trajectory_id'],
      callId: payload['execution_id'],
      ...(isMcp ? { mcp: (tool: string) => ({ server: String(info['mcp_server_name'] ?? 'unknown'), tool }) } : {}),
    });
  },

  encode: (reply) => exitOnly(reply, windsurf),
};
