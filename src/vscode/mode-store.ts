import { existsSync, mkdirSync, type FSWatcher, watch } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, dirname } from 'node:path';
import { EventEmitter } from 'vscode';
import type { Directories } from '../platform/directories.ts';
import { type BreakGlass, breakGlassFile, readBreakGlass } from '../session/break-glass.ts';
import { chooseMode } from '../session/choose-mode.ts';
import { type Mode, modeFile, readMode } from '../session/mode.ts';
import { DisposableStore } from './disposable-store.ts';

/** The machine's mode: read from its file, which other windows and the command line change, too. */
export class ModeStore {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new EventEmitter<Mode>());
  readonly #directories: Directories;
  #mode: Mode;
  #glass: BreakGlass | undefined;
  #end: NodeJS.Timeout | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(directories: Directories) {
    this.#directories = directories;
    this.#mode = readMode(directories) ?? 'enforce';
    this.#store.add({ dispose: () => clearTimeout(this.#end) });
    this.#watch();
    this.refresh();
  }

  get mode(): Mode {
    return this.#mode;
  }

  /** The break-glass that is in force on this machine, whatever its scope. */
  get breakGlass(): BreakGlass | undefined {
    return this.#glass;
  }

  /** Changes the mode and records who did it. Throws where it cannot be written. */
  set(mode: Mode): void {
    try {
      chooseMode(this.#directories, { user: userInfo().username, by: 'window' }, mode);
    } finally {
      this.refresh();
    }
  }

  /** Reads the files again. */
  refresh(): void {
    const mode = readMode(this.#directories) ?? 'enforce';
    const glass = readBreakGlass(this.#directories, Date.now());
    clearTimeout(this.#end);
    // Nothing in the files changes when its time is over.
    if (glass !== undefined) this.#end = setTimeout(() => this.refresh(), glass.until - Date.now() + 50);
    if (mode === this.#mode && glass?.id === this.#glass?.id) return;
    this.#mode = mode;
    this.#glass = glass;
    this.#changed.fire(mode);
  }

  dispose(): Promise<void> {
    return this.#store.dispose();
  }

  #watch(): void {
    const file = modeFile(this.#directories);
    const names = [file, breakGlassFile(this.#directories)].map((each) => basename(each));
    try {
      if (!existsSync(dirname(file))) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      const watcher: FSWatcher = watch(dirname(file), { persistent: false }, (_event, name) => {
        if (name === null || names.includes(name)) this.refresh();
      });
      watcher.on('error', () => watcher.close());
      this.#store.add({ dispose: () => watcher.close() });
    } catch {
      // The file is read again whenever the mode is shown or changed.
    }
  }
}
