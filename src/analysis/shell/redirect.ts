import { dirname } from '../paths.ts';
import { locations, touch } from '../touch.ts';
import { classify } from '../zones.ts';
import { partsText } from './expand.ts';
import { contentOf, remember } from './files.ts';
import type { HereDoc, ProcessSubstitution, Redirect, Redirection } from './front.ts';
import { joinStates, type Io, type Outcome } from './outcome.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';
import { anyText, concat, known, unknownFrom, type Text } from './value.ts';
import { textOf, wordsOf } from './words.ts';

/** Where the output of a command goes. */
interface Sink {
  readonly target: Text;
  readonly append: boolean;
}

let nextId = 1_000_000;

/** Runs a command with its redirections: files they open are effects, what is printed into a file is remembered. */
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
  let input = io.input;
  let sink: Sink | 'lost' | ProcessSubstitution | undefined;
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
      if (opened.sink !== undefined) sink = opened.sink;
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
  if (sink === undefined) return body(state, { ...io, input });
  if (sink !== 'lost' && !('type' in sink)) begin(sink, state, run);
  const outcome = body(state, { input, capture: sink !== 'lost' });
  if (sink === 'lost') return { ...outcome, out: '' };
  if ('type' in sink) {
    run.input = outcome.out;
    run.shell.processSubstitution(sink, state, run);
    run.input = undefined;
    return { ...outcome, out: '' };
  }
  for (const end of new Set([outcome.ok, outcome.fail])) if (end) remember(sink.target, outcome.out, end, run, sink.append);
  return { ...outcome, out: '' };
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

function open(
  redirect: Redirect,
  state: State,
  io: Io,
  run: Run,
): { readonly input?: Text; readonly sink?: Sink | 'lost' | ProcessSubstitution; readonly isConnection?: boolean; readonly file?: Text } {
  const { operator, target } = redirect;
  if (!target) return {};
  const descriptor = redirect.descriptor?.type === 'FileDescriptor' ? redirect.descriptor.value : undefined;
  if ((operator === '>&' || operator === '<&') && /^(?:\d+-?|-)$/.test(target.text)) {
    // What was opened under another number before is not followed.
    if (operator === '<&' && (descriptor ?? 0) === 0 && /^(?:[3-9]|\d{2,})/.test(target.text))
      return { input: unknownFrom('unknown-output') };
    // Standard output sent to standard error or closed is not captured any more.
    return operator === '>&' && (descriptor === undefined || descriptor === 1) && target.text !== '1' ? { sink: 'lost' } : {};
  }
  const only = target.parts?.length === 1 ? target.parts[0] : undefined;
  if (only?.type === 'ProcessSubstitution' && only.operator === '>') return { sink: only };
  const fields = wordsOf(target, state, run);
  const file: Text = fields.length === 1 ? (fields[0] ?? '') : fields.length === 0 ? '' : anyText;
  if (device(file, run)) return operator === '<' ? { input: unknownFrom('download') } : { sink: 'lost', isConnection: true };
  if (operator === '<' || operator === '<&') {
    touch('read', file, state, run);
    if (descriptor !== undefined && descriptor !== 0) return { file };
    return { file, input: contentOf(file, state, run, io.input)?.text ?? unknownFrom('unknown-output') };
  }
  if (operator === '<>') touch('read', file, state, run);
  touch('write', file, state, run);
  const isStandard = operator === '&>' || operator === '&>>' || operator === '>&' || descriptor === undefined || descriptor === 1;
  if (!isStandard || operator === '<>') {
    // A file opened under another number is filled later, by something that is not followed.
    if (operator !== '<>') remember(file, undefined, state, run);
    return { file };
  }
  return { file, sink: { target: file, append: operator === '>>' || operator === '&>>' } };
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
