import { isAbsolute } from 'node:path';
import type { Dialect } from '../model/tool-call.ts';
import { loadBeside } from '../platform/beside.ts';
import type { AgentId, DecodeContext, Decoded, Payload } from './agent.ts';
import { quickTool } from './quick-tool.ts';
import { isRecord, kindOf, shown, textOf } from './values.ts';

/** Where a host's payload holds the parts of a call: names of fields for messages, and their values. */
export interface Envelope {
  readonly agent: AgentId;
  readonly tool: readonly [field: string, value: unknown];
  readonly args: readonly [field: string, value: unknown];
  readonly cwd: readonly [field: string, value: unknown];
  /** The root that the host states; where it is no absolute path, the directory the hook was started in counts. */
  readonly workspace: unknown;
  readonly session?: unknown;
  readonly callId?: unknown;
  /** Splits the host's name of an MCP tool. `isKnown`: the name is one of an agent's own tools. */
  readonly mcp?: SplitMcp;
  /** The shell behind the shell tool on Windows; `bash` where the host brings one. */
  readonly windowsShell?: Dialect;
}

/** Server and tool of an MCP tool, where a host's name of a tool stands for one. */
export type SplitMcp = (name: string, isKnown: boolean) => { readonly server: string; readonly tool: string } | undefined;

/** Something that is not a call but should have been. */
export function invalid(agent: AgentId, payload: Payload, message: string): Decoded {
  return { kind: 'invalid', payload, problem: { code: 'bad-payload', severity: 'error', source: agent, message } };
}

/** A call as the envelope says, or what is wrong with it, naming the field. */
export function decodeCall(payload: Payload, context: DecodeContext, envelope: Envelope): Decoded {
  const [toolField, name] = envelope.tool;
  const [argsField, args] = envelope.args;
  const [cwdField, cwdValue] = envelope.cwd;
  if (typeof name !== 'string' || name === '')
    return invalid(envelope.agent, payload, `${toolField} must be the name of a tool, but is ${name === '' ? 'empty' : kindOf(name)}.`);
  if (cwdValue !== undefined && typeof cwdValue !== 'string')
    return invalid(envelope.agent, payload, `${cwdField} must be text, but is ${kindOf(cwdValue)}.`);
  if (args !== undefined && typeof args !== 'string' && !isRecord(args)) {
    return invalid(envelope.agent, payload, `${argsField} of ${shown(name)} must be an object, but is ${kindOf(args)}.`);
  }
  const cwd = cwdValue !== undefined && isAbsolute(cwdValue) ? cwdValue : context.cwd;
  const workspace = typeof envelope.workspace === 'string' && isAbsolute(envelope.workspace) ? envelope.workspace : context.cwd;
  const dialect = context.platform === 'win32' ? (envelope.windowsShell ?? 'powershell') : undefined;
  const use = { agent: envelope.agent, name, args, field: argsField, cwd, home: context.home, dialect };
  const meaning = quickTool(use) ?? (loadBeside('dialects') as typeof import('../dialects.ts')).decodeRareTool(use, envelope.mcp);
  if ('problem' in meaning) return invalid(envelope.agent, payload, meaning.problem);
  const description = isRecord(args) ? (textOf(args['description']) ?? textOf(args['explanation']) ?? textOf(args['goal'])) : undefined;
  const session = textOf(envelope.session);
  const callId = textOf(envelope.callId);
  return {
    kind: 'call',
    payload,
    call: {
      tool: meaning.tool,
      nativeTool: name,
      args: args ?? {},
      actions: meaning.actions,
      agent: envelope.agent,
      cwd,
      workspace,
      home: context.home,
      ...(session === undefined ? {} : { session }),
      ...(callId === undefined ? {} : { callId }),
      ...(description === undefined ? {} : { description }),
    },
  };
}

/** `mcp__server__tool`, as Claude Code and the agents that follow it name MCP tools. */
export function doubleUnderscoreMcp(name: string): { server: string; tool: string } | undefined {
  const match = /^mcp__(.+?)__(.+)$/s.exec(name);
  return match?.[1] !== undefined && match[2] !== undefined ? { server: match[1], tool: match[2] } : undefined;
}

/** `mcp_server_tool`, where the server is taken to end at the next underscore. */
export function singleUnderscoreMcp(name: string): { server: string; tool: string } | undefined {
  const match = /^mcp_([^_]+)_(.+)$/s.exec(name);
  return match?.[1] !== undefined && match[2] !== undefined ? { server: match[1], tool: match[2] } : undefined;
}
