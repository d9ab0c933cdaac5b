import { type FSWatcher, watch } from 'node:fs';
import type { AuditEntry } from '../audit/chain.ts';
import { type Follow, queryLog, readNew } from '../audit/query.ts';

/** A directory may appear later, and change notices are lost on some file systems: it is looked at from time to time anyway. */
const pollMs = 3000;
const settleMs = 60;

/** Reads the audit log as it grows. */
export class AuditFollower {
  readonly #directory: string;
  readonly #onEntries: (entries: readonly AuditEntry[]) => void;
  readonly #timer: NodeJS.Timeout;
  #place: Follow;
  #watcher: FSWatcher | undefined;
  #settling: NodeJS.Timeout | undefined;

  constructor(directory: string, onEntries: (entries: readonly AuditEntry[]) => void) {
    this.#directory = directory;
    this.#onEntries = onEntries;
    this.#place = readNew(directory).next;
    this.#timer = setInterval(() => this.#look(), pollMs);
    this.#timer.unref();
    this.#watch();
  }

  /** The newest entries written before, oldest first. */
  recent(limit: number): readonly AuditEntry[] {
    return queryLog(this.#directory, {}, limit);
  }

  dispose(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#settling);
    this.#watcher?.close();
  }

  #watch(): void {
    try {
      this.#watcher = watch(this.#directory, { persistent: false }, () => {
        this.#settling ??= setTimeout(() => this.#look(), settleMs);
      });
      this.#watcher.on('error', () => this.#unwatch());
    } catch {
      this.#watcher = undefined;
    }
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #look(): void {
    clearTimeout(this.#settling);
    this.#settling = undefined;
    if (!this.#watcher) this.#watch();
    const { entries, next } = readNew(this.#directory, this.#place);
    this.#place = next;
    if (entries.length > 0) this.#onEntries(entries);
  }
}
