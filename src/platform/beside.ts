import { statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { requireHere } from './require-here.ts';

/** Bundles that are loaded only when something needs them, so that the hook's own bundle stays small. */
export type LazyBundle = 'compiler' | 'programs' | 'dialects' | 'rare' | 'hook' | 'mcp';

/**
 * Loads a bundle that lies beside the running one (`dist/compiler.cjs`), or its source (`src/compiler.ts`) where the sources run
 * directly. The path is relative to this file, never to the working directory, which an agent could choose. Throws where the file
 * is missing or broken: the caller's failure rule decides what that means.
 */
export function loadBeside(name: LazyBundle): unknown {
  return requireHere(fileBeside(name));
}

/** Changes whenever the bundle is built or installed anew: what was made with another one is made again. */
export function stampOf(name: LazyBundle): string {
  const stat = statSync(join(import.meta.dirname, fileBeside(name)), { throwIfNoEntry: false });
  return stat === undefined ? 'none' : `${stat.size}-${stat.mtimeMs}`;
}

/** The program of the thread in which the audit viewer's index works. */
export function threadFile(): string {
  return join(import.meta.dirname, extname(import.meta.filename) === '.ts' ? '../viewer-thread.ts' : './viewer-thread.cjs');
}

function fileBeside(name: LazyBundle): string {
  return extname(import.meta.filename) === '.ts' ? `../${name}.ts` : `./${name}.cjs`;
}
