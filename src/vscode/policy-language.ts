import { CodeActionKind, commands, languages } from 'vscode';
import type { Directories } from '../platform/directories.ts';
import { DisposableStore } from './disposable-store.ts';
import { policySelector } from './policy-documents.ts';

/** YAML's words are texts to the editor, in which it suggests nothing by itself: letters trigger suggestions, too. */
const triggers = [...' :[{,"\'.-', ...'abcdefghijklmnopqrstuvwxyz'];

/** What the editor knows of policies while they are written. Everything is loaded when it is first asked. */
export class PolicyLanguage {
  readonly #store = new DisposableStore();

  constructor(directories: Directories) {
    const selector = policySelector(directories);
    this.#store.add(
      languages.registerCompletionItemProvider(
        selector,
        {
          provideCompletionItems: async (document, position) =>
            (await import('./policy-completion.ts')).suggestions(document, position, directories),
        },
        ...triggers,
      ),
    );
    this.#store.add(
      languages.registerHoverProvider(selector, {
        provideHover: async (document, position) => (await import('./policy-completion.ts')).wordHover(document, position, directories),
      }),
    );
    this.#store.add(
      languages.registerCodeActionsProvider(
        selector,
        {
          provideCodeActions: async (document, range, context) => [
            ...(await (await import('./policy-fixes.ts')).fixActions(document, range, context, directories)),
          ],
        },
        { providedCodeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite] },
      ),
    );
    this.#store.add(
      languages.registerCodeLensProvider(selector, {
        provideCodeLenses: async (document) => [...(await import('./policy-lenses.ts')).lensesOf(document, directories)],
        resolveCodeLens: async (lens, token) => (await import('./policy-lenses.ts')).resolveLens(lens, token, directories),
      }),
    );
    const command = (name: string, run: (uri: unknown, rule: unknown) => unknown) =>
      this.#store.add(commands.registerCommand(`agentPolicy.${name}`, run));
    command('tryCommand', async (uri, rule) => (await import('./try-command.ts')).tryCommand(uri, rule, directories));
    command('showMatches', async (uri, rule) => (await import('./policy-lenses.ts')).showMatches(uri, rule, directories));
  }

  dispose(): Promise<void> {
    return this.#store.dispose();
  }
}
