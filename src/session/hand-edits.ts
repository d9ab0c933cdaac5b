import { sha256 } from '../platform/sha256.ts';
import type { KnownFile, UnexplainedChange } from './tripwire.ts';

/** How long before a document's first unsaved change a person may have been busy in it, in milliseconds: whoever picks a quick fix types nothing. */
const handLifetime = 10_000;
/** How long a saved content accounts for what is found on disk, in milliseconds. */
const savedLifetime = 60_000;
/** Contents that one save may have written: a person goes on typing while the editor saves. */
const textsOfSave = 16;
const documentsKept = 100;

/** What is known of one open document. */
interface DocumentState {
  /** When a person last moved the cursor in it by keyboard or mouse, or undid something; milliseconds since 1970. */
  readonly touched: number;
  /** When its first change after the last save came; `undefined` where there is none. */
  readonly changed?: number;
  /** Texts since a save began, oldest first; `undefined` where none has. */
  readonly saving?: readonly string[];
}

/**
 * Tells what a person wrote into a file in the editor from what others did: other extensions, agents that edit through the editor, and processes
 * that wrote the file while it was open. A save counts as a person's where that person was busy in the document, and accounts for exactly the
 * content that was saved. Texts come in whole; times are milliseconds since 1970.
 */
export class HandEdits {
  readonly #documents = new Map<string, DocumentState>();
  readonly #saved = new Map<string, { readonly digests: ReadonlySet<string>; readonly at: number }>();

  /** A person moved the cursor in a document, or undid something there. */
  touch(document: string, now: number): void {
    this.#set(document, { ...this.#documents.get(document), touched: now });
  }

  /** A document changed. */
  change(document: string, text: string, now: number): void {
    const { touched = 0, changed = now, saving } = this.#documents.get(document) ?? {};
    this.#set(document, { touched, changed, ...(saving === undefined ? {} : { saving: [...saving.slice(1 - textsOfSave), text] }) });
  }

  /** A document shows again what is on disk: nothing of it is a person's. */
  reloaded(document: string): void {
    this.#set(document, { touched: this.#documents.get(document)?.touched ?? 0 });
  }

  /** A save begins, before the editor formats and trims. */
  willSave(document: string, text: string): void {
    const state = this.#documents.get(document);
    if (state?.changed !== undefined) this.#set(document, { ...state, saving: [text] });
  }

  /** A document was saved: the texts that may be on disk now, where they are a person's. */
  saved(document: string, text: string, now: number): readonly string[] {
    const state = this.#documents.get(document);
    if (state?.changed === undefined) return [];
    const { touched, changed, saving = [] } = state;
    // What came while it was saved may be unsaved still.
    this.#set(document, saving.length > 1 ? { touched, changed: now } : { touched });
    return touched >= changed - handLifetime ? [...new Set([...saving, text])] : [];
  }

  /** The bytes that a person's save may have written to a file. */
  wrote(path: string, contents: readonly Uint8Array[], now: number): void {
    this.#saved.delete(path);
    this.#saved.set(path, { digests: new Set(contents.map((content) => sha256(content))), at: now });
    for (const first of this.#saved.keys()) {
      if (this.#saved.size <= documentsKept) break;
      this.#saved.delete(first);
    }
  }

  /** Whether a person's save made a file what it is. Accounts for it once. */
  explains({ path, before, after }: UnexplainedChange, now: number): boolean {
    const saved = this.#saved.get(path);
    if (saved === undefined || now - saved.at > savedLifetime || !isSaveOf(before, after) || !saved.digests.has(sha256(after.content)))
      return false;
    this.#saved.delete(path);
    return true;
  }

  #set(document: string, state: DocumentState): void {
    this.#documents.delete(document);
    this.#documents.set(document, state);
    for (const first of this.#documents.keys()) {
      if (this.#documents.size <= documentsKept) break;
      this.#documents.delete(first);
    }
  }
}

/** A save removes nothing, and changes no permissions. */
function isSaveOf(before: KnownFile, after: KnownFile): after is KnownFile & { readonly content: Buffer } {
  return after.content !== undefined && (before.content === undefined || before.mode === after.mode);
}
