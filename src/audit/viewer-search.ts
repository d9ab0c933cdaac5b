import { risks } from '../model/effect.ts';
import { type ViewerFilter, viewerOutcomes } from '../model/viewer.ts';
import { type Block, type Names, others, type Shared } from './viewer-block.ts';
import { holdsWords, idHash } from './viewer-line.ts';
import { bitsOf } from './viewer-signature.ts';

/** Reads bytes of the file that a block is of; fewer where the file has become shorter. */
export type ReadBytes = (from: number, to: number) => Buffer;

const mostText = 1000;
const mostWords = 8;

/** The words of a search, in lower case: divided by blanks, or kept together by quotes. */
export function wordsOf(text: string): readonly string[] {
  return [
    ...text
      .slice(0, mostText)
      .replaceAll('\0', '')
      .matchAll(/"([^"]+)"?|[^\s"]+/g),
  ]
    .map(([word, quoted]) => (quoted ?? word).toLowerCase())
    .slice(0, mostWords);
}

/** Which of a growing list of texts pass a test. Each is tested once. */
class Passing {
  readonly #names: Names;
  readonly #test: (text: string) => boolean;
  readonly #passes: boolean[] = [];

  constructor(names: Names, test: (text: string) => boolean) {
    this.#names = names;
    this.#test = test;
  }

  has(number: number): boolean {
    for (let next = this.#passes.length; next <= number; next += 1) {
      this.#passes.push(next !== others && this.#test(this.#names.texts[next] ?? ''));
    }
    return this.#passes[number] ?? false;
  }
}

interface Word {
  readonly bytes: Buffer;
  /** Of its signature. */
  readonly bits: Uint16Array;
  /** Its hash as an id. */
  readonly hash: number;
  readonly agents: Passing;
  readonly rules: Passing;
  readonly kinds: Passing;
  readonly places: Passing;
  readonly reasons: Passing;
}

const dead = 0;
const alive = 1;
/** A line of which not all is kept: it is read when all else is settled. */
const unsure = 2;

/** A filter made ready to be asked of many blocks. */
export class Search {
  readonly #words: readonly Word[];
  readonly #texts: readonly string[];
  /** Words that are too short for a signature, in every letter case: a line that has none of these is not taken apart. */
  readonly #short: readonly (readonly Buffer[])[];
  readonly #plain: (block: Block, row: number) => boolean;

  constructor(filter: ViewerFilter, shared: Shared) {
    this.#texts = wordsOf(filter.text);
    this.#words = this.#texts.map((text) => {
      const passing = (names: Names) => new Passing(names, (each) => each.toLowerCase().includes(text));
      return {
        bytes: Buffer.from(text),
        bits: bitsOf(Buffer.from(text)),
        hash: idHash(text),
        agents: passing(shared.agents),
        rules: passing(shared.rules),
        kinds: passing(shared.kinds),
        places: passing(shared.places),
        reasons: passing(shared.reasons),
      };
    });
    this.#short = this.#words.flatMap(({ bytes, bits }) => (bits.length === 0 ? [spellings(bytes.toString())] : []));
    this.#plain = plainTest(filter, shared);
  }

  /** Looks at the lines of a block that it has not seen yet and notes those that pass; returns how many these are. */
  apply(block: Block, epoch: number, read: ReadBytes): number {
    if (block.epoch !== epoch) {
      block.epoch = epoch;
      block.matching = 0;
      block.seen = 0;
    }
    const first = block.seen;
    const count = block.rows - first;
    block.seen = block.rows;
    if (count <= 0) return 0;
    const marks = new Uint8Array(count);
    for (let row = 0; row < count; row += 1) marks[row] = this.#plain(block, first + row) ? alive : dead;
    for (const word of this.#words) findWord(word, block, first, marks);
    const before = block.matching;
    const lineOf = lines(block, marks, read);
    for (let row = 0; row < count; row += 1) {
      const mark = marks[row];
      if (mark === alive || (mark === unsure && this.#holds(lineOf(first + row)))) block.match(first + row);
    }
    return block.matching - before;
  }

  #holds(line: Buffer): boolean {
    return this.#short.every((spellings) => spellings.some((each) => line.includes(each))) && holdsWords(line, this.#texts);
  }
}

function spellings(word: string): readonly Buffer[] {
  let all = [''];
  for (const letter of word) all = all.flatMap((start) => [start + letter, start + letter.toUpperCase()]);
  return [...new Set(all)].map((each) => Buffer.from(each));
}

/** So many lines are read one by one; of more, their block is read at once. */
const fewLines = 16;

/** Gives lines of a block, of which those marked unsure will be asked for. */
function lines(block: Block, marks: Uint8Array, read: ReadBytes): (row: number) => Buffer {
  let count = 0;
  for (const mark of marks) if (mark === unsure) count += 1;
  const whole = count > fewLines ? read(block.start, block.end) : undefined;
  return (row) => {
    const { from, to } = block.range(row);
    return whole === undefined ? read(from, to - 1) : whole.subarray(from - block.start, to - 1 - block.start);
  };
}

function findWord(word: Word, block: Block, first: number, marks: Uint8Array): void {
  const hits = new Uint8Array(marks.length);
  block.search(word.bytes, first, (row) => {
    hits[row - first] = 1;
  });
  for (let index = 0; index < marks.length; index += 1) {
    if (marks[index] === dead || hits[index] === 1) continue;
    const row = first + index;
    if (
      word.kinds.has(block.kind(row)) ||
      word.rules.has(block.rule(row)) ||
      word.agents.has(block.agent(row)) ||
      word.places.has(block.place(row)) ||
      word.reasons.has(block.reason(row))
    )
      continue;
    marks[index] = block.mayHold(row, word.bits) || block.hasId(row, word.hash) ? unsure : dead;
  }
}

/** What a filter asks for besides words. */
function plainTest(filter: ViewerFilter, shared: Shared): (block: Block, row: number) => boolean {
  const tests: ((block: Block, row: number) => boolean)[] = [];
  const { kind, outcomes, risks: wanted, agents, rules } = filter;
  if (kind !== 'all') {
    const type = kind === 'decision' ? 0 : kind === 'event' ? 1 : 2;
    tests.push((block, row) => block.type(row) === type);
  }
  // What only decisions have is asked for: nothing else passes.
  if (outcomes.length + wanted.length + agents.length + rules.length > 0) tests.push((block, row) => block.type(row) === 0);
  if (outcomes.length > 0) {
    const passes = viewerOutcomes.map((each) => outcomes.includes(each));
    tests.push((block, row) => passes[block.outcome(row)] === true);
  }
  if (wanted.length > 0) {
    const passes = risks.map((each) => wanted.includes(each));
    tests.push((block, row) => passes[block.risk(row)] === true);
  }
  if (agents.length > 0) {
    const passing = new Passing(shared.agents, (text) => agents.includes(text));
    tests.push((block, row) => passing.has(block.agent(row)));
  }
  if (rules.length > 0) {
    const passing = new Passing(shared.rules, (text) => rules.includes(text));
    tests.push((block, row) => passing.has(block.rule(row)));
  }
  const since = Date.parse(filter.since ?? '');
  const until = Date.parse(filter.until ?? '');
  if (!Number.isNaN(since)) tests.push((block, row) => block.time(row) >= since);
  if (!Number.isNaN(until)) tests.push((block, row) => block.time(row) <= until);
  return (block, row) => tests.every((test) => test(block, row));
}
