import type { AgentAdapter, AgentId } from '../../../src/agents/agent.ts';
import { adapterNamed } from '../../../src/agents/registry.ts';

/** The adapter of an agent. Throws where there is none. */
export function getAdapter(id: AgentId): AgentAdapter {
  const adapter = adapterNamed(id);
  if (adapter === undefined) throw new Error(`there is no adapter ${id}`);
  return adapter;
}
