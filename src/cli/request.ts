import { isAbsolute, resolve } from 'node:path';
import type { AgentId } from '../agents/agent.ts';
import { decodeTool } from '../agents/decode-tool.ts';
import { adapterNamed } from '../agents/registry.ts';
import { shellWord } from '../agents/values.ts';
import type { Effect } from '../model/effect.ts';
import type { ToolCall } from '../model/tool-call.ts';

/** Where a call is meant to happen when it does not say so itself: absolute paths. */
export interface Place {
  readonly cwd: string;
  readonly home: string;
}

/** A call written as JSON, decoded; or what is wrong with its arguments, which denies it; or with the line as a whole. */
export type Request = { readonly call: ToolCall; readonly problem?: string } | { readonly error: string };

/** Reads `{tool, args, cwd?, home?, agent?}`. The directory is also the workspace. Never throws. */
export function readRequest(value: Readonly<Record<string, unknown>>, place: Place): Request {
  const { tool, agent = 'cli' } = value;
  if (typeof tool !== 'string' || tool === '') return { error: 'tool must be a name' };
  if (typeof agent !== 'string') return { error: 'agent must be a name' };
  const where = readPlace(value, place);
  if ('error' in where) return where;
  const args = value['args'] ?? {};
  const { cwd, home } = where;
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
  const common = { nativeTool: tool, args, agent, cwd, workspace: cwd, home };
  if ('problem' in meaning)
    return { call: { ...common, tool: tool.toLowerCase(), actions: [{ kind: 'other', args }] }, problem: meaning.problem };
  return { call: { ...common, ...meaning } };
}

/** Reads `{cwd?, home?}`; a relative directory is taken from the place. */
export function readPlace(value: Readonly<Record<string, unknown>>, place: Place): Place | { readonly error: string } {
  const { cwd = place.cwd, home = place.home } = value;
  if (typeof cwd !== 'string' || cwd.includes('\0')) return { error: 'cwd must be a path' };
  if (typeof home !== 'string' || !isAbsolute(home) || home.includes('\0')) return { error: 'home must be an absolute path' };
  return { cwd: resolve(place.cwd, cwd), home };
}

/** The command that words after `--` stand for: one word is a whole command line, several are the words of one command. */
export function commandOf(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? '') : words.map(shellWord).join(' ');
}

/** An effect in the form in which it leaves the program: stable keys, nothing internal. */
export function effectForOutput(effect: Effect): object {
  const { kind, path, program, argv, url, certainty } = effect;
  // Undefined keys are left out by JSON.stringify.
  return { kind, path, program, argv, url, certainty };
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
