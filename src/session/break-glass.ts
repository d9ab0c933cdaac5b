import { readFileSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { writeAtomically } from '../platform/atomic-write.ts';
import type { Directories } from '../platform/directories.ts';
import { uuid7 } from '../platform/ids.ts';

/** The longest that the glass stays broken, in minutes. */
export const longestBreakGlass = 60;

/** A time in which a person has suspended the policy's rules, and answers for it. */
export interface BreakGlass {
  readonly id: string;
  readonly who: string;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
  /** `workspace`: calls whose project root is {@link BreakGlass.workspace} or lies in it. */
  readonly scope: 'workspace' | 'everything';
  readonly workspace?: string;
}

/** Path of the file that says so, beside the mode. */
export function breakGlassFile(directories: Directories): string {
  return join(directories.state, 'break-glass.json');
}

/**
 * What is in force at `now`; `undefined` where nothing is, and for a file that is not exactly what {@link startBreakGlass} writes: a time in the
 * future, or one longer than allowed, suspends nothing.
 */
export function readBreakGlass(directories: Directories, now: number): BreakGlass | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(breakGlassFile(directories), 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { id, who, reason, since, until, scope, workspace } = value as Readonly<Record<string, unknown>>;
    if (typeof id !== 'string' || typeof who !== 'string' || typeof reason !== 'string' || reason.trim() === '') return undefined;
    if (typeof since !== 'number' || typeof until !== 'number') return undefined;
    const inForce = since <= now && now < until && until - since <= longestBreakGlass * 60_000;
    if (!inForce) return undefined;
    if (scope === 'everything') return { id, who, reason, since, until, scope };
    return scope === 'workspace' && typeof workspace === 'string' && workspace !== ''
      ? { id, who, reason, since, until, scope, workspace }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it covers calls of a project. */
export function coversWorkspace({ scope, workspace }: BreakGlass, project: string): boolean {
  if (scope === 'everything') return true;
  return workspace !== undefined && (project === workspace || project.startsWith(workspace.endsWith(sep) ? workspace : workspace + sep));
}

/** One with an id of its own. */
export function newBreakGlass(wanted: Omit<BreakGlass, 'id'>): BreakGlass {
  return { id: uuid7(wanted.since), ...wanted };
}

/** Puts it in force. The caller has made sure of the person and has recorded it. Throws what the file system says. */
export function startBreakGlass(directories: Directories, glass: BreakGlass): void {
  writeAtomically(breakGlassFile(directories), `${JSON.stringify(glass)}\n`);
}

/** Ends it. Throws what the file system says. */
export function endBreakGlass(directories: Directories): void {
  rmSync(breakGlassFile(directories), { force: true });
}
