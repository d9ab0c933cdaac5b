import { loadBeside } from '../platform/beside.ts';

/** What the bundle `rare` holds; see `src/rare.ts`. Throws where it is missing or broken, which the failure rules take for a deny. */
export function rare(): typeof import('../rare.ts') {
  return loadBeside('rare') as typeof import('../rare.ts');
}
