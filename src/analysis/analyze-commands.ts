import type { Analysis } from '../model/effect.ts';
import type { ToolCall } from '../model/tool-call.ts';
import type { World } from '../model/world.ts';
import { analyze } from './analyze.ts';

/** What a tool call with commands in it would do. In the bundle of the interpreter, which holds the rest of the analysis as well. */
export function analyzeCommands(call: ToolCall, world: World): Analysis {
  return analyze(call, world);
}
