/**
 * Rows that have come from the host, by their number in the list. Numbers are counted so that they never change while the list grows: see
 * {@link ageOf}. Rows are asked for and forgotten by pages, the pages used last kept, so that a list of a million rows holds a few thousand.
 */
export class RowBook<Row> {
  readonly #pageSize: number;
  readonly #maxPages: number;
  /** In order of use. */
  readonly #pages = new Map<number, (Row | undefined)[]>();
  readonly #pending = new Set<number>();
  /** Pages whose last answer brought nothing: not asked for again before there is news. */
  readonly #dry = new Set<number>();

  constructor(pageSize: number, maxPages: number) {
    this.#pageSize = pageSize;
    this.#maxPages = maxPages;
  }

  /** How many pages are held. */
  get size(): number {
    return this.#pages.size;
  }

  get(age: number): Row | undefined {
    return this.#pages.get(this.#pageOf(age))?.[this.#placeOf(age)];
  }

  /** First numbers of the pages that rows `from` up to `to` (not included) lack and that are not on their way; they count as on their way now. */
  ask(from: number, to: number): readonly number[] {
    const wanted: number[] = [];
    for (let number = this.#pageOf(from); number * this.#pageSize < to; number += 1) {
      const page = this.#pages.get(number);
      if (page) {
        this.#pages.delete(number);
        this.#pages.set(number, page);
      }
      if (this.#pending.has(number) || this.#dry.has(number) || this.#isWhole(number, from, to)) continue;
      this.#pending.add(number);
      wanted.push(number * this.#pageSize);
    }
    return wanted;
  }

  /** Takes the answer to a question for the page that begins at `asked`: rows from the number `from` on, which may lie elsewhere. */
  put(asked: number, from: number, rows: readonly Row[]): void {
    this.#pending.delete(this.#pageOf(asked));
    let isNews = false;
    for (const [index, row] of rows.entries()) {
      const number = this.#pageOf(from + index);
      const page = this.#pages.get(number) ?? this.#open(number);
      const place = this.#placeOf(from + index);
      if (page[place] === undefined) isNews = true;
      page[place] = row;
    }
    if (!isNews) this.#dry.add(this.#pageOf(asked));
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= this.#maxPages) break;
      this.#pages.delete(oldest);
    }
  }

  /** There may be more than before. */
  wake(): void {
    this.#dry.clear();
  }

  clear(): void {
    this.#pages.clear();
    this.#pending.clear();
    this.#dry.clear();
  }

  #pageOf(age: number): number {
    return Math.floor(age / this.#pageSize);
  }

  #placeOf(age: number): number {
    return age - this.#pageOf(age) * this.#pageSize;
  }

  #open(number: number): (Row | undefined)[] {
    const page = new Array<Row | undefined>(this.#pageSize);
    this.#pages.set(number, page);
    return page;
  }

  #isWhole(number: number, from: number, to: number): boolean {
    const page = this.#pages.get(number);
    if (!page) return false;
    const start = number * this.#pageSize;
    for (let age = Math.max(from, start); age < Math.min(to, start + this.#pageSize); age += 1) {
      if (page[age - start] === undefined) return false;
    }
    return true;
  }
}

/** The number of a row that never changes while the list grows at its top: zero was the newest when the filter was set, newer ones are negative. */
export function ageOf(index: number, grown: number): number {
  return index - grown;
}

/** The place in the list of the row with that number: the newest is zero. */
export function indexOf(age: number, grown: number): number {
  return age + grown;
}
