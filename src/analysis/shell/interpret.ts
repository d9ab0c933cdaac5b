import { arithmetic, arithmeticNumber } from './arithmetic.ts';
import { expandText, expandWord } from './expand.ts';
import type {
  ArithmeticExpression,
  AndOr,
  CommandNode,
  CompoundList,
  FunctionNode,
  Pipeline,
  PipelineNode,
  ProcessSubstitution,
  Script,
  Statement,
  Word,
} from './front.ts';
import { longestTried, nameTest } from './glob.ts';
import { after, byStatus, either, ended, joinStates, succeeded, type Io, type Outcome } from './outcome.ts';
import { withRedirects } from './redirect.ts';
import { forEachChoice, maxDepth, noChoices, type Frame, type Run, type ShellHooks } from './run.ts';
import { evaluateText } from './script-text.ts';
import { anyOf, refer, runSimple, startWords } from './simple.ts';
import type { State } from './state.ts';
import { testExpression } from './test-expression.ts';
import { anyText, anyWords, concat, isMany, known, mark, originOf, piecesOf, sameText, unknownFrom, type Text } from './value.ts';

/** Rounds a loop is followed whose end is known; and rounds until what it changes is called unknown. */
const maxRounds = 300;
const roundsUntilUnknown = 3;
/** Rounds in which ever more of what a loop changes is called unknown. */
const roundsUntilGivenUp = 24;

let nextInput = 1;

/** Input with an identity of its own. */
export function inputOf(text: Text): { readonly id: number; readonly text: Text } {
  return { id: nextInput++, text };
}

/** What expansion calls for the commands inside words. */
export const shellHooks: ShellHooks = {
  substitute(script, state, run) {
    if (!script) return '';
    const outcome = inShell(state.fork(), run, (inner) => runScript(script, inner, { input: undefined, capture: true }, run), state);
    return withoutLineEnds(outcome.out);
  },
  evaluate: evaluateText,
  start: startWords,
  processSubstitution(part, state, run) {
    return substituteProcess(part, state, run);
  },
};

function substituteProcess(part: ProcessSubstitution, state: State, run: Run): Text {
  const path = `/dev/fd/63-${run.virtual.size}`;
  if (!part.script) return path;
  const script = part.script;
  const input = part.operator === '>' ? inputOf(run.input ?? unknownFrom('unknown-output')) : undefined;
  const outcome = inShell(state.fork(), run, (inner) => runScript(script, inner, { input, capture: part.operator === '<' }, run), state);
  const origin = originOf(outcome.out);
  run.virtual.set(path, { text: part.operator === '<' ? outcome.out : undefined, ...(origin ? { origin } : {}) });
  return path;
}

function withoutLineEnds(out: Text): Text {
  if (typeof out === 'string') return out.replace(/\n+$/, '');
  const pieces = [...out.pieces];
  const last = pieces.at(-1);
  if (typeof last === 'string') pieces[pieces.length - 1] = last.replace(/\n+$/, '');
  else if (last !== undefined && 'text' in last) pieces[pieces.length - 1] = { ...last, text: last.text.replace(/\n+$/, '') };
  // What a command printed is unknown text, but never "no word at all" once it stands in quotes; unquoted it may be many.
  return {
    pieces: pieces.filter((piece) => piece !== ''),
    many: pieces.some((piece) => typeof piece !== 'string' && 'hole' in piece && piece.hole === 'text'),
  };
}

/** Runs a body in a shell of its own: `exit` ends only it, its traps run at its end, and files it made stay. */
export function inShell(inner: State, run: Run, body: (state: State) => Outcome, outer?: State): Outcome {
  const frame: Frame = { kind: 'shell', broken: [], continued: [], saved: new Map() };
  run.frames.push(frame);
  const outer_ = run.dropped;
  run.dropped = [];
  const whole = body(inner);
  const outcome = run.dropped.length > 0 ? cutShort(whole) : whole;
  run.frames.pop();
  let end = after(outcome);
  for (const state of [...frame.broken, ...run.dropped]) end = joinStates(end, state);
  run.dropped = outer_;
  if (end) {
    runTrap('EXIT', end, run);
    outer?.absorb(end);
  }
  return outcome;
}

/** A line that was given up may have printed nothing. */
function cutShort(outcome: Outcome): Outcome {
  const origin = originOf(outcome.out);
  return { ...outcome, out: origin ? mark(anyWords, origin) : anyWords };
}

/** Runs the command of a trap, if one is set. */
export function runTrap(signal: string, state: State, run: Run): void {
  const command = state.traps.get(signal);
  if (command === undefined) return;
  const without = state.fork();
  without.traps = new Map([...state.traps].filter(([name]) => name !== signal));
  run.evaluate(command, without, { input: undefined, capture: false });
  const next = without.traps.get(signal);
  if (next !== undefined && next !== command) run.evaluate(next, without, { input: undefined, capture: false });
  state.absorb(without);
}

/** Runs what is set for every command, for one that fails, and for the end of a function, after one of them. */
export function withTraps(outcome: Outcome, state: State, run: Run): Outcome {
  if (state.traps.size > 0)
    for (const signal of ['DEBUG', 'ERR', 'RETURN'])
      if (state.traps.has(signal)) for (const end of new Set([outcome.ok, outcome.fail])) if (end) runTrap(signal, end, run);
  return outcome;
}

/** Runs all statements of a script. */
export function runScript(script: Script, state: State, io: Io, run: Run): Outcome {
  for (const error of script.errors ?? []) run.opaque(`cannot be parsed: ${error.message}`, error.pos);
  return runStatements(script.commands, state, io, run);
}

function runStatements(statements: readonly Statement[], state: State, io: Io, run: Run): Outcome {
  if (run.depth >= maxDepth) {
    run.opaque('nested too deeply to be followed');
    return either(state);
  }
  run.depth += 1;
  // What was picked for the command around counts for its words, and not for what it runs.
  const choices = run.choices;
  run.choices = noChoices;
  let current: State | undefined = state;
  let outcome: Outcome = succeeded(state);
  const printed: Text[] = [];
  for (const statement of statements) {
    if (!current || run.isExhausted) break;
    if (run.nested === 0) run.span = { start: statement.pos, end: statement.end };
    const dropped = run.dropped.length;
    outcome = runStatement(statement, current, io, run);
    if (run.dropped.length > dropped) outcome = cutShort(outcome);
    if (io.capture) printed.push(outcome.out);
    // A line that was given up somewhere: what follows it runs all the same.
    for (const dropped of run.dropped) outcome = { ...outcome, fail: joinStates(outcome.fail, dropped) };
    current = after(outcome);
  }
  run.depth -= 1;
  run.choices = choices;
  return io.capture ? { ...outcome, out: printed.length === 1 ? outcome.out : concat(...printed) } : outcome;
}

function runStatement(statement: Statement, state: State, io: Io, run: Run): Outcome {
  if (!statement.background) return runAndOr(statement.command, state, io, run);
  const inner = state.fork();
  const outcome = inShell(inner, run, (s) => runAndOr(statement.command, s, io, run), state);
  return succeeded(state, outcome.out);
}

function runAndOr(node: AndOr | PipelineNode, state: State, io: Io, run: Run): Outcome {
  if (node.type !== 'AndOr') return runPipeline(node, state, io, run);
  const [first, ...rest] = node.commands;
  if (!first) return succeeded(state);
  let outcome = runPipeline(first, state, io, run);
  const printed: Text[] = [outcome.out];
  for (const [index, next] of rest.entries()) {
    const isAnd = node.operators[index] === '&&';
    const from = isAnd ? outcome.ok : outcome.fail;
    const other = isAnd ? outcome.fail : outcome.ok;
    if (!from) continue;
    const result = runPipeline(next, from === other ? from.fork() : from, io, run);
    if (io.capture) printed.push(other === undefined ? result.out : maybe(result.out));
    outcome = isAnd
      ? { ok: result.ok, fail: joinStates(outcome.fail, result.fail), out: '' }
      : { ok: joinStates(outcome.ok, result.ok), fail: result.fail, out: '' };
  }
  return { ...outcome, out: io.capture ? concat(...printed) : '' };
}

// Printed on some ways only: whether it is there cannot be known.
function maybe(out: Text): Text {
  return out === '' ? '' : anyText;
}

function runPipeline(node: PipelineNode, state: State, io: Io, run: Run): Outcome {
  if (node.type !== 'Pipeline') return runCommand(node, state, io, run);
  const negated = node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1;
  const outcome =
    node.commands.length === 1 && node.commands[0] ? runCommand(node.commands[0], state, io, run) : runPipes(node, state, io, run);
  return negated ? { ok: outcome.fail, fail: outcome.ok, out: outcome.out } : outcome;
}

function runPipes(node: Pipeline, state: State, io: Io, run: Run): Outcome {
  let input = io.input;
  let last: Outcome = succeeded(state);
  const pipe = run.beginPipe();
  for (const [index, command] of node.commands.entries()) {
    const isLast = index === node.commands.length - 1;
    const stageIo: Io = { input, capture: isLast ? io.capture : true };
    last = inShell(state.fork(), run, (inner) => runCommand(command, inner, stageIo, run), state);
    // In zsh, and in Bash with `lastpipe`, the last part runs in the shell itself.
    const end = isLast && (state.zsh || state.options.has('lastpipe')) ? after(last) : undefined;
    if (end) {
      run.endPipe(pipe);
      return either(state.join(end), last.out);
    }
    input = inputOf(node.operators[index] === '|&' && last.out === '' ? '' : last.out);
  }
  run.endPipe(pipe);
  // Whether a pipeline succeeded is not followed, but for its last part being certain.
  const status = last.ok && !last.fail ? true : last.fail && !last.ok ? false : undefined;
  return byStatus(state, status, last.out);
}

/** Runs one command of any kind. */
export function runCommand(node: CommandNode | CompoundList, state: State, io: Io, run: Run): Outcome {
  if (run.depth >= maxDepth) {
    run.opaque('nested too deeply to be followed');
    return either(state);
  }
  run.depth += 1;
  const outcome = dispatch(node, state, io, run);
  run.depth -= 1;
  return outcome;
}

function dispatch(node: CommandNode | CompoundList, state: State, io: Io, run: Run): Outcome {
  switch (node.type) {
    case 'Command':
      return runSimple(node, state, io, run);
    case 'CompoundList':
      return runStatements(node.commands, state, io, run);
    case 'BraceGroup':
      return runStatements(node.body.commands, state, io, run);
    case 'Subshell': {
      const outcome = inShell(state.fork(), run, (inner) => runStatements(node.body.commands, inner, io, run), state);
      return byStatus(state, outcome.ok && !outcome.fail ? true : outcome.fail && !outcome.ok ? false : undefined, outcome.out);
    }
    case 'Redirected':
      return withRedirects(node.redirects, state, io, run, (inner, innerIo) => runCommand(node.command, inner, innerIo, run), true);
    case 'Function':
      return defineFunction(node, state, run);
    case 'Coproc': {
      const outcome = inShell(state.fork(), run, (inner) => runCommand(node.body, inner, { input: undefined, capture: false }, run), state);
      return succeeded(state, outcome.out);
    }
    case 'If':
      return runIf([{ clause: node.clause, then: node.then }, ...node.elif], node.else, state, io, run);
    case 'For':
    case 'Select':
      return runFor(node.name.value, node.wordlist, node.body, state, io, run, node.type === 'Select');
    case 'While':
      return runWhile(node.clause, node.body, node.kind === 'until', state, io, run);
    case 'ArithmeticFor':
      return runArithmeticFor(node.initialize, node.test, node.update, node.body, state, io, run);
    case 'Case':
      return runCase(node, state, io, run);
    case 'TestCommand':
      return withTraps(byStatus(state, testExpression(node.expression, state, run)), state, run);
    case 'ArithmeticCommand': {
      const value = node.expression ? arithmeticNumber(node.expression, state, run) : undefined;
      return withTraps(byStatus(state, value === undefined ? undefined : value !== 0), state, run);
    }
  }
}

/** Source: Bash manual 3.7.2, zshmisc(1) "Hook functions" and "Trap functions". */
const calledByShell = /^(?:command_not_found_handler?|chpwd|precmd|preexec|periodic|zshaddhistory|zshexit|TRAP[A-Z0-9]+)$/;

function defineFunction(node: FunctionNode, state: State, run: Run): Outcome {
  // Shells call functions of these names by themselves.
  if (calledByShell.test(node.name.value)) {
    const inner = state.fork();
    inner.positional = undefined;
    inShell(inner, run, (called) => runCommand(node.body, called, { input: undefined, capture: false }, run), state);
  }
  state.setFunction(node.name.value, { body: node.body, exported: state.options.has('allexport') });
  return succeeded(state);
}

function runIf(
  branches: readonly { readonly clause: CompoundList; readonly then: CompoundList }[],
  otherwise: CompoundList | undefined,
  state: State,
  io: Io,
  run: Run,
): Outcome {
  let current: State | undefined = state;
  let ok: State | undefined;
  let fail: State | undefined;
  const printed: Text[] = [];
  let certain = true;
  for (const { clause, then } of branches) {
    if (!current) break;
    const test = runCommand(clause, current, io, run);
    if (test.ok) {
      if (test.fail) certain = false;
      const body = runCommand(then, test.ok === test.fail ? test.ok.fork() : test.ok, io, run);
      ok = joinStates(ok, body.ok);
      fail = joinStates(fail, body.fail);
      printed.push(body.out);
    }
    current = test.fail;
  }
  if (current) {
    if (otherwise) {
      const body = runCommand(otherwise, current, io, run);
      ok = joinStates(ok, body.ok);
      fail = joinStates(fail, body.fail);
      printed.push(body.out);
    } else ok = joinStates(ok, current);
  }
  return { ok, fail, out: io.capture ? (certain ? concat(...printed) : printed.every((text) => text === '') ? '' : anyText) : '' };
}

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
  return either(current, frame.broken.length > 0 && out !== '' ? anyText : out);
}

function runFor(
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
  const expand = (): readonly Text[] => words.flatMap((word) => [...expandWord(word, state, run)]);
  if (!state.zsh || !words.some((word) => word.text.includes('$'))) return [expand()];
  const lists: (readonly Text[])[] = [];
  forEachChoice(run, () => {
    const list = expand();
    if (!lists.some((other) => other.length === list.length && other.every((text, i) => sameText(text, list[i])))) lists.push(list);
  });
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
  const uncertain = items === undefined || isSelect || items.some((item) => typeof item !== 'string' && item.many);
  if (uncertain) {
    const before = state;
    const start = current.fork();
    const values = items ?? [anyWords];
    current = settle(start, frame, run, (s) => {
      let inner: State | undefined = s;
      for (const value of values) {
        if (!inner) break;
        // One round sees one word, so what may be many words is some single text in it.
        setItem(name, typeof value === 'string' ? value : { pieces: value.pieces, many: false }, inner, run);
        // It may be no word at all, and of the words of `select` any may be picked: what follows need not come after it.
        const skipped: State | undefined = isSelect || isMany(value) ? inner.fork() : undefined;
        const outcome = runCommand(body, inner, io, run);
        inner = joinStates(endRound(frame, after(outcome)), skipped);
      }
      return inner;
    });
    current = joinStates(before, current);
    return endLoop(run, frame, current, io.capture ? [anyText] : []);
  }
  for (const item of items.slice(0, maxRounds)) round(item);
  if (items.length > maxRounds) run.opaque('a loop with more rounds than can be followed');
  return endLoop(run, frame, current, printed);
}

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
    const joined = seen.join(end);
    if (joined === seen || joined.equals(seen)) return joined;
    seen = joined;
  }
  const end = body(seen.fork());
  if (!end) return seen;
  let widened = seen.widen(end);
  for (let i = 0; i < roundsUntilGivenUp; i++) {
    const last = body(widened.fork());
    endRound(frame, undefined);
    if (!last) return widened;
    const next = widened.widen(last);
    if (next.equals(widened)) return next;
    widened = next;
  }
  run.opaque('a loop that does something else in every round');
  return widened;
}

function runWhile(clause: CompoundList, body: CompoundList, until: boolean, state: State, io: Io, run: Run): Outcome {
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
    if (leaves) {
      // It may end at any round: followed until nothing new is learnt.
      let left: State | undefined = leaves;
      const end = settle(goes === leaves ? goes.fork() : goes, frame, run, (inner) => {
        const outcome = runCommand(body, inner, io, run);
        const next = endRound(frame, after(outcome));
        if (!next) return undefined;
        const again = runCommand(clause, next, io, run);
        const stays = until ? again.fail : again.ok;
        left = joinStates(left, until ? again.ok : again.fail);
        return stays;
      });
      return endLoop(run, frame, joinStates(left, end), io.capture ? [anyText] : []);
    }
    const outcome = runCommand(body, goes, io, run);
    if (io.capture) printed.push(outcome.out);
    current = endRound(frame, after(outcome));
    // It goes on for ever, and does the same in every round.
    if (current?.repeats(before)) {
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

function runArithmeticFor(
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
        const next = endRound(frame, after(runCommand(body, inner, io, run)));
        if (next && update) arithmetic(update, next, run);
        return next;
      });
      return endLoop(run, frame, joinStates(current, end), io.capture ? [anyText] : []);
    }
    const outcome = runCommand(body, current, io, run);
    if (io.capture) printed.push(outcome.out);
    current = endRound(frame, after(outcome));
    if (current && update) arithmetic(update, current, run);
    if (!run.spend()) break;
  }
  return endLoop(run, frame, current, printed);
}

function runCase(node: Extract<CommandNode, { type: 'Case' }>, state: State, io: Io, run: Run): Outcome {
  const subject = known(expandText(node.word, state, run));
  let result: Outcome = ended;
  let undecided: State | undefined = state;
  let falls: State | undefined;
  const printed: Text[] = [];
  for (const item of node.items) {
    const entering: State | undefined = falls;
    const matched: boolean | undefined = undecided ? matchesCase(item.pattern, subject, undecided, run) : false;
    let start = entering;
    if (matched !== false && undecided) start = joinStates(start, matched === undefined ? undecided.fork() : undecided);
    if (matched === true) undecided = undefined;
    falls = undefined;
    if (!start) continue;
    const outcome = runCommand(item.body, start, io, run);
    printed.push(outcome.out);
    if (item.terminator === ';&') falls = after(outcome);
    else if (item.terminator === ';;&') undecided = joinStates(undecided, after(outcome));
    else result = { ok: joinStates(result.ok, outcome.ok), fail: joinStates(result.fail, outcome.fail), out: '' };
  }
  const ok = joinStates(joinStates(result.ok, undecided), falls);
  return { ok, fail: result.fail, out: io.capture ? (subject !== undefined ? concat(...printed) : anyText) : '' };
}

function matchesCase(patterns: readonly Word[], subject: string | undefined, state: State, run: Run): boolean | undefined {
  let certain = true;
  for (const pattern of patterns) {
    const text = casePattern(pattern, state, run);
    if (subject === undefined || text === undefined) certain = false;
    else {
      const matches = text(subject);
      if (matches) return true;
      if (matches === undefined) certain = false;
    }
  }
  return certain ? false : undefined;
}

function casePattern(word: Word, state: State, run: Run): ((text: string) => boolean | undefined) | undefined {
  if (!word.parts) return (text) => text === word.value;
  const pieces = word.parts.flatMap((part) => {
    if (part.type === 'Glob' || part.type === 'ExtendedGlob') return [{ glob: part.text }];
    return [
      ...piecesOf(
        expandText({ ...word, parts: [part], text: part.text, value: '', pos: word.pos, end: word.end, type: 'Word' }, state, run),
      ),
    ];
  });
  if (pieces.some((piece) => typeof piece !== 'string' && 'hole' in piece)) return undefined;
  const test = nameTest(pieces);
  const hasGroups = pieces.some((piece) => typeof piece !== 'string' && 'glob' in piece && piece.glob.includes('('));
  return test && ((text) => (hasGroups && text.length > longestTried ? undefined : test(text)));
}
