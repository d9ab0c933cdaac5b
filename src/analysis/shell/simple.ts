import { isAbsolute, programName } from '../paths.ts';
import { generatedOutput } from '../programs/generated.ts';
import { findProgram } from '../programs/registry.ts';
import { runPattern } from '../programs/script-pattern.ts';
import { runUnknown } from '../programs/unknown.ts';
import { assign } from './assign.ts';
import { isBuiltin } from './builtin-names.ts';
import { builtinNamed, mayPrint } from './builtins.ts';
import { isHiddenGlobal, isLocal, isReadOnly, isReference, refer, saveLocal, setAttribute } from './declarations.ts';
import { runIndexes } from './delayed-code.ts';
import { runFile } from './execute-file.ts';
import type { Assignment, Command } from './front.ts';
import { unsureGlob } from './glob-options.ts';
import { inputCounter } from './input.ts';
import { runCommand, withTraps } from './interpret.ts';
import { argvOf, Invocation, outcomeOf } from './invocation.ts';
import { after, either, joinStates, rerouted, succeeded, type Io, type Outcome } from './outcome.ts';
import { withRedirects } from './redirect.ts';
import { forEachChoice, noChoices, maxDepth, type Frame, type Run } from './run.ts';
import { startByName } from './search-path.ts';
import { joinVariable, sameMap, sameVariable, type ShellFunction } from './join.ts';
import type { State } from './state.ts';
import { anyText, concat, display, isMany, known, knownPrefix, lost, mark, mixed, originOf, sameText, type Text } from './value.ts';
import { textOf, wordsOf } from './words.ts';

/** Programs whose arguments `NAME=value` are assignments and not words. */
const declarations = new Set(['export', 'declare', 'typeset', 'local', 'readonly']);

/** Runs a simple command: assignments, words, redirections. Each value that its words may have is followed. */
export function runSimple(node: Command, state: State, io: Io, run: Run): Outcome {
  if (!run.spend()) return either(state);
  if (!mayChoose(node, state)) {
    const outer = run.choices;
    run.choices = noChoices;
    const outcome = runOnce(node, state, io, run);
    run.choices = outer;
    return outcome;
  }
  const ways: Outcome[] = [];
  forEachChoice(run, () => ways.push(runOnce(node, state.fork(), io, run)));
  return anyOf(ways);
}

// Several values come from ways that met, from `${x:-y}` and its like where it is not known whether `x` is set, and from zsh.
function mayChoose(node: Command, state: State): boolean {
  return (
    (node.name !== undefined && hasChoice(node.name.text, state)) ||
    node.prefix.some((item) => item.type === 'Assignment' && hasChoice(item.text, state)) ||
    node.suffix.some((item) => (item.type === 'Word' || item.type === 'Assignment') && hasChoice(item.text, state)) ||
    node.redirects.some((item) =>
      item.type === 'HereDoc'
        ? !(item.delimiter?.quoted ?? false) && hasChoice(item.body.text, state)
        : hasChoice(item.target?.text ?? '', state),
    )
  );
}

/** A word whose parameters can all be told is expanded once; only whether it is so is looked at here, on its text. */
function hasChoice(text: string, state: State): boolean {
  if (state.posix && text.includes('{')) return true;
  if (!text.includes('$') && !text.includes('`')) return false;
  if (state.ambiguous && (text.includes('((') || text.includes('['))) return true;
  if (state.zsh && (text.includes('$(') || text.includes('`') || text.includes('$"') || state.variable('IFS') !== undefined)) return true;
  parameterName.lastIndex = 0;
  for (let match = parameterName.exec(text); match; match = parameterName.exec(text)) {
    const [, name = '', operator] = match;
    if (name === '@' || name === '*' || /^\d/.test(name)) {
      if (operator || (state.zsh && state.positional?.some(isSplit))) return true;
      continue;
    }
    const variable = state.variable(name);
    if (name === 'PWD' && state.cwds.length > 1) return true;
    if (name === 'IFS' && state.zsh) return true;
    if (variable === undefined) {
      if (operator) return true;
      continue;
    }
    const [value] = variable.values;
    if (variable.values.length > 1 || (operator && (value === undefined || typeof value !== 'string'))) return true;
    if (state.zsh && (variable.elements !== undefined || (value !== undefined && isSplit(value)))) return true;
  }
  return false;
}

const parameterName = /\$\{?[#!=~^]?([A-Za-z_]\w*|[@*]|\d+)(:?[-+=?])?/g;

// zsh takes it whole, Bash in parts.
const isSplit = (text: Text): boolean => /[\s*?[]/.test(known(text) ?? '');

function runOnce(node: Command, state: State, io: Io, run: Run): Outcome {
  run.input = io.input?.text;
  const redirects = node.redirects;
  if (redirects.length === 0) return runWords(node, state, io, run);
  return withRedirects(redirects, state, io, run, (inner, innerIo) => runWords(node, inner, innerIo, run));
}

function runWords(node: Command, given: State, io: Io, run: Run): Outcome {
  // `noglob` of zsh counts before the words after it are expanded.
  const state = node.name?.text === 'noglob' ? given.fork() : given;
  if (state !== given) state.options = new Set([...state.options, 'noglob']);
  const assignments = node.prefix.filter((item): item is Assignment => item.type === 'Assignment');
  const expanded = node.name ? wordsOf(node.name, state, run) : [];
  const glued = isGlued(node);
  if (glued) run.opaque('a variable that stands for what a command prints', node.name?.pos);
  const name = glued ? [] : expanded;
  const words: Text[] = [...name];
  const isDeclaration = name.length > 0 && declarations.has(known(name[0] ?? '') ?? '');
  const exported = isDeclaration && known(name[0] ?? '') === 'export' ? true : undefined;
  let isRefused = false;
  for (const item of node.suffix) {
    // In zsh `=name` is the path of that program.
    if (item.type === 'Word' && state.zsh && item.text.startsWith('=') && /^=[A-Za-z]/.test(item.text)) words.push(anyText);
    else if (item.type === 'Word') words.push(...wordsOf(item, state, run));
    else if (item.type === 'Assignment') {
      if (isDeclaration) {
        if (isHiddenGlobal(item.name, words, run)) continue;
        if (isLocal(words)) saveLocal(item.name, state, run);
        if (isReference(words)) {
          refer(item.name, assignmentValue(item, state, run), state, run);
          continue;
        }
        setAttribute(item.name, words, state);
        if (state.variable(item.name)?.fixed) isRefused = true;
        assign(item, state, run, exported ?? (words.some((word) => word === '-x') ? true : undefined));
        if (isReadOnly(words)) state.fix(item.name);
      } else words.push(assignmentWord(item, state, run));
    }
  }
  if (words.length === 0) {
    // `$(<file)` prints the file.
    if (io.capture && assignments.length === 0 && !node.name && node.redirects.length === 1 && node.redirects[0]?.operator === '<')
      return succeeded(state, io.input?.text ?? anyText);
    for (const assignment of assignments) assign(assignment, state, run);
    // A redirection alone copies what there is to read in zsh.
    if (state.zsh && !node.name && assignments.length === 0 && node.redirects.length > 0)
      run.emit({ kind: 'execute', certainty: 'exact', program: 'cat', argv: [] });
    const mayFail = !node.name && assignments.some((a) => a.text.includes('$(') || a.text.includes('`'));
    return withTraps(mayFail ? either(state, '') : succeeded(state), state, run);
  }
  // `export` alone prints all there is.
  if (isDeclaration && node.suffix.length === 0 && known(name[0] ?? '') !== 'local')
    run.emit({ kind: 'read', certainty: 'exact', act: 'secret.print', evidence: 'the environment' });
  if (isRefused) {
    const { ok, fail, out } = startWords(words, state, io, run);
    return { ...either(joinStates(ok, fail) ?? state), out };
  }
  if (assignments.length === 0) return startWords(words, state, io, run);
  return withEnvironment(assignments, words, state, io, run);
}

// The parser takes the `<(…)` of `NAME=<(…) program` for the program. The variable then holds the path of a pipe, and the program is what follows.
function isGlued({ name, prefix }: Command): boolean {
  const last = prefix.at(-1);
  return name?.parts?.[0]?.type === 'ProcessSubstitution' && last?.type === 'Assignment' && last.end === name.pos;
}

// `dd if=x` looks like an assignment to the parser, and is a word to the program.
function assignmentWord(item: Assignment, state: State, run: Run): Text {
  if (item.value.type === 'ArrayValue') return item.text;
  const value = wordsOf(item.value, state, run);
  return concat(
    `${item.name}${item.append ? '+' : ''}=`,
    ...(value.length === 0 ? [''] : value.flatMap((text, i) => (i === 0 ? [text] : [' ', text]))),
  );
}

function assignmentValue(item: Assignment, state: State, run: Run): Text {
  return item.value.type === 'ArrayValue' ? anyText : textOf(item.value, state, run, true);
}

/** Variables set for one command only. */
function withEnvironment(assignments: readonly Assignment[], words: readonly Text[], state: State, io: Io, run: Run): Outcome {
  const saved = assignments.map((assignment) => [assignment.name, state.variable(assignment.name)] as const);
  for (const assignment of assignments) assign(assignment, state, run, true);
  const given = new Map(saved.map(([name]) => [name, state.own(name)]));
  const outcome = startWords(words, state, io, run);
  for (const end of new Set([outcome.ok, outcome.fail])) {
    if (!end) continue;
    for (const [name, value] of saved) {
      const left = end.own(name);
      if (value) end.setVariable(name, value);
      else end.unset(name);
      // A function that unset it assigned to the one behind it, and to dash what is set for a special builtin stays.
      if (left !== given.get(name) || (state.posix && isSpecial(words))) end.setVariable(name, joinVariable(end.own(name), left));
    }
  }
  return outcome;
}

/** Source: POSIX 2.9.1 and 2.14. */
function isSpecial([first = '']: readonly Text[]): boolean {
  return /^(?:break|:|continue|\.|eval|exec|exit|export|readonly|return|set|shift|times|trap|unset)$/.test(known(first) ?? ':');
}

/** Words of one command that are looked at. */
const mostArguments = 2000;

/** Runs the words of a command: a function, a builtin, a program, or something that cannot be known. */
export function startWords(words: readonly Text[], state: State, io: Io, run: Run): Outcome {
  if (!run.spend()) return either(state);
  if (words.length > mostArguments) run.opaque('more arguments than can be followed');
  const [first, ...args] = words.length > mostArguments ? words.slice(0, mostArguments) : words;
  if (first === undefined) return succeeded(state);
  const name = known(first);
  const outcome = name === undefined ? startUnknown(first, args, state, io, run) : startNamed(name, first, args, state, io, run);
  // What nobody captures, the agent reads, and so it does each command of a shell that traces.
  const isTraced = state.options.has('xtrace') && words.some((word) => originOf(word) === 'secret');
  if ((!io.capture && originOf(outcome.out) === 'secret') || isTraced)
    run.emit({ kind: 'read', certainty: 'exact', act: 'secret.print', evidence: 'a secret of the environment' });
  const { ok, fail } = outcome;
  // What cannot print fails: `echo x >&- || rm -rf ~`.
  const isUnsure = ok !== undefined && (io.isClosed === true || state.options.has(rerouted));
  return withTraps(isUnsure ? { ...outcome, fail: joinStates(fail, ok) } : outcome, state, run);
}

function startNamed(name: string, first: Text, args: readonly Text[], state: State, io: Io, run: Run): Outcome {
  if (name === '') return either(state, '');
  // In zsh `=rm` is the path of `rm`.
  if (name.startsWith('=') && /^=\w/.test(name)) return startWords([name.slice(1), ...args], state, io, run);
  const functions = state.functionsNamed(name);
  const [fn] = functions;
  if (functions.length > 1)
    return anyOf(
      functions.map((way) => {
        const inner = state.fork();
        inner.setFunction(name, way);
        return startNamed(name, first, args, inner, io, run);
      }),
    );
  if (fn) return callFunction(name, fn, args, state, io, run);
  const aliases = state.alias(name);
  if (aliases !== undefined && !run.callStack.includes(`alias ${name}`)) {
    // Whether a shell expands aliases, and which definition counts for a line already read, is not known: each way is followed.
    run.callStack.push(`alias ${name}`);
    const ways = aliases.map((alias) => callAlias(alias, args, state.fork(), io, run));
    ways.push(startNamed(name, first, args, state.fork(), io, run));
    run.callStack.pop();
    return anyOf(ways);
  }
  const isPath = name.includes('/');
  if (!isPath) {
    const builtin = isBuiltin(name) ? builtinNamed(name) : undefined;
    if (builtin) runIndexes(name, args, state, run);
    if (builtin) {
      const prints = io.capture && mayPrint(name, args, state);
      const outcome = outcomeOf(builtin(new Invocation(name, args, state, io, run)), state);
      return prints && outcome.out === '' ? { ...outcome, out: anyText } : outcome;
    }
  }
  const origin = originOf(first);
  if (origin === 'decoded')
    run.emit({ kind: 'execute', certainty: 'exact', act: 'code.decoded', program: programName(name), argv: argvOf(args) });
  if (isPath) {
    if (state.cwds.length === 0 && !isAbsolute(name)) run.opaque(`the program ${name} is in a folder that cannot be known`);
    const ran = runFile(first, args, state, io, run);
    if (ran) return ran;
    return startProgram(programName(name), args, state, io, run, !isAbsolute(name));
  }
  return startByName(programName(name), args, state, io, run);
}

/** Either of some outcomes. */
export function anyOf(ways: readonly Outcome[]): Outcome {
  return ways.reduce((a, b) => ({
    ok: joinStates(a.ok, b.ok),
    fail: joinStates(a.fail, b.fail),
    out: sameText(a.out, b.out) ? a.out : mixed(a.out, b.out),
  }));
}

/** Runs a program by name, past functions and builtins. */
export function startProgram(name: string, args: readonly Text[], state: State, io: Io, run: Run, isLocal = false): Outcome {
  run.emit({ kind: 'execute', certainty: 'exact', program: name, argv: argvOf(args) });
  let isRead = false;
  const given = io.input;
  // What was read of the input before is not there any more.
  const left = given && state.variable(inputCounter(given.id)) ? { id: given.id, text: lost(given.text) } : given;
  const tracked: Io = given
    ? {
        capture: io.capture,
        ...(io.descriptors ? { descriptors: io.descriptors } : {}),
        get input() {
          isRead = true;
          return left;
        },
      }
    : io;
  const invocation = new Invocation(name, args, state, tracked, run);
  const program = isLocal ? undefined : findProgram(name);
  if (run.depth >= maxDepth) {
    run.opaque('nested too deeply to be followed');
    return either(state);
  }
  run.depth += 1;
  const outcome = outcomeOf(program ? program(invocation) : runUnknown(invocation), state);
  run.depth -= 1;
  if (given && isRead) for (const end of new Set([state, outcome.ok, outcome.fail])) end?.set(inputCounter(given.id), anyText);
  const generated = io.capture ? generatedOutput(invocation) : undefined;
  return generated === undefined ? outcome : { ...outcome, out: generated };
}

/** A command whose name cannot be known. It may be no word at all, so what follows may be the command. */
function startUnknown(first: Text, args: readonly Text[], state: State, io: Io, run: Run): Outcome {
  const prefix = knownPrefix(first);
  const origin = originOf(first);
  if (prefix.includes('/') && runPattern(first, { state, run }, (path) => startWords([path, ...args], state.fork(), io, run))) {
    // Where nothing fits, the next word may be the command.
    const isDropped = isMany(first) || state.options.has('nullglob') || state.options.has(unsureGlob);
    return isDropped && args.length > 0
      ? either(joinStates(state, after(startWords(args, state.fork(), io, run))) ?? state)
      : either(state);
  }
  run.problem(`the program ${display(first)} cannot be known`);
  run.emit({
    kind: 'execute',
    certainty: 'opaque',
    act: origin === 'download' ? 'code.remote' : origin === 'decoded' ? 'code.decoded' : 'code.unknown',
    argv: argvOf(args),
    evidence: display(first),
  });
  if (isMany(first) && prefix === '' && args.length > 0) {
    const outcome = startWords(args, state.fork(), io, run);
    return { ...either(joinStates(state, after(outcome)) ?? state) };
  }
  state.touched = true;
  return either(state);
}

function callAlias(alias: Text, args: readonly Text[], state: State, io: Io, run: Run): Outcome {
  const quoted = args.map((arg) => {
    const text = known(arg);
    const origin = originOf(arg);
    if (text === undefined) return arg;
    const word = `'${text.replaceAll("'", `'\\''`)}'`;
    return origin ? mark(word, origin) : word;
  });
  return run.evaluate(concat(alias, ...quoted.flatMap((arg) => [' ', arg])), state, io);
}

/** Calls of a function by itself that are followed, each with other words or variables: `count $((n - 1))`. */
const mostCalls = 20;

const sameWords = (a: readonly Text[], b: readonly Text[]): boolean => a.length === b.length && a.every((text, i) => sameText(text, b[i]));

function callFunction(name: string, fn: ShellFunction, args: readonly Text[], state: State, io: Io, run: Run): Outcome {
  const calls = run.calls.filter((called) => called.name === name);
  const isAgain = calls.some((called) => sameWords(called.args, args) && sameMap(called.variables, state.variables, sameVariable));
  const isCounting = calls.length < mostCalls && args.every((arg) => typeof arg === 'string') && !isAgain;
  if (calls.length >= 3 && !isCounting) {
    // With the same words, and nothing changed, it starts itself without end: a fork bomb when it does so side by side, else a stack that overflows.
    if (isAgain) run.emit({ kind: 'execute', certainty: 'approximate', act: 'machine.exhaust', evidence: `${name} starts itself` });
    else run.opaque(`the function ${name} calls itself more often than can be followed`);
    return either(state);
  }
  if (!fn.body) {
    run.opaque(`the function ${name} cannot be known`);
    state.touched = true;
    return either(state);
  }
  const saved = { positional: state.positional, many: args.some(isMany) };
  state.positional = saved.many ? undefined : args;
  run.callStack.push(name);
  run.calls.push({ name, args, variables: state.variables });
  const frame: Frame = { kind: 'function', broken: [], continued: [], saved: new Map() };
  run.frames.push(frame);
  const body = runCommand(fn.body, state, io, run);
  run.frames.pop();
  run.callStack.pop();
  run.calls.pop();
  let ok = body.ok;
  let fail = body.fail;
  for (const returned of frame.broken) {
    ok = joinStates(ok, returned);
    fail = joinStates(fail, returned);
  }
  for (const end of new Set([ok, fail])) {
    if (!end) continue;
    end.positional = saved.positional;
    for (const [variable, value] of frame.saved) {
      if (value) end.setOwn(variable, value);
      else end.unset(variable);
    }
  }
  return { ok, fail, out: frame.broken.length > 0 && io.capture ? either(state).out : body.out };
}
