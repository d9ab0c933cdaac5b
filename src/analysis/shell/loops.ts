import { arithmetic, arithmeticNumber } from './arithmetic.ts';
import { expandWord } from './expand.ts';
import type { ArithmeticExpression, CompoundList, Word } from './front.ts';
import { runCommand } from './interpret.ts';
import { after, either, ended, joinStates, type Io, type Outcome } from './outcome.ts';
import { forEachChoice, type Frame, type Run } from './run.ts';
import { anyOf } from './simple.ts';
import { refer } from './declarations.ts';
import type { State } from './state.ts';
import { anyName, anyText, anyWords, concat, isMany, known, mixed, sameText, type Text } from './value.ts';
import { absorb, doubt, joined, knowSame, repeats, widened } from './state-join.ts';

/** Rounds a loop is followed whose end is known; and rounds until what it changes is called unknown. */
const maxRounds = 300;
const roundsUntilUnknown = 3;
/** Rounds in which ever more of what a loop changes is called unknown. */
const roundsUntilGivenUp = 24;

function beginLoop(run: Run): Frame {
  const frame: Frame = { kind: 'loop', broken: [], continued: [], saved: new Map() };
  run.frames.push(frame);
  return frame;
}

function endRound(frame: Frame, state: State | undefined): State | undefined {
  let current = state;
  for (const continued of frame.continued) current = joinStates(current, continued);
  frame.continued.length = 0;
  return current;
}

function endLoop(run: Run, frame: Frame, state: State | undefined, printed: readonly Text[]): Outcome {
  run.frames.pop();
  let current = state;
  for (const broken of frame.broken) current = joinStates(current, broken);
  if (!current) return ended;
  const out = concat(...printed);
  return either(current, frame.broken.length > 0 && out !== '' ? mixed(out) : out);
}

/** Runs `for name in words`. */
export function runFor(
  name: string,
  words: readonly Word[] | undefined,
  body: CompoundList,
  state: State,
  io: Io,
  run: Run,
  isSelect: boolean,
): Outcome {
  const lists = words ? listsOf(words, state, run) : [state.positional];
  const ways = lists.map((items) => runRounds(name, items, body, lists.length === 1 ? state : state.fork(), io, run, isSelect));
  return anyOf(ways);
}

// What the words of a loop can be: in zsh what a variable holds stays one word.
function listsOf(words: readonly Word[], state: State, run: Run): readonly (readonly Text[])[] {
  const expand = (inner: State): readonly Text[] => words.flatMap((word) => [...expandWord(word, inner, run)]);
  if (!state.zsh || !words.some((word) => word.text.includes('$'))) return [expand(state)];
  const lists: (readonly Text[])[] = [];
  const ends: State[] = [];
  forEachChoice(run, () => {
    const inner = state.fork();
    const list = expand(inner);
    ends.push(inner);
    if (!lists.some((other) => other.length === list.length && other.every((text, i) => sameText(text, list[i])))) lists.push(list);
  });
  // What the words assign (`${x:=value}`) is assigned on one of the ways.
  for (const end of ends) {
    doubt(state, end);
    absorb(state, end);
  }
  return lists;
}

function runRounds(
  name: string,
  items: readonly Text[] | undefined,
  body: CompoundList,
  state: State,
  io: Io,
  run: Run,
  isSelect: boolean,
): Outcome {
  const frame = beginLoop(run);
  const printed: Text[] = [];
  let current: State | undefined = state;
  const round = (item: Text): void => {
    if (!current || run.isExhausted) return;
    setItem(name, item, current, run);
    const outcome = runCommand(body, current, io, run);
    if (io.capture) printed.push(outcome.out);
    current = endRound(frame, after(outcome));
  };
  const isLong = items !== undefined && items.length > maxRounds;
  const uncertain = items === undefined || isLong || isSelect || items.some((item) => typeof item !== 'string' && item.many);
  if (uncertain) {
    const before = state;
    const start = current.fork();
    // Of a long list each round sees some item of it.
    const values = isLong ? [items.every((item) => isName.test(known(item) ?? '')) ? anyName : anyText] : (items ?? [anyWords]);
    current = settle(start, frame, run, (s) => {
      let inner: State | undefined = s;
      for (const value of values) {
        if (!inner) break;
        // One round sees one word, so what may be many words is some single text in it.
        setItem(name, typeof value === 'string' ? value : { pieces: value.pieces, many: false }, inner, run);
        // It may be no word at all, and of the words of `select` any may be picked: what follows need not come after it.
        const skipped: State | undefined = isSelect || isMany(value) ? inner.fork() : undefined;
        const outcome = runCommand(body, inner, io, run);
        printed.push(outcome.out);
        inner = joinStates(endRound(frame, after(outcome)), skipped);
      }
      return inner;
    });
    current = joinStates(before, current);
    return endLoop(run, frame, current, io.capture ? [mixed(...printed)] : []);
  }
  for (const item of items) round(item);
  return endLoop(run, frame, current, printed);
}

const isName = /^\w[\w.-]*$/;

// A loop over another name for variables gives it another variable in each round.
function setItem(name: string, item: Text, state: State, run: Run): void {
  if (state.own(name)?.ref === undefined) state.set(name, item);
  else refer(name, item, state, run);
}

/** Repeats a body whose number of rounds is unknown until nothing new is learnt, then calls what still changes unknown. */
function settle(start: State, frame: Frame, run: Run, body: (state: State) => State | undefined): State | undefined {
  let seen: State = start;
  for (let i = 0; i < roundsUntilUnknown; i++) {
    const end = body(seen.fork());
    endRound(frame, undefined);
    if (!end) return seen;
    const both = joined(seen, end);
    if (both === seen || knowSame(both, seen)) return both;
    seen = both;
  }
  const end = body(seen.fork());
  if (!end) return seen;
  let all = widened(seen, end);
  for (let i = 0; i < roundsUntilGivenUp; i++) {
    const last = body(all.fork());
    endRound(frame, undefined);
    if (!last) return all;
    const next = widened(all, last);
    if (knowSame(next, all)) return next;
    all = next;
  }
  run.opaque('a loop that does something else in every round');
  return all;
}

/** Runs `while` and `until`. */
export function runWhile(clause: CompoundList, body: CompoundList, until: boolean, state: State, io: Io, run: Run): Outcome {
  const frame = beginLoop(run);
  const printed: Text[] = [];
  let current: State | undefined = state;
  for (let round = 0; current && round < maxRounds && !run.isExhausted; round++) {
    const before = current.fork();
    const test = runCommand(clause, current, io, run);
    if (round === 0 && !(until ? test.ok : test.fail)) checkEndless(body, run);
    const goes = until ? test.fail : test.ok;
    const leaves = until ? test.ok : test.fail;
    if (!goes) return endLoop(run, frame, leaves, printed);
    if (leaves || (round >= roundsUntilUnknown && frame.broken.length > 0)) {
      // It may end at any round: followed until nothing new is learnt.
      let left: State | undefined = leaves;
      const end = settle(goes === leaves ? goes.fork() : goes, frame, run, (inner) => {
        const outcome = runCommand(body, inner, io, run);
        const next = endRound(frame, after(outcome));
        printed.push(outcome.out);
        if (!next) return undefined;
        const again = runCommand(clause, next, io, run);
        printed.push(again.out);
        const stays = until ? again.fail : again.ok;
        left = joinStates(left, until ? again.ok : again.fail);
        return stays;
      });
      return endLoop(run, frame, joinStates(left, end), io.capture ? [mixed(test.out, ...printed)] : []);
    }
    const outcome = runCommand(body, goes, io, run);
    if (io.capture) printed.push(outcome.out);
    current = endRound(frame, after(outcome));
    // It goes on for ever, and does the same in every round.
    if (current && repeats(current, before)) {
      current = undefined;
      break;
    }
    if (!run.spend()) break;
  }
  if (current && frame.broken.length === 0) run.opaque('a loop with more rounds than can be followed');
  return endLoop(run, frame, current, printed);
}

// A loop without end that waits for nothing it starts fills the machine.
function checkEndless(body: CompoundList, run: Run): void {
  if (body.commands.length > 0 && body.commands.every((statement) => statement.background))
    run.emit({ kind: 'execute', certainty: 'approximate', act: 'machine.exhaust', evidence: 'an endless loop that starts programs' });
}

/** Runs `for ((…; …; …))`. */
export function runArithmeticFor(
  initialize: ArithmeticExpression | undefined,
  test: ArithmeticExpression | undefined,
  update: ArithmeticExpression | undefined,
  body: CompoundList,
  state: State,
  io: Io,
  run: Run,
): Outcome {
  if (initialize) arithmetic(initialize, state, run);
  if (!test) checkEndless(body, run);
  const frame = beginLoop(run);
  const printed: Text[] = [];
  let current: State | undefined = state;
  for (let round = 0; current && round < maxRounds && !run.isExhausted; round++) {
    const value = test ? arithmeticNumber(test, current, run) : 1;
    if (value === 0) return endLoop(run, frame, current, printed);
    if (value === undefined) {
      const end = settle(current.fork(), frame, run, (inner) => {
        const outcome = runCommand(body, inner, io, run);
        printed.push(outcome.out);
        const next = endRound(frame, after(outcome));
        if (next && update) arithmetic(update, next, run);
        return next;
      });
      return endLoop(run, frame, joinStates(current, end), io.capture ? [mixed(...printed)] : []);
    }
    const outcome = runCommand(body, current, io, run);
    if (io.capture) printed.push(outcome.out);
    current = endRound(frame, after(outcome));
    if (current && update) arithmetic(update, current, run);
    if (!run.spend()) break;
  }
  return endLoop(run, frame, current, printed);
}
