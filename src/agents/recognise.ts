import type { AgentId, Payload } from './agent.ts';
import { isRecord } from './values.ts';

const has = (payload: Payload, ...fields: readonly string[]): boolean => fields.every((field) => field in payload);
const transcript = (payload: Payload): string => String(payload['transcript_path']);

/**
 * What shows that a payload comes from an agent, the most distinctive first: Claude Code's form is imitated by several others, and
 * Copilot and VS Code load hooks out of Claude Code's settings and send them their own fields. The environment is not asked: an
 * agent that another agent started inherits the other's. Junie shows nothing of its own.
 */
const signs: readonly (readonly [AgentId, (payload: Payload) => boolean])[] = [
  ['vscode', (p) => /__vscode-\d+$/.test(String(p['tool_use_id'])) || /[\\/]github\.copilot-chat[\\/]/i.test(transcript(p))],
  ['copilot', (p) => 'toolArgs' in p || 'toolName' in p || isPascalCopilot(p)],
  ['codex', (p) => has(p, 'turn_id', 'hook_event_name')],
  ['gemini', (p) => p['hook_event_name'] === 'BeforeTool'],
  ['qwen', (p) => 'hook_event_name' in p && ('tool_call_id' in p || /[\\/]\.qwen[\\/]/.test(transcript(p)))],
  ['opencode', (p) => p['hook'] === 'tool.execute.before' && 'output' in p],
  ['cline', (p) => 'clineVersion' in p || (isRecord(p['toolCall']) && 'toolCallId' in p['toolCall'])],
  ['cursor', (p) => 'cursor_version' in p || has(p, 'conversation_id', 'generation_id')],
  ['windsurf', (p) => 'agent_action_name' in p],
  ['kiro', (p) => p['hook_event_name'] === 'preToolUse' && 'tool_name' in p && !('conversation_id' in p)],
  ['antigravity', (p) => has(p, 'conversationId', 'toolCall')],
  ['amp', (p) => p['hook'] === 'tool.call' && 'event' in p],
  [
    'claude-code',
    (p) => typeof p['hook_event_name'] === 'string' && (typeof p['prompt_id'] === 'string' || /[\\/]\.claude[\\/]/.test(transcript(p))),
  ],
];

/** Claude Code's fields without those that Claude Code, and everybody else who has taken them over, always adds. */
function isPascalCopilot(payload: Payload): boolean {
  return (
    payload['hook_event_name'] === 'PreToolUse' &&
    typeof payload['timestamp'] === 'string' &&
    !['transcript_path', 'permission_mode', 'tool_use_id'].some((field) => field in payload)
  );
}

/** Who sent this payload, as far as it shows. */
export function senderOf(payload: Payload): AgentId | undefined {
  return signs.find(([, shows]) => shows(payload))?.[0];
}
