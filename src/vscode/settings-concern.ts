import { parseJsonc } from '../agents/install/jsonc.ts';

/** Names of settings that govern agents, what they run in, or this extension. */
const governing =
  /^(agentPolicy|chat|github\.copilot|inlineChat|mcp|security|terminal\.integrated|task|git\.(path|enabled)|claude|cline|codex|gemini|roo)/i;

/**
 * Whether two texts of a settings file set alike what governs agents. The editor writes the others by itself, as when a person uses its settings page.
 */
export function isOfNoConcern(before: string, after: string): boolean {
  const [old, now] = [governed(before), governed(after)];
  return old !== undefined && old === now;
}

/** The governing settings in one text; `undefined` where the file cannot be read. */
function governed(text: string): string | undefined {
  const parsed = parseJsonc(text.trim() === '' ? '{}' : text);
  if ('problem' in parsed || parsed.root.members === undefined) return undefined;
  const members = parsed.root.members.filter(({ key }) => governing.test(key) || key.startsWith('['));
  return JSON.stringify(members.map(({ key, node }) => [key, node.value]));
}
