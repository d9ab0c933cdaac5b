import type { State } from './state.ts';
import { anyText, type Text } from './value.ts';
import { joined } from './state-join.ts';

/** What is known after a command: the state where it succeeded and where it failed (absent: it cannot have), and what it printed. */
export interface Outcome {
  readonly ok: State | undefined;
  readonly fail: State | undefined;
  readonly out: Text;
}

/** Input that a command reads, with an id under which a state remembers how many lines are gone. */
export interface Input {
  readonly id: number;
  readonly text: Text;
}

/** The option of a state in which `exec` has moved descriptors of the shell. */
export const rerouted = 'descriptors moved';

/** Where a command reads from, and whether anybody wants what it prints. */
export interface Io {
  readonly input: Input | undefined;
  readonly capture: boolean;
  /** Descriptors from 2 on that lead where standard output leads, as after `2>&1`. */
  readonly descriptors?: ReadonlySet<number>;
  /** The input is one that the command itself opened. */
  readonly isInputOpened?: boolean;
  /** Standard output is closed, or may be: whatever prints may fail. */
  readonly isClosed?: boolean;
}

export function succeeded(state: State, out: Text = ''): Outcome {
  return { ok: state, fail: undefined, out };
}

export function failed(state: State, out: Text = ''): Outcome {
  return { ok: undefined, fail: state, out };
}

/** Nobody knows whether it succeeded. */
export function either(state: State, out: Text = anyText): Outcome {
  return { ok: state, fail: state, out };
}

/** The outcome by a status that may be known. */
export function byStatus(state: State, status: boolean | undefined, out: Text = ''): Outcome {
  return status === undefined ? either(state, out) : status ? succeeded(state, out) : failed(state, out);
}

/** The way ends here: `exit`, `break`, `return`. */
export const ended: Outcome = { ok: undefined, fail: undefined, out: '' };

/** The state afterwards whatever the status; `undefined` where the way ended. */
export function after(outcome: Outcome): State | undefined {
  return joinStates(outcome.ok, outcome.fail);
}

export function joinStates(a: State | undefined, b: State | undefined): State | undefined {
  if (a === undefined || a === b) return b ?? a;
  return b === undefined ? a : joined(a, b);
}
