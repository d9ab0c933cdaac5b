import { type FSWatcher, watch } from 'node:fs';
import { risks } from '../model/effect.ts';
import {
  everything,
  type ExportFormat,
  type ViewerDetail,
  type ViewerFacet,
  type ViewerFilter,
  type ViewerRow,
  type ViewerRows,
  type ViewerState,
  type ViewerSummary,
  viewerOutcomes,
} from '../model/viewer.ts';
import { logFileName } from './chain.ts';
import { Exporter } from './export.ts';
import { type Block, type Names, others, Shared } from './viewer-block.ts';
import { detailOf, rowOf } from './viewer-line.ts';
import { type LogFile, LogReader, readBytes } from './viewer-log.ts';
import { Search } from './viewer-search.ts';
import { summarise } from './viewer-summary.ts';

/** How many lines are kept in the index: bounds its memory. */
const mostLines = 2_000_000;
const mostRows = 200;
const mostFacets = 200;
/** How long the thread works before it looks whether it was asked something, in milliseconds. */
const sliceMs = 15;
/** Shortest time between two states that are said, in milliseconds. */
const quietMs = 250;
/** How long a filter may be worked at before it is said how far it is. */
const answerMs = 120;
/** Change notices are lost on some file systems: the log is looked at from time to time anyway. */
const pollMs = 1000;
const settleMs = 40;
const exportBytes = 1024 * 1024;

/** An export that is taken piece by piece. */
interface Running {
  readonly exporter: Exporter;
  readonly pieces: Iterator<string>;
}

/**
 * The index over a log: keeps it up to date, searches it, and answers. Works in slices, so that whoever asks is answered between two of them; meant for a
 * thread of its own all the same, as a slice may take as long as the disk takes.
 */
export class Engine {
  readonly #directory: string;
  readonly #onState: (state: ViewerState) => void;
  readonly #shared = new Shared();
  readonly #reader: LogReader;
  readonly #poll: NodeJS.Timeout;
  readonly #idle: (() => void)[] = [];
  readonly #exports = new Map<number, Running>();
  #watcher: FSWatcher | undefined;
  #settling: NodeJS.Timeout | undefined;
  #speaking: NodeJS.Timeout | undefined;
  #working: NodeJS.Immediate | undefined;
  #spoke = 0;
  #search: Search;
  /** Counts filters. */
  #searchNumber = 0;
  #revision = 0;
  #epoch = 0;
  #grown = 0;
  #isBusy = true;
  /** Whether a filter was set of which nothing was said yet. */
  #isAsked = false;
  #hasRead = false;
  #nextExport = 1;

  constructor(directory: string, onState: (state: ViewerState) => void) {
    this.#directory = directory;
    this.#onState = onState;
    this.#reader = new LogReader(directory, this.#shared);
    this.#search = new Search(everything, this.#shared);
    this.#poll = setInterval(() => this.#look(), pollMs);
    this.#look();
  }

  dispose(): void {
    clearInterval(this.#poll);
    clearTimeout(this.#settling);
    clearTimeout(this.#speaking);
    clearImmediate(this.#working);
    this.#working = undefined;
    this.#watcher?.close();
    this.#exports.clear();
    for (const go of this.#idle.splice(0)) go();
  }

  setFilter(filter: ViewerFilter): void {
    this.#search = new Search(filter, this.#shared);
    this.#searchNumber += 1;
    clearTimeout(this.#speaking);
    this.#speaking = undefined;
    this.#isAsked = true;
    this.#isBusy = true;
    this.#begin();
    this.#work();
  }

  state(): ViewerState {
    const { problem, rows: total } = this.#reader;
    const phase = total > 0 ? 'ready' : problem !== undefined ? 'error' : this.#hasRead && !this.#isBusy ? 'empty' : 'loading';
    return {
      phase,
      ...(problem === undefined ? {} : { problem }),
      total,
      matching: this.#visible().reduce((sum, { block }) => sum + block.matching, 0),
      revision: this.#revision,
      epoch: this.#epoch,
      busy: this.#isBusy,
      grown: this.#grown,
      isCut: this.#isCut(),
      facets: this.#facets(),
    };
  }

  rows(from: number, count: number): ViewerRows {
    const first = Math.max(0, Math.floor(from));
    const rows: ViewerRow[] = [];
    let skip = first;
    for (const { file, block } of this.#visible()) {
      if (skip >= block.matching) {
        skip -= block.matching;
        continue;
      }
      for (let nth = block.matching - 1 - skip; nth >= 0 && rows.length < Math.min(count, mostRows); nth -= 1) {
        const { bytes, offset } = lineBytes(file, block, block.matched(nth));
        rows.push(rowOf(bytes, `${file.number}:${offset}`, first + rows.length));
      }
      if (rows.length >= Math.min(count, mostRows)) break;
      skip = 0;
    }
    return { revision: this.#revision, epoch: this.#epoch, grown: this.#grown, from: first, rows };
  }

  detail(id: string): ViewerDetail | undefined {
    const match = /^(\d{1,15}):(\d{1,15})$/.exec(id);
    const number = Number(match?.[1]);
    const offset = Number(match?.[2]);
    const file = this.#reader.files.find((each) => each.number === number);
    const block = file?.blocks.findLast((each) => each.start <= offset);
    if (match === null || file === undefined || block === undefined || offset >= block.end) return undefined;
    const { bytes, offset: start } = lineBytes(file, block, block.rowAt(offset));
    if (start !== offset) return undefined;
    const place = { id, file: logFileName(number), offset };
    if (bytes.length === 0) return { ...place, seq: 0, damage: 'gone', raw: '' };
    return detailOf(bytes, place);
  }

  summary(): ViewerSummary {
    const blocks = this.#visible().map(({ block }) => block);
    return summarise(blocks, this.#shared, this.#revision, Date.now());
  }

  /** Begins an export of what passes the filter once all is read; returns its number. */
  async openExport(format: ExportFormat): Promise<number> {
    if (this.#isBusy) await new Promise<void>((go) => this.#idle.push(go));
    const exporter = new Exporter(format);
    const lines = this.#visible()
      .reverse()
      .map(({ file, block }) => ({ file, block, rows: Uint32Array.from({ length: block.matching }, (_, nth) => block.matched(nth)) }));
    const number = this.#nextExport;
    this.#nextExport += 1;
    this.#exports.set(number, { exporter, pieces: pieces(exporter, lines) });
    return number;
  }

  /** The next piece of an export; without `text` it is at its end. */
  nextPiece(number: number): { readonly text?: string; readonly count: number } {
    const running = this.#exports.get(number);
    const next = running?.pieces.next();
    const count = running?.exporter.count ?? 0;
    if (next === undefined || next.done === true) {
      this.#exports.delete(number);
      return { count };
    }
    return { text: next.value, count };
  }

  closeExport(number: number): void {
    this.#exports.delete(number);
  }

  /** The blocks that are searched, the newest first, without a gap. */
  #visible(): { readonly file: LogFile; readonly block: Block }[] {
    const visible: { file: LogFile; block: Block }[] = [];
    for (const file of this.#reader.files.toReversed()) {
      for (const block of file.blocks.toReversed()) {
        if (block.epoch !== this.#searchNumber) return visible;
        visible.push({ file, block });
      }
      if (file.from > 0) return visible;
    }
    return visible;
  }

  #isCut(): boolean {
    return this.#reader.rows >= mostLines && this.#reader.files.some(({ from }) => from > 0);
  }

  /** The sequence begins anew. */
  #begin(): void {
    this.#epoch += 1;
    this.#grown = 0;
    this.#changed();
  }

  #changed(): void {
    this.#revision += 1;
    this.#say();
  }

  #look(): void {
    clearTimeout(this.#settling);
    this.#settling = undefined;
    if (this.#watcher === undefined) this.#watch();
    const before = JSON.stringify(this.#reader.problem);
    const { isNew } = this.#reader.look();
    if (isNew) this.#begin();
    else if (JSON.stringify(this.#reader.problem) !== before) this.#changed();
    this.#work();
  }

  #watch(): void {
    try {
      this.#watcher = watch(this.#directory, { persistent: false }, () => {
        this.#settling ??= setTimeout(() => this.#look(), settleMs);
      });
      this.#watcher.on('error', () => {
        this.#watcher?.close();
        this.#watcher = undefined;
      });
    } catch {
      this.#watcher = undefined;
    }
  }

  /** Does what is to be done, slice by slice. */
  #work(): void {
    this.#working ??= setImmediate(() => {
      this.#working = undefined;
      const end = performance.now() + sliceMs;
      while (performance.now() < end) {
        if (!this.#step()) return this.#rest();
      }
      this.#isBusy = true;
      this.#work();
    });
  }

  #rest(): void {
    const wasBusy = this.#isBusy || !this.#hasRead;
    this.#isBusy = false;
    this.#hasRead = true;
    if (wasBusy) this.#changed();
    if (this.#isAsked) this.#speak();
    for (const go of this.#idle.splice(0)) go();
  }

  /** One piece of work: what is new first, then the search, then what is old. */
  #step(): boolean {
    const grown = this.#reader.grow();
    if (grown !== undefined) {
      this.#takeGrowth(grown);
      return true;
    }
    for (const file of this.#reader.files.toReversed()) {
      const block = file.blocks.findLast(({ epoch }) => epoch !== this.#searchNumber);
      if (block === undefined) continue;
      this.#apply(file, block);
      this.#changed();
      return true;
    }
    if (this.#reader.rows >= mostLines || this.#reader.fillBack() === undefined) return false;
    this.#changed();
    return true;
  }

  #apply(file: LogFile, block: Block): number {
    return this.#search.apply(block, this.#searchNumber, (from, to) => readBytes(file.path, from, to));
  }

  #takeGrowth(file: LogFile): void {
    const { files } = this.#reader;
    const isTop = files.slice(files.indexOf(file) + 1).every(({ blocks }) => blocks.length === 0);
    const block = file.blocks.at(-1);
    const before = file.blocks.at(-2);
    // A block that the search has not come to is found by it; so is a new one behind such a block.
    const isSearched =
      block?.epoch === this.#searchNumber || (block?.epoch === -1 && (before?.epoch ?? this.#searchNumber) === this.#searchNumber);
    const more = block !== undefined && isSearched ? this.#apply(file, block) : 0;
    if (isSearched && !isTop) this.#begin();
    else {
      this.#grown += more;
      this.#changed();
    }
  }

  /** Says the state soon: not more than four times a second, but the answer to a filter as soon as it is complete. */
  #say(): void {
    const wait = this.#isAsked ? answerMs : Math.max(0, this.#spoke + quietMs - performance.now());
    this.#speaking ??= setTimeout(() => this.#speak(), wait);
  }

  #speak(): void {
    clearTimeout(this.#speaking);
    this.#speaking = undefined;
    this.#isAsked = false;
    this.#spoke = performance.now();
    this.#onState(this.state());
  }

  #facets(): ViewerState['facets'] {
    const { agents, rules, outcomes, risks: byRisk, types } = this.#shared;
    const fixed = (names: readonly string[], counts: readonly number[]): readonly ViewerFacet[] =>
      names.flatMap((value, index) => {
        const count = counts[index] ?? 0;
        return count > 0 ? [{ value, count }] : [];
      });
    return {
      agents: facet(agents),
      rules: facet(rules),
      outcomes: fixed(viewerOutcomes, outcomes),
      risks: fixed(risks, byRisk),
      kinds: fixed(['decision', 'event', 'damaged'], types),
    };
  }
}

function facet({ texts, counts }: Names): readonly ViewerFacet[] {
  const known = texts.flatMap((value, index) => {
    const count = counts[index] ?? 0;
    return index > others && count > 0 ? [{ value, count }] : [];
  });
  return known.sort((a, b) => b.count - a.count).slice(0, mostFacets);
}

/** A line without its newline, and where it begins. */
function lineBytes(file: LogFile, block: Block, row: number): { readonly bytes: Buffer; readonly offset: number } {
  const { from, to } = block.range(row);
  return { bytes: withoutNewline(readBytes(file.path, from, Math.min(to, from + 128 * 1024))), offset: from };
}

function withoutNewline(bytes: Buffer): Buffer {
  return bytes.at(-1) === 10 ? bytes.subarray(0, -1) : bytes;
}

function* pieces(
  exporter: Exporter,
  lines: readonly { readonly file: LogFile; readonly block: Block; readonly rows: Uint32Array }[],
): Generator<string> {
  let text = exporter.start();
  for (const { file, block, rows } of lines) {
    for (const row of rows) {
      const { bytes, offset } = lineBytes(file, block, row);
      text += exporter.line(bytes, { file: file.name, offset });
      if (text.length < exportBytes) continue;
      yield text;
      text = '';
    }
  }
  yield text + exporter.end();
}
