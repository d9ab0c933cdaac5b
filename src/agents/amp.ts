import type { AgentAdapter } from './agent.ts';
import { decodeCall, doubleUnderscoreMcp, invalid } from './envelope.ts';
import { encodeForPlugin } from './reply.ts';
import { isRecord, kindOf } from './values.ts';

/** Sourcegraph Amp, through the plugin that `install` writes (after its documentation; not run). */
export const amp: AgentAdapter = {
  id: 'amp',
  title: 'Amp',
  hostTimeoutMs: 600_000,
  hasPrompt: false,
  canRewrite: false,

  decode(payload, context) {
    const event = payload['event'];
    if (!isRecord(event)) return invalid('amp', payload, `event must be an object, but is ${kindOf(event)}.`);
    return decodeCall(payload, context, {
      agent: 'amp',
      tool: ['event.tool', event['tool']],
      args: ['event.input', event['input']],
      cwd: ['directory', payload['directory']],
      workspace: payload['directory'],
      callId: event['toolUseID'],
      mcp: doubleUnderscoreMcp,
    });
  },

  encode: (reply) => encodeForPlugin(reply, amp),
};
