import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, sep } from 'node:path';
import { commands, EventEmitter, Uri, window, workspace } from 'vscode';
import { visibleLine, withoutLinks } from '../present/visible-text.ts';
import type { UnexplainedChange } from '../session/tripwire.ts';
import { DisposableStore } from './disposable-store.ts';
import { t } from './translate.ts';

const scheme = 'agent-policy-known';
/** Names in one message. */
const mostNames = 5;
/** How long before a question a move of HEAD may be what changed the files, in milliseconds. */
const recently = 15_000;

/** What a person wants of changed files; `undefined`: the question was closed. */
export type ChangeAnswer = 'restore' | 'keep' | undefined;

/** Shows changes that nothing explains, and asks what becomes of them. */
export class ChangeQuestions {
  readonly #store = new DisposableStore();
  readonly #shown = this.#store.add(new EventEmitter<Uri>());

  /** `known` gives the bytes that a file last held. */
  constructor(known: (path: string) => Uint8Array | undefined) {
    this.#store.add(
      workspace.registerTextDocumentContentProvider(scheme, {
        onDidChange: this.#shown.event,
        provideTextDocumentContent: ({ path }) => new TextDecoder().decode(known(path)),
      }),
    );
  }

  dispose(): Promise<void> {
    return this.#store.dispose();
  }

  /** Asks about one or more files, with the changes beside; more than one is one question. */
  async ask(paths: readonly string[], projects: readonly string[]): Promise<ChangeAnswer> {
    await this.#show(paths);
    const isOne = paths.length === 1;
    const [restore, keep, show] = [isOne ? t('Restore') : t('Restore All'), isOne ? t('Keep') : t('Keep All'), t('Show Changes')];
    const names = paths.slice(0, mostNames).map(shortName).join(', ') + (paths.length > mostNames ? ', …' : '');
    const sentences = [
      isOne
        ? t('Agent Policy: {0} was changed, and neither a decision nor what you typed explains it.', names)
        : t(
            'Agent Policy: {0} protected files were changed, and neither a decision nor what you typed explains it: {1}.',
            paths.length,
            names,
          ),
      ...(projects.some(hasMoved) ? [t('Git has just moved to another commit, which may be why.')] : []),
    ];
    for (;;) {
      const answer = await window.showWarningMessage(sentences.join(' '), restore, keep, show);
      if (answer !== show) return answer === restore ? 'restore' : answer === keep ? 'keep' : undefined;
      await this.#show(paths);
    }
  }

  failed({ path }: UnexplainedChange, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    void window.showErrorMessage(t('{0} could not be restored: {1}', shortName(path), why));
  }

  async #show(paths: readonly string[]): Promise<void> {
    const sides = paths.map((path): [Uri, Uri, Uri] => {
      const before = Uri.from({ scheme, path });
      this.#shown.fire(before);
      return [Uri.file(path), before, existsSync(path) ? Uri.file(path) : Uri.from({ scheme, path: '/', query: 'none' })];
    });
    const [first] = sides;
    if (first === undefined) return;
    const [uri, before, after] = first;
    if (sides.length > 1) await commands.executeCommand('vscode.changes', t('Protected files: as they were ↔ as they are'), sides);
    else
      await commands.executeCommand('vscode.diff', before, after, t('{0}: as it was ↔ as it is', visibleLine(basename(uri.fsPath))), {
        preview: true,
        preserveFocus: true,
      });
  }
}

/** A path as a person knows it: within the window's folders, or below the home directory. */
function shortName(path: string): string {
  const inWindow = workspace.asRelativePath(path);
  return withoutLinks(visibleLine(inWindow.startsWith(homedir() + sep) ? `~${inWindow.slice(homedir().length)}` : inWindow));
}

/** Whether HEAD of a project's repository moved just now: a checkout, a pull, a reset. */
function hasMoved(project: string): boolean {
  try {
    return Date.now() - statSync(join(project, '.git', 'logs', 'HEAD')).mtimeMs < recently;
  } catch {
    return false;
  }
}
