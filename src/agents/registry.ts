import { loadBeside } from '../platform/beside.ts';
import type { AgentAdapter, AgentId, Payload } from './agent.ts';
import { claudeCode } from './claude-code.ts';
import { copilot } from './copilot.ts';
import { senderOf } from './recognise.ts';
import { vscode } from './vscode.ts';

/** The agents whose dialects are in the hook's own bundle. */
const frequentAdapters: readonly AgentAdapter[] = [claudeCode, vscode, copilot];

/** The adapter of that name. Throws where the bundle with the others is missing. */
export function adapterNamed(id: string): AgentAdapter | undefined {
  return (
    frequentAdapters.find((adapter) => adapter.id === id) ?? (id === '' ? undefined : rareAdapters().find((adapter) => adapter.id === id))
  );
}

/** Every agent. */
export function allAdapters(): readonly AgentAdapter[] {
  return [...frequentAdapters, ...rareAdapters()];
}

function rareAdapters(): readonly AgentAdapter[] {
  return (loadBeside('dialects') as typeof import('../dialects.ts')).rareAdapters;
}

/**
 * Whose payload this is. What it shows goes before `claimed`, the name in the hook's command line: the file that names a hook is
 * not always the file of the agent that runs it.
 */
export function recognise(payload: Payload, claimed?: AgentId): AgentAdapter | undefined {
  const sender = senderOf(payload) ?? claimed;
  return sender === undefined ? undefined : adapterNamed(sender);
}
