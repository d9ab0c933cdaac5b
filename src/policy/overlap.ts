import { newWork, type Work } from './work.ts';
import { inSet } from './character.ts';
import type { Program } from './compiled.ts';

/** How the texts of one pattern lie to those of another. */
export interface Overlap {
  /** Some text matches both. */
  readonly some: boolean;
  /** Every text of the first matches the second. */
  readonly all: boolean;
}

/** Pairs of states looked at before giving up with "some, not all", the careful answer. */
const maxPairs = 1_000;
/** What a place in a set costs: sets are sorted and joined. */
const costOfPlace = 5;

/**
 * Compares two patterns without tests for places (the globs have none). Used where a call names many files by a glob
 * and a rule names many by another. Where that is too much work, the answer is the careful one.
 */
export function overlap(first: Program, second: Program, work: Work = newWork()): Overlap {
  const careful = { some: true, all: false };
  const letters = alphabet(first, second);
  if (letters === undefined) return careful;
  let some = false;
  let all = true;
  const start: Pair = [follow(first, [0]), follow(second, [0])];
  const seen = new Set([keyOf(start)]);
  const open = [start];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [left, right] = pair;
    if (isEnd(first, left)) {
      if (isEnd(second, right)) some = true;
      else all = false;
      if (some && !all) return careful;
    }
    for (const letter of letters) {
      work.left -= costOfPlace * (1 + left.length + right.length);
      if (work.left <= 0) return careful;
      const next: Pair = [move(first, left, letter), move(second, right, letter)];
      if (next[0].length === 0) continue;
      const key = keyOf(next);
      if (seen.has(key)) continue;
      if (seen.size >= maxPairs) return careful;
      seen.add(key);
      open.push(next);
    }
  }
  return { some, all: some && all };
}

type Pair = [readonly number[], readonly number[]];
const keyOf = (pair: Pair): string => `${pair[0].join()};${pair[1].join()}`;

/** One character of each kind that the two programs tell apart; `undefined` where a program does more than compare characters. */
function alphabet(...programs: readonly Program[]): readonly number[] | undefined {
  const letters = new Set([47, 0x10fffd]);
  for (const { steps } of programs) {
    for (const step of steps) {
      if (step[0] === 'char') letters.add(step[1]);
      else if (step[0] === 'line') letters.add(10);
      else if (step[0] === 'set') {
        if (step[1].classes !== undefined) return undefined;
        for (const bound of step[1].ranges) for (const near of [bound - 1, bound, bound + 1]) if (near >= 0) letters.add(near);
      } else if (step[0] === 'at' || step[0] === 'look') return undefined;
    }
  }
  return [...letters];
}

/** All steps reached without a character, in order. */
function follow(program: Program, from: readonly number[]): readonly number[] {
  const reached = new Set<number>();
  const stack = [...from];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (reached.has(at)) continue;
    reached.add(at);
    const step = program.steps[at];
    if (step?.[0] === 'jump') stack.push(step[1]);
    else if (step?.[0] === 'split') stack.push(...step[1]);
  }
  return [...reached].filter((at) => !['jump', 'split'].includes(program.steps[at]?.[0] ?? '')).sort((a, b) => a - b);
}

function move(program: Program, from: readonly number[], letter: number): readonly number[] {
  const next: number[] = [];
  for (const at of from) {
    const step = program.steps[at];
    if (step === undefined) continue;
    const goes =
      step[0] === 'any' ||
      (step[0] === 'char' && step[1] === letter) ||
      (step[0] === 'line' && letter !== 10) ||
      (step[0] === 'set' && inSet(step[1], letter));
    if (goes) next.push(at + 1);
  }
  return follow(program, next);
}

const isEnd = (program: Program, states: readonly number[]): boolean => states.some((at) => program.steps[at]?.[0] === 'end');
