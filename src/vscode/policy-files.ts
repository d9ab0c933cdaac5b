import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DiagnosticSeverity,
  type DiagnosticCollection,
  Diagnostic as EditorDiagnostic,
  languages,
  Range,
  type TextDocument,
  Uri,
  workspace,
} from 'vscode';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Directories } from '../platform/directories.ts';
import { DisposableStore } from './disposable-store.ts';
import { kindOf, rangeIn, readPolicy } from './policy-documents.ts';
import { watchPolicyFolders } from './policy-folders.ts';
import { Settling } from './settling.ts';

const typingMs = 300;

/** Checks the policy of each workspace folder, and other policies and scenarios that are open, as they are on disk or being typed, and marks what is wrong. */
export class PolicyFiles {
  readonly #store = new DisposableStore();
  readonly #found: DiagnosticCollection = this.#store.add(languages.createDiagnosticCollection('agent-policy'));
  readonly #typing = this.#store.add(new Settling(typingMs));
  /** Number of the newest check of each file: what an older one finds later is out of date. */
  readonly #newest = new Map<string, number>();

  readonly #directories: Directories;
  readonly #extensionPath: string;
  #guide: ReadonlyMap<string, number> | undefined;

  constructor(directories: Directories, extensionPath: string) {
    this.#directories = directories;
    this.#extensionPath = extensionPath;
    this.#store.add(workspace.onDidChangeTextDocument(({ document }) => this.#soon(document)));
    this.#store.add(workspace.onDidOpenTextDocument((document) => this.#soon(document)));
    this.#store.add(
      workspace.onDidCloseTextDocument((document) => {
        // The policy of a folder is checked whether or not somebody looks at it.
        if (kindOf(document, directories) === 'workspace') this.#soon(document);
        else this.#clear(document.uri);
      }),
    );
    for (const document of workspace.textDocuments) this.#soon(document);
    this.#store.add(watchPolicyFolders({ look: (uri) => void this.#check(uri), gone: (uri) => this.#clear(uri) }));
  }

  dispose(): Promise<void> {
    return this.#store.dispose();
  }

  #soon(document: TextDocument): void {
    const { uri } = document;
    if (kindOf(document, this.#directories) === undefined) return;
    this.#typing.soon(uri.toString(), () => void this.#check(uri));
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
    const { check } = await import('./policy-diagnostics.ts');
    const found = await check(uri, text, this.#directories);
    if (!isNewest()) return;
    this.#found.set(
      uri,
      found.map((one) => editorDiagnostic(one, text, this.#documentation(one.code))),
    );
  }

  /** Where the user guide speaks of a code; `undefined` where it does not. */
  #documentation(code: string): Uri | undefined {
    this.#guide ??= headings(join(this.#extensionPath, 'docs', 'diagnostics.md'));
    const line = this.#guide.get(code);
    return line === undefined ? undefined : Uri.file(join(this.#extensionPath, 'docs', 'diagnostics.md')).with({ fragment: `L${line}` });
  }
}

/** Lines of a page's headings, from 1, by what they say. */
function headings(file: string): ReadonlyMap<string, number> {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return new Map(lines.flatMap((line, index) => (line.startsWith('### ') ? [[line.slice(4).trim(), index + 1] as const] : [])));
  } catch {
    return new Map();
  }
}

function editorDiagnostic(diagnostic: Diagnostic, text: string, documentation: Uri | undefined): EditorDiagnostic {
  const result = new EditorDiagnostic(
    rangeOf(diagnostic, text),
    diagnostic.message,
    diagnostic.severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
  );
  result.source = 'Agent Policy';
  result.code = documentation === undefined ? diagnostic.code : { value: diagnostic.code, target: documentation };
  return result;
}

function rangeOf({ span, position }: Diagnostic, text: string): Range {
  if (span) {
    return rangeIn(text, span.start, Math.max(span.end, span.start + 1));
  }
  const line = Math.max(0, (position?.line ?? 1) - 1);
  const column = Math.max(0, (position?.column ?? 1) - 1);
  const length = text.split('\n')[line]?.length ?? 0;
  return new Range(line, column, line, Math.max(length, column + 1));
}
