import { createHash } from 'node:crypto';
import type { Machine } from './place.ts';

/** Short name of a project's folder, for files that remember what was installed there. */
export function projectKey({ project }: Machine): string {
  return createHash('sha256').update(project).digest('hex').slice(0, 16);
}
