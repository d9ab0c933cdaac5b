import { type Disposable, RelativePattern, type Uri, workspace } from 'vscode';
import { DisposableStore } from './disposable-store.ts';
import { policyFile, policyFileName } from './policy-documents.ts';

/** What is done about the policy file of a folder of the window. */
export interface PolicyFolderEvents {
  /** The folder is here, now or from the beginning, or its policy was made or changed. */
  readonly look: (policy: Uri) => void;
  /** The policy was deleted, or its folder left the window. */
  readonly gone: (policy: Uri) => void;
}

/** Watches the policy of each folder of the window, and those of folders that come, until they go. */
export function watchPolicyFolders({ look, gone }: PolicyFolderEvents): Disposable {
  const store = new DisposableStore();
  const watchers = new Map<string, Disposable>();
  store.add({ dispose: () => watchers.forEach((watcher) => void watcher.dispose()) });
  const add = (folder: Uri) => {
    const watcher = workspace.createFileSystemWatcher(new RelativePattern(folder, policyFileName));
    watchers.set(folder.toString(), watcher);
    watcher.onDidCreate(look);
    watcher.onDidChange(look);
    watcher.onDidDelete(gone);
    look(policyFile(folder));
  };
  const remove = (folder: Uri) => {
    watchers.get(folder.toString())?.dispose();
    watchers.delete(folder.toString());
    gone(policyFile(folder));
  };
  store.add(
    workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      for (const { uri } of removed) remove(uri);
      for (const { uri } of added) add(uri);
    }),
  );
  for (const { uri } of workspace.workspaceFolders ?? []) add(uri);
  return { dispose: () => void store.dispose() };
}
