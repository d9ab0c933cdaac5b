import type { EntryKind, World } from '../model/world.ts';

/**
 * A machine that holds the files of a scenario and nothing else, so that scenarios come out the same everywhere.
 * `files` are contents by path relative to `workspace`; a path that ends in `/` is a folder.
 */
export function scenarioWorld(workspace: string, files: Readonly<Record<string, string>>): World {
  const texts = new Map<string, string>();
  const folders = new Map<string, Set<string>>();
  const addFolder = (path: string): void => {
    if (folders.has(path)) return;
    folders.set(path, new Set());
    const slash = path.lastIndexOf('/');
    if (path === '/' || slash < 0) return;
    const parent = slash === 0 ? '/' : path.slice(0, slash);
    addFolder(parent);
    folders.get(parent)?.add(path.slice(slash + 1));
  };
  addFolder(workspace);
  for (const [name, text] of Object.entries(files)) {
    const path = name.startsWith('/') ? name : `${workspace}/${name}`;
    if (path.endsWith('/')) {
      addFolder(path.replace(/\/+$/, '') || '/');
      continue;
    }
    const folder = path.slice(0, path.lastIndexOf('/')) || '/';
    addFolder(folder);
    folders.get(folder)?.add(path.slice(path.lastIndexOf('/') + 1));
    texts.set(path, text);
  }
  const kind = (path: string): EntryKind | undefined => (texts.has(path) ? 'file' : folders.has(path) ? 'directory' : undefined);
  return {
    kind,
    readLink: () => undefined,
    list: (path) => {
      const names = folders.get(path);
      return names === undefined ? undefined : [...names];
    },
    readText: (path, maxBytes) => {
      const text = texts.get(path);
      return text === undefined || new TextEncoder().encode(text).length > maxBytes ? undefined : text;
    },
    variable: () => undefined,
    madeBySession: () => false,
    ignoresCase: false,
  };
}
