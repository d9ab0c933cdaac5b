import { EventEmitter, type TextDocumentContentProvider, Uri, workspace } from 'vscode';
import { DisposableStore } from './disposable-store.ts';

export const reviewScheme = 'agent-policy-review';

/** Read-only documents of our own text: what a person reviews comes from our computation, not from a file that may change meanwhile. */
export class ReviewDocuments implements TextDocumentContentProvider {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new EventEmitter<Uri>());
  readonly #texts = new Map<string, string>();
  #count = 0;

  readonly onDidChange = this.#changed.event;

  readonly #scheme: string;

  constructor(scheme: string = reviewScheme) {
    this.#scheme = scheme;
    this.#store.add(workspace.registerTextDocumentContentProvider(scheme, this));
  }

  /** A new document whose last path segments are `path`, by which the editor knows its language. */
  add(path: string, text: string): Uri {
    this.#count += 1;
    const uri = Uri.from({ scheme: this.#scheme, path: `/${this.#count}/${path.replace(/^\/+/, '')}` });
    this.#texts.set(uri.toString(), text);
    return uri;
  }

  /** Whether a document is still known. */
  has(uri: Uri): boolean {
    return this.#texts.has(uri.toString());
  }

  /** Forgets a document. */
  remove(uri: Uri): void {
    this.#texts.delete(uri.toString());
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): Promise<void> {
    this.#texts.clear();
    return this.#store.dispose();
  }
}
