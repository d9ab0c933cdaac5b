/** Does work for each key once nothing has asked for it for a while, as after the last letter that is typed. */
export class Settling {
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #ms: number;

  /** `ms`: the while, in milliseconds. */
  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Begins the while of a key anew. */
  soon(key: string, work: () => void): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => {
        this.#timers.delete(key);
        work();
      }, this.#ms),
    );
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
