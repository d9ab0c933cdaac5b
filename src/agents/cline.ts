import type { AgentAdapter, DecodeContext, Decoded, Payload } from './agent.ts';
import { decodeCall, doubleUnderscoreMcp, invalid } from './envelope.ts';
import { answer, denial, reasonOf, silence, withinAbilities } from './reply.ts';
import { isRecord, kindOf } from './values.ts';

/**
 * Cline 3.0.65, as seen in test/agents/payloads/cline: through the plugin that `install` writes, and as a file hook, which the
 * older extension has, too. A file hook's denial ends Cline's whole run; the plugin's lets it go on.
 */
export const cline: AgentAdapter = {
  id: 'cline',
  title: 'Cline',
  // Cline ends a plugin's hook after 3 s, and the run with it.
  hostTimeoutMs: 3_000,
  hasPrompt: false,
  canRewrite: true,

  decode: (payload, context) =>
    isRecord(payload['toolCall']) ? decodePlugin(payload, context, payload['toolCall']) : decodeFile(payload, context),

  encode(given, decoded) {
    const reply = withinAbilities(given, cline);
    const reason = reasonOf(reply);
    // The file hook reads `cancel`, which must be a boolean, and no exit code; the plugin reads `decision`.
    if (reply.verdict !== 'approve') return denial({ cancel: true, errorMessage: reason, decision: 'deny', reason }, reason);
    if (reply.input === undefined) return silence;
    return decoded !== undefined && 'toolCall' in decoded.payload
      ? answer({ decision: 'approve', input: reply.input })
      : answer({ overrideInput: reply.input });
  },
};

function decodePlugin(payload: Payload, context: DecodeContext, toolCall: Payload): Decoded {
  return decodeCall(payload, context, {
    agent: 'cline',
    tool: ['toolCall.toolName', toolCall['toolName']],
    args: ['input', payload['input'] ?? toolCall['input']],
    cwd: ['workspaceRoot', payload['workspaceRoot']],
    workspace: payload['workspaceRoot'],
    callId: toolCall['toolCallId'],
    mcp: clineMcp,
  });
}

function decodeFile(payload: Payload, context: DecodeContext): Decoded {
  const event = payload['hookName'];
  if (typeof event !== 'string') return invalid('cline', payload, `hookName must be text, but is ${kindOf(event)}.`);
  if (event !== 'tool_call' && event !== 'PreToolUse') return { kind: 'event', event, payload };
  const call = payload['tool_call'];
  const older = payload['preToolUse'];
  const roots = payload['workspaceRoots'];
  const root = Array.isArray(roots) ? roots[0] : undefined;
  return decodeCall(payload, context, {
    agent: 'cline',
    tool: isRecord(call) ? ['tool_call.name', call['name']] : ['preToolUse.toolName', isRecord(older) ? older['toolName'] : undefined],
    args: isRecord(call)
      ? ['tool_call.input', call['input']]
      : ['preToolUse.parameters', isRecord(older) ? older['parameters'] : undefined],
    cwd: ['workspaceRoots', root],
    workspace: root,
    session: payload['taskId'],
    callId: isRecord(call) ? call['id'] : undefined,
    mcp: clineMcp,
  });
}

/** `server__tool`. */
function clineMcp(name: string, isKnown: boolean): { server: string; tool: string } | undefined {
  const match = isKnown ? null : /^(.+?)__(.+)$/s.exec(name);
  return (
    doubleUnderscoreMcp(name) ?? (match?.[1] !== undefined && match[2] !== undefined ? { server: match[1], tool: match[2] } : undefined)
  );
}
