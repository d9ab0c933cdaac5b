import type { ToolCall } from '../model/tool-call.ts';
import type { AgentId } from './agent.ts';
import { decodeTool } from './decode-tool.ts';
import { adapterNamed } from './registry.ts';

/** A tool call written down by a person: the tool by its canonical name or an agent's, its arguments, where it happens (absolute paths). */
export interface WrittenCall {
  readonly tool: string;
  readonly args: unknown;
  /** Name of the agent; it need not be one that is known. */
  readonly agent: string;
  /** Also the workspace, where none is given. */
  readonly cwd: string;
  readonly workspace?: string;
  readonly home: string;
}

/** The call that is meant; `problem` says what is wrong with its arguments, which denies it. Never throws. */
export function plainCall({ tool, args, agent, cwd, workspace = cwd, home }: WrittenCall): {
  readonly call: ToolCall;
  readonly problem?: string;
} {
  const mcp = /^mcp:([^/]+)\/(.+)$/.exec(tool);
  const meaning = decodeTool({
    agent: agentId(agent),
    name: tool,
    args: typeof args === 'string' ? argumentsOfText(tool, args) : args,
    field: 'args',
    cwd,
    home,
    ...(mcp ? { mcp: { server: mcp[1] ?? '', tool: mcp[2] ?? '' } } : {}),
  });
  const common = { nativeTool: tool, args, agent, cwd, workspace, home };
  if ('problem' in meaning)
    return { call: { ...common, tool: tool.toLowerCase(), actions: [{ kind: 'other', args }] }, problem: meaning.problem };
  return { call: { ...common, ...meaning } };
}

function agentId(agent: string): AgentId {
  return adapterNamed(agent)?.id ?? 'claude-code';
}

/** Text in place of arguments stands for the one argument that the tool is about. */
function argumentsOfText(tool: string, text: string): unknown {
  const names: Readonly<Record<string, string>> = {
    bash: 'command',
    fetch: 'url',
    sql: 'query',
    read: 'path',
    write: 'path',
    edit: 'path',
  };
  const name = Object.hasOwn(names, tool) ? names[tool] : undefined;
  return name === undefined ? text : { [name]: text };
}
