import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, sep } from 'node:path';
import type { Directories } from '../platform/directories.ts';
import { writeAtomically } from '../platform/atomic-write.ts';

/** A window that can be asked, as it says of itself. */
export interface WindowEntry {
  readonly id: string;
  readonly pid: number;
  /** Name of the machine: a home directory may be shared with others. */
  readonly host: string;
  readonly socket: string;
  /** Absolute paths. */
  readonly workspaceFolders: readonly string[];
  /** When the window last had the focus, in milliseconds since 1970. */
  readonly focused: number;
}

/** Most windows that are looked at. */
const mostWindows = 64;
const largestEntry = 64 * 1024;

/**
 * Directory with one file for each open window. It lies in the state directory, not beside the sockets: an agent may have been started with
 * another `XDG_RUNTIME_DIR` than the window, or none.
 */
export function windowsDirectory(directories: Directories): string {
  return join(directories.state, 'windows');
}

function entryFile(directories: Directories, id: string): string {
  return join(windowsDirectory(directories), `${id}.json`);
}

/** Writes or replaces a window's entry. Throws what the file system says. */
export function registerWindow(directories: Directories, entry: WindowEntry): void {
  writeAtomically(entryFile(directories, entry.id), JSON.stringify(entry));
}

/** Removes a window's entry, if it is there. */
export function forgetWindow(directories: Directories, id: string): void {
  try {
    rmSync(entryFile(directories, id), { force: true });
  } catch {
    // A read-only disk: nobody listens there, so that asking fails and goes on to the next window.
  }
}

/** The windows of this machine that say they are open; some may be gone. Files that are no entries are left out. Never throws. */
export function listWindows(directories: Directories): readonly WindowEntry[] {
  const folder = windowsDirectory(directories);
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
  return names.slice(0, mostWindows).flatMap((name) => {
    try {
      const text = readFileSync(join(folder, name), 'utf8');
      const entry = text.length > largestEntry ? undefined : parseEntry(JSON.parse(text));
      return entry !== undefined && `${entry.id}.json` === name && entry.host === hostname() ? [entry] : [];
    } catch {
      return [];
    }
  });
}

function parseEntry(value: unknown): WindowEntry | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, pid, host, socket, workspaceFolders, focused } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || typeof pid !== 'number' || typeof host !== 'string' || typeof socket !== 'string') return undefined;
  if (typeof focused !== 'number' || !Array.isArray(workspaceFolders)) return undefined;
  return { id, pid, host, socket, focused, workspaceFolders: workspaceFolders.filter((folder) => typeof folder === 'string') };
}

/**
 * The windows in the order in which to ask: first the one whose folder contains the call's directory most closely, then by the workspace that
 * the host stated, then the one that had the focus last.
 */
export function orderWindows(windows: readonly WindowEntry[], cwd: string, workspace: string): readonly WindowEntry[] {
  const closeness = (window: WindowEntry, path: string) =>
    Math.max(0, ...window.workspaceFolders.map((folder) => (contains(folder, path) ? trimmed(folder).length + 1 : 0)));
  return [...windows].sort(
    (a, b) => closeness(b, cwd) - closeness(a, cwd) || closeness(b, workspace) - closeness(a, workspace) || b.focused - a.focused,
  );
}

function trimmed(path: string): string {
  return path.endsWith(sep) ? path.slice(0, -1) : path;
}

function contains(folder: string, path: string): boolean {
  return trimmed(path) === trimmed(folder) || path.startsWith(trimmed(folder) + sep);
}
