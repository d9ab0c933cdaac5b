/** Rows by page, the pages used last kept: a list of a million rows holds a few thousand of them. */
export class PageCache<Row> {
  readonly #pageSize: number;
  readonly #maxPages: number;
  /** In order of use. */
  readonly #pages = new Map<number, readonly Row[]>();
  readonly #asked = new Set<number>();

  constructor(pageSize: number, maxPages: number) {
    this.#pageSize = pageSize;
    this.#maxPages = maxPages;
  }

  get size(): number {
    return this.#pages.size;
  }

  /** The row at `index`, where its page is there. */
  get(index: number): Row | undefined {
    const number = Math.floor(index / this.#pageSize);
    const page = this.#pages.get(number);
    if (!page) return undefined;
    this.#pages.delete(number);
    this.#pages.set(number, page);
    return page[index - number * this.#pageSize];
  }

  /** The pages, by their first index, that rows `from` up to `to` (not included) need and that nobody has asked for; they count as asked for now. */
  ask(from: number, to: number): readonly number[] {
    const wanted: number[] = [];
    for (let number = Math.floor(Math.max(0, from) / this.#pageSize); number * this.#pageSize < to; number += 1) {
      if (this.#pages.has(number) || this.#asked.has(number)) continue;
      this.#asked.add(number);
      wanted.push(number * this.#pageSize);
    }
    return wanted;
  }

  /** Takes a page in that begins at `from`. */
  put(from: number, rows: readonly Row[]): void {
    const number = Math.floor(from / this.#pageSize);
    this.#asked.delete(number);
    this.#pages.delete(number);
    this.#pages.set(number, rows);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= this.#maxPages) break;
      this.#pages.delete(oldest);
    }
  }

  clear(): void {
    this.#pages.clear();
    this.#asked.clear();
  }
}
