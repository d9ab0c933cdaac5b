import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AuditRecord } from '../model/audit-record.ts';
import { makeDirectory, writeAtomically } from '../platform/atomic-write.ts';
import { errorCode } from '../platform/process.ts';
import { sha256 } from '../platform/sha256.ts';

/** A protected file as it was or is: `undefined` content where there is none. */
export interface KnownFile {
  readonly content: Buffer | undefined;
  /** Permission bits; a restored hook must still be executable. */
  readonly mode: number;
}

/** A change that nothing explains. */
export interface UnexplainedChange {
  readonly path: string;
  readonly before: KnownFile;
  readonly after: KnownFile;
}

/** What is kept at most. What was not looked at for longest goes first; where all of it is being watched, a file beyond it is not watched. */
export interface TripwireLimits {
  /** Bytes of one file. */
  readonly file: number;
  /** Bytes of all. */
  readonly total: number;
  readonly files: number;
}

const tripwireLimits: TripwireLimits = { file: 1024 * 1024, total: 20 * 1024 * 1024, files: 1000 };

/** What a tripwire asks of its surroundings. */
export interface TripwireOptions {
  /** Folder for the last known contents: private to the user. */
  readonly folder: string;
  readonly limits?: TripwireLimits;
  /** Whether a decision, or what a person did in the editor, accounts for a change that was just noticed. */
  readonly isExplained: (change: UnexplainedChange) => boolean;
}

/**
 * Knows what protected files last held, and tells of changes that nothing explains. What it knows outlives the editor, so that a change that was made
 * meanwhile is noticed, too.
 */
export class Tripwire {
  readonly #options: TripwireOptions;
  readonly #limits: TripwireLimits;
  /** Those that were looked at last stand last. */
  readonly #known = new Map<string, KnownFile>();
  /** Looked at by this process: what it watches. */
  readonly #watched = new Set<string>();
  #bytes = 0;

  constructor(options: TripwireOptions) {
    this.#options = options;
    this.#limits = options.limits ?? tripwireLimits;
    this.#load();
  }

  /** Paths whose content is known. */
  get paths(): readonly string[] {
    return [...this.#known.keys()];
  }

  /** What a file last held; `undefined` for one that is not known. */
  known(path: string): KnownFile | undefined {
    return this.#known.get(path);
  }

  /**
   * Looks at a file: the change that nothing explains, else `undefined`, and what is there now is what is known from now on. A file that is
   * looked at for the first time is taken as it is, or, where its folder `isWatched` already, as one that was not there before.
   */
  look(path: string, isWatched = false): UnexplainedChange | undefined {
    const after = readKnown(path, this.#limits.file);
    if (after === undefined) return undefined;
    if (isWatched && !this.#known.has(path)) this.#remember(path, nothing);
    const before = this.#known.get(path);
    if (before === undefined) this.#remember(path, after);
    else this.#touch(path, before);
    if (before === undefined || isSame(before, after)) return undefined;
    const change = { path, before, after };
    if (!this.#options.isExplained(change)) return change;
    this.#remember(path, after);
    return undefined;
  }

  /** Takes a file as it was shown to a person, who wants to keep it; `false` where it is another one by now. */
  keep(path: string, shown: KnownFile): boolean {
    const now = readKnown(path, this.#limits.file);
    if (now === undefined || !isSame(now, shown)) return false;
    this.#remember(path, now);
    return true;
  }

  /** Takes a file as it is where that is what a person just did in the editor. */
  takeIf(path: string, isDone: (now: KnownFile) => boolean): void {
    const now = readKnown(path, this.#limits.file);
    if (now !== undefined && isDone(now)) this.#remember(path, now);
  }

  /** Puts back what a file held, or removes one that was not there. Throws what the file system says. */
  restore(path: string): void {
    const before = this.#known.get(path);
    if (before === undefined) return;
    // A link in the place of the file would lead the content elsewhere.
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) rmSync(path, { force: true, recursive: true });
    if (before.content === undefined) {
      rmSync(path, { force: true });
      return;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeAtomically(path, before.content);
    chmodSync(path, before.mode);
  }

  #remember(path: string, file: KnownFile): void {
    this.#watched.add(path);
    const size = sizeOf(file);
    this.#forget(path);
    for (const old of this.#known.keys()) {
      if (this.#known.size < this.#limits.files && this.#bytes + size <= this.#limits.total) break;
      if (this.#watched.has(old)) continue;
      this.#forget(old);
      rmSync(this.#storeOf(old), { force: true });
    }
    if (this.#known.size >= this.#limits.files || this.#bytes + size > this.#limits.total) {
      rmSync(this.#storeOf(path), { force: true });
      return;
    }
    this.#known.set(path, file);
    this.#bytes += size;
    try {
      const stored = { path, mode: file.mode, content: file.content?.toString('base64') ?? null };
      writeAtomically(this.#storeOf(path), JSON.stringify(stored));
    } catch {
      // It is known for as long as this process lives.
    }
  }

  /** Keeps what is watched from being forgotten first, over restarts too. */
  #touch(path: string, file: KnownFile): void {
    this.#known.delete(path);
    this.#known.set(path, file);
    if (this.#watched.has(path)) return;
    this.#watched.add(path);
    try {
      const now = new Date();
      utimesSync(this.#storeOf(path), now, now);
    } catch {
      // It may be forgotten sooner.
    }
  }

  #forget(path: string): void {
    const known = this.#known.get(path);
    if (known === undefined) return;
    this.#known.delete(path);
    this.#bytes -= sizeOf(known);
  }

  #storeOf(path: string): string {
    return join(this.#options.folder, `${sha256(path).slice(0, 32)}.json`);
  }

  #load(): void {
    const { folder } = this.#options;
    try {
      makeDirectory(folder);
      const files = readdirSync(folder)
        .filter((each) => each.endsWith('.json'))
        .map((name) => ({ file: join(folder, name), used: statSync(join(folder, name)).mtimeMs }))
        .sort((a, b) => b.used - a.used);
      const kept: [string, KnownFile][] = [];
      for (const { file } of files) {
        const stored = kept.length < this.#limits.files ? parseStored(readFileSync(file, 'utf8')) : undefined;
        const size = stored === undefined ? 0 : sizeOf(stored.file);
        if (stored === undefined || file !== this.#storeOf(stored.path) || this.#bytes + size > this.#limits.total) {
          rmSync(file, { force: true });
          continue;
        }
        this.#bytes += size;
        kept.push([stored.path, stored.file]);
      }
      for (const [path, file] of kept.reverse()) this.#known.set(path, file);
    } catch {
      // What cannot be read is learnt anew.
    }
  }
}

function sizeOf({ content }: KnownFile): number {
  return content?.length ?? 0;
}

/** A file as it is; `undefined` where it is larger than `limit` bytes or cannot be read. What is no file counts as none. */
function readKnown(path: string, limit: number): KnownFile | undefined {
  try {
    const stat = lstatSync(path);
    if (stat.size > limit) return undefined;
    return stat.isFile() ? { content: readFileSync(path), mode: stat.mode & 0o777 } : nothing;
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(errorCode(error)) ? nothing : undefined;
  }
}

const nothing: KnownFile = { content: undefined, mode: 0o600 };

function isSame(a: KnownFile, b: KnownFile): boolean {
  if (a.content === undefined || b.content === undefined) return a.content === b.content;
  return a.content.equals(b.content) && a.mode === b.mode;
}

function parseStored(text: string): { readonly path: string; readonly file: KnownFile } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('path' in value) || !('mode' in value) || !('content' in value)) return undefined;
    const { path, mode, content } = value;
    if (typeof path !== 'string' || typeof mode !== 'number' || (content !== null && typeof content !== 'string')) return undefined;
    return { path, file: { content: content === null ? undefined : Buffer.from(content, 'base64'), mode } };
  } catch {
    return undefined;
  }
}

/**
 * Event of a protected file. Its outcomes: `seen`, nothing explains the change; `kept` and `restored`, what a person then wanted; `saved`, a person
 * wrote it in the editor.
 */
export const protectedFileChanged = 'protected-file-changed';

/** What identifies the state of a file in the audit log: the digest of its content and its permissions, or `none`. */
export function stateOf({ content, mode }: KnownFile): string {
  return content === undefined ? 'none' : `sha256:${sha256(content)}/${mode.toString(8)}`;
}

/** The same of a file as it is now; `unknown` where it is too large or cannot be read. */
export function stateOnDisk(path: string): string {
  const now = readKnown(path, tripwireLimits.file);
  return now === undefined ? 'unknown' : stateOf(now);
}

/** How long after a record the change that it explains may be noticed, in milliseconds. */
const recordLifetime = 60_000;

/**
 * Whether one of these records accounts for a change that is noticed at `now`, in milliseconds since 1970: a decision that let an agent change that
 * file, or an event of this or another window by which a person wanted exactly this content.
 */
export function isExplainedBy(records: readonly AuditRecord[], { path, after }: UnexplainedChange, now: number): boolean {
  const state = stateOf(after);
  return records.some((record) => {
    const age = now - Date.parse(record.timestamp);
    if (!(age < recordLifetime)) return false;
    if (record.type === 'event') {
      const { file, after: wanted, outcome } = record.details;
      const isWanted =
        record.event === 'policy-changed' || (record.event === protectedFileChanged && (outcome === 'kept' || outcome === 'saved'));
      return isWanted && file === path && wanted === state;
    }
    if (record.outcome !== 'approve') return false;
    return record.effects.some(
      ({ kind, path: changed }) =>
        (kind === 'write' || kind === 'delete') && changed !== undefined && (changed === path || path.startsWith(`${changed}/`)),
    );
  });
}
