import { existsSync, type FSWatcher, watch } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { workspace } from 'vscode';
import { appendRecord, type AuditLog } from '../audit/append.ts';
import { queryLog } from '../audit/query.ts';
import type { AuditRecord } from '../model/audit-record.ts';
import type { Directories } from '../platform/directories.ts';
import { type ChangeQuestion, PendingChanges } from '../session/pending-changes.ts';
import { filesIn, isInProtectedFolder, protectedFiles, protectedFolders } from '../session/protected-files.ts';
import { isExplainedBy, type KnownFile, protectedFileChanged, stateOf, Tripwire, type UnexplainedChange } from '../session/tripwire.ts';
import { ChangeQuestions } from './change-questions.ts';
import { DisposableStore } from './disposable-store.ts';
import { HandWatch } from './hand-watch.ts';
import { isOfNoConcern } from './settings-concern.ts';

/** Changes of one file within this time are one change; milliseconds. */
const settleMs = 600;
/** What explains a change, in this window or another, may be told of a little later than the change itself. */
const explanationMs = 1500;
/** Changes that come within this time of each other are one question; what comes for longer than `togetherAtMost` is not waited for. */
const togetherMs = 1000;
const togetherAtMost = 5000;
/** Change notices are lost on some file systems. */
const pollMs = 10_000;
const recentRecords = 200;
/** How long the log's end is taken as read: a switch of branches changes many files at once. */
const recordsMs = 250;

/**
 * Watches protected files of this window's folders and of the home directory. A change that neither a decision nor a person in the editor explains is
 * recorded, shown against what was there, and can be put back.
 */
export class TripwireWatch {
  readonly #store = new DisposableStore();
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #tripwire: Tripwire;
  readonly #log: AuditLog;
  readonly #directories: Directories;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #pending = new PendingChanges();
  readonly #questions: ChangeQuestions;
  readonly #hand: HandWatch;
  #asking: { readonly timer: NodeJS.Timeout; readonly since: number } | undefined;
  #files: ReadonlySet<string> = new Set();
  #records: { readonly recent: readonly AuditRecord[]; readonly at: number } = { recent: [], at: 0 };

  constructor(directories: Directories, log: AuditLog, folder: string) {
    this.#directories = directories;
    this.#log = log;
    this.#tripwire = new Tripwire({ folder, isExplained: (change) => this.#isExplained(change) });
    this.#questions = this.#store.add(new ChangeQuestions((path) => this.#tripwire.known(path)?.content));
    this.#hand = this.#store.add(
      new HandWatch({
        isWatched: (path) => this.#isWatched(path),
        isOfNoConcern: (path, text) =>
          path.endsWith(join('.vscode', 'settings.json')) &&
          isOfNoConcern(this.#tripwire.known(path)?.content?.toString('utf8') ?? '', text),
        saved: (path) => this.#soon(path, settleMs),
        reloaded: (path) => this.#look(path, true),
        created: (path) => this.#done(path, ({ content }) => content?.length === 0),
        deleted: (path) => this.#done(path, ({ content }) => content === undefined),
        renamed: (from, to) => {
          this.#done(from, ({ content }) => content === undefined);
          this.#done(to, () => true);
        },
      }),
    );
    this.#store.add(workspace.onDidChangeWorkspaceFolders(() => this.#watch()));
    this.#watch();
    const timer = setInterval(() => this.#watch(), pollMs);
    timer.unref();
    this.#store.add({ dispose: () => clearInterval(timer) });
  }

  dispose(): Promise<void> {
    for (const timer of [...this.#timers.values(), this.#asking?.timer]) clearTimeout(timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    return this.#store.dispose();
  }

  get #projects(): readonly string[] {
    return (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
  }

  #watch(): void {
    const protectedIn = protectedFolders(this.#projects, homedir());
    const mine = this.#tripwire.paths.filter((path) => this.#isInFolder(path));
    this.#files = new Set([
      ...protectedFiles(this.#projects, homedir(), this.#directories.config),
      ...protectedIn,
      ...protectedIn.flatMap(filesIn),
      // Their removal is a change.
      ...mine,
    ]);
    const folders = new Set([...[...this.#files].map(dirname), ...protectedIn].filter((folder) => existsSync(folder)));
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#watchFolder(folder);
    // A folder is known from when its files are.
    for (const path of [...this.#files].filter((each) => !protectedIn.includes(each))) this.#soon(path, settleMs);
    for (const path of protectedIn) this.#soon(path, settleMs + 1);
  }

  #watchFolder(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null) return;
        const path = join(folder, name);
        if (this.#isWatched(path)) this.#soon(path, settleMs);
        // A folder came or went that holds protected files.
        if ([...this.#files].some((file) => file.startsWith(`${path}${sep}`))) this.#soon('', settleMs);
      });
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(folder);
      });
      this.#watchers.set(folder, watcher);
    } catch {
      // Looked at from time to time instead.
    }
  }

  #isWatched(path: string): boolean {
    return this.#files.has(path) || this.#isInFolder(path);
  }

  #isInFolder(path: string): boolean {
    return isInProtectedFolder(path, this.#projects, homedir());
  }

  /** Looks at a file after a while; at all of them for the empty path. */
  #soon(path: string, ms: number, isLast = false): void {
    if (this.#timers.has(path)) return;
    this.#timers.set(
      path,
      setTimeout(() => {
        this.#timers.delete(path);
        if (this.#store.isDisposed) return;
        if (path === '') this.#watch();
        else this.#look(path, isLast);
      }, ms),
    );
  }

  #look(path: string, isLast: boolean): void {
    const change = this.#tripwire.look(path, this.#tripwire.known(dirname(path)) !== undefined && this.#isInFolder(path));
    if (change === undefined) this.#pending.drop(path);
    else if (!isLast && !this.#pending.isOpen(path)) this.#soon(path, explanationMs, true);
    else if (this.#pending.report(change)) {
      this.#record(change, 'seen');
      this.#askSoon();
    }
  }

  /** What a person did in the editor to a file, or to the folder it is in. */
  #done(place: string, isDone: (now: KnownFile) => boolean): void {
    const below = [...this.#files, place].filter((path) => path === place || path.startsWith(`${place}${sep}`));
    for (const path of below) if (this.#isWatched(path) && !this.#pending.isOpen(path)) this.#tripwire.takeIf(path, isDone);
  }

  #isExplained(change: UnexplainedChange): boolean {
    // What is done to a file that somebody else has changed does not account for that.
    if (this.#pending.isOpen(change.path)) return false;
    if (this.#hand.explains(change)) {
      // Other windows know files of the home as well.
      if (!this.#projects.some((root) => change.path.startsWith(`${root}${sep}`))) this.#record(change, 'saved');
      return true;
    }
    const now = Date.now();
    if (now - this.#records.at > recordsMs)
      this.#records = { recent: queryLog(this.#log.directory, {}, recentRecords).map(({ record }) => record), at: now };
    return isExplainedBy(this.#records.recent, change, now);
  }

  #askSoon(): void {
    const now = Date.now();
    if (this.#asking !== undefined && now - this.#asking.since > togetherAtMost) return;
    clearTimeout(this.#asking?.timer);
    const timer = setTimeout(() => {
      this.#asking = undefined;
      this.#ask();
    }, togetherMs);
    this.#asking = { timer, since: this.#asking?.since ?? now };
  }

  #ask(): void {
    const question = this.#store.isDisposed ? undefined : this.#pending.ask();
    if (question !== undefined) void this.#put(question);
  }

  async #put(question: ChangeQuestion): Promise<void> {
    const answer = await this.#questions.ask(question.paths, this.#projects);
    if (this.#store.isDisposed) return;
    if (answer === undefined) this.#pending.putAside(question);
    else for (const change of this.#pending.answered(question)) this.#settle(change, answer);
    this.#ask();
  }

  #settle(change: UnexplainedChange, answer: 'restore' | 'keep'): void {
    if (answer === 'keep') {
      // Another state than the one that was shown is another question.
      if (this.#tripwire.keep(change.path, change.after)) this.#record(change, 'kept');
      else this.#look(change.path, true);
      return;
    }
    try {
      this.#tripwire.restore(change.path);
      this.#record(change, 'restored');
    } catch (error) {
      this.#questions.failed(change, error);
    }
  }

  #record({ path, before, after }: UnexplainedChange, outcome: 'seen' | 'restored' | 'kept' | 'saved'): void {
    try {
      appendRecord(this.#log, {
        type: 'event',
        event: protectedFileChanged,
        timestamp: new Date().toISOString(),
        user: userInfo().username,
        details: { file: path, outcome, before: stateOf(before), after: stateOf(after) },
      });
    } catch {
      // Whoever keeps the log from being written must not keep the person from being asked; what agents do is denied meanwhile.
    }
  }
}
