// Inputs that commands read from, and how much of each is gone.
import type { Input } from './outcome.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';
import type { Text } from './value.ts';

let next = 1;

/** Input with an identity of its own. */
export function inputOf(text: Text): Input {
  return { id: next++, text };
}

/** The variable that remembers how much of an input was read. */
export const inputCounter = (id: number): string => `\0read ${id}`;

/**
 * Forgets how much of an input was read, when the command that it was opened for has ended in one of these states, or left a loop or function. A state that
 * kept it would know something new after every round of a loop.
 */
export function closeInput(input: Input | undefined, ends: readonly (State | undefined)[], run: Run): void {
  if (!input) return;
  const counter = inputCounter(input.id);
  for (const end of ends) end?.unset(counter);
  for (const { broken, continued } of run.frames) for (const state of [...broken, ...continued]) state.unset(counter);
}
