import { type MessageItem, window } from 'vscode';
import { DisposableStore } from './disposable-store.ts';

/** Input so soon after a question appears, or after the window got the focus, was meant for something else. */
export const guardMs = 600;

/** So often a question is put again after input that came too soon; then it is closed. Hosts that close dialogs by themselves must not loop. */
const mostRepeats = 10;

/** Modal dialogs that nobody answers by accident: what comes too soon after they appear, or after the window got the focus, does not count. */
export class GuardedDialog {
  readonly #store = new DisposableStore();
  #focusedAt = 0;

  constructor() {
    this.#store.add(
      window.onDidChangeWindowState((state) => {
        if (state.focused) this.#focusedAt = Date.now();
      }),
    );
  }

  /**
   * The button that was chosen; nothing for closing, for Cancel and for input that kept coming too soon. The first button has the focus and is what Enter means.
   * `gone` is asked after each answer: true ends it.
   */
  async ask<T extends MessageItem>(content: () => DialogContent<T>, gone: () => boolean): Promise<T | undefined> {
    for (let repeats = 0; repeats <= mostRepeats; repeats += 1) {
      const { message, detail, buttons } = content();
      const shownAt = Date.now();
      const choice = await window.showWarningMessage<T>(message, { modal: true, detail }, ...buttons);
      if (gone() || Date.now() - Math.max(shownAt, this.#focusedAt) >= guardMs) return choice;
    }
    return undefined;
  }

  /** Whether the window has had the focus long enough for input to be meant. */
  get isSettled(): boolean {
    return Date.now() - this.#focusedAt >= guardMs;
  }

  dispose(): Promise<void> {
    return this.#store.dispose();
  }
}

export interface DialogContent<T extends MessageItem> {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly T[];
}
