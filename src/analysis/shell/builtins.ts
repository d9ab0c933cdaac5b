import { checkTrap } from '../programs/environment.ts';
import { isEnvironment, sourceUnknown } from './execute-file.ts';
import { formatted, printsSurely } from '../programs/output.ts';
import { declare, unset } from './declarations.ts';
import { changeDirectory, popDirectory, pushDirectory } from './directories.ts';
import { contentOf, noticeChange, stdinPaths } from './files.ts';
import { inputOf } from './input.ts';
import { runTrap } from './interpret.ts';
import { argvOf, type Invocation, type Result } from './invocation.ts';
import { leave } from './leave.ts';
import { byStatus, either, ended, failed, succeeded, joinStates, rerouted, type Outcome } from './outcome.ts';
import { read, readLines } from './read-builtins.ts';
import { hashed, startByName } from './search-path.ts';
import { startProgram, startWords } from './simple.ts';
import { testArguments } from './test-expression.ts';
import { waited } from './unsettled.ts';
import type { State } from './state.ts';
import { anyText, anyWords, concat, display, isMany, known, mixed, type Text, unknownFrom } from './value.ts';

type Builtin = (call: Invocation) => Result | Outcome | undefined;

const done: Result = { status: true, out: '' };

/** What runs inside the shell itself and changes what it knows. Source: Bash manual, chapter 4. */
export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', () => done],
  ['true', () => done],
  ['false', () => ({ status: false, out: '' })],
  ['cd', changeDirectory],
  ['chdir', changeDirectory],
  ['pushd', pushDirectory],
  ['popd', popDirectory],
  ['dirs', () => done],
  ['pwd', ({ state }) => ({ status: true, out: state.cwds.length === 1 ? `${state.cwds[0]}\n` : anyText })],
  ['export', declare],
  ['declare', declare],
  ['typeset', declare],
  ['local', declare],
  ['readonly', declare],
  ['unset', unset],
  ['set', setOptions],
  ['shopt', shopt],
  ['setopt', (call) => setNames(call, true)],
  ['unsetopt', (call) => setNames(call, false)],
  ['shift', shift],
  ['eval', evaluate],
  ['source', source],
  ['.', source],
  ['exec', execute],
  ['command', command],
  ['builtin', (call) => startWords(call.args, call.state, call.io, call.run)],
  ['noglob', (call) => startWords(call.args, call.state, call.io, call.run)],
  ['nocorrect', (call) => startWords(call.args, call.state, call.io, call.run)],
  ['-', (call) => startWords(call.args, call.state, call.io, call.run)],
  ['repeat', repeat],
  ['autoload', (call) => call.opaque('functions that are loaded when they are called')],
  ['trap', trap],
  ['alias', alias],
  ['unalias', () => done],
  ['break', (call) => leave('break', levels(call), call.state, call.run)],
  ['continue', (call) => leave('continue', levels(call), call.state, call.run)],
  ['return', (call) => leave('return', 1, call.state, call.run)],
  ['exit', exit],
  ['logout', exit],
  ['read', read],
  ['mapfile', readLines],
  ['readarray', readLines],
  ['printf', printfVariable],
  ['getopts', (call) => setFromWorld(call, 1)],
  ['let', letNumbers],
  ['test', ({ args, state, run }) => byStatus(state, testArguments(args, state, run))],
  ['[', ({ args, state, run }) => byStatus(state, testArguments(known(args.at(-1) ?? '') === ']' ? args.slice(0, -1) : args, state, run))],
  ['hash', hash],
  ['enable', enable],
  ['wait', wait],
  ['jobs', () => ({})],
  ['bg', () => done],
  ['fg', () => ({})],
  ['disown', () => done],
  ['umask', () => done],
  ['ulimit', () => done],
  ['times', () => ({})],
  ['type', () => ({})],
  ['history', () => ({})],
  ['fc', again],
  ['caller', () => ({})],
  ['complete', () => done],
  [
    'compgen',
    (call) => {
      const { args } = call;
      // It runs the command, and what expands a list of words.
      for (const [i, arg] of args.entries())
        if (/^-[A-Za-z]*[CFW]$/.test(known(arg) ?? '')) {
          const text = known(arg)?.endsWith('W') ? concat(': ', args[i + 1] ?? '') : (args[i + 1] ?? '');
          call.run.evaluate(text, call.state.fork(), { input: undefined, capture: false });
        }
      return args.some((arg) => /^-[A-Z]*[ev]|^(?:variable|export|arrayvar)$/.test(known(arg) ?? ''))
        ? { out: unknownFrom('variables') }
        : {};
    },
  ],
  ['bind', bind],
  ['suspend', () => ({})],
]);

/** Whether a builtin prints something that is not worked out. Source: Bash manual, chapter 4. */
export function mayPrint(name: string, args: readonly Text[], state: State): boolean {
  const words = args.map((arg) => known(arg) ?? '-');
  switch (name) {
    case 'dirs':
    case 'pushd':
    case 'popd':
    case 'umask':
    case 'ulimit':
    case 'hash':
    case 'bind':
    case 'complete':
      return true;
    case 'cd':
    case 'chdir':
      return words.includes('-') || state.variable('CDPATH') !== undefined;
    case 'alias':
      return words.length === 0 || words.some((word) => !/^[^=]+=/.test(word));
    case 'trap':
      return words.length === 0 || /^-[lpP]/.test(words[0] ?? '');
    case 'set':
      return words.length === 0 || /^[-+]o$/.test(words.at(-1) ?? '');
    case 'shopt':
      return !words.some((word) => /^-\w*[suq]/.test(word));
    case 'export':
    case 'declare':
    case 'typeset':
    case 'local':
    case 'readonly':
      return words.every((word) => word.startsWith('-')) || words.some((word) => /^-\w*[pfF]/.test(word));
    default:
      return false;
  }
}

/** What a name does inside the shell; see `builtin-names.ts`. */
export function builtinNamed(name: string): Builtin | undefined {
  return builtins.get(name);
}

function setOptions(call: Invocation): Outcome {
  const { args, state } = call;
  if (args.length === 0) call.act('secret.print', 'the environment', 'read');
  const options = new Set(state.options);
  for (let i = 0; i < args.length; i++) {
    const text = known(args[i] ?? '');
    if (text === '--' || text === '-') {
      state.positional = args.slice(i + 1).some(isMany) ? undefined : args.slice(i + 1);
      break;
    }
    if (text !== undefined && /^[-+]o$/.test(text)) {
      const name = known(args[++i] ?? '');
      if (name !== undefined) toggle(options, name, text.startsWith('-'));
    } else if (text !== undefined && /^[-+][a-zA-Z]+$/.test(text)) {
      if (text.includes('P')) toggle(options, 'physical', text.startsWith('-'));
      if (text.includes('f')) toggle(options, 'noglob', text.startsWith('-'));
      if (text.includes('a')) toggle(options, 'allexport', text.startsWith('-'));
      if (text.includes('e')) toggle(options, 'errexit', text.startsWith('-'));
      if (text.includes('u')) toggle(options, 'nounset', text.startsWith('-'));
      if (text.includes('x')) toggle(options, 'xtrace', text.startsWith('-'));
    } else {
      state.positional = args.slice(i).some(isMany) ? undefined : args.slice(i);
      break;
    }
  }
  state.options = options;
  return succeeded(state);
}

function toggle(options: Set<string>, name: string, on: boolean): void {
  if (on) options.add(name);
  else options.delete(name);
}

function shopt(call: Invocation): Outcome {
  const on = call.args.some((arg) => /^-\w*s/.test(known(arg) ?? ''));
  const options = new Set(call.state.options);
  for (const arg of call.args) {
    const name = known(arg);
    if (name !== undefined && /^\w+$/.test(name)) toggle(options, name, on);
  }
  call.state.options = options;
  return succeeded(call.state);
}

// Each time the words are expanded anew.
function repeat(call: Invocation): Outcome {
  call.opaque('a command that is repeated');
  return startWords(call.args.slice(1), call.state, call.io, call.run);
}

function setNames(call: Invocation, on: boolean): Outcome {
  const options = new Set(call.state.options);
  for (const arg of call.args) toggle(options, (known(arg) ?? '').toLowerCase().replaceAll('_', ''), on);
  call.state.options = options;
  if (options.has('extendedglob') && call.name.endsWith('setopt')) call.opaque('patterns of another kind');
  return succeeded(call.state);
}

function shift(call: Invocation): Outcome {
  const count = call.args.length === 0 ? 1 : Number(known(call.args[0] ?? '') ?? Number.NaN);
  const { state } = call;
  if (!state.positional) return either(state, '');
  if (!Number.isInteger(count)) {
    state.positional = undefined;
    return either(state, '');
  }
  // To dash that is an error which ends it.
  if (count > state.positional.length && state.posix) leave('exit', 1, state.fork(), call.run);
  if (count > state.positional.length) return failed(state);
  state.positional = state.positional.slice(count);
  return succeeded(state);
}

function evaluate(call: Invocation): Outcome {
  const words = known(call.args[0] ?? '') === '--' ? call.args.slice(1) : call.args;
  return call.run.evaluate(concat(...words.flatMap((word, i) => (i === 0 ? [word] : [' ', word]))), call.state, call.io);
}

function source(call: Invocation): Outcome {
  const { state, run, io } = call;
  const words = known(call.args[0] ?? '') === '--' ? call.args.slice(1) : call.args;
  const [file, ...args] = words;
  if (file === undefined) return failed(state);
  call.read(file);
  run.emit({
    kind: 'execute',
    certainty: known(file) === undefined && !isEnvironment(file) ? 'opaque' : 'exact',
    program: 'source',
    argv: argvOf(words),
  });
  const content = contentOf(file, state, run, io.input);
  // A file that is not there ends dash.
  if (state.posix && (!content || run.world.kind(content.path) === undefined)) leave('exit', 1, state.fork(), run);
  if (!content) {
    sourceUnknown(call, file);
    return either(state);
  }
  const saved = state.positional;
  const missing = content.isUnsure ? state.fork() : undefined;
  const before = state.files.get(content.path);
  if (args.length > 0) state.positional = args.some(isMany) ? undefined : args;
  if (!content.fresh) run.lenient += 1;
  const frame = { kind: 'function' as const, broken: [], continued: [], saved: new Map() };
  run.frames.push(frame);
  // What reads on from an input that is sourced finds nothing left of a pipe, and all of a file.
  const isInput = io.input !== undefined && stdinPaths.has(known(file) ?? '');
  const outcome = run.evaluate(content.text, state, isInput ? { ...io, input: inputOf(anyText) } : io);
  run.frames.pop();
  if (!content.fresh) run.lenient -= 1;
  let result = outcome;
  for (const returned of frame.broken)
    result = {
      ok: joinStates(result.ok, returned),
      fail: joinStates(result.fail, returned),
      out: mixed(result.out),
    };
  for (const end of new Set([result.ok, result.fail])) {
    if (end) end.positional = args.length > 0 ? saved : end.positional;
    noticeChange(content.path, before, end, run);
  }
  // Where the file is not there nothing of it has run.
  return missing ? { ...result, fail: joinStates(result.fail, missing), out: result.out === '' ? '' : mixed(result.out) } : result;
}

function execute(call: Invocation): Outcome {
  const { state } = call;
  let i = 0;
  while (i < call.args.length && /^-[cla]+$/.test(known(call.args[i] ?? '') ?? ''))
    i += (known(call.args[i] ?? '') ?? '').includes('a') ? 2 : 1;
  const words = call.args.slice(i);
  // Without a command it only opens files for what follows, which may be a shell that reads its commands there.
  if (words.length === 0) {
    if (call.io.isInputOpened && known(call.io.input?.text ?? '') !== '') call.opaque('what the shell reads from here on is not followed');
    state.options = new Set([...state.options, rerouted]);
    call.run.reroutes += 1;
    return succeeded(state);
  }
  const name = known(words[0] ?? '');
  const found = name === undefined ? [] : (state.alias(hashed(name)) ?? []);
  for (const file of found) call.start([file, ...words.slice(1)], { state: state.fork() });
  const outcome = call.start(words);
  leave('exit', 1, state, call.run);
  return { ok: undefined, fail: outcome.fail, out: outcome.out };
}

function command(call: Invocation): Result | Outcome | undefined {
  let i = 0;
  while (i < call.args.length && /^-[pvV]+$/.test(known(call.args[i] ?? '') ?? '')) {
    if (/[vV]/.test(known(call.args[i] ?? '') ?? '')) return {};
    i += 1;
  }
  if (known(call.args[i] ?? '') === '--') i += 1;
  const [first, ...rest] = call.args.slice(i);
  if (first === undefined) return done;
  const name = known(first);
  // `command` passes functions and aliases by; builtins stay.
  if (name !== undefined && !builtins.has(name) && !name.includes('/')) return startByName(name, rest, call.state, call.io, call.run);
  return startWords([first, ...rest], call.state, call.io, call.run);
}

function trap(call: Invocation): Outcome {
  const { args, state, run } = call;
  const words = args.filter((arg) => !/^-(?:-|l|p|P)$/.test(known(arg) ?? ''));
  const [action, ...signals] = words;
  if (action === undefined || signals.length === 0) return succeeded(state);
  const traps = new Map(state.traps);
  for (const signal of signals) {
    const name = (known(signal) ?? 'EXIT').toUpperCase().replace(/^SIG/, '').replace(/^0$/, 'EXIT');
    if (known(action) === '-' || known(action) === '') traps.delete(name);
    else traps.set(name, action);
  }
  state.traps = traps;
  checkTrap(action, signals, state, run);
  // A signal may come at any time: what the trap would do counts from here on.
  for (const [name] of traps) if (!['EXIT', 'DEBUG', 'ERR', 'RETURN'].includes(name)) runTrap(name, state.fork(), run);
  return succeeded(state);
}

function alias(call: Invocation): Outcome {
  // Words anywhere, and names of files, that stand for commands.
  if (call.args.some((arg) => /^-[a-z]*[gs]/.test(known(arg) ?? ''))) call.opaque('an alias that counts anywhere');
  for (const arg of call.args) {
    const text = known(arg);
    const match = text === undefined ? null : /^([^=]+)=([\s\S]*)$/.exec(text);
    if (match) call.state.setAlias(match[1] ?? '', match[2] ?? '');
    else if (text === undefined && !/^[\w.-]+=/.test(display(arg))) call.opaque('an alias whose name cannot be known');
    else if (text === undefined) call.state.setAlias(/^[\w.-]+/.exec(display(arg))?.[0] ?? '', anyText);
  }
  return succeeded(call.state);
}

function levels(call: Invocation): number {
  return Number(known(call.args[0] ?? '1') ?? 1) || 1;
}

function wait({ args, state }: Invocation): Result {
  if (args.length === 0 && state.unsettled.size > 0) state.unsettled = waited(state.unsettled);
  return {};
}

function exit(call: Invocation): Outcome {
  leave('exit', 1, call.state, call.run);
  return ended;
}

function printfVariable(call: Invocation): Result | Outcome | undefined {
  if (known(call.args[0] ?? '') !== '-v') return startProgram('printf', call.args, call.state, call.io, call.run);
  const name = known(call.args[1] ?? '');
  const out = formatted(call.args.slice(2));
  if (name === undefined) call.opaque('a variable whose name cannot be known');
  else if (/^\w+(?:\[.*\])?$/s.test(name)) call.state.set(name, out ?? anyText);
  // It fails without a format, and where there is no such element.
  const format = call.args[2];
  const isSure = format !== undefined && printsSurely(call.args.slice(2)) && name !== undefined && /^[A-Za-z_]\w*$/.test(name);
  return isSure ? done : undefined;
}

function setFromWorld(call: Invocation, index: number): Outcome {
  const name = known(call.args[index] ?? '');
  if (name !== undefined) call.state.set(name, anyWords);
  call.state.set('OPTARG', anyWords);
  call.state.set('OPTIND', anyText);
  return either(call.state, '');
}

function letNumbers(call: Invocation): Outcome {
  const text = concat(...call.args.flatMap((arg, i) => (i === 0 ? [arg] : [' , ', arg])));
  return call.run.evaluate(concat('((', text, '))'), call.state, call.io);
}

function hash(call: Invocation): Result | undefined {
  const at = call.args.findIndex((arg) => known(arg) === '-p');
  const path = call.args[at + 1];
  const name = known(call.args[at + 2] ?? '');
  // `hash -p /bin/rm ls` makes `ls` start something else.
  if (at >= 0 && path !== undefined && name !== undefined) call.state.setAlias(hashed(name), path);
  // In zsh `hash ls=/bin/rm` does.
  for (const arg of call.args) {
    const [, own, target] = /^([\w.-]+)=(.+)$/s.exec(known(arg) ?? '') ?? [];
    if (own !== undefined && target !== undefined) call.state.setAlias(hashed(own), target);
  }
  return done;
}

// What was typed before runs once more, with changes.
function again(call: Invocation): Result | undefined {
  if (call.args.some((arg) => /^-\w*l/.test(known(arg) ?? ''))) return {};
  return call.opaque('a command of the history');
}

function bind(call: Invocation): undefined {
  if (call.args.some((arg) => known(arg) === '-x')) call.opaque('a key bound to a command');
  return undefined;
}

function enable(call: Invocation): Result | undefined {
  if (call.args.some((arg) => known(arg) === '-f')) call.opaque('code loaded into the shell');
  return done;
}
