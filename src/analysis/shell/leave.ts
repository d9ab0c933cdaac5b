import { ended, failed, type Outcome } from './outcome.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';

/** Leaves to the innermost frame of a kind, remembering the state it is left with. */
export function leave(kind: 'break' | 'continue' | 'return' | 'exit', levels: number, state: State, run: Run): Outcome {
  const wanted = kind === 'break' || kind === 'continue' ? 'loop' : kind === 'return' ? 'function' : 'shell';
  let left = levels;
  for (let i = run.frames.length - 1; i >= 0; i--) {
    const frame = run.frames[i];
    if (!frame) break;
    if (frame.kind === wanted && --left <= 0) {
      (kind === 'continue' ? frame.continued : frame.broken).push(state);
      return ended;
    }
    // A loop is not left across a function or shell, nor a function across a shell.
    if (frame.kind === 'shell' || (frame.kind === 'function' && wanted === 'loop')) break;
  }
  return kind === 'exit' || kind === 'return' ? ended : failed(state);
}
