import type { ViewerRow, ViewerRows } from '../model/viewer.ts';
import { element, setAttributes } from './dom.ts';
import type { Formats } from './format.ts';
import { ageOf, indexOf, RowBook } from './row-book.ts';
import { columnCount, headCells, placeholderCell, rowCells } from './row-cells.ts';
import { reveal, scrollHeight, scrollTopOf, sightAt, type ScrollGeometry } from './scroll-map.ts';
import type { Words } from './words.ts';

export const rowHeight = 22;
const pageSize = 100;
const maxPages = 60;
/** While the scroll bar is dragged, pages that are left at once are not asked for. */
const askMs = 40;

export interface ListCallbacks {
  ask(from: number, count: number): void;
  /** The line became the current one; `open`: it was asked to be shown, `focus`: and to be gone to. */
  choose(row: ViewerRow, how: 'move' | 'open' | 'focus'): void;
  /** How many lines have come above what is in sight. */
  above(count: number): void;
  copy(row: ViewerRow): void;
}

/** How many rows the list has, and where: see `ViewerState`. */
export interface ListExtent {
  readonly matching: number;
  readonly grown: number;
  readonly epoch: number;
}

/** The list of records: a grid of which only the rows in sight exist. */
export class RecordList {
  readonly root: HTMLElement;
  readonly #scroller: HTMLElement;
  readonly #tall: HTMLElement;
  readonly #sight: HTMLElement;
  readonly #words: Words;
  readonly #formats: Formats;
  readonly #callbacks: ListCallbacks;
  readonly #book = new RowBook<ViewerRow>(pageSize, maxPages);
  /** Elements of rows by age; those of rows that have not come hold a placeholder. */
  readonly #elements = new Map<number, { readonly row: HTMLElement; shown: boolean }>();
  #extent: ListExtent = { matching: 0, grown: 0, epoch: -1 };
  #viewport = 0;
  /** Age of the current row: the one that the keyboard acts on. */
  #current: number | undefined;
  #seen = 0;
  #frame = 0;
  #asking: ReturnType<typeof setTimeout> | undefined;

  constructor(words: Words, formats: Formats, callbacks: ListCallbacks) {
    this.#words = words;
    this.#formats = formats;
    this.#callbacks = callbacks;
    this.#sight = element('div', { class: 'sight', role: 'rowgroup' });
    this.#tall = element('div', { class: 'tall' }, this.#sight);
    this.#scroller = element('div', { class: 'scroller' }, this.#tall);
    this.root = element(
      'div',
      { class: 'list', role: 'grid', 'aria-label': words.records, 'aria-colcount': columnCount },
      element(
        'div',
        { class: 'list-head', role: 'rowgroup' },
        element('div', { class: 'row', role: 'row', 'aria-rowindex': 1 }, ...headCells(words)),
      ),
      this.#scroller,
    );
    this.#scroller.addEventListener('scroll', () => this.#draw(), { passive: true });
    this.root.addEventListener('keydown', (event) => this.#onKey(event));
    this.#sight.addEventListener('click', (event) => this.#onClick(event));
    new ResizeObserver(() => {
      this.#viewport = this.#scroller.clientHeight;
      // The head has the width of the rows, without the scroll bar.
      this.root.style.setProperty('--bar-width', `${this.#scroller.offsetWidth - this.#scroller.clientWidth}px`);
      this.#sight.style.height = `${this.#viewport}px`;
      this.#draw();
    }).observe(this.#scroller);
  }

  /** The list has changed. */
  setExtent(extent: ListExtent): void {
    const before = this.#extent;
    const isOther = extent.epoch !== before.epoch || extent.grown < before.grown;
    this.#extent = extent;
    this.#book.wake();
    if (isOther) {
      this.#book.clear();
      this.#current = undefined;
      for (const { row } of this.#elements.values()) row.remove();
      this.#elements.clear();
    }
    this.#tall.style.height = `${scrollHeight(this.#geometry)}px`;
    if (isOther) {
      this.#scroller.scrollTop = 0;
      this.#seen = extent.grown;
    } else if (extent.grown > before.grown && this.#scroller.scrollTop > 0) {
      // What is read stays where it is.
      const { first, offset } = sightAt({ ...this.#geometry, rows: before.matching }, this.#scroller.scrollTop);
      this.#scroller.scrollTop = scrollTopOf(this.#geometry, first + extent.grown - before.grown - offset / rowHeight);
    }
    setAttributes(this.root, { 'aria-rowcount': extent.matching + 1 });
    this.#draw();
  }

  /** Takes rows in that were asked for. */
  put({ asked, epoch, from, grown, rows }: ViewerRows & { readonly asked: number; readonly epoch: number }): void {
    if (epoch !== this.#extent.epoch) return;
    this.#book.put(asked, ageOf(from, grown), rows);
    this.#draw();
  }

  /** The current row, where it has come. */
  get current(): ViewerRow | undefined {
    return this.#current === undefined ? undefined : this.#book.get(this.#current);
  }

  /** Where the list stands, to be come back to with {@link restore}. */
  get place(): number {
    return this.#scroller.scrollTop;
  }

  /** Goes back to a place where the list stood before `shift` rows came at the top. At the top, those are what is to be seen. */
  restore(place: number, current: number | undefined, shift: number): void {
    if (place > 0) {
      const { first, offset } = sightAt({ ...this.#geometry, rows: this.#extent.matching - shift }, place);
      this.#scroller.scrollTop = scrollTopOf(this.#geometry, first + shift - offset / rowHeight);
    }
    const index = current === undefined ? undefined : current + shift;
    if (index !== undefined && index < this.#extent.matching) this.#current = ageOf(index, this.#extent.grown);
    this.#draw();
  }

  /** Whether so many rows are there that the list can stand at that place. */
  reaches(place: number): boolean {
    return scrollHeight(this.#geometry) - this.#viewport >= place;
  }

  /** Place of the current row. */
  get currentIndex(): number | undefined {
    return this.#current === undefined ? undefined : indexOf(this.#current, this.#extent.grown);
  }

  /** Puts the keyboard into the list. */
  focus(): void {
    if (this.#extent.matching === 0) return;
    this.#goTo(this.currentIndex ?? sightAt(this.#geometry, this.#scroller.scrollTop).first, 'none');
  }

  toTop(): void {
    this.#scroller.scrollTop = 0;
    this.#draw();
  }

  /** Makes the row before or after the current one current. */
  step(by: number): void {
    this.#goTo((this.currentIndex ?? -1) + by, 'move', false);
  }

  get #geometry(): ScrollGeometry {
    return { rows: this.#extent.matching, rowHeight, viewport: this.#viewport };
  }

  #draw(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawNow();
    });
  }

  #drawNow(): void {
    const { matching, grown } = this.#extent;
    const { first, offset } = sightAt(this.#geometry, this.#scroller.scrollTop);
    const end = Math.min(matching, first + Math.ceil((this.#viewport - offset) / rowHeight));
    if (first === 0 && offset === 0) this.#seen = grown;
    this.#callbacks.above(Math.min(grown - this.#seen, first));
    const hasFocus = this.#sight.contains(document.activeElement);
    for (const [age, { row }] of this.#elements) {
      const index = indexOf(age, grown);
      if ((index >= first && index < end) || (age === this.#current && index < matching)) continue;
      row.remove();
      this.#elements.delete(age);
    }
    const tabStop = this.#current !== undefined && this.#current + grown < matching ? this.#current : ageOf(first, grown);
    for (let index = first; index < end; index += 1) this.#place(ageOf(index, grown), first, offset, tabStop);
    // The current row stays, out of sight, so that the keyboard does not lose its place.
    const current = this.currentIndex;
    if (current !== undefined && current < matching && (current < first || current >= end))
      this.#place(ageOf(current, grown), first, offset, tabStop);
    if (hasFocus && !this.#sight.contains(document.activeElement)) this.#elements.get(tabStop)?.row.focus({ preventScroll: true });
    this.#asking ??= setTimeout(
      () => {
        this.#asking = undefined;
        this.#askFor();
      },
      this.#isBlank(first, end) && this.#book.size === 0 ? 0 : askMs,
    );
  }

  #isBlank(first: number, end: number): boolean {
    return first < end && this.#book.get(ageOf(first, this.#extent.grown)) === undefined;
  }

  #place(age: number, first: number, offset: number, tabStop: number): void {
    const index = indexOf(age, this.#extent.grown);
    const known = this.#elements.get(age);
    const made = known ?? { row: element('div', { class: 'row', role: 'row', id: `row-${age}` }), shown: false };
    if (!known) {
      this.#elements.set(age, made);
      this.#sight.append(made.row);
    }
    const row = this.#book.get(age);
    if (row && !made.shown) {
      made.shown = true;
      made.row.replaceChildren(...rowCells(row, this.#words, this.#formats));
    } else if (!row && !known) {
      made.row.replaceChildren(placeholderCell(this.#words));
    }
    const place = Math.max(-2 * rowHeight, Math.min(this.#viewport + rowHeight, (index - first) * rowHeight + offset));
    made.row.style.transform = `translateY(${place}px)`;
    made.row.classList.toggle('odd', index % 2 === 1);
    const isCurrent = age === this.#current;
    made.row.tabIndex = age === tabStop ? 0 : -1;
    setAttributes(made.row, { 'aria-rowindex': index + 2, 'aria-selected': isCurrent ? 'true' : 'false' });
  }

  #askFor(): void {
    const { matching, grown } = this.#extent;
    const { first } = sightAt(this.#geometry, this.#scroller.scrollTop);
    const rows = Math.ceil(this.#viewport / rowHeight) + 1;
    const [from, to] = [Math.max(0, first - rows), Math.min(matching, first + 2 * rows)];
    for (const age of this.#book.ask(ageOf(from, grown), ageOf(to, grown))) {
      const index = indexOf(age, grown);
      // A page may reach above the newest row.
      this.#callbacks.ask(Math.max(0, index), pageSize + Math.min(0, index));
    }
  }

  #onClick(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target.closest('.row') : null;
    for (const [age, { row }] of this.#elements) if (row === target) this.#goTo(indexOf(age, this.#extent.grown), 'open');
  }

  #onKey(event: KeyboardEvent): void {
    const { matching } = this.#extent;
    if (matching === 0 || event.altKey) return;
    const page = Math.max(1, Math.floor(this.#viewport / rowHeight) - 1);
    const current = this.currentIndex ?? 0;
    const row = this.current;
    switch (event.key) {
      case 'ArrowDown':
        this.#goTo(this.#current === undefined ? 0 : current + 1, 'move');
        break;
      case 'ArrowUp':
        this.#goTo(current - 1, 'move');
        break;
      case 'PageDown':
        this.#goTo(current + page, 'move');
        break;
      case 'PageUp':
        this.#goTo(current - page, 'move');
        break;
      case 'Home':
        this.#goTo(0, 'move');
        break;
      case 'End':
        this.#goTo(matching - 1, 'move');
        break;
      case 'Enter':
        this.#goTo(current, 'focus');
        break;
      case ' ':
        this.#goTo(current, 'open');
        break;
      case 'c':
        if (!(event.ctrlKey || event.metaKey) || !row || !document.getSelection()?.isCollapsed) return;
        this.#callbacks.copy(row);
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  /** Makes a row the current one, in sight; whoever listens is told as soon as it has come. */
  #goTo(index: number, how: 'none' | 'move' | 'open' | 'focus', focus = true): void {
    const { matching, grown } = this.#extent;
    const to = Math.max(0, Math.min(matching - 1, index));
    const age = ageOf(to, grown);
    this.#current = age;
    const scrollTop = reveal(this.#geometry, this.#scroller.scrollTop, to);
    if (scrollTop !== undefined) this.#scroller.scrollTop = scrollTop;
    this.#drawNow();
    if (focus) this.#elements.get(age)?.row.focus({ preventScroll: true });
    if (how === 'none') return;
    const row = this.#book.get(age);
    if (row) this.#callbacks.choose(row, how);
    else this.#later(age, how);
  }

  /** The row is on its way: it is shown when it has come and is still the current one. */
  #later(age: number, how: 'move' | 'open' | 'focus', tries = 40): void {
    setTimeout(() => {
      const row = this.#book.get(age);
      if (this.#current !== age) return;
      if (row) this.#callbacks.choose(row, how);
      else if (tries > 0) this.#later(age, how, tries - 1);
    }, 50);
  }
}
