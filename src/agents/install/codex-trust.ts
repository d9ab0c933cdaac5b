import { createHash } from 'node:crypto';
import { isRecord } from '../values.ts';
import { parseJsonc } from './jsonc.ts';
import { isOurs } from './place.ts';
import type { Placement } from './targets.ts';

type Trust = Extract<Placement, { kind: 'codex-trust' }>;

/** First line of a table of Codex's config.toml that holds the trust in one hook. */
function header(hooks: string, group: number, handler: number): string {
  return `[hooks.state.${JSON.stringify(`${hooks}:pre_tool_use:${group}:${handler}`)}]`;
}

/**
 * Text of Codex's config.toml in which our hook is trusted: Codex runs no other, and says nothing of it. The trust goes by the
 * place of the hook in its file and by a hash of its definition (canonical JSON; measured with Codex 0.169.0). `hooksText` is the
 * text of the file with the hook.
 */
export function setTrust(text: string, trust: Trust, hooksText: string): string {
  const parsed = parseJsonc(hooksText);
  const root = 'root' in parsed ? parsed.root.value : undefined;
  const hooks = isRecord(root) ? root['hooks'] : undefined;
  const groups = isRecord(hooks) ? hooks['PreToolUse'] : undefined;
  const group = Array.isArray(groups) ? groups.findIndex(isOurs) : -1;
  const handlers = Array.isArray(groups) && isRecord(groups[group]) ? groups[group]['hooks'] : undefined;
  const handler = Array.isArray(handlers) ? handlers.findIndex(isOurs) : 0;
  const line = header(trust.hooks, group, handler);
  const value = `trusted_hash = "${hashOf(trust)}"`;
  if (text.includes(`${line}\n${value}\n`)) return text;
  const rest = removeTrust(text, trust);
  return `${rest}${rest === '' || rest.endsWith('\n') ? '' : '\n'}${rest === '' ? '' : '\n'}${line}\n${value}\n`;
}

function hashOf(trust: Trust): string {
  return `sha256:${createHash('sha256').update(trust.definition).digest('hex')}`;
}

/** The text without any trust of ours for that file of hooks. */
export function removeTrust(text: string, trust: Trust): string {
  const prefix = `[hooks.state.${JSON.stringify(`${trust.hooks}:pre_tool_use:`).slice(0, -1)}`;
  const lines = text.split('\n');
  const kept: string[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line.startsWith(prefix) && lines[index + 1] === `trusted_hash = "${hashOf(trust)}"`) {
      if (kept.at(-1) === '') kept.pop();
      index += 1;
    } else {
      kept.push(line);
    }
  }
  return kept.join('\n');
}
