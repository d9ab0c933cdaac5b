/** Something that holds a resource until it is disposed of. */
export interface Disposable {
  dispose(): unknown;
}

/** The one owner of several disposables. What is added after its end is disposed of at once, so that nothing that comes late leaks. */
export class DisposableStore implements Disposable {
  readonly #items = new Set<Disposable>();
  #disposed = false;

  get isDisposed(): boolean {
    return this.#disposed;
  }

  /** How many are held. */
  get size(): number {
    return this.#items.size;
  }

  /** Takes over `item` and returns it. */
  add<T extends Disposable>(item: T): T {
    if (this.#disposed) void item.dispose();
    else this.#items.add(item);
    return item;
  }

  /** Disposes of everything, newest first; the promise is settled when all have ended. One that fails does not keep the others. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    const items = [...this.#items].reverse();
    this.#items.clear();
    await Promise.allSettled(items.map(async (item) => item.dispose()));
  }
}
