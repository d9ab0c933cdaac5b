import { risks } from '../model/effect.ts';
import { type ViewerRow, viewerAnswers, viewerOutcomes } from '../model/viewer.ts';
import type { Indexed } from './viewer-line.ts';
import { mayHold, sign, signatureBytes } from './viewer-signature.ts';

/**
 * A list of different texts, each with a small number and how many lines have it. Bounded, as an agent chooses some of them: what comes later has the
 * number {@link others}.
 */
export class Names {
  readonly texts: string[] = ['', ''];
  readonly counts: number[] = [0, 0];
  readonly #numbers = new Map<string, number>([['', 0]]);
  readonly #most: number;
  #room = 8_000_000;

  constructor(most: number) {
    this.#most = most;
  }

  /** Number of a text, which is counted. */
  add(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      if (this.texts.length >= this.#most || text.length > Math.min(this.#room, 4000)) number = others;
      else {
        this.#room -= text.length;
        number = this.texts.length;
        // A copy: a part of a long line would keep all of it in memory.
        const own = Buffer.from(text).toString();
        this.texts.push(own);
        this.counts.push(0);
        this.#numbers.set(own, number);
      }
    }
    this.counts[number] = (this.counts[number] ?? 0) + 1;
    return number;
  }

  /** A line with it is gone. */
  drop(number: number): void {
    this.counts[number] = (this.counts[number] ?? 0) - 1;
  }

  /** The number of a text that is known. */
  find(text: string): number | undefined {
    return this.#numbers.get(text);
  }
}

/** Number of all texts that came when a list was full; they are kept with the line itself. */
export const others = 1;

const types: readonly ViewerRow['type'][] = ['decision', 'event', 'damaged'];

/** What all blocks share. */
export class Shared {
  readonly agents = new Names(2 ** 16);
  readonly rules = new Names(2 ** 16);
  readonly kinds = new Names(2 ** 16);
  readonly places = new Names(50_000);
  readonly reasons = new Names(50_000);
  readonly outcomes = new Array<number>(viewerOutcomes.length).fill(0);
  readonly risks = new Array<number>(risks.length).fill(0);
  readonly types = new Array<number>(types.length).fill(0);
  /** Bytes of text that blocks hold. */
  textBytes = 0;
}

/** How much text is kept of one line, by how much is kept of all: bounds the memory of a long log. */
const allowances: readonly (readonly [kept: number, line: number])[] = [
  [24 * 1024 * 1024, 4096],
  [96 * 1024 * 1024, 160],
  [Number.POSITIVE_INFINITY, 40],
];

const firstRows = 64;

/**
 * The lines of a stretch of a file, as columns: about 45 bytes a line and its texts. Grows at its end only.
 */
export class Block {
  /** Where in the file it begins, in bytes. */
  readonly start: number;
  /** Byte after its last line. */
  end: number;
  rows = 0;
  /** How many lines pass the filter. */
  matching = 0;
  /** How many lines the filter was asked of. */
  seen = 0;
  /** Of which filter the two are; -1: none. */
  epoch = -1;
  readonly #shared: Shared;
  /** The lines that pass, ascending. */
  #matches = new Uint32Array(0);
  #starts = new Uint32Array(firstRows);
  #times = new Float64Array(firstRows);
  #flags = new Uint16Array(firstRows);
  #agents = new Uint16Array(firstRows);
  #rules = new Uint16Array(firstRows);
  #kinds = new Uint16Array(firstRows);
  #places = new Uint16Array(firstRows);
  #reasons = new Uint16Array(firstRows);
  #latencies = new Float32Array(firstRows);
  /** Where in {@link #text} a line's text begins. */
  #texts = new Uint32Array(firstRows);
  #text = Buffer.alloc(4096);
  #textEnd = 0;
  /** Hashes of a line's two ids. */
  #ids = new Uint32Array(2 * firstRows);
  /** Which signature is a line's, from 1; 0: all of its text is kept. */
  #long = new Uint16Array(firstRows);
  #longs = 0;
  #signatures = new Uint8Array(0);

  constructor(start: number, shared: Shared) {
    this.start = start;
    this.end = start;
    this.#shared = shared;
  }

  /** Adds the line that ends before `end`, which is its newline's place and one. */
  add(line: Indexed, end: number): void {
    if (this.rows === this.#starts.length) this.#resize(Math.max(firstRows, this.rows * 2));
    const row = this.rows;
    const shared = this.#shared;
    const extra: string[] = [];
    const number = (names: Names, text: string) => {
      const found = names.add(text);
      if (found === others) extra.push(text);
      return found;
    };
    this.#starts[row] = this.end - this.start;
    this.#times[row] = line.time;
    this.#agents[row] = number(shared.agents, line.agent);
    this.#rules[row] = number(shared.rules, line.rule);
    this.#kinds[row] = number(shared.kinds, line.common[0]);
    this.#places[row] = number(shared.places, line.common[1]);
    this.#reasons[row] = number(shared.reasons, line.common[2]);
    this.#latencies[row] = line.latency;
    this.#addText(row, extra.length === 0 ? line.own : [...extra, line.own].join('\n'));
    const type = types.indexOf(line.type);
    const outcome = viewerOutcomes.indexOf(line.outcome);
    const risk = risks.indexOf(line.risk);
    const answer = line.answer === undefined ? 0 : viewerAnswers.indexOf(line.answer) + 1;
    this.#flags[row] = type | (outcome << 2) | (risk << 5) | (answer << 8);
    this.#ids.set(line.ids, 2 * row);
    count(shared.types, type, 1);
    if (type === 0) {
      count(shared.outcomes, outcome, 1);
      count(shared.risks, risk, 1);
    }
    this.end = end;
    this.rows += 1;
  }

  /** Notes that a line passes the filter; ascending. */
  match(row: number): void {
    if (this.matching === this.#matches.length) {
      const more = new Uint32Array(Math.max(16, this.matching * 2));
      more.set(this.#matches.subarray(0, this.matching));
      this.#matches = more;
    }
    this.#matches[this.matching] = row;
    this.matching += 1;
  }

  /** The line that is the `nth` to pass, from 0. */
  matched(nth: number): number {
    return this.#matches[nth] ?? 0;
  }

  /** Counts a line in with the last one. */
  extend(end: number): void {
    this.end = end;
  }

  #addText(row: number, text: string): void {
    const shared = this.#shared;
    const most = allowances.find(([kept]) => shared.textBytes < kept)?.[1] ?? 0;
    const bytes = Buffer.from(text.toLowerCase());
    const length = Math.min(bytes.length, most);
    if (this.#textEnd + length + 1 > this.#text.length) {
      this.#text = Buffer.concat([this.#text], Math.max(this.#text.length * 2, this.#textEnd + length + 1));
    }
    this.#texts[row] = this.#textEnd;
    bytes.copy(this.#text, this.#textEnd, 0, length);
    // No word holds a zero, so that none is found over the border of two lines.
    this.#text[this.#textEnd + length] = 0;
    this.#textEnd += length + 1;
    shared.textBytes += length + 1;
    if (length === bytes.length) return;
    if ((this.#longs + 1) * signatureBytes > this.#signatures.length) {
      this.#signatures = enlarged(this.#signatures, new Uint8Array(Math.max(32 * signatureBytes, this.#signatures.length * 2)));
    }
    sign(bytes, this.#signatures, this.#longs * signatureBytes);
    this.#longs += 1;
    this.#long[row] = this.#longs;
  }

  /** No line comes any more: gives back what was held for growth. */
  close(): void {
    this.#resize(this.rows);
    this.#text = Buffer.from(this.#text.subarray(0, this.#textEnd));
    this.#signatures = this.#signatures.slice(0, this.#longs * signatureBytes);
  }

  #resize(rows: number): void {
    this.#starts = enlarged(this.#starts, new Uint32Array(rows));
    this.#times = enlarged(this.#times, new Float64Array(rows));
    this.#flags = enlarged(this.#flags, new Uint16Array(rows));
    this.#agents = enlarged(this.#agents, new Uint16Array(rows));
    this.#rules = enlarged(this.#rules, new Uint16Array(rows));
    this.#kinds = enlarged(this.#kinds, new Uint16Array(rows));
    this.#places = enlarged(this.#places, new Uint16Array(rows));
    this.#reasons = enlarged(this.#reasons, new Uint16Array(rows));
    this.#latencies = enlarged(this.#latencies, new Float32Array(rows));
    this.#texts = enlarged(this.#texts, new Uint32Array(rows));
    this.#long = enlarged(this.#long, new Uint16Array(rows));
    this.#ids = enlarged(this.#ids, new Uint32Array(2 * rows));
  }

  /** Takes its lines out of what is counted. */
  drop(): void {
    const shared = this.#shared;
    for (let row = 0; row < this.rows; row += 1) {
      shared.agents.drop(this.agent(row));
      shared.rules.drop(this.rule(row));
      shared.kinds.drop(this.kind(row));
      shared.places.drop(this.place(row));
      shared.reasons.drop(this.reason(row));
      count(shared.types, this.type(row), -1);
      if (this.type(row) === 0) {
        count(shared.outcomes, this.outcome(row), -1);
        count(shared.risks, this.risk(row), -1);
      }
    }
    shared.textBytes -= this.#textEnd;
  }

  /** First byte of a line in its file, and the byte after its last, its newline included. */
  range(row: number): { readonly from: number; readonly to: number } {
    const to = row + 1 < this.rows ? this.start + (this.#starts[row + 1] ?? 0) : this.end;
    return { from: this.start + (this.#starts[row] ?? 0), to };
  }

  /** The line that holds a byte of the file. */
  rowAt(byte: number): number {
    return lastNotAbove(this.#starts, this.rows, byte - this.start);
  }

  time(row: number): number {
    return this.#times[row] ?? Number.NaN;
  }
  agent(row: number): number {
    return this.#agents[row] ?? 0;
  }
  rule(row: number): number {
    return this.#rules[row] ?? 0;
  }
  kind(row: number): number {
    return this.#kinds[row] ?? 0;
  }
  place(row: number): number {
    return this.#places[row] ?? 0;
  }
  reason(row: number): number {
    return this.#reasons[row] ?? 0;
  }
  latency(row: number): number {
    return this.#latencies[row] ?? 0;
  }
  /** Index in `['decision', 'event', 'damaged']`. */
  type(row: number): number {
    return (this.#flags[row] ?? 0) & 3;
  }
  /** Index in {@link viewerOutcomes}. */
  outcome(row: number): number {
    return ((this.#flags[row] ?? 0) >> 2) & 7;
  }
  /** Index in {@link risks}. */
  risk(row: number): number {
    return ((this.#flags[row] ?? 0) >> 5) & 3;
  }
  /** Index in {@link viewerAnswers} and one; 0: none. */
  answer(row: number): number {
    return ((this.#flags[row] ?? 0) >> 8) & 15;
  }
  /** Whether not all of its text is kept, and the rest can hold a word of these bits. */
  mayHold(row: number, bits: Uint16Array): boolean {
    const long = this.#long[row] ?? 0;
    return long > 0 && mayHold(this.#signatures, (long - 1) * signatureBytes, bits);
  }

  /** Whether an id of the line has this hash. */
  hasId(row: number, hash: number): boolean {
    return this.#ids[2 * row] === hash || this.#ids[2 * row + 1] === hash;
  }

  /** Calls `found` for every line from `first` on whose kept text holds the word, in lower case and UTF-8. */
  search(word: Buffer, first: number, found: (row: number) => void): void {
    if (first >= this.rows) return;
    const text = this.#text.subarray(0, this.#textEnd);
    for (let at = text.indexOf(word, this.#texts[first]); at >= 0; ) {
      const row = lastNotAbove(this.#texts, this.rows, at);
      found(row);
      if (row + 1 >= this.rows) return;
      at = text.indexOf(word, this.#texts[row + 1]);
    }
  }
}

type Column = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** A column with the beginning of another of its kind. */
function enlarged<T extends Column>(column: T, fresh: T): T {
  fresh.set(column.subarray(0, fresh.length));
  return fresh;
}

function count(counts: number[], index: number, by: number): void {
  counts[index] = (counts[index] ?? 0) + by;
}

/** Index of the last of the first `length` ascending values that is not above `value`. */
function lastNotAbove(values: Uint32Array, length: number, value: number): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((values[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
