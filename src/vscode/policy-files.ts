import {
  DiagnosticSeverity,
  type DiagnosticCollection,
  Diagnostic as EditorDiagnostic,
  languages,
  Range,
  RelativePattern,
  type TextDocument,
  Uri,
  workspace,
} from 'vscode';
import type { Diagnostic } from '../model/diagnostic.ts';
import { loadBeside } from '../platform/beside.ts';
import type { LayerSource, loadPolicy, ReadExtended } from '../policy/load.ts';
import { DisposableStore } from './disposable-store.ts';
import { policyFile, policyFileName, readPolicy } from './policy-documents.ts';

const typingMs = 300;

/** Checks the policy of each workspace folder, as it is on disk or being typed, and marks what is wrong with it. */
export class PolicyFiles {
  readonly #store = new DisposableStore();
  readonly #found: DiagnosticCollection = this.#store.add(languages.createDiagnosticCollection('agent-policy'));
  readonly #watchers = new DisposableStore();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Number of the newest check of each file: what an older one finds later is out of date. */
  readonly #newest = new Map<string, number>();

  constructor() {
    this.#store.add(workspace.onDidChangeTextDocument(({ document }) => this.#soon(document)));
    this.#store.add(workspace.onDidOpenTextDocument((document) => this.#soon(document)));
    this.#store.add(
      workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        for (const folder of removed) this.#clear(policyFile(folder.uri));
        for (const folder of added) this.#watch(folder.uri);
      }),
    );
    for (const folder of workspace.workspaceFolders ?? []) this.#watch(folder.uri);
  }

  async dispose(): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await this.#watchers.dispose();
    await this.#store.dispose();
  }

  #watch(folder: Uri): void {
    const watcher = this.#watchers.add(workspace.createFileSystemWatcher(new RelativePattern(folder, policyFileName)));
    const check = (uri: Uri) => void this.#check(uri);
    watcher.onDidCreate(check);
    watcher.onDidChange(check);
    watcher.onDidDelete((uri) => this.#clear(uri));
    void this.#check(policyFile(folder));
  }

  #soon(document: TextDocument): void {
    const { uri } = document;
    if (!workspace.workspaceFolders?.some((folder) => policyFile(folder.uri).toString() === uri.toString())) return;
    const key = uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => {
        this.#timers.delete(key);
        void this.#check(uri);
      }, typingMs),
    );
  }

  #clear(uri: Uri): void {
    this.#begin(uri);
    this.#found.delete(uri);
  }

  /** Begins a check; the result says whether it still is the newest. */
  #begin(uri: Uri): () => boolean {
    const key = uri.toString();
    const number = (this.#newest.get(key) ?? 0) + 1;
    this.#newest.set(key, number);
    return () => !this.#store.isDisposed && this.#newest.get(key) === number;
  }

  async #check(uri: Uri): Promise<void> {
    const isNewest = this.#begin(uri);
    const text = await readPolicy(uri);
    if (!isNewest()) return;
    if (text === undefined) {
      this.#found.delete(uri);
      return;
    }
    // The bundle with the YAML parser is loaded when there is a policy to read.
    const compiler = loadBeside('compiler') as { readonly loadPolicy: typeof loadPolicy };
    const { read, texts } = await extended(uri, text);
    const layer: LayerSource = { layer: 'workspace', name: uri.fsPath, text };
    if (!isNewest()) return;
    const { diagnostics } = compiler.loadPolicy([layer], read);
    const own = diagnostics.filter((one) => one.source === undefined || one.source === uri.fsPath || !texts.has(one.source));
    this.#found.set(
      uri,
      own.map((one) => editorDiagnostic(one, text)),
    );
  }
}

function editorDiagnostic(diagnostic: Diagnostic, text: string): EditorDiagnostic {
  const result = new EditorDiagnostic(
    rangeOf(diagnostic, text),
    diagnostic.message,
    diagnostic.severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
  );
  result.source = 'Agent Policy';
  result.code = diagnostic.code;
  return result;
}

function rangeOf({ span, position }: Diagnostic, text: string): Range {
  if (span) {
    const [start, end] = [placeAt(text, span.start), placeAt(text, Math.max(span.end, span.start + 1))];
    return new Range(start[0], start[1], end[0], end[1]);
  }
  const line = Math.max(0, (position?.line ?? 1) - 1);
  const column = Math.max(0, (position?.column ?? 1) - 1);
  const length = text.split('\n')[line]?.length ?? 0;
  return new Range(line, column, line, Math.max(length, column + 1));
}

function placeAt(text: string, offset: number): readonly [number, number] {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  return [before.split('\n').length - 1, before.length - start];
}

const mostExtended = 50;

/** Reads what a policy extends beforehand: loading asks for it at once, and files may lie in a virtual folder. */
async function extended(uri: Uri, text: string): Promise<{ readonly read: ReadExtended; readonly texts: ReadonlySet<string> }> {
  const texts = new Map<string, string>();
  const waiting = [{ from: uri, text }];
  for (let next = waiting.shift(); next && texts.size < mostExtended; next = waiting.shift()) {
    for (const [name] of next.text.matchAll(/(?:\.{1,2}\/|\/)[^\s,'"\]#]+\.ya?ml/g)) {
      const target = resolveName(next.from, name);
      if (texts.has(target.fsPath)) continue;
      const found = await readPolicy(target);
      if (found === undefined) continue;
      texts.set(target.fsPath, found);
      waiting.push({ from: target, text: found });
    }
  }
  const read: ReadExtended = (name, from) => {
    const target = resolveName(uri.with({ path: Uri.file(from).path }), name).fsPath;
    const found = texts.get(target);
    return found === undefined ? undefined : { name: target, text: found };
  };
  return { read, texts: new Set(texts.keys()) };
}

function resolveName(from: Uri, name: string): Uri {
  return name.startsWith('/') ? from.with({ path: name }) : Uri.joinPath(from, '..', name);
}
