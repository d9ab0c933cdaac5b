import type { AgentAdapter } from './agent.ts';
import { amp } from './amp.ts';
import { antigravity } from './antigravity.ts';
import { cline } from './cline.ts';
import { codex } from './codex.ts';
import { cursor } from './cursor.ts';
import { gemini } from './gemini.ts';
import { junie } from './junie.ts';
import { kiro } from './kiro.ts';
import { opencode } from './opencode.ts';
import { qwen } from './qwen.ts';
import { windsurf } from './windsurf.ts';

/** The agents whose dialects are not in the hook's own bundle. */
export const rareAdapters: readonly AgentAdapter[] = [
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
  junie,
];
