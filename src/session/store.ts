import { closeSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { newSession, type SessionFacts } from '../model/policy-request.ts';
import type { Directories } from '../platform/directories.ts';
import { writeAll } from '../platform/atomic-write.ts';
import { sha256 } from '../platform/sha256.ts';
import { takeToken } from '../platform/token.ts';

/** What is known of a session of an agent. */
export interface Session {
  readonly facts: SessionFacts;
  /** Keys of what a person has allowed for the whole session. */
  readonly grants: readonly string[];
  /** Files and folders that the session made: absolute paths. */
  readonly made: readonly string[];
}

/** A number of things that a session did, to be added to what it had done. */
export interface SessionChange {
  readonly toolCalls?: number;
  readonly writes?: number;
  readonly deletes?: number;
  readonly bytesWritten?: number;
  readonly denials?: number;
  readonly approvals?: number;
  /** Cost of the session so far, in dollars, as the agent reports it: a total, not an addition. */
  readonly costUsd?: number;
  /** State of the policy's workflow. */
  readonly state?: string;
  /** A command that ended with success, as typed. */
  readonly succeeded?: string;
  /** A key of {@link Session.grants} to add. */
  readonly grant?: string;
  /** Paths that the call creates. */
  readonly made?: readonly string[];
}

/** Which session: an agent's id and the id that it gave. */
export interface SessionName {
  readonly agent: string;
  readonly session?: string | undefined;
  readonly workspace: string;
}

export const noSession: Session = { facts: newSession, grants: [], made: [] };

/** The newest that are kept of each list. */
const mostKept = { succeeded: 50, grants: 200, made: 1000 };

/** Directory of a session. A call without a session id belongs to one session for each agent and workspace. */
export function sessionDirectory(directories: Directories, name: SessionName): string {
  const key = sha256(JSON.stringify([name.agent, name.session ?? ['', name.workspace]])).slice(0, 32);
  return join(directories.state, 'sessions', key);
}

/** What a session has done; a new one where nothing is known or what is known cannot be read. Waits for nobody. */
export function readSession(directories: Directories, name: SessionName): Session {
  const folder = sessionDirectory(directories, name);
  for (let attempt = 0; attempt < 20; attempt += 1) {
    try {
      return parse(readFileSync(join(folder, 'free'), 'utf8'));
    } catch {
      // Held at this instant, or there is none.
    }
    try {
      const held = readdirSync(folder).find((each) => each.startsWith('held.'));
      if (held !== undefined) return parse(readFileSync(join(folder, held), 'utf8'));
    } catch {
      if (attempt > 1) return noSession;
    }
  }
  return noSession;
}

/**
 * Adds to what a session has done; no other process's addition is lost, however many there are. Throws where it cannot be written.
 */
export function updateSession(directories: Directories, name: SessionName, change: SessionChange, patience = 2000): Session {
  const folder = sessionDirectory(directories, name);
  const token = takeToken(folder, patience);
  try {
    const before = token.isNew ? noSession : parse(readFileSync(token.path, 'utf8'));
    const after = add(before, change);
    // Under the token's own name first, so that there is never a second token and never half of a state.
    const next = join(folder, `next.${process.pid}`);
    const descriptor = openSync(next, 'w', 0o600);
    try {
      writeAll(descriptor, Buffer.from(JSON.stringify(after)));
    } finally {
      closeSync(descriptor);
    }
    renameSync(next, token.path);
    return after;
  } finally {
    token.release();
  }
}

/** Removes sessions that nothing was added to for `maxAge` milliseconds. For a long-lived process; never throws. */
export function removeOldSessions(directories: Directories, maxAge: number, now: number): void {
  const root = join(directories.state, 'sessions');
  try {
    for (const each of readdirSync(root)) {
      const stat = statSync(join(root, each, 'free'), { throwIfNoEntry: false });
      if (stat !== undefined && now - stat.mtimeMs > maxAge) rmSync(join(root, each), { recursive: true, force: true });
    }
  } catch {
    // Nothing there, or it cannot be read: it is tried again another time.
  }
}

export function add(before: Session, change: SessionChange): Session {
  const { facts } = before;
  const together = (name: 'toolCalls' | 'writes' | 'deletes' | 'bytesWritten' | 'denials' | 'approvals') =>
    facts[name] + (change[name] ?? 0);
  const kept = (list: readonly string[], more: readonly string[], most: number) =>
    [...list.filter((each) => !more.includes(each)), ...more].slice(-most);
  return {
    facts: {
      ...facts,
      toolCalls: together('toolCalls'),
      writes: together('writes'),
      deletes: together('deletes'),
      bytesWritten: together('bytesWritten'),
      denials: together('denials'),
      approvals: together('approvals'),
      // Reports may overtake each other.
      costUsd: Math.max(facts.costUsd, change.costUsd ?? 0),
      ...(change.state === undefined ? {} : { state: change.state }),
      succeeded:
        change.succeeded === undefined ? facts.succeeded : kept(facts.succeeded, [change.succeeded.slice(0, 1000)], mostKept.succeeded),
    },
    grants: change.grant === undefined ? before.grants : kept(before.grants, [change.grant], mostKept.grants),
    made: change.made === undefined ? before.made : kept(before.made, change.made, mostKept.made),
  };
}

/** A stored session, of which each part that is not what it should be is taken for new: an unreadable state grants nothing. */
function parse(text: string): Session {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return noSession;
  }
  const root = object(value);
  const facts = object(root['facts']);
  const count = (name: string) => {
    const number = facts[name];
    return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : 0;
  };
  const state = facts['state'];
  return {
    facts: {
      toolCalls: count('toolCalls'),
      writes: count('writes'),
      deletes: count('deletes'),
      bytesWritten: count('bytesWritten'),
      costUsd: count('costUsd'),
      denials: count('denials'),
      approvals: count('approvals'),
      succeeded: texts(facts['succeeded']),
      ...(typeof state === 'string' ? { state } : {}),
    },
    grants: texts(root['grants']),
    made: texts(root['made']),
  };
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
