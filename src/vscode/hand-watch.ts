import { type TextDocument, TextDocumentChangeReason, TextEditorSelectionChangeKind, type Uri, window, workspace } from 'vscode';
import { HandEdits } from '../session/hand-edits.ts';
import type { UnexplainedChange } from '../session/tripwire.ts';
import { DisposableStore } from './disposable-store.ts';

/** After this time the editor has said whether a document that changed differs from what is on disk; milliseconds. */
const dirtyMs = 100;

/** What the owner of a {@link HandWatch} knows and wants to be told. Paths are those of files. */
export interface HandWatchOptions {
  readonly isWatched: (path: string) => boolean;
  /** Whether a text that the editor saved by itself, as its settings page does, concerns no agent. */
  readonly isOfNoConcern: (path: string, text: string) => boolean;
  /** A file was saved: it is worth a look. */
  readonly saved: (path: string) => void;
  /** An open file was read again from disk: something else has written it. */
  readonly reloaded: (path: string) => void;
  /** Files or folders that were created, deleted or renamed through the editor, as in its explorer. */
  readonly created: (path: string) => void;
  readonly deleted: (path: string) => void;
  readonly renamed: (from: string, to: string) => void;
}

/**
 * Sees what a person does to watched files in this editor. Keyboard and mouse in a document are the person's; a change that comes without them, as by
 * another extension or by an agent's edit tool, is not.
 */
export class HandWatch {
  readonly #store = new DisposableStore();
  readonly #hand = new HandEdits();
  readonly #options: HandWatchOptions;
  /** When documents were saved last. */
  readonly #saves = new Map<string, number>();

  constructor(options: HandWatchOptions) {
    this.#options = options;
    this.#store.add(
      window.onDidChangeTextEditorSelection(({ kind, textEditor: { document } }) => {
        const isByHand = kind === TextEditorSelectionChangeKind.Keyboard || kind === TextEditorSelectionChangeKind.Mouse;
        if (isByHand && this.#isWatched(document.uri)) this.#hand.touch(keyOf(document), Date.now());
      }),
    );
    this.#store.add(
      workspace.onDidChangeTextDocument(({ document, contentChanges, reason }) => {
        if (contentChanges.length === 0 || !this.#isWatched(document.uri)) return;
        const isUndo = reason === TextDocumentChangeReason.Undo || reason === TextDocumentChangeReason.Redo;
        if (isUndo) this.#hand.touch(keyOf(document), Date.now());
        this.#hand.change(keyOf(document), document.getText(), Date.now());
        // The editor tells of a first edit before it calls the document changed.
        if (!document.isDirty) this.#later(() => this.#isReloaded(document));
      }),
    );
    this.#store.add(
      workspace.onWillSaveTextDocument(({ document }) => {
        if (this.#isWatched(document.uri)) this.#hand.willSave(keyOf(document), document.getText());
      }),
    );
    this.#store.add(
      workspace.onDidSaveTextDocument((document) => {
        if (this.#isWatched(document.uri)) void this.#saved(document);
      }),
    );
    this.#store.add(workspace.onDidCreateFiles(({ files }) => onDisk(files, options.created)));
    this.#store.add(workspace.onDidDeleteFiles(({ files }) => onDisk(files, options.deleted)));
    this.#store.add(
      workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) onDisk([newUri], (to) => options.renamed(oldUri.fsPath, to));
      }),
    );
  }

  /** Whether a person's save made a file what it is now. */
  explains(change: UnexplainedChange): boolean {
    return this.#hand.explains(change, Date.now());
  }

  dispose(): Promise<void> {
    return this.#store.dispose();
  }

  async #saved(document: TextDocument): Promise<void> {
    const path = document.uri.fsPath;
    const text = document.getText();
    this.#saves.set(keyOf(document), Date.now());
    const byHand = this.#hand.saved(keyOf(document), text, Date.now());
    const texts = byHand.length === 0 && this.#options.isOfNoConcern(path, text) ? [text] : byHand;
    const { encoding } = document;
    if (texts.length > 0) {
      const contents = await Promise.all(texts.map((each) => workspace.encode(each, { encoding })));
      this.#hand.wrote(path, contents, Date.now());
    }
    if (!this.#store.isDisposed) this.#options.saved(path);
  }

  #isReloaded(document: TextDocument): void {
    if (document.isDirty || Date.now() - (this.#saves.get(keyOf(document)) ?? 0) < 2 * dirtyMs) return;
    this.#hand.reloaded(keyOf(document));
    this.#options.reloaded(document.uri.fsPath);
  }

  #later(run: () => void): void {
    setTimeout(() => {
      if (!this.#store.isDisposed) run();
    }, dirtyMs);
  }

  #isWatched(uri: Uri): boolean {
    return uri.scheme === 'file' && this.#options.isWatched(uri.fsPath);
  }
}

function keyOf({ uri }: TextDocument): string {
  return uri.toString();
}

function onDisk(files: readonly Uri[], then: (path: string) => void): void {
  for (const { scheme, fsPath } of files) if (scheme === 'file') then(fsPath);
}
