import type { Analysis } from '../model/effect.ts';
import type { ToolCall } from '../model/tool-call.ts';
import type { World } from '../model/world.ts';

/** What a tool call would do. Never throws. */
export function analyze(_call: ToolCall, _world: World): Analysis {
  return { effects: [], risk: 'low', problems: [] };
}
