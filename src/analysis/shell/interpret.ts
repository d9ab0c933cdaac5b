import { arithmeticNumber } from './arithmetic.ts';
import { runCase } from './case.ts';
import type {
  AndOr,
  CommandNode,
  CompoundList,
  FunctionNode,
  Pipeline,
  PipelineNode,
  ProcessSubstitution,
  Redirected,
  Script,
  Statement,
  Subshell,
} from './front.ts';
import { after, byStatus, either, joinStates, rerouted, succeeded, type Io, type Outcome } from './outcome.ts';
import { leave } from './leave.ts';
import { runArithmeticFor, runFor, runWhile } from './loops.ts';
import { withRedirects } from './redirect.ts';
import { closeInput, inputCounter, inputOf } from './input.ts';
import { maxDepth, noChoices, type Frame, type Run, type ShellHooks } from './run.ts';
import { evaluateText } from './script-text.ts';
import { runSimple, startWords } from './simple.ts';
import type { State } from './state.ts';
import { testExpression } from './test-expression.ts';
import { anyText, anyWords, concat, mark, mixed, originOf, type Text, unknownFrom } from './value.ts';
import { addJob, beside, goesOn, job, runAgain, tellFiles, type Job } from './overlap.ts';
import { closed, inherited } from './unsettled.ts';
import { absorb, joined } from './state-join.ts';

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
  const body = (inner: State): Outcome => runScript(script, inner, { input, capture: true }, run);
  const started = job(part, state, run, (inner) => inShell(inner, run, body));
  const before = state.fork();
  const outcome = inShell(state.fork(), run, body, state);
  goesOn(before, state, 'lasting');
  addJob({ ...started, files: state.files }, run);
  if (part.operator === '>' && outcome.out !== '') run.aside += 1;
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
  if (inner.unsettled.size > 0) inner.unsettled = inherited(inner.unsettled);
  const outer_ = run.dropped;
  run.dropped = [];
  const whole = body(inner);
  const [dropped] = run.dropped;
  // A line that was given up ends a shell that reads no more lines, and it has failed.
  const ended = dropped ? cutShort({ ...whole, fail: joinStates(whole.fail, dropped) }) : whole;
  let outcome = after(ended)?.options.has(rerouted) ? { ...ended, out: anyText } : ended;
  run.frames.pop();
  let end: State | undefined;
  const ends = [after(outcome), ...frame.broken, ...run.dropped].filter((state) => state !== undefined);
  run.dropped = outer_;
  // What is set for the end knows what was known there: before `b=$(mktemp); trap 'rm "$b"' EXIT` nothing is set.
  const trapped = ends.filter((state) => state.traps.has('EXIT'));
  // What it prints then comes last.
  if (trapped.length > 0 && outcome.out !== anyText) outcome = { ...outcome, out: mixed(outcome.out) };
  if (trapped.length <= mostEnds) for (const state of trapped) runTrap('EXIT', state, run);
  for (const state of ends) end = joinStates(end, state);
  if (end) {
    if (trapped.length > mostEnds) runTrap('EXIT', end, run);
    if (outer) absorb(outer, end);
  }
  if (run.frames.length === 0 && run.jobs.length > 0) runAgain(run.jobs.splice(0), run);
  return outcome;
}

/** More ends of a shell than this are not told apart. */
const mostEnds = 6;

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
  absorb(state, without);
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
  return runStatements(script.commands, state, io, run, true);
}

/** `isText`: they are all of a text, and not inside of another command. */
function runStatements(statements: readonly Statement[], state: State, io: Io, run: Run, isText = false): Outcome {
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
  let mayHaveEnded = false;
  for (const statement of statements) {
    if (!current || run.isExhausted) break;
    if (run.nested === 0) run.span = { start: statement.pos, end: statement.end };
    const drops = run.drops;
    outcome = runStatement(statement, current, io, run);
    if (run.drops > drops || mayHaveEnded) outcome = cutShort(outcome);
    if (outcome.fail?.options.has('errexit')) {
      // What fails may end the shell, whose traps then see what is known here. Source: POSIX 2.14 "set".
      leave('exit', 1, outcome.fail.fork(), run);
      mayHaveEnded = true;
    }
    if (io.capture) printed.push(outcome.out);
    // A line that was given up is left as a whole, and the next line of the text runs all the same.
    if (isText && run.drops > drops) for (const dropped of run.dropped) outcome = { ...outcome, fail: joinStates(outcome.fail, dropped) };
    current = after(outcome);
    if (current && run.jobs.length > 0) tellFiles(run.jobs, current);
  }
  run.depth -= 1;
  run.choices = choices;
  return io.capture ? { ...outcome, out: printed.length === 1 ? outcome.out : concat(...printed) } : outcome;
}

function runStatement(statement: Statement, state: State, io: Io, run: Run): Outcome {
  if (!statement.background) return runAndOr(statement.command, state, io, run);
  const before = state.fork();
  const body = (inner: State): Outcome => inShell(inner, run, (s) => runAndOr(statement.command, s, io, run));
  const started = job(statement, state, run, body);
  const outcome = inShell(state.fork(), run, (s) => runAndOr(statement.command, s, io, run), state);
  goesOn(before, state, 'job');
  addJob({ ...started, files: state.files }, run);
  // What is printed around it may come before or after.
  return succeeded(state, maybe(outcome.out));
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
  return out === '' ? '' : mixed(out);
}

function runPipeline(node: PipelineNode, state: State, io: Io, run: Run): Outcome {
  if (node.type !== 'Pipeline') return runCommand(node, state, io, run);
  const negated = node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1;
  const outcome =
    node.commands.length === 1 && node.commands[0] ? runCommand(node.commands[0], state, io, run) : runPipes(node, state, io, run);
  return negated ? { ok: outcome.fail, fail: outcome.ok, out: outcome.out } : outcome;
}

const standardError: ReadonlySet<number> = new Set([2]);

function runPipes(node: Pipeline, state: State, io: Io, run: Run): Outcome {
  let input = io.input;
  let last: Outcome = succeeded(state);
  const pipe = run.beginPipe();
  const before = state.fork();
  const stages: Job[] = [];
  for (const [index, command] of node.commands.entries()) {
    const isLast = index === node.commands.length - 1;
    const stageIo: Io = isLast
      ? { ...io, input }
      : { input, capture: true, ...(node.operators[index] === '|&' ? { descriptors: standardError } : {}) };
    const stage = (inner: State): Outcome => runCommand(command, inner, stageIo, run);
    const inner = state.fork();
    const astray = run.astray;
    const finish = before.files === state.files ? undefined : beside(before, inner, state);
    last = inShell(inner, run, stage, state);
    finish?.();
    if (before.files !== state.files) tellFiles(stages, state);
    stages.push({ ...job(command, before, run, (inner) => inShell(inner, run, stage)), files: state.files });
    // In zsh, and in Bash with `lastpipe`, the last part runs in the shell itself.
    const end = isLast && (state.zsh || state.options.has('lastpipe')) ? after(last) : undefined;
    if (end) {
      end.unsettled = closed(end.unsettled, before.unsettled);
      if (input !== io.input) closeInput(input, [end], run);
      runAgain(stages, run);
      run.endPipe(pipe);
      return either(joined(state, end), last.out);
    }
    // What went astray may be what `|&` takes along.
    input = inputOf(node.operators[index] === '|&' && run.astray > astray ? mixed(last.out) : last.out);
  }
  runAgain(stages, run);
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
  const aside = run.aside;
  const outcome = dispatch(node, state, io, run);
  run.depth -= 1;
  return io.capture && run.aside > aside ? cutShort(outcome) : outcome;
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
      // What it has read is gone for the commands after it.
      const counter = io.input && inputCounter(io.input.id);
      if (counter !== undefined && after(outcome)?.own(counter) !== state.own(counter)) state.set(counter, anyText);
      return byStatus(state, outcome.ok && !outcome.fail ? true : outcome.fail && !outcome.ok ? false : undefined, outcome.out);
    }
    case 'Redirected':
      return runRedirected(node, state, io, run);
    case 'Function':
      return defineFunction(node, state, run);
    case 'Coproc': {
      // What the shell writes to it comes later, from wherever.
      const body = (inner: State): Outcome =>
        runCommand(node.body, inner, { input: inputOf(unknownFrom('unknown-output')), capture: false }, run);
      const before = state.fork();
      const outcome = inShell(state.fork(), run, body, state);
      goesOn(before, state, 'job');
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

function runRedirected(node: Redirected, state: State, io: Io, run: Run): Outcome {
  const runs = (command: CommandNode, from: State): Outcome =>
    withRedirects(node.redirects, from, io, run, (inner, innerIo) => runCommand(command, inner, innerIo, run));
  const lone = state.posix ? loneSubshell(node.command) : undefined;
  if (!lone) return runs(node.command, state);
  const dash = runs(lone, state.fork());
  const others = runs(node.command, state);
  return {
    ok: joinStates(dash.ok, others.ok),
    fail: joinStates(dash.fail, others.fail),
    out: io.capture ? mixed(dash.out, others.out) : '',
  };
}

/**
 * The subshell that is all there is in a group, with redirections of its own, which dash forgets: `{ (a) > x; } > y` is `(a) > y` to it, as its parser
 * (0.5.12, `command` in parser.c) puts the redirections of the group in their place.
 */
function loneSubshell(command: CommandNode): Subshell | undefined {
  if (command.type !== 'BraceGroup' || command.body.commands.length !== 1) return undefined;
  const [only] = command.body.commands;
  if (!only || only.background || only.command.type !== 'Redirected') return undefined;
  return only.command.command.type === 'Subshell' ? only.command.command : loneSubshell(only.command.command);
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
  return {
    ok,
    fail,
    out: io.capture ? (certain ? concat(...printed) : printed.every((text) => text === '') ? '' : mixed(...printed)) : '',
  };
}
