import { stateOf, type UnexplainedChange } from './tripwire.ts';

/** Questions that may be open at once: what comes later waits and is asked about together. */
const mostQuestions = 3;

interface Waiting {
  readonly change: UnexplainedChange;
  /** Number of the question that asks about it; `undefined` before it is asked. */
  readonly question?: number;
  /** A person closed the question without an answer: it is not put again for this state. */
  readonly isPutAside?: boolean;
}

/** A question about one or several files. */
export interface ChangeQuestion {
  readonly number: number;
  readonly paths: readonly string[];
}

/**
 * Changes that nothing explains and that a person has not answered, one for each file: a newer change of a file takes the place of the one before,
 * in the question that is open. Changes that come together are one question.
 */
export class PendingChanges {
  readonly #waiting = new Map<string, Waiting>();
  readonly #open = new Set<number>();
  #questions = 0;

  get(path: string): UnexplainedChange | undefined {
    return this.#waiting.get(path)?.change;
  }

  /** Whether a person has still to answer for a file. */
  isOpen(path: string): boolean {
    const waiting = this.#waiting.get(path);
    return waiting !== undefined && waiting.isPutAside !== true;
  }

  /** Takes up a change; `false` where it is known already. */
  report(change: UnexplainedChange): boolean {
    const known = this.#waiting.get(change.path);
    if (known !== undefined && stateOf(known.change.after) === stateOf(change.after)) return false;
    const isAsked = known?.question !== undefined && this.#open.has(known.question);
    this.#waiting.set(change.path, { change, ...(isAsked ? { question: known.question } : {}) });
    return true;
  }

  /** A file is as it was. */
  drop(path: string): void {
    this.#waiting.delete(path);
  }

  /** The next question: all changes that no question is about. `undefined` where there are none, or too many questions are open. */
  ask(): ChangeQuestion | undefined {
    const fresh = [...this.#waiting.values()].filter(({ question, isPutAside }) => question === undefined && isPutAside !== true);
    if (fresh.length === 0 || this.#open.size >= mostQuestions) return undefined;
    this.#questions += 1;
    const question = this.#questions;
    this.#open.add(question);
    for (const { change } of fresh) this.#waiting.set(change.path, { change, question });
    return { number: question, paths: fresh.map(({ change }) => change.path) };
  }

  /** A question was answered, and its changes with it: what is still waiting of them, in its newest state. */
  answered({ number, paths }: ChangeQuestion): readonly UnexplainedChange[] {
    const changes = this.#end(number, paths);
    for (const { path } of changes) this.#waiting.delete(path);
    return changes;
  }

  /** A question was closed without an answer. */
  putAside({ number, paths }: ChangeQuestion): void {
    for (const change of this.#end(number, paths)) this.#waiting.set(change.path, { change, isPutAside: true });
  }

  #end(number: number, paths: readonly string[]): readonly UnexplainedChange[] {
    this.#open.delete(number);
    return paths.flatMap((path) => {
      const waiting = this.#waiting.get(path);
      return waiting?.question === number ? [waiting.change] : [];
    });
  }
}
