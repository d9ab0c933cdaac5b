import { homedir } from 'node:os';
import { type MessageItem, window } from 'vscode';
import { type ApprovalAnswer, longestMessage } from '../approval/messages.ts';
import type { Pending, Present } from '../approval/queue.ts';
import { previewLines, previewText } from '../present/preview-text.ts';
import { message, question } from '../present/question.ts';
import { visibleLine } from '../present/visible-text.ts';
import type { Preview } from '../model/preview.ts';
import type { DialogContent, GuardedDialog } from './guarded-dialog.ts';
import type { Previews } from './previews.ts';
import { ReviewEditor } from './review-editor.ts';
import { t } from './translate.ts';

/** How long a question waits for its preview, in milliseconds: a dialog cannot be changed once it is there. */
const previewPatience = 2500;

/** What is typed to let something critical run. Not translated: it is compared. */
const criticalWord = 'allow';

interface Button extends MessageItem {
  readonly does: 'deny' | 'deny-with' | 'once' | 'more' | 'review';
}

/** Lets the person choose for what else an answer holds; nothing where the question is put again. */
export type PickAllowance = (pending: Pending) => Promise<ApprovalAnswer | undefined>;

/** Puts a question to the person in a dialog of the editor. Only a button of that dialog allows anything: a command can be run by an agent, too. */
export class Approver {
  readonly #review: ReviewEditor;
  readonly #dialog: GuardedDialog;
  readonly #pick: PickAllowance;
  readonly #previews: Previews;
  #current: Pending | undefined;

  constructor(review: ReviewEditor, dialog: GuardedDialog, pick: PickAllowance, previews: Previews) {
    this.#review = review;
    this.#dialog = dialog;
    this.#pick = pick;
    this.#previews = previews;
  }

  readonly present: Present = async (current) => {
    try {
      return await this.#ask(current);
    } finally {
      this.#current = undefined;
      await this.#review.close();
    }
  };

  /** The question that is put to the person. */
  get current(): Pending | undefined {
    return this.#current;
  }

  /** Brings the question that is being read to the front; false where none is. */
  async reveal(): Promise<boolean> {
    if (!this.#current || !this.#review.isReading) return false;
    await this.#review.reveal(this.#current);
    return true;
  }

  async #ask(current: () => Pending): Promise<ApprovalAnswer> {
    for (;;) {
      const first = current();
      const preview = await this.#previews.within(first.request, previewPatience);
      // Others may have joined meanwhile, or nobody may wait any more.
      if (first.signal.aborted) return denied;
      let pending = current();
      this.#current = pending;
      this.#review.describe(preview === undefined ? [] : previewText(preview, pending.request.workspace, t), preview);
      if (ReviewEditor.isAboutFiles(pending)) await this.#review.show(pending, false);
      const isOver = () => pending.signal.aborted || Date.now() >= pending.deadline;
      const choice = await this.#dialog.ask(() => {
        if (!pending.signal.aborted) pending = current();
        return content(pending, preview);
      }, isOver);
      const answer = isOver() ? undefined : await this.#answer(choice, pending);
      if (isOver()) {
        // The dialog cannot be closed from here, so an answer may come after the call has given up.
        if (choice !== undefined) void window.showWarningMessage(t('The request had expired before you answered. It was denied.'));
        return denied;
      }
      if (answer) return answer;
    }
  }

  /** The answer, or nothing where the question is put again. */
  async #answer(choice: Button | undefined, pending: Pending): Promise<ApprovalAnswer | undefined> {
    switch (choice?.does) {
      case 'once':
        return this.#allowOnce(pending);
      case 'more':
        return this.#pick(pending);
      case 'review':
        await this.#review.show(pending, true);
        return (await this.#review.read(pending.signal)) === 'deny' ? denied : undefined;
      case 'deny-with':
        return this.#denyWith();
      default:
        return denied;
    }
  }

  async #allowOnce(pending: Pending): Promise<ApprovalAnswer | undefined> {
    if (!(await this.#isMeant(pending))) return denied;
    if (pending.request.needsReason !== true) return { answer: 'allow', scope: 'once' };
    const reason = await window.showInputBox({
      title: t('Allow Once'),
      prompt: t('The policy asks for a reason, which is recorded'),
      ignoreFocusOut: true,
      validateInput: (typed) =>
        typed.trim() === '' ? t('Write why.') : typed.length > longestMessage ? t('At most {0} characters.', longestMessage) : undefined,
    });
    return reason === undefined || reason.trim() === '' ? undefined : { answer: 'allow', scope: 'once', message: reason };
  }

  /** The second step of what is critical: a word that nobody types by accident. Closing it denies. */
  async #isMeant({ request, signal }: Pending): Promise<boolean> {
    if (request.risk !== 'critical') return true;
    const typed = await window.showInputBox({
      title: message(request, t).slice(0, 200),
      prompt: t('This is critical. Type {0} to let it run once; Escape denies it.', criticalWord),
      ignoreFocusOut: true,
      validateInput: (text) =>
        text.trim().toLowerCase() === criticalWord ? undefined : t('Type {0}, or press Escape to deny.', criticalWord),
    });
    return !signal.aborted && typed?.trim().toLowerCase() === criticalWord && this.#dialog.isSettled;
  }

  async #denyWith(): Promise<ApprovalAnswer | undefined> {
    const text = await window.showInputBox({
      title: t('Deny'),
      prompt: t('What the agent is told'),
      placeHolder: t('For example: push to a branch of your own instead'),
      ignoreFocusOut: true,
      validateInput: (typed) => (typed.length > longestMessage ? t('At most {0} characters.', longestMessage) : undefined),
    });
    return text === undefined ? undefined : text === '' ? denied : { answer: 'deny', message: text };
  }
}

function content(pending: Pending, preview: Preview | undefined): DialogContent<Button> {
  const { request, waiting } = pending;
  const deadline = new Date(pending.deadline).toLocaleTimeString();
  const shown = question(
    request,
    {
      waiting,
      deadline,
      home: homedir(),
      ...(preview === undefined ? {} : { preview: previewLines(preview, visibleLine(request.workspace), t) }),
    },
    t,
  );
  const isCritical = request.risk === 'critical';
  return {
    ...shown,
    buttons: [
      { title: t('Deny'), does: 'deny' },
      { title: isCritical || request.needsReason === true ? t('Allow Once…') : t('Allow Once'), does: 'once' },
      // What is critical, or wants a reason, is asked for each time.
      ...(isCritical || request.needsReason === true ? [] : [{ title: t('Allow…'), does: 'more' } as const]),
      { title: ReviewEditor.isAboutFiles(pending) ? t('Review Changes') : t('Show Full'), does: 'review' },
      { title: t('Deny with Message…'), does: 'deny-with', isCloseAffordance: false },
    ],
  };
}

const denied: ApprovalAnswer = { answer: 'deny' };
