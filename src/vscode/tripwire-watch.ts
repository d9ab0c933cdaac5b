import { existsSync, type FSWatcher, watch } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { commands, EventEmitter, Uri, window, workspace } from 'vscode';
import { appendRecord, type AuditLog } from '../audit/append.ts';
import { queryLog } from '../audit/query.ts';
import { sha256 } from '../platform/sha256.ts';
import type { Directories } from '../platform/directories.ts';
import { visibleLine, withoutLinks } from '../present/visible-text.ts';
import {
  isExplainedBy,
  isInProtectedFolder,
  type KnownFile,
  protectedFiles,
  Tripwire,
  type UnexplainedChange,
} from '../session/tripwire.ts';
import { DisposableStore } from './disposable-store.ts';
import { t } from './translate.ts';

const scheme = 'agent-policy-known';

/** Changes of one file within this time are one change, and a save is told of before this has gone by; milliseconds. */
const settleMs = 600;
/** Change notices are lost on some file systems. */
const pollMs = 10_000;
const savedMs = 5000;
const recentRecords = 200;

/**
 * Watches protected files of this window's folders and of the home directory. A change that neither a decision nor a save in the editor explains is
 * recorded, shown against what was there, and can be put back.
 */
export class TripwireWatch {
  readonly #store = new DisposableStore();
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #tripwire: Tripwire;
  readonly #log: AuditLog;
  readonly #directories: Directories;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #saved = new Map<string, number>();
  readonly #asking = new Map<string, UnexplainedChange>();
  readonly #shown = this.#store.add(new EventEmitter<Uri>());
  #files: ReadonlySet<string> = new Set();

  constructor(directories: Directories, log: AuditLog, folder: string) {
    this.#directories = directories;
    this.#log = log;
    this.#tripwire = new Tripwire({ folder, isExplained: (path) => this.#isExplained(path) });
    this.#store.add(
      workspace.registerTextDocumentContentProvider(scheme, {
        onDidChange: this.#shown.event,
        provideTextDocumentContent: ({ path }) => this.#tripwire.known(path)?.content?.toString('utf8') ?? '',
      }),
    );
    this.#store.add(
      workspace.onDidSaveTextDocument(({ uri }) => {
        if (uri.scheme !== 'file' || !this.#files.has(uri.fsPath)) return;
        this.#saved.set(uri.fsPath, Date.now());
        this.#soon(uri.fsPath);
      }),
    );
    this.#store.add(workspace.onDidChangeWorkspaceFolders(() => this.#watch()));
    this.#watch();
    const timer = setInterval(() => this.#watch(), pollMs);
    timer.unref();
    this.#store.add({ dispose: () => clearInterval(timer) });
  }

  dispose(): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    return this.#store.dispose();
  }

  get #projects(): readonly string[] {
    return (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
  }

  #watch(): void {
    this.#files = new Set([...protectedFiles(this.#projects, homedir(), this.#directories.config), ...this.#mine()]);
    const folders = new Set([...this.#files].map(dirname).filter((folder) => existsSync(folder)));
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#watchFolder(folder);
    for (const path of this.#files) this.#soon(path);
  }

  /** Known files of this window's projects that are not there any more: their removal is a change. */
  #mine(): readonly string[] {
    return this.#tripwire.paths.filter((path) => isInProtectedFolder(path, this.#projects, homedir()));
  }

  #watchFolder(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null) return;
        const path = join(folder, name);
        if (this.#files.has(path) || isInProtectedFolder(path, this.#projects, homedir())) this.#soon(path);
      });
      watcher.on('error', () => watcher.close());
      this.#watchers.set(folder, watcher);
    } catch {
      // Looked at from time to time instead.
    }
  }

  #soon(path: string): void {
    if (this.#timers.has(path)) return;
    this.#timers.set(
      path,
      setTimeout(() => {
        this.#timers.delete(path);
        if (!this.#store.isDisposed) this.#look(path);
      }, settleMs),
    );
  }

  #isExplained(path: string): boolean {
    if (Date.now() - (this.#saved.get(path) ?? 0) < savedMs) return true;
    const recent = queryLog(this.#log.directory, {}, recentRecords).map(({ record }) => record);
    return isExplainedBy(recent, path, Date.now());
  }

  #look(path: string): void {
    const change = this.#tripwire.look(path);
    const before = this.#asking.get(path);
    if (change === undefined || (before !== undefined && hash(before.after) === hash(change.after))) return;
    this.#asking.set(path, change);
    this.#record(change, 'seen');
    // One question a file; the diff shows the newest state.
    if (before === undefined) void this.#ask(change);
  }

  async #ask({ path }: UnexplainedChange): Promise<void> {
    const known = Uri.from({ scheme, path });
    this.#shown.fire(known);
    const name = visibleLine(basename(path));
    const now = existsSync(path) ? Uri.file(path) : Uri.from({ scheme: `${scheme}`, path: '/', query: 'none' });
    await commands.executeCommand('vscode.diff', known, now, t('{0}: as it was ↔ as it is', name), { preview: true, preserveFocus: true });
    const [restore, keep] = [t('Restore'), t('Keep')];
    const answer = await window.showWarningMessage(
      t('Agent Policy: {0} was changed, and no decision and no save in the editor explains it.', withoutLinks(visibleLine(path))),
      restore,
      keep,
    );
    const change = this.#asking.get(path);
    this.#asking.delete(path);
    if (change === undefined || this.#store.isDisposed) return;
    if (answer === restore) this.#restore(change);
    else if (answer === keep) {
      this.#tripwire.keep(path);
      this.#record(change, 'kept');
    } else this.#asking.set(path, change);
  }

  #restore(change: UnexplainedChange): void {
    try {
      this.#tripwire.restore(change.path);
      this.#record(change, 'restored');
    } catch (error) {
      void window.showErrorMessage(
        t('{0} could not be restored: {1}', withoutLinks(visibleLine(change.path)), error instanceof Error ? error.message : String(error)),
      );
    }
  }

  #record({ path, before, after }: UnexplainedChange, outcome: 'seen' | 'restored' | 'kept'): void {
    appendRecord(this.#log, {
      type: 'event',
      event: 'protected-file-changed',
      timestamp: new Date().toISOString(),
      user: userInfo().username,
      details: { file: path, outcome, before: hash(before), after: hash(after) },
    });
  }
}

function hash({ content, mode }: KnownFile): string {
  return content === undefined ? 'none' : `sha256:${sha256(content.toString('latin1'))}/${mode.toString(8)}`;
}
