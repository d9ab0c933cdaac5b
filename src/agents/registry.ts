import type { AgentAdapter, AgentId, Payload } from './agent.ts';
import { amp } from './amp.ts';
import { antigravity } from './antigravity.ts';
import { claudeCode } from './claude-code.ts';
import { cline } from './cline.ts';
import { codex } from './codex.ts';
import { copilot } from './copilot.ts';
import { cursor } from './cursor.ts';
import { gemini } from './gemini.ts';
import { junie } from './junie.ts';
import { kiro } from './kiro.ts';
import { opencode } from './opencode.ts';
import { qwen } from './qwen.ts';
import { vscode } from './vscode.ts';
import { windsurf } from './windsurf.ts';

/** Every agent, the ones with the most distinctive payloads first: Claude Code's form is imitated by several others. */
export const adapters: readonly AgentAdapter[] = [
  vscode,
  copilot,
  codex,
  gemini,
  qwen,
  opencode,
  cline,
  cursor,
  windsurf,
  kiro,
  antigravity,
  amp,
  claudeCode,
  junie,
];

/** The adapter of that name. */
export function adapterNamed(id: string): AgentAdapter | undefined {
  return adapters.find((adapter) => adapter.id === id);
}

/**
 * Who sent this payload. What the payload shows goes before `claimed`, the name in the hook's command line:
 * Copilot and VS Code load hooks out of Claude Code's settings and send them their own fields.
 */
export function recognise(payload: Payload, claimed?: AgentId): AgentAdapter | undefined {
  return adapters.find((adapter) => adapter.recognises(payload)) ?? adapters.find((adapter) => adapter.id === claimed);
}
