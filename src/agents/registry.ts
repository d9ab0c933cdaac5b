import type { AgentAdapter, AgentId, DecodeContext, Payload } from './agent.ts';
import { claudeCode } from './claude-code.ts';

/** Every agent, the ones with the most distinctive payloads first: Claude's form is imitated by several others. */
export const adapters: readonly AgentAdapter[] = [claudeCode];

/** The adapter of that name. */
export function adapterNamed(id: string): AgentAdapter | undefined {
  return adapters.find((adapter) => adapter.id === id);
}

/**
 * Who sent this payload. What the payload and the environment show goes before `claimed`, the name in the hook's command line:
 * Copilot and VS Code load hooks out of Claude Code's settings and send them their own fields.
 */
export function recognise(payload: Payload, env: DecodeContext['env'], claimed?: AgentId): AgentAdapter | undefined {
  return adapters.find((adapter) => adapter.recognises(payload, env)) ?? adapters.find((adapter) => adapter.id === claimed);
}
