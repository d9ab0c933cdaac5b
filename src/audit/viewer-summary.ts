import { type Risk, risks } from '../model/effect.ts';
import {
  type ViewerBucket,
  type ViewerOutcome,
  type ViewerShare,
  type ViewerSummary,
  viewerAnswers,
  viewerOutcomes,
} from '../model/viewer.ts';
import { type Block, type Names, others, type Shared } from './viewer-block.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Lengths that a person reads at once. */
const rounds = [
  ...[1000, 5000, 15_000, 30_000],
  ...[1, 5, 15, 30].map((count) => count * minute),
  ...[1, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 30, 91, 365, 3650].map((count) => count * day),
];
const mostBuckets = 60;
const mostShares = 12;
const bars: readonly (number | null)[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, null];

/** The blocks whose matching lines are counted, in any order. */
export function summarise(blocks: readonly Block[], shared: Shared, revision: number, now: number): ViewerSummary {
  const counts = { decisions: 0, events: 0, damaged: 0 };
  const outcomes = new Array<number>(viewerOutcomes.length).fill(0);
  const risksCount = new Array<number>(risks.length).fill(0);
  const answers = new Array<number>(viewerAnswers.length + 1).fill(0);
  const rules = new Tally();
  const agents = new Tally();
  const latencies = new Float32Array(blocks.reduce((sum, { matching }) => sum + matching, 0));
  let earliest = Number.POSITIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;
  // A clock that was wrong once shall not squeeze all that is right into one bucket.
  const isSane = (time: number) => time > 946_684_800_000 && time < now + day;

  each(blocks, (block, row) => {
    const type = block.type(row);
    if (type === 1) counts.events += 1;
    else if (type === 2) counts.damaged += 1;
    if (type !== 0) return;
    latencies[counts.decisions] = block.latency(row);
    counts.decisions += 1;
    const outcome = block.outcome(row);
    add(outcomes, outcome);
    add(risksCount, block.risk(row));
    add(answers, block.answer(row));
    const isDenied = deniedOutcomes.has(outcome);
    rules.add(block.rule(row), isDenied);
    agents.add(block.agent(row), isDenied);
    const time = block.time(row);
    if (!isSane(time)) return;
    if (time < earliest) earliest = time;
    if (time > latest) latest = time;
  });

  const sorted = latencies.subarray(0, counts.decisions).sort();
  const bucketMs = bucketLength(earliest, latest);
  return {
    revision,
    ...counts,
    outcomes: named(viewerOutcomes, outcomes),
    risks: named<Risk>(risks, risksCount),
    bucketMs,
    buckets: buckets(blocks, bucketMs, earliest, latest),
    topRules: rules.top(shared.rules),
    agents: agents.top(shared.agents),
    latency: { p50: rank(sorted, 0.5), p95: rank(sorted, 0.95), p99: rank(sorted, 0.99), bars: histogram(sorted) },
    answers: named(viewerAnswers, answers.slice(1)),
  };
}

const deniedOutcomes = new Set([viewerOutcomes.indexOf('deny'), viewerOutcomes.indexOf('refused')]);

function each(blocks: readonly Block[], visit: (block: Block, row: number) => void): void {
  for (const block of blocks) for (let nth = 0; nth < block.matching; nth += 1) visit(block, block.matched(nth));
}

function add(counts: number[], index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}

function named<T extends string>(names: readonly T[], counts: readonly number[]): Readonly<Record<T, number>> {
  return Object.fromEntries(names.map((name, index) => [name, counts[index] ?? 0])) as Record<T, number>;
}

/** Counts by the numbers of a list of texts. */
class Tally {
  readonly #counts: number[] = [];
  readonly #denied: number[] = [];

  add(number: number, isDenied: boolean): void {
    add(this.#counts, number);
    if (isDenied) add(this.#denied, number);
  }

  top(names: Names): readonly ViewerShare[] {
    return [...this.#counts.entries()]
      .filter(([number, count]) => number > others && count > 0)
      .sort(([, a], [, b]) => b - a)
      .slice(0, mostShares)
      .map(([number, count]) => ({ value: names.texts[number] ?? '', count, denied: this.#denied[number] ?? 0 }));
  }
}

/** The shortest round length with which the span takes at most 60 buckets. */
function bucketLength(earliest: number, latest: number): number {
  const fits = (length: number) => Math.floor(latest / length) - Math.floor(earliest / length) < mostBuckets;
  return rounds.find(fits) ?? Math.ceil((latest - earliest) / (mostBuckets - 1));
}

function buckets(blocks: readonly Block[], length: number, earliest: number, latest: number): readonly ViewerBucket[] {
  if (earliest > latest) return [];
  const first = Math.floor(earliest / length);
  const rows = Array.from({ length: Math.floor(latest / length) - first + 1 }, () => new Array<number>(viewerOutcomes.length).fill(0));
  each(blocks, (block, row) => {
    const counts = block.type(row) === 0 ? rows[Math.floor(block.time(row) / length) - first] : undefined;
    if (counts !== undefined) add(counts, block.outcome(row));
  });
  return rows.map((counts, index) => ({ start: (first + index) * length, counts: named<ViewerOutcome>(viewerOutcomes, counts) }));
}

/** The value that a part of the ascending values does not exceed (nearest rank). */
function rank(sorted: Float32Array, part: number): number {
  const value = sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
  return Math.round(value * 1000) / 1000;
}

function histogram(sorted: Float32Array): ViewerSummary['latency']['bars'] {
  const counts = new Array<number>(bars.length).fill(0);
  for (const value of sorted) {
    add(
      counts,
      bars.findIndex((upTo) => upTo === null || value <= upTo),
    );
  }
  return bars.map((upTo, index) => ({ upTo, count: counts[index] ?? 0 }));
}
