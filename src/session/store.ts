import { closeSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { newSession, type SessionFacts } from '../model/policy-request.ts';
import type { Directories } from '../platform/directories.ts';
import { writeAll } from '../platform/atomic-write.ts';
import { sha256 } from '../platform/sha256.ts';
import { errorCode, sleep } from '../platform/process.ts';
import { takeToken } from '../platform/token.ts';

/** What is known of a session of an agent. */
export interface Session {
  readonly facts: SessionFacts;
  /** Keys of what a person has allowed for the whole session. */
  readonly grants: readonly string[];
  /** Files and folders that the session made: absolute paths. */
  readonly made: readonly string[];
  /** What was stored cannot be read, or a part of it cannot: the session has done more than is known. It stays so. */
  readonly damaged?: true;
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

/** Bytes after which a file of states is written anew with the last of them. */
const longestFile = 16 * 1024;

/** Directory of a session. A call without a session id belongs to one session for each agent and workspace. */
export function sessionDirectory(directories: Directories, name: SessionName): string {
  const id = JSON.stringify([name.agent, name.session ?? ['', name.workspace]]);
  if (last?.id !== id) last = { id, key: sha256(id).slice(0, 32) };
  return join(directories.state, 'sessions', last.key);
}

/** A call asks for its session twice. */
let last: { readonly id: string; readonly key: string } | undefined;

/**
 * What a session has done; a new one where nothing is stored. Takes a few milliseconds at most, whoever else works on it. Throws where what is stored cannot
 * be got at.
 */
export function readSession(directories: Directories, name: SessionName): Session {
  const folder = sessionDirectory(directories, name);
  let isThere = false;
  for (let attempt = 0; attempt < 20; attempt += 1) {
    try {
      return parse(readFileSync(join(folder, 'free'), 'utf8'));
    } catch {
      // Held at this instant, or there is none.
    }
    try {
      const token = readdirSync(folder).find((each) => each === 'free' || each.startsWith('held.'));
      isThere ||= token !== undefined;
      if (token !== undefined) return parse(readFileSync(join(folder, token), 'utf8'));
    } catch (error) {
      if (!isThere && errorCode(error) === 'ENOENT') return noSession;
    }
    if (attempt > 2) sleep(0.2);
  }
  if (isThere) throw new Error(`${folder} cannot be read`);
  return noSession;
}

/** Folders of sessions of which something is stored that cannot be read; of at most `most` sessions. For a person to look at; never throws. */
export function damagedSessions(directories: Directories, most = 10_000): readonly string[] {
  const root = join(directories.state, 'sessions');
  try {
    return readdirSync(root)
      .slice(0, most)
      .map((each) => join(root, each))
      .filter((folder) => isDamaged(join(folder, 'free')));
  } catch {
    return [];
  }
}

function isDamaged(file: string): boolean {
  try {
    return parse(readFileSync(file, 'utf8')).damaged === true;
  } catch {
    // Held at this instant, or there is none.
    return false;
  }
}

/**
 * Adds to what a session has done; no other process's addition is lost, however many there are. Throws where it cannot be written.
 */
export function updateSession(directories: Directories, name: SessionName, change: SessionChange, patience = 2000): Session {
  const folder = sessionDirectory(directories, name);
  const token = takeToken(folder, patience);
  try {
    const text = token.isNew ? '' : readFileSync(token.path, 'utf8');
    const after = add(parse(text), change);
    const line = `${JSON.stringify(after)}\n`;
    // Most often a line more. Where the last one is not whole, or there are many, a file of its own under the token's name: never a second token.
    if ((text === '' || text.endsWith('\n')) && text.length + line.length <= longestFile) write(token.path, 'a', line);
    else {
      const next = join(folder, `next.${process.pid}`);
      write(next, 'w', line);
      renameSync(next, token.path);
    }
    return after;
  } finally {
    token.release();
  }
}

function write(path: string, flags: 'a' | 'w', text: string): void {
  const descriptor = openSync(path, flags, 0o600);
  try {
    writeAll(descriptor, Buffer.from(text));
  } finally {
    closeSync(descriptor);
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
    ...(before.damaged === true ? { damaged: true as const } : {}),
  };
}

/**
 * A stored session, of which each part that is not what it should be is taken for new: an unreadable state grants nothing. Each change adds a line
 * with the whole state, and the last that is whole counts: who is ended while writing one has changed nothing.
 */
function parse(text: string): Session {
  // What makes the file may end before it writes.
  if (text === '') return noSession;
  const end = text.lastIndexOf('\n');
  const root = object(parseJson(end < 0 ? text : text.slice(text.lastIndexOf('\n', end - 1) + 1, end)));
  const facts = object(root?.['facts']);
  let isWhole = root !== undefined && facts !== undefined && root['damaged'] !== true;
  const part = <T>(value: unknown, otherwise: T, decode: (value: unknown) => T | undefined): T => {
    if (value === undefined) return otherwise;
    const decoded = decode(value);
    isWhole &&= decoded !== undefined;
    return decoded ?? otherwise;
  };
  const count = (name: string) => part(facts?.[name], 0, positive);
  const list = (value: unknown) => part(value, [], texts);
  const state = part(facts?.['state'], undefined, (value) => (typeof value === 'string' ? value : undefined));
  const stored = {
    facts: {
      toolCalls: count('toolCalls'),
      writes: count('writes'),
      deletes: count('deletes'),
      bytesWritten: count('bytesWritten'),
      costUsd: count('costUsd'),
      denials: count('denials'),
      approvals: count('approvals'),
      succeeded: list(facts?.['succeeded']),
      ...(state === undefined ? {} : { state }),
    },
    grants: list(root?.['grants']),
    made: list(root?.['made']),
  };
  return isWhole ? stored : { ...stored, damaged: true };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function object(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
}

const positive = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;

const texts = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;
