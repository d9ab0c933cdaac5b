import { isWithin } from './paths.ts';
import type { Places } from './zones.ts';

const tempFolders = ['/tmp', '/var/tmp', '/private/tmp', '/private/var/folders', '/var/folders', '/dev/shm'];

/** Whether a folder is one for everybody's temporary files. */
export function isSharedTemp(path: string, { temp = [] }: Places): boolean {
  return tempFolders.includes(path) || temp.includes(path);
}

/** Whether a path lies in one. A home or workspace that itself lies in a temporary folder is no less a home or workspace for it. */
export function isInTemp(path: string, { home, workspace, temp = [] }: Places): boolean {
  if (isWithin(path, home) || isWithin(path, workspace) || isWithin(workspace, path) || isWithin(home, path)) return false;
  return [...tempFolders, ...temp].some((folder) => folder.length > 1 && isWithin(path, folder) && path !== folder);
}
