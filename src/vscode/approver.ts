import { homedir } from 'node:os';
import { type MessageItem, window } from 'vscode';
import { type ApprovalAnswer, longestMessage } from '../approval/messages.ts';
import type { Pending, Present } from '../approval/queue.ts';
import { question } from '../present/question.ts';
import { DisposableStore } from './disposable-store.ts';
import { ReviewEditor } from './review-editor.ts';
import { t } from './translate.ts';

/** Input so soon after a question appears, or after the window got the focus, was meant for something else. */
export const guardMs = 600;

/** So often a question is put again after input that came too soon; then it is denied. Hosts that close dialogs by themselves must not loop. */
const mostRepeats = 10;

interface Button extends MessageItem {
  readonly does: 'deny' | 'deny-with' | 'once' | 'session' | 'review';
}

/** Puts a question to the person in a dialog of the editor. Only a button of that dialog allows anything: a command can be run by an agent, too. */
export class Approver {
  readonly #store = new DisposableStore();
  readonly #review: ReviewEditor;
  #focusedAt = 0;
  #current: Pending | undefined;

  constructor(review: ReviewEditor) {
    this.#review = review;
    this.#store.add(
      window.onDidChangeWindowState((state) => {
        if (state.focused) this.#focusedAt = Date.now();
      }),
    );
  }

  readonly present: Present = async (current) => {
    try {
      return await this.#ask(current);
    } finally {
      this.#current = undefined;
      await this.#review.close();
    }
  };

  /** Brings the question that is being read to the front, or asks it. */
  async reviewNext(): Promise<void> {
    if (this.#current && this.#review.isReading) await this.#review.reveal(this.#current);
  }

  dispose(): Promise<void> {
    return this.#store.dispose();
  }

  async #ask(current: () => Pending): Promise<ApprovalAnswer> {
    let repeats = 0;
    for (;;) {
      const pending = current();
      this.#current = pending;
      if (pending.signal.aborted) return denied;
      if (ReviewEditor.isAboutFiles(pending)) await this.#review.show(pending, false);
      const shownAt = Date.now();
      const choice = await this.#dialog(pending);
      if (pending.signal.aborted || Date.now() >= pending.deadline) {
        // The dialog cannot be closed from here, so an answer may come after the call has given up.
        if (choice !== undefined) void window.showWarningMessage(t('The request had expired before you answered. It was denied.'));
        return denied;
      }
      if (Date.now() - Math.max(shownAt, this.#focusedAt) < guardMs) {
        repeats += 1;
        if (repeats > mostRepeats) return denied;
        continue;
      }
      const answer = await this.#answer(choice, pending);
      if (answer) return answer;
    }
  }

  #dialog(pending: Pending): Thenable<Button | undefined> {
    const deadline = new Date(pending.deadline).toLocaleTimeString();
    const { message, detail } = question(pending.request, { waiting: pending.waiting, deadline, home: homedir() }, t);
    const review = ReviewEditor.isAboutFiles(pending) ? t('Review Changes') : t('Show Full');
    // The first button has the focus and is what Enter means; closing the dialog is the same.
    const buttons: readonly Button[] = [
      { title: t('Deny'), does: 'deny' },
      { title: t('Allow Once'), does: 'once' },
      { title: t('Allow for This Session'), does: 'session' },
      { title: review, does: 'review' },
      { title: t('Deny with Message…'), does: 'deny-with', isCloseAffordance: false },
    ];
    return window.showWarningMessage<Button>(message, { modal: true, detail }, ...buttons);
  }

  /** The answer, or nothing where the question is put again. */
  async #answer(choice: Button | undefined, pending: Pending): Promise<ApprovalAnswer | undefined> {
    switch (choice?.does) {
      case 'once':
        return allowed('once', pending);
      case 'session':
        return allowed('session', pending);
      case 'review':
        await this.#review.show(pending, true);
        return (await this.#review.read(pending.signal)) === 'deny' ? denied : undefined;
      case 'deny-with': {
        const message = await window.showInputBox({
          title: t('Deny'),
          prompt: t('What the agent is told'),
          placeHolder: t('For example: push to a branch of your own instead'),
          ignoreFocusOut: true,
          validateInput: (text) => (text.length > longestMessage ? t('At most {0} characters.', longestMessage) : undefined),
        });
        return message === undefined ? undefined : message === '' ? denied : { answer: 'deny', message };
      }
      default:
        return denied;
    }
  }
}

const denied: ApprovalAnswer = { answer: 'deny' };

/** Allows; where the policy demands a reason, only with one. Nothing: the question is put again. */
async function allowed(scope: 'once' | 'session', { request }: Pending): Promise<ApprovalAnswer | undefined> {
  if (request.needsReason !== true) return { answer: 'allow', scope };
  const message = await window.showInputBox({
    title: t('Allow'),
    prompt: t('The policy demands a reason. It is recorded.'),
    ignoreFocusOut: true,
    validateInput: (text) => (text.length > longestMessage ? t('At most {0} characters.', longestMessage) : undefined),
  });
  return message === undefined || message.trim() === '' ? undefined : { answer: 'allow', scope, message };
}
