import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { ApprovalRequest } from '../approval/messages.ts';
import { type ProposedFile, proposedFiles } from '../preview/proposed-files.ts';

const largest = 2 * 1024 * 1024;

/** The files that a request would change, with what is on the disk now. */
export function proposedOnDisk(request: ApprovalRequest): readonly ProposedFile[] {
  return proposedFiles(request.actions, readText, (path) => (isAbsolute(path) ? path : resolve(request.cwd, path)));
}

function readText(path: string): string | undefined | null {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) return undefined;
    if (!stats.isFile() || stats.size > largest) return null;
    const bytes = readFileSync(path);
    return bytes.includes(0) ? null : bytes.toString('utf8');
  } catch {
    return null;
  }
}
