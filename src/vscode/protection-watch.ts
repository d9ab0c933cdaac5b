import { ConfigurationTarget, EventEmitter, type Uri, workspace } from 'vscode';
import { DisposableStore } from './disposable-store.ts';
import { type EditorFacts, type ProtectionProblem, protectionProblems } from './protection.ts';
import { t } from './translate.ts';

const watched = ['chat.useHooks', 'chat.plugins.enabled', 'chat.hooks.allowManagedOnly', 'chat.hookFilesLocations'];

/** Knows at all times whether agents' hooks can run in this window. */
export class ProtectionWatch {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new EventEmitter<readonly ProtectionProblem[]>());
  #problems: readonly ProtectionProblem[];

  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#problems = findProblems();
    const update = () => {
      const before = JSON.stringify(this.#problems);
      this.#problems = findProblems();
      if (JSON.stringify(this.#problems) !== before) this.#changed.fire(this.#problems);
    };
    this.#store.add(workspace.onDidChangeConfiguration((event) => watched.some((key) => event.affectsConfiguration(key)) && update()));
    this.#store.add(workspace.onDidGrantWorkspaceTrust(update));
    this.#store.add(workspace.onDidChangeWorkspaceFolders(update));
  }

  get problems(): readonly ProtectionProblem[] {
    return this.#problems;
  }

  /** Whether no hook of ours can run. */
  get isOff(): boolean {
    return this.#problems.some((problem) => problem.severity === 'off');
  }

  dispose(): Promise<void> {
    return this.#store.dispose();
  }
}

/** Gives a setting the value that lets the hooks run, in the file where it is wrong. */
export async function repairSetting(setting: NonNullable<ProtectionProblem['setting']>): Promise<void> {
  const target =
    setting.target === 'folder'
      ? ConfigurationTarget.WorkspaceFolder
      : setting.target === 'workspace'
        ? ConfigurationTarget.Workspace
        : ConfigurationTarget.Global;
  // A wrong value in a project's file is taken out rather than replaced: the default is right.
  const value = target === ConfigurationTarget.Global ? setting.value : undefined;
  const scope = setting.target === 'folder' ? folderOf(setting.key) : undefined;
  await workspace.getConfiguration(undefined, scope).update(setting.key, value, target);
}

function folderOf(key: string): Uri | undefined {
  return workspace.workspaceFolders?.find(
    (folder) => workspace.getConfiguration(undefined, folder.uri).inspect(key)?.workspaceFolderValue !== undefined,
  )?.uri;
}

/** Problems of all folders, each once: any folder may switch the hooks off for its own requests. */
function findProblems(): readonly ProtectionProblem[] {
  const scopes = [undefined, ...(workspace.workspaceFolders ?? []).map((folder) => folder.uri)];
  const all = scopes.flatMap((scope) => {
    const configuration = workspace.getConfiguration(undefined, scope);
    const editor: EditorFacts = {
      trusted: workspace.isTrusted,
      value: (key) => configuration.get(key),
      inspect: (key) => configuration.inspect(key),
    };
    return protectionProblems(editor, t);
  });
  return [...new Map(all.map((problem) => [problem.message, problem])).values()];
}
