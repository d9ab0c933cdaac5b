import type { AgentAdapter } from './agent.ts';
import { decodeCall, doubleUnderscoreMcp } from './envelope.ts';
import { exitOnly } from './reply.ts';

/** Kiro CLI, after kiro.dev/docs/cli/hooks (read, not run). Only exit code 2 blocks; the reason goes to stderr. */
export const kiro: AgentAdapter = {
  id: 'kiro',
  title: 'Kiro',
  hostTimeoutMs: 600_000,
  hasPrompt: false,
  canRewrite: false,

  decode(payload, context) {
    const event = payload['hook_event_name'];
    if (typeof event === 'string' && event.toLowerCase() !== 'pretooluse') return { kind: 'event', event, payload };
    return decodeCall(payload, context, {
      agent: 'kiro',
      tool: ['tool_name', payload['tool_name']],
      args: ['tool_input', payload['tool_input']],
      cwd: ['cwd', payload['cwd']],
      workspace: context.cwd,
      session: payload['session_id'],
      mcp: (name) => {
        const match = /^@([^/]+)\/(.+)$/s.exec(name);
        return match?.[1] !== undefined && match[2] !== undefined ? { server: match[1], tool: match[2] } : doubleUnderscoreMcp(name);
      },
    });
  },

  encode: (reply) => exitOnly(reply, kiro),
};
