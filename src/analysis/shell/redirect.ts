import { dirname } from '../paths.ts';
import { locations, touch } from '../touch.ts';
import { classify } from '../zones.ts';
import { partsText } from './expand.ts';
import { contentOf, remember } from './files.ts';
import type { HereDoc, ProcessSubstitution, Redirect, Redirection } from './front.ts';
import { joinStates, rerouted, type Io, type Outcome } from './outcome.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';
import { anyText, concat, known, unknownFrom, type Text } from './value.ts';
import { textOf, wordsOf } from './words.ts';

/** A file that is written to. */
interface Sink {
  readonly target: Text;
  readonly append: boolean;
}

/** Where a descriptor leads: where standard output led before, nowhere that is looked at, nobody knows where, or into a file or command. */
type Place = 'own' | 'lost' | 'unknown' | Sink | ProcessSubstitution;

let nextId = 1_000_000;

/**
 * Runs a command with its redirections, one after the other: files they open are effects, what is printed into a file is remembered, and what is printed
 * to another descriptor arrives where that leads (`{ echo … >&2; } 2>&1 | sh`).
 */
export function withRedirects(
  redirects: readonly Redirection[],
  state: State,
  io: Io,
  run: Run,
  given: (state: State, io: Io) => Outcome,
): Outcome {
  if (redirects.length === 0) return given(state, io);
  // A file that cannot be opened: nothing of it runs.
  const body = (inner: State, innerIo: Io): Outcome => {
    const before = mayFail ? inner.fork() : undefined;
    const outcome = given(inner, innerIo);
    return before ? { ...outcome, fail: joinStates(outcome.fail, before) } : outcome;
  };
  const places = new Map<number, Place>();
  const placeOf = (number: number): Place =>
    places.get(number) ??
    (number === 1 || io.descriptors?.has(number) ? 'own' : number === 2 && !state.options.has(rerouted) ? 'lost' : 'unknown');
  let input = io.input;
  let isConnected = false;
  let mayFail = false;
  for (const redirect of redirects) {
    if (redirect.type === 'Redirect') {
      // `bash >& /dev/tcp/host/port 0>&1`: what the other side sends is what is read.
      if (isConnected && isInputCopy(redirect)) input = { id: nextId++, text: unknownFrom('download') };
      const opened = open(redirect, state, io, run);
      isConnected ||= opened.isConnection === true;
      mayFail ||= mayNotOpen(redirect, opened, state, run);
      if (opened.input !== undefined) input = { id: nextId++, text: opened.input };
      const place = opened.copyOf === undefined ? opened.place : placeOf(opened.copyOf);
      if (place !== undefined) for (const number of opened.numbers ?? [1]) places.set(number, place);
    } else {
      const text =
        redirect.type === 'HereString'
          ? redirect.target
            ? concat(textOf(redirect.target, state, run), '\n')
            : '\n'
          : hereDocument(redirect, state, run);
      if (redirect.descriptor === undefined || (redirect.descriptor.type === 'FileDescriptor' && redirect.descriptor.value === 0))
        input = { id: nextId++, text };
    }
  }
  const place = placeOf(1);
  const numbers = new Set([...places.keys(), ...(io.descriptors ?? [])]);
  const leading = (to: Place): ReadonlySet<number> => new Set([...numbers].filter((number) => number > 1 && placeOf(number) === to));
  const descriptors = leading(place);
  // What goes astray inside may have come out here.
  const astray = run.astray;
  const arrived = (outcome: Outcome): Text => (descriptors.size > 0 && run.astray > astray ? anyText : outcome.out);
  if (place === 'own') {
    const outcome = body(state, { input, capture: io.capture, descriptors });
    return io.capture ? { ...outcome, out: arrived(outcome) } : outcome;
  }
  // Standard output is gone, and what is printed to another descriptor takes its place: `2>&1 >/dev/null`.
  const rest: Text = io.capture && (place === 'unknown' || leading('own').size > 0) ? anyText : '';
  if (place === 'lost' || place === 'unknown') {
    run.astray += 1;
    return { ...body(state, { input, capture: false }), out: rest };
  }
  if (!('type' in place)) begin(place, state, run);
  const outcome = body(state, { input, capture: true, descriptors });
  if ('type' in place) {
    substitute(place, arrived(outcome), state, run);
    return { ...outcome, out: rest };
  }
  for (const end of new Set([outcome.ok, outcome.fail])) if (end) remember(place.target, arrived(outcome), end, run, place.append);
  return { ...outcome, out: rest };
}

function substitute(part: ProcessSubstitution, input: Text, state: State, run: Run): void {
  run.input = input;
  run.shell.processSubstitution(part, state, run);
  run.input = undefined;
}

function mayNotOpen({ operator, target }: Redirect, opened: { readonly file?: Text }, state: State, run: Run): boolean {
  const path = opened.file === undefined ? undefined : known(opened.file);
  if (!target || path === '/dev/null') return false;
  if (path === undefined) return opened.file !== undefined;
  if (operator === '<')
    return locations(path, state, run).some(({ typed, real }) => !state.file(typed) && run.world.kind(real) === undefined);
  return (
    state.stirred ||
    locations(path, state, run).some(({ typed, real }) => {
      // Who may write outside the project, and whether that disk is read-only, is not asked.
      const zones = classify(real, run.places);
      if (!zones.includes('workspace') && !zones.includes('temp') && !zones.includes('safe-device')) return true;
      for (let folder = dirname(typed); folder !== '/'; folder = dirname(folder))
        if (state.file(folder)) return !state.file(folder)?.directory;
      const parent = run.world.kind(dirname(real));
      return run.world.kind(real) === 'directory' || (parent !== 'directory' && parent !== 'link');
    })
  );
}

// The file is there, and empty unless it is appended to, before the command starts.
function begin({ target, append }: Sink, state: State, run: Run): void {
  const path = known(target);
  if (path === undefined || run.virtual.has(path)) return;
  for (const { typed, real } of locations(path, state, run))
    if (!real.startsWith('/dev/') && !append && state.file(typed) === undefined) state.setFile(typed, { text: '' });
    else if (append && state.file(typed) === undefined && run.world.kind(real) === undefined) state.setFile(typed, { text: '' });
}

function hereDocument(node: HereDoc, state: State, run: Run): Text {
  const isQuoted = node.delimiter?.quoted ?? false;
  const text = isQuoted || node.body.parts === undefined ? node.body.text : partsText(node.body.parts, state, run);
  return node.operator === '<<-' && typeof text === 'string' ? text.replace(/^\t+/gm, '') : text;
}

interface Opened {
  readonly input?: Text;
  /** Descriptors that lead elsewhere now; standard output where nothing is said. */
  readonly numbers?: readonly number[];
  readonly place?: Place;
  /** They lead where this one leads. */
  readonly copyOf?: number;
  readonly isConnection?: boolean;
  readonly file?: Text;
}

function open(redirect: Redirect, state: State, io: Io, run: Run): Opened {
  const { operator, target } = redirect;
  if (!target) return {};
  const descriptor = redirect.descriptor?.type === 'FileDescriptor' ? redirect.descriptor.value : undefined;
  const numbers = operator.startsWith('&>') || (operator === '>&' && descriptor === undefined) ? [1, 2] : [descriptor ?? 1];
  const copied = operator === '>&' || operator === '<&' ? /^(\d*)(-?)$/.exec(target.text) : null;
  if (copied) {
    const [, from = '', closes] = copied;
    // What was opened under another number before is not followed.
    if (operator === '<&' && (descriptor ?? 0) === 0) return /^(?:[3-9]|\d{2,})/.test(from) ? { input: unknownFrom('unknown-output') } : {};
    const [number = 1] = operator === '<&' ? [descriptor ?? 0] : [descriptor ?? 1];
    return from === '' && closes ? { numbers: [number], place: 'lost' } : { numbers: [number], copyOf: Number(from) };
  }
  const only = target.parts?.length === 1 ? target.parts[0] : undefined;
  if (only?.type === 'ProcessSubstitution' && only.operator === '>') {
    if (numbers.includes(1)) return { numbers, place: only };
    substitute(only, unknownFrom('unknown-output'), state, run);
    return { numbers, place: 'lost' };
  }
  const fields = wordsOf(target, state, run);
  const file: Text = fields.length === 1 ? (fields[0] ?? '') : fields.length === 0 ? '' : anyText;
  if (device(file, run)) return operator === '<' ? { input: unknownFrom('download') } : { numbers, place: 'lost', isConnection: true };
  if (operator === '<' || operator === '<&') {
    touch('read', file, state, run);
    if (descriptor !== undefined && descriptor !== 0) return { file };
    return { file, input: contentOf(file, state, run, io.input)?.text ?? unknownFrom('unknown-output') };
  }
  if (operator === '<>') touch('read', file, state, run);
  touch('write', file, state, run);
  const named = namedDescriptor(file);
  if (named !== undefined) return { file, numbers, copyOf: named };
  if (operator.startsWith('&>') && state.posix) {
    // To dash `x &> f` is `x &`, and an empty file.
    remember(file, undefined, state, run);
    return { file, numbers, place: 'unknown' };
  }
  const place: Sink = { target: file, append: operator === '>>' || operator === '&>>' };
  if (operator === '<>') return { file };
  // A file opened under another number is filled by something that is not followed.
  if (!numbers.includes(1)) remember(file, undefined, state, run);
  return { file, numbers, place };
}

/** The descriptor that a file stands for, such as `/dev/stdout`. */
export function namedDescriptor(file: Text): number | undefined {
  const [, name, number] = /^\/(?:dev|proc\/(?:self|thread-self|\d+))\/(?:(stdout|stderr)|fd\/(\d+))$/.exec(known(file) ?? '') ?? [];
  if (name !== undefined) return name === 'stdout' ? 1 : 2;
  return number === undefined || number === '63' ? undefined : Number(number);
}

function isInputCopy({ operator, target, descriptor }: Redirect): boolean {
  const into = descriptor?.type === 'FileDescriptor' ? descriptor.value : operator === '<&' ? 0 : 1;
  return into === 0 && (operator === '>&' || operator === '<&') && /^\d+$/.test(target?.text ?? '');
}

// Bash opens a connection for these names; there is no such file.
function device(file: Text, run: Run): boolean {
  const text = known(file);
  const match = text === undefined ? null : /^\/dev\/(tcp|udp)\/([^/]+)\/([^/]+)$/.exec(text);
  if (!match) return false;
  run.emit({ kind: 'network', certainty: 'exact', url: `${match[1]}://${match[2]}:${match[3]}`, act: 'net.upload' });
  return true;
}
