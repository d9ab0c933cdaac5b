import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { Analysis } from '../model/effect.ts';
import type { Budget } from './budget.ts';
import type { FileChange, Gap } from '../model/preview.ts';

/** The files that a call is known to delete or overwrite, from its effects: single files and whole folders. */
export function fileLosses(
  { effects }: Analysis,
  budget: Budget,
): { readonly files: readonly FileChange[]; readonly gaps: readonly Gap[] } {
  const files = new Map<string, FileChange>();
  const gaps: Gap[] = [];
  for (const { kind, certainty, path, zones, evidence } of effects) {
    if (kind !== 'delete' && kind !== 'write') continue;
    if (path === undefined) continue;
    if (zones?.some((zone) => zone === 'safe-device' || zone === 'device')) continue;
    if (certainty !== 'exact') {
      gaps.push({ why: 'unknown', subject: evidence ?? path });
      continue;
    }
    const stat = statOf(path);
    if (kind === 'delete') for (const each of below(path, budget)) files.set(each.path, { ...each, change: 'delete' });
    else if (stat === undefined) files.set(path, { path, change: 'create' });
    else if (stat.isFile() && !files.has(path)) files.set(path, { path, change: 'modify', size: stat.size });
  }
  return { files: [...files.values()], gaps };
}

/** The files at or below a path, links not followed. Stops when the budget is spent. */
export function below(path: string, budget: Budget): readonly { readonly path: string; readonly size: number }[] {
  const found: { path: string; size: number }[] = [];
  const open = [path];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const stat = statOf(next);
    if (stat === undefined) continue;
    if (!stat.isDirectory()) {
      if (!budget.takeFile()) break;
      found.push({ path: next, size: stat.size });
      continue;
    }
    for (const name of namesIn(next)) open.push(join(next, name));
  }
  return found;
}

/** What is there; nothing where it cannot be known. */
export function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
