import type { AuditRecord } from '../model/audit-record.ts';

/** How long after a person's answer the line that it was about may come, in milliseconds: an agent starts a command at once. */
const freshMs = 120_000;

/**
 * Finds among the latest records the answer of a person to an agent's hook about a line. Each answer is found once, so that what is let
 * once runs once.
 */
export class Answers {
  readonly #used = new Set<string>();
  readonly #recent: () => readonly AuditRecord[];
  readonly #now: () => number;

  /** `recent`: the latest records; `now`: milliseconds since 1970. */
  constructor(recent: () => readonly AuditRecord[], now: () => number) {
    this.#recent = recent;
    this.#now = now;
  }

  /** Whether a person has just let this line run, for the terminal's own workspace. */
  take(line: string, workspace: string): boolean {
    for (const record of this.#recent()) {
      if (record.type !== 'decision' || record.verdict !== 'escalate' || record.outcome !== 'approve' || record.tool !== 'bash') continue;
      if (record.workspace !== workspace || record.native_tool.startsWith('terminal ') || this.#used.has(record.decision_id)) continue;
      // Written so that a time that is none does not count.
      if (!(Math.abs(this.#now() - Date.parse(record.timestamp)) <= freshMs)) continue;
      if (commandOf(record.input)?.trim() !== line.trim()) continue;
      this.#used.add(record.decision_id);
      return true;
    }
    return false;
  }
}

function commandOf(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || !('command' in input)) return undefined;
  return typeof input.command === 'string' ? input.command : undefined;
}
