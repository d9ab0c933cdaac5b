import type { Anchor, CharSet, Look, Program, Step } from './compiled.ts';

/** A pattern as a tree, whatever language it was written in. Letter case is already spelled out in the sets. */
export type Pattern =
  | { readonly type: 'char'; readonly code: number }
  | { readonly type: 'set'; readonly set: CharSet }
  /** Any character; `line`: any but a newline. */
  | { readonly type: 'any' }
  | { readonly type: 'line' }
  | { readonly type: 'anchor'; readonly anchor: Anchor }
  | { readonly type: 'sequence'; readonly items: readonly Pattern[] }
  | { readonly type: 'choice'; readonly items: readonly Pattern[] }
  | { readonly type: 'repeat'; readonly item: Pattern; readonly min: number; readonly max: number; readonly lazy: boolean }
  | { readonly type: 'group'; readonly item: Pattern; readonly number: number }
  | { readonly type: 'back'; readonly number: number }
  | { readonly type: 'look'; readonly item: Pattern; readonly ahead: boolean; readonly not: boolean };

/** Why a pattern cannot be used: a sentence part that names the construct, and its place in the pattern (UTF-16 units). */
export interface PatternProblem {
  readonly message: string;
  readonly pos: number;
}

export type ProgramResult = { readonly program: Program } | { readonly problem: PatternProblem };

/** Steps that a pattern may have once repetitions are written out: bounds the work for each character of a text. */
const maxSteps = 20_000;

class TooLarge extends Error {}
class NeedsMemory extends Error {}

export const empty: Pattern = { type: 'sequence', items: [] };
/** Matches nothing at all. */
export const never: Pattern = { type: 'set', set: { ranges: [] } };

/** Translates a tree into a program for `automaton.ts`. Back references remember text and have no such program. */
export function toProgram(pattern: Pattern): ProgramResult {
  try {
    return { program: build(pattern, false, { left: maxSteps }) };
  } catch (error) {
    if (error instanceof TooLarge) {
      return { problem: { message: `the repetitions are too large (more than ${maxSteps} steps when written out)`, pos: 0 } };
    }
    if (error instanceof NeedsMemory) {
      return { problem: { message: 'back references such as \\1 or (?P=name) cannot be matched in linear time', pos: 0 } };
    }
    throw error;
  }
}

type MutableStep = Step | ['jump', number] | ['split', number[]];

function build(pattern: Pattern, backwards: boolean, budget: { left: number }): Program {
  const steps: MutableStep[] = [];
  const looks: Look[] = [];
  const add = (step: MutableStep): number => {
    if (--budget.left < 0) throw new TooLarge();
    return steps.push(step) - 1;
  };
  const emit = (node: Pattern): void => {
    switch (node.type) {
      case 'char':
        add(['char', node.code]);
        return;
      case 'set':
        add(['set', node.set]);
        return;
      case 'any':
        add(['any']);
        return;
      case 'line':
        add(['line']);
        return;
      case 'anchor':
        add(['at', node.anchor]);
        return;
      case 'sequence':
        for (const item of backwards ? [...node.items].reverse() : node.items) emit(item);
        return;
      case 'choice': {
        const targets: number[] = [];
        add(['split', targets]);
        const jumps: ['jump', number][] = [];
        for (const item of node.items) {
          targets.push(steps.length);
          emit(item);
          const jump: ['jump', number] = ['jump', 0];
          add(jump);
          jumps.push(jump);
        }
        for (const jump of jumps) jump[1] = steps.length;
        return;
      }
      case 'repeat': {
        for (let i = 0; i < node.min; i++) emit(node.item);
        if (node.max === Number.POSITIVE_INFINITY) {
          const targets: number[] = [];
          const split = add(['split', targets]);
          targets.push(steps.length);
          emit(node.item);
          add(['jump', split]);
          targets.push(steps.length);
          return;
        }
        const splits: number[][] = [];
        for (let i = node.min; i < node.max; i++) {
          const targets: number[] = [];
          add(['split', targets]);
          targets.push(steps.length);
          splits.push(targets);
          emit(node.item);
        }
        for (const targets of splits) targets.push(steps.length);
        return;
      }
      case 'group':
        emit(node.item);
        return;
      case 'back':
        throw new NeedsMemory();
      case 'look':
        looks.push({ ahead: node.ahead, not: node.not, program: build(node.item, node.ahead, budget) });
        add(['look', looks.length - 1]);
        return;
    }
  };
  emit(pattern);
  add(['end']);
  return { steps, ...(looks.length > 0 ? { looks } : {}) };
}
