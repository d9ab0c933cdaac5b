import { window } from 'vscode';
import type { PendingItem } from '../approval/queue.ts';
import { message } from '../present/question.ts';
import { withoutLinks } from '../present/visible-text.ts';
import { t } from './translate.ts';

/** What a person can do with what waits quietly. */
export interface PendingActions {
  readonly items: () => readonly PendingItem[];
  /** Puts that question, or the oldest; false where there is none. */
  readonly open: (id?: number) => boolean;
  readonly deny: (id: number) => void;
  readonly denyAll: () => void;
}

/**
 * Tells of what waits without a dialog: one notification at a time, however many come. A notification cannot be taken back, so one whose requests have been
 * answered elsewhere may still stand there; it keeps no other waiting.
 */
export class PendingNotices {
  readonly #actions: PendingActions;
  readonly #told = new Set<number>();
  /** Requests that the notification of now is about. */
  #shown: ReadonlySet<number> = new Set();

  constructor(actions: PendingActions) {
    this.#actions = actions;
  }

  /** Tells of what is new. */
  async update(): Promise<void> {
    const quiet = this.#actions.items().filter(({ isQuiet }) => isQuiet);
    if (quiet.some(({ id }) => this.#shown.has(id))) return;
    const fresh = quiet.filter(({ id }) => !this.#told.has(id));
    const first = fresh[0];
    if (first === undefined) return;
    for (const { id } of fresh) this.#told.add(id);
    const shown = new Set(quiet.map(({ id }) => id));
    this.#shown = shown;
    const [review, deny, denyAll] = [t('Review'), t('Deny'), t('Deny All')];
    try {
      if (quiet.length === 1) {
        const answer = await window.showInformationMessage(withoutLinks(message(first.request, t)), review, deny);
        // What has been answered elsewhere leads to what waits now.
        if (answer === review && !this.#actions.open(first.id)) this.#actions.open();
        if (answer === deny) this.#actions.deny(first.id);
      } else {
        const answer = await window.showInformationMessage(t('{0} actions of agents wait for you.', quiet.length), review, denyAll);
        if (answer === review) this.#actions.open();
        if (answer === denyAll) this.#actions.denyAll();
      }
    } finally {
      if (this.#shown === shown) this.#shown = new Set();
    }
    // Others may have come while it was open.
    await this.update();
  }
}
