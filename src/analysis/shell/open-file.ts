// What one redirection opens, and where the descriptors that it names lead from then on.
import { touch } from '../touch.ts';
import { contentOf } from './files.ts';
import type { ProcessSubstitution, Redirect } from './front.ts';
import type { Io } from './outcome.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';
import { anyName, anyText, known, unknownFrom, type Text } from './value.ts';
import { wordsOf } from './words.ts';

/** A file that is written to. */
export interface Sink {
  readonly target: Text;
  readonly append: boolean;
  /** It is written from its beginning and keeps what it held behind that. */
  readonly isOverlaid?: boolean;
  /** It stays open when the command has ended: `{fd}> file`. */
  readonly staysOpen?: boolean;
}

/** Where a descriptor leads: where standard output led before, nowhere that is looked at, nowhere at all, nobody knows where, or into a file or command. */
export type Place = 'own' | 'lost' | 'closed' | 'unknown' | Sink | ProcessSubstitution;

/** What a redirection opened. */
export interface Opened {
  /** What is read from standard input now. */
  readonly input?: Text;
  /** Descriptors that lead elsewhere now; standard output where nothing is said. */
  readonly numbers?: readonly number[];
  readonly place?: Place;
  /** They lead where this one leads. */
  readonly copyOf?: number;
  /** It is closed from then on: `3>&1-` moves it. */
  readonly closes?: number;
  readonly isConnection?: boolean;
  readonly file?: Text;
}

/** Opens what a redirection names. */
export function open(redirect: Redirect, state: State, io: Io, run: Run): Opened {
  const { operator, target } = redirect;
  if (!target) return {};
  const descriptor = redirect.descriptor?.type === 'FileDescriptor' ? redirect.descriptor.value : undefined;
  const variable = redirect.descriptor?.type === 'FileDescriptorVariable' ? redirect.descriptor.name : undefined;
  const only = target.parts?.length === 1 ? target.parts[0] : undefined;
  if (only?.type === 'ProcessSubstitution' && only.operator === '>') {
    if (variable === undefined && (descriptor ?? 1) === 1) return { numbers: isBoth(operator, descriptor) ? [1, 2] : [1], place: only };
    substitute(only, unknownFrom('unknown-output'), state, run);
    return { numbers: descriptor === undefined ? [] : [descriptor], place: 'lost' };
  }
  const isCopy = operator === '>&' || operator === '<&';
  const isPlain = isCopy && copied.test(target.text);
  const fields = isPlain ? [target.text] : wordsOf(target, state, run);
  const file: Text = fields.length === 1 ? (fields[0] ?? '') : fields.length === 0 ? '' : anyText;
  const [, from, closes] = (isCopy && copied.exec(known(file) ?? '-?')) || [];
  if (variable !== undefined && state.posix) run.opaque('a word before a redirection that dash takes for one of the command');
  // A number of its own choice, which a variable tells.
  if (variable !== undefined && !closes) state.set(variable, anyName);
  const numbers =
    variable !== undefined
      ? []
      : from === undefined && isBoth(operator, descriptor)
        ? [1, 2]
        : [descriptor ?? (operator.startsWith('<') ? 0 : 1)];
  if (from !== undefined) return copy(operator, from, closes === '-', numbers);
  if (device(file, run)) return operator === '<' ? { input: unknownFrom('download') } : { numbers, place: 'lost', isConnection: true };
  const isInput = operator.startsWith('<') && numbers.includes(0);
  if (operator.startsWith('<')) touch('read', file, state, run);
  const input = isInput ? (contentOf(file, state, run, io.input)?.text ?? unknownFrom('unknown-output')) : undefined;
  if (operator === '<' || operator === '<&') return input === undefined ? { file } : { file, input };
  touch('write', file, state, run);
  const named = namedDescriptor(file);
  if (named !== undefined) {
    run.reopens += 1;
    return { file, numbers, copyOf: named };
  }
  const place: Sink = {
    target: file,
    append: operator === '>>' || operator === '&>>',
    ...(operator === '<>' ? { isOverlaid: true } : {}),
    ...(variable === undefined ? {} : { staysOpen: true }),
  };
  return { file, numbers, place, ...(input === undefined ? {} : { input }) };
}

const isBoth = (operator: string, descriptor: number | undefined): boolean =>
  operator.startsWith('&>') || (operator === '>&' && descriptor === undefined);

/** A number, a number that moves, or the end of a descriptor. */
const copied = /^(?!$)(\d*)(-?)$/;

function copy(operator: string, from: string, closes: boolean, numbers: readonly number[]): Opened {
  // What was opened under another number before is not followed.
  if (operator === '<&' && numbers.includes(0)) return /^(?:[3-9]|\d{2,})/.test(from) ? { input: unknownFrom('unknown-output') } : {};
  if (from === '') return { numbers, place: 'closed' };
  return { numbers, copyOf: Number(from), ...(closes ? { closes: Number(from) } : {}) };
}

/** Runs the command of `>(…)` on what arrives there. */
export function substitute(part: ProcessSubstitution, input: Text, state: State, run: Run): void {
  run.input = input;
  run.shell.processSubstitution(part, state, run);
  run.input = undefined;
}

/** The descriptor that a file stands for, such as `/dev/stdout`. */
export function namedDescriptor(file: Text): number | undefined {
  const [, name, number] = /^\/(?:dev|proc\/(?:self|thread-self|\d+))\/(?:(stdout|stderr)|fd\/(\d+))$/.exec(known(file) ?? '') ?? [];
  if (name !== undefined) return name === 'stdout' ? 1 : 2;
  return number === undefined || number === '63' ? undefined : Number(number);
}

// Bash opens a connection for these names; there is no such file.
function device(file: Text, run: Run): boolean {
  const text = known(file);
  const match = text === undefined ? null : /^\/dev\/(tcp|udp)\/([^/]+)\/([^/]+)$/.exec(text);
  if (!match) return false;
  run.emit({ kind: 'network', certainty: 'exact', url: `${match[1]}://${match[2]}:${match[3]}`, act: 'net.upload' });
  return true;
}
