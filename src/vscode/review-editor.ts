import { basename } from 'node:path';
import { commands, type Tab, TabInputText, TabInputTextDiff, type Uri, ViewColumn, window, workspace } from 'vscode';
import type { Pending } from '../approval/queue.ts';
import { fullText } from '../present/question.ts';
import { visibleLine, visibleText } from '../present/visible-text.ts';
import type { Preview } from '../model/preview.ts';
import type { ProposedFile } from '../preview/proposed-files.ts';
import { DisposableStore } from './disposable-store.ts';
import { proposedOnDisk } from './proposed-on-disk.ts';
import { type ReviewDocuments, reviewScheme } from './review-documents.ts';
import { t } from './translate.ts';

/** How a review ended. `decide`: the person wants to be asked again, where the buttons are. */
export type ReviewEnd = 'decide' | 'deny';

/** More editors than anyone reads: the full text is shown instead. */
const mostFiles = 8;

/** Shows a request in full: the native diff editor for files, a read-only document for everything else. */
export class ReviewEditor {
  readonly #store = new DisposableStore();
  readonly #documents: ReviewDocuments;
  #uris: Uri[] = [];
  #described: readonly string[] = [];
  #preview: Preview | undefined;
  #end: ((end: ReviewEnd) => void) | undefined;

  constructor(documents: ReviewDocuments) {
    this.#documents = documents;
    this.#store.add(
      window.tabGroups.onDidChangeTabs(({ closed }) => {
        if (closed.some((tab) => this.#isOurs(tab.input)) && this.#tabs().length === 0) this.finish('decide');
      }),
    );
  }

  /** Whether there is something to compare. */
  static isAboutFiles(pending: Pending): boolean {
    return pending.request.actions.some(({ kind }) => kind === 'write' || kind === 'edit' || kind === 'patch');
  }

  /** What the next review also says: what the request would change. */
  describe(lines: readonly string[], preview: Preview | undefined): void {
    this.#described = lines;
    this.#preview = preview;
  }

  /** Opens the diff or the full text, and leaves it open. `focus`: for reading, not behind a dialog. */
  async show(pending: Pending, focus: boolean): Promise<void> {
    if (this.#uris.length > 0) return;
    const isAboutFiles = ReviewEditor.isAboutFiles(pending);
    const files = isAboutFiles ? proposedOnDisk(pending.request) : triedFiles(this.#preview);
    const agent = visibleLine(pending.request.agent);
    if (files.length > 0 && files.length <= mostFiles) await this.#showDiff(files, agent, focus);
    if (!isAboutFiles || files.length === 0 || files.length > mostFiles) await this.#showText(pending, focus);
  }

  /** Waits until the person has read: by the editor's title-bar actions, by closing it, or until nobody waits any more. */
  read(signal: AbortSignal): Promise<ReviewEnd> {
    if (signal.aborted) return Promise.resolve('deny');
    return new Promise((resolve) => {
      const gone = () => this.finish('deny');
      signal.addEventListener('abort', gone);
      this.#end = (end) => {
        signal.removeEventListener('abort', gone);
        this.#end = undefined;
        void commands.executeCommand('setContext', 'agentPolicy.reviewing', false);
        resolve(end);
      };
      void commands.executeCommand('setContext', 'agentPolicy.reviewing', true);
    });
  }

  /** Ends a {@link read}. */
  finish(end: ReviewEnd): void {
    this.#end?.(end);
  }

  /** Whether someone is reading now. */
  get isReading(): boolean {
    return this.#end !== undefined;
  }

  /** Brings what is being read to the front. */
  reveal(pending: Pending): Promise<void> {
    this.#forget();
    return this.show(pending, true);
  }

  /** Closes the editors of this review. */
  async close(): Promise<void> {
    const tabs = this.#tabs();
    this.#forget();
    if (tabs.length > 0) await window.tabGroups.close(tabs, true);
  }

  async dispose(): Promise<void> {
    this.finish('deny');
    this.#forget();
    await this.#store.dispose();
  }

  async #showDiff(files: readonly ProposedFile[], agent: string, focus: boolean): Promise<void> {
    const pairs = files.map((file) => {
      const path = visibleLine(file.path);
      const before = this.#add(`before/${path}`, file.before ?? '');
      const after = this.#add(
        `after/${path}`,
        file.problem === undefined ? (file.after ?? '') : `${problemText(file)}\n\n${file.after ?? ''}`,
      );
      return { path, before, after };
    });
    for (const { path, before, after } of pairs) {
      const title = t('{0} (now ↔ as {1} would leave it)', basename(path), agent);
      await commands.executeCommand('vscode.diff', before, after, title, {
        preview: false,
        preserveFocus: !focus,
        viewColumn: ViewColumn.Active,
      });
    }
  }

  async #showText(pending: Pending, focus: boolean): Promise<void> {
    const uri = this.#add(
      `${t('Request of {0}', visibleLine(pending.request.agent)).replaceAll('/', '-')}.txt`,
      fullText(pending.request, t, this.#described),
    );
    const document = await workspace.openTextDocument(uri);
    await window.showTextDocument(document, { preview: false, preserveFocus: !focus });
  }

  #add(path: string, text: string): Uri {
    const uri = this.#documents.add(path, visibleFile(text));
    this.#uris.push(uri);
    return uri;
  }

  #forget(): void {
    for (const uri of this.#uris) this.#documents.remove(uri);
    this.#uris = [];
  }

  #tabs(): readonly Tab[] {
    return window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => this.#isOurs(tab.input));
  }

  #isOurs(input: unknown): boolean {
    const uri = input instanceof TabInputText ? input.uri : input instanceof TabInputTextDiff ? input.modified : undefined;
    return uri?.scheme === reviewScheme && this.#uris.some((one) => one.toString() === uri.toString());
  }
}

/** The files that a command would change, as far as trying it out gave their texts. */
function triedFiles(preview: Preview | undefined): readonly ProposedFile[] {
  return (preview?.files ?? []).flatMap(({ path, change, before, after }): readonly ProposedFile[] => {
    if (change === 'delete' || after === undefined) return [];
    return [{ path, ...(before === undefined ? {} : { before }), after }];
  });
}

/** A file's text with hidden characters made visible; tabs are what they are. */
function visibleFile(text: string): string {
  return text.split('\t').map(visibleText).join('\t');
}

function problemText(file: ProposedFile): string {
  switch (file.problem) {
    case 'unreadable':
      return t('⚠ The present file cannot be shown: it is too large, or no text.');
    case 'no-content':
      return t('⚠ The agent did not say what it will write.');
    case 'text-not-found':
      return t('⚠ The text to replace is not in the file; what the agent will do cannot be shown.');
    default:
      return t('⚠ The patch does not fit the file; what it will do cannot be shown.');
  }
}
