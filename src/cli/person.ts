import { createInterface } from 'node:readline/promises';
import { userInfo } from 'node:os';
import { type Person, recordPersonEvent } from '../audit/person-event.ts';
import { auditLog } from '../audit/place.ts';
import { type Directories, directories } from '../platform/directories.ts';
import { type Io, UsageError } from './command.ts';

/** Variables that agents set for the programs they start. Source: the agents' documentation and what their hooks were seen to get. */
const agentMarkers = [
  'CLAUDECODE',
  'CLAUDE_CODE_ENTRYPOINT',
  'AI_AGENT',
  'AGENT',
  'COPILOT_AGENT',
  'COPILOT_CLI',
  'CODEX_SANDBOX',
  'CODEX_SANDBOX_NETWORK_DISABLED',
  'CODEX_THREAD_ID',
  'GEMINI_CLI',
  'QWEN_CODE',
  'OPENCODE',
  'CURSOR_AGENT',
  'CLINE_ACTIVE',
  'ANTIGRAVITY_AGENT',
  'AUGMENT_AGENT',
  'GOOSE_TERMINAL',
  'JUNIE_AGENT',
] as const;

/**
 * Refuses what only a person may do where an agent could be calling: without a terminal, and with an agent's mark in the environment. An agent
 * that comes here all the same was not stopped by the analysis, for which these commands change what governs agents.
 */
export function requirePerson(io: Io, what: string): void {
  const marker = agentMarkers.find((name) => (io.env[name] ?? '') !== '');
  if (marker !== undefined)
    throw new UsageError(`${what} is for a person, and this runs inside an agent's session (${marker} is set): use a terminal of your own`);
  if (io.stdin.isTTY !== true) throw new UsageError(`${what} is for a person: run it in a terminal, with nothing piped into it`);
}

/** Asks the person in front of the terminal to type a word; anything else is no. */
export async function typed(io: Io, prompt: string, word: string): Promise<boolean> {
  io.err(`${prompt}\nType ${word} to go on: `);
  const lines = createInterface({ input: io.stdin, terminal: false });
  try {
    const first = await lines[Symbol.asyncIterator]().next();
    return first.done !== true && first.value.trim() === word;
  } finally {
    lines.close();
  }
}

/** Directories of the user who calls. */
export function placesOf(io: Io): Directories {
  return directories(io.env, io.platform, io.home);
}

/** Name of the user who calls. */
export function nameOf(io: Io): string {
  try {
    return userInfo().username;
  } catch {
    return io.env['USER'] ?? io.env['USERNAME'] ?? '';
  }
}

/** Writes an event into the audit log. Throws where it cannot be written. */
export function recordEvent(io: Io, event: string, details: Readonly<Record<string, unknown>>): void {
  recordPersonEvent(auditLog(placesOf(io)), personOf(io), event, details);
}

/** The user who calls, for the audit log. */
export function personOf(io: Io): Person {
  return { user: nameOf(io), by: 'command line' };
}
