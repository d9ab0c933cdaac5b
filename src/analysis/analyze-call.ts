import type { Analysis } from '../model/effect.ts';
import type { ToolCall } from '../model/tool-call.ts';
import type { World } from '../model/world.ts';
import { analyze } from './analyze.ts';
import { analyzeCommands } from './analyze-commands.ts';

/** What a tool call would do, for a process that decides one: it loads what the call needs, and nothing twice. Never throws. */
export function analyzeCall(call: ToolCall, world: World): Analysis {
  return call.actions.some(({ kind }) => kind === 'bash') ? analyzeCommands(call, world) : analyze(call, world);
}
