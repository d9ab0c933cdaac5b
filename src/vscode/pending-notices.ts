import { window } from 'vscode';
import type { PendingItem } from '../approval/queue.ts';
import { message } from '../present/question.ts';
import { t } from './translate.ts';

/** What a person can do with what waits quietly. */
export interface PendingActions {
  readonly items: () => readonly PendingItem[];
  readonly open: (id?: number) => void;
  readonly deny: (id: number) => void;
  readonly denyAll: () => void;
}

/** Tells of what waits without a dialog: one notification at a time, however many come. */
export class PendingNotices {
  readonly #actions: PendingActions;
  readonly #told = new Set<number>();
  #isShown = false;

  constructor(actions: PendingActions) {
    this.#actions = actions;
  }

  /** Tells of what is new. */
  async update(): Promise<void> {
    if (this.#isShown) return;
    const quiet = this.#actions.items().filter(({ isQuiet }) => isQuiet);
    const fresh = quiet.filter(({ id }) => !this.#told.has(id));
    const first = fresh[0];
    if (first === undefined) return;
    for (const { id } of fresh) this.#told.add(id);
    this.#isShown = true;
    const [review, deny, denyAll] = [t('Review'), t('Deny'), t('Deny All')];
    try {
      if (quiet.length === 1) {
        const answer = await window.showInformationMessage(message(first.request, t), review, deny);
        if (answer === review) this.#actions.open(first.id);
        if (answer === deny) this.#actions.deny(first.id);
      } else {
        const answer = await window.showInformationMessage(t('{0} actions of agents wait for you.', quiet.length), review, denyAll);
        if (answer === review) this.#actions.open();
        if (answer === denyAll) this.#actions.denyAll();
      }
    } finally {
      this.#isShown = false;
    }
    // Others may have come while it was open.
    await this.update();
  }
}
