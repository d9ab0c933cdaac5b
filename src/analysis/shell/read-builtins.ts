import { setElements } from './assign.ts';
import type { Invocation } from './invocation.ts';
import { inputCounter } from './input.ts';
import { either, failed, type Outcome, succeeded } from './outcome.ts';
import { anyName, anyText, anyWords, concat, known, originOf, type Text } from './value.ts';

/** Takes the next line of the input, remembering in the state how many are gone. */
function nextLine(call: Invocation): string | null | undefined {
  const { io, state } = call;
  if (!io.input) return undefined;
  const text = known(io.input.text);
  if (text === undefined) return undefined;
  const counter = inputCounter(io.input.id);
  const gone = state.variable(counter);
  const position = gone === undefined ? 0 : gone.values.length === 1 ? Number(known(gone.values[0] ?? '') ?? Number.NaN) : Number.NaN;
  if (Number.isNaN(position)) return undefined;
  if (position >= text.length) return null;
  const end = text.indexOf('\n', position);
  state.set(counter, String(end < 0 ? text.length : end + 1));
  return text.slice(position, end < 0 ? undefined : end);
}

/** `read`: the next line of the input goes into variables; what cannot be known of it makes them unknown. Where a word is no name, it may fail. */
export function read(call: Invocation): Outcome {
  const outcome = readInto(call);
  return call.args.every((arg) => /^(?:[A-Za-z_]\w*|-\w+)$/.test(known(arg) ?? '')) ? outcome : either(call.state, outcome.out);
}

function readInto(call: Invocation): Outcome {
  const { args, state, io } = call;
  const names: string[] = [];
  let isArray = false;
  let isPlain = true;
  for (let i = 0; i < args.length; i++) {
    const text = known(args[i] ?? '');
    if (text === undefined) {
      isPlain = false;
      call.opaque('a variable whose name cannot be known');
    } else if (/^-\w/.test(text)) {
      const last = text.at(-1) ?? '';
      if (/[adinNptu]/.test(last)) i += 1;
      if (text.includes('a')) {
        isArray = true;
        names.push(known(args[i] ?? '') ?? '');
      }
      if (/[dnNu]/.test(text)) isPlain = false;
    } else names.push(text);
  }
  if (names.length === 0) names.push('REPLY');
  const isWhole = names.length === 1 && !isArray;
  const line = isPlain && (state.variable('IFS') === undefined || isWhole) ? nextLine(call) : undefined;
  if (line === null) {
    for (const name of names) state.set(name, '');
    return failed(state);
  }
  if (line === undefined) {
    // How much of it was read is not known: `read -n 2`.
    if (io.input && !isPlain) state.set(inputCounter(io.input.id), anyText);
    const origin = io.input ? originOf(io.input.text) : undefined;
    const value: Text = { pieces: [{ hole: 'text', ...(origin ? { origin } : {}) }], many: true };
    for (const name of names) {
      if (isArray) setElements(name, undefined, state);
      else state.set(name, value);
    }
    return either(state, '');
  }
  const raw = args.some((arg) => /^-\w*r/.test(known(arg) ?? ''));
  // Without separators a line stays as it is.
  const separators = state.variable('IFS')?.values;
  if (!isArray && (raw || !line.includes('\\')) && separators?.length === 1 && separators[0] === '') {
    for (const [i, name] of names.entries()) state.set(name, i === 0 ? line : '');
    return succeeded(state);
  }
  // Which ends of the line go is the separators' to say, where they are others.
  if (state.variable('IFS') && /^[^\w./]|[^\w./]$|^\/|\/$/.test(line) && known(state.variable('IFS')?.values[0] ?? ' ') !== '') {
    for (const name of names) if (!isArray) state.set(name, anyWords);
    if (isArray) setElements(names[0] ?? '', undefined, state);
    return succeeded(state);
  }
  if (!raw && line.includes('\\')) for (const name of names) state.set(name, anyWords);
  else splitInto(names, line.replace(/^[ \t]+|[ \t]+$/g, ''), isArray, state);
  return succeeded(state);
}

function splitInto(names: readonly string[], line: string, isArray: boolean, state: Invocation['state']): void {
  if (isArray) {
    setElements(names[0] ?? '', line === '' ? [] : line.split(/[ \t]+/), state);
    return;
  }
  let rest = line;
  for (const [index, name] of names.entries()) {
    const word = index === names.length - 1 ? rest : (/^[^ \t]*/.exec(rest)?.[0] ?? '');
    state.set(name, word);
    rest = rest.slice(word.length).replace(/^[ \t]+/, '');
  }
}

/** `mapfile` and `readarray`: all lines of the input become an array. */
export function readLines(call: Invocation): Outcome {
  const callback = call.args[call.args.findIndex((arg) => /^-\w*C$/.test(known(arg) ?? '')) + 1];
  if (callback !== undefined && callback !== call.args[0])
    call.run.evaluate(concat(callback, ' ', anyName, ' ', anyName), call.state.fork(), call.io);
  const name = known(call.args.at(-1) ?? 'MAPFILE') ?? 'MAPFILE';
  const text = call.io.input ? known(call.io.input.text) : undefined;
  const keepEnds = !call.args.some((arg) => known(arg) === '-t');
  const plain = call.args.every((arg) => /^(?:-t|\w+)$/.test(known(arg) ?? ''));
  setElements(
    /^\w+$/.test(name) ? name : 'MAPFILE',
    text === undefined || !plain
      ? undefined
      : text === ''
        ? []
        : text
            .replace(/\n$/, '')
            .split('\n')
            .map((line) => (keepEnds ? `${line}\n` : line)),
    call.state,
  );
  return succeeded(call.state);
}
