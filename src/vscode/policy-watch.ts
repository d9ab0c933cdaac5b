import { EventEmitter, window, workspace } from 'vscode';
import { localPolicy } from '../gateway/local-policy.ts';
import type { Directories } from '../platform/directories.ts';
import { withoutLinks } from '../present/visible-text.ts';
import { type Mode, readMode, strongerMode } from '../session/mode.ts';
import { DisposableStore } from './disposable-store.ts';
import { watchPolicyFolders } from './policy-folders.ts';
import { t } from './translate.ts';

/** What the policies of this window's folders say beyond their rules. */
export interface PolicyFacts {
  /** The strictest mode that a policy states, where it is not the machine's own. */
  readonly mode: Mode | undefined;
  /** Folders whose policy would loosen something, and is not approved: absolute. */
  readonly unapproved: readonly string[];
}

/** Nothing is looked for so soon after the window has opened, in milliseconds. */
const patience = 2000;
const gatherMs = 400;

/**
 * Watches the policies of the window's folders for what the status bar shows: a stricter mode, and rules that wait for a person's approval,
 * of which it tells once for each content.
 */
export class PolicyWatch {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new EventEmitter<void>());
  readonly #directories: Directories;
  readonly #review: (folder: string) => void;
  /** Contents that the person has been told of. */
  readonly #told = new Set<string>();
  /** How many things each content would loosen, under each of the policies it stood under. */
  readonly #known = new Map<string, number>();
  #facts: PolicyFacts = { mode: undefined, unapproved: [] };
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;
  #isReviewing = false;

  readonly onDidChange = this.#changed.event;

  constructor(directories: Directories, review: (folder: string) => void) {
    this.#directories = directories;
    this.#review = review;
    this.#store.add({ dispose: () => clearTimeout(this.#timer) });
    const soon = () => this.soon();
    this.#store.add(watchPolicyFolders({ look: soon, gone: soon }));
    this.#store.add(workspace.onDidGrantWorkspaceTrust(soon));
    this.soon(patience);
  }

  get facts(): PolicyFacts {
    return this.#facts;
  }

  /** Does a review, during which the person is told of nothing that it is about. */
  async reviewing(review: () => Promise<void>): Promise<void> {
    this.#isReviewing = true;
    try {
      await review();
      await this.#look();
    } finally {
      this.#isReviewing = false;
    }
  }

  /** Looks again, after what comes at the same time has come. */
  soon(ms = gatherMs): void {
    if (this.#store.isDisposed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), ms);
  }

  dispose(): Promise<void> {
    return this.#store.dispose();
  }

  async #look(): Promise<void> {
    const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    const stated: Mode[] = [];
    const unapproved: { readonly folder: string; readonly name: string; readonly pin: string; readonly count: number }[] = [];
    for (const { uri, name } of folders) {
      try {
        const found = localPolicy(this.#directories, process.platform, uri.fsPath);
        const machine = readMode(this.#directories);
        const mode = strongerMode(machine, found.policy?.mode);
        if (mode !== (machine ?? 'enforce')) stated.push(mode);
        if (found.pin === undefined || found.trusted) continue;
        const key = `${found.pin} ${found.policy?.ref.hash}`;
        const count = this.#known.get(key) ?? (await this.#count(uri.fsPath));
        this.#known.set(key, count);
        if (count === 0) continue;
        unapproved.push({ folder: uri.fsPath, name, pin: found.pin, count });
      } catch {
        // What is wrong with it is said where it is decided by.
      }
    }
    if (this.#store.isDisposed) return;
    const order: readonly Mode[] = ['locked', 'confirm', 'shadow', 'enforce'];
    this.#facts = { mode: order.find((each) => stated.includes(each)), unapproved: unapproved.map(({ folder }) => folder) };
    this.#changed.fire();
    // Whoever is reviewing knows.
    if (this.#isReviewing) for (const { pin } of unapproved) this.#told.add(pin);
    const untold = unapproved.find(({ pin }) => !this.#told.has(pin));
    // In a folder that is not trusted nothing can be approved.
    if (untold !== undefined && workspace.isTrusted) await this.#tell(untold);
  }

  /** How many things the policy of a folder would loosen. */
  async #count(folder: string): Promise<number> {
    const { reviewOf } = await import('./trust-review.ts');
    return reviewOf(this.#directories, folder)?.diff.filter(({ sign }) => sign !== '-').length ?? 0;
  }

  async #tell({
    folder,
    name,
    pin,
    count,
  }: {
    readonly folder: string;
    readonly name: string;
    readonly pin: string;
    readonly count: number;
  }): Promise<void> {
    if (this.#isAsking) return;
    this.#told.add(pin);
    this.#isAsking = true;
    const review = t('Review');
    const message = t(
      'The policy of {0} would loosen rules that hold here ({1}). That has no effect until you have read and approved it.',
      name,
      count,
    );
    const answer = await window.showWarningMessage(withoutLinks(message), review, t('Not Now'));
    this.#isAsking = false;
    if (answer === review && !this.#store.isDisposed) this.#review(folder);
  }
}
