import type { Dialect } from '../model/tool-call.ts';

/** What a guarded shell, or the stand-in for a program, asks. */
export interface Question {
  /** `line`: a whole line or program text; `command`: one command of it, as it is reached; `argv`: a program and its arguments. */
  readonly kind: 'line' | 'command' | 'argv';
  readonly dialect: Dialect;
  /** Absolute. */
  readonly cwd: string;
  /** Which line of which shell this belongs to; empty where there is none. */
  readonly line: string;
  readonly stdin: 'tty' | 'pipe' | 'file';
  /** The text, or for `argv` the program and its arguments. */
  readonly words: readonly string[];
  /** Values of the shell's variables, as asked for; `undefined` for one that is not set. */
  readonly variables: ReadonlyMap<string, string | undefined>;
}

const kinds = ['line', 'command', 'argv'] as const;
const dialects: readonly Dialect[] = ['bash', 'sh', 'zsh', 'fish'];
const inputs = ['tty', 'pipe', 'file'] as const;

/** Largest question in bytes. */
export const largestQuestion = 1024 * 1024;

/** A question from its NUL-ended fields (see `media/terminal/ask.sh`); `undefined` for anything else. */
export function parseQuestion(text: string): Question | undefined {
  if (!text.endsWith('\0')) return undefined;
  const [kindText, dialectText, cwd, line, stdinText, countText, ...rest] = text.slice(0, -1).split('\0');
  const kind = kinds.find((each) => each === kindText);
  const dialect = dialects.find((each) => each === dialectText);
  const stdin = inputs.find((each) => each === stdinText);
  const count = Number(countText);
  if (kind === undefined || dialect === undefined || stdin === undefined || cwd === undefined || line === undefined) return undefined;
  if (!cwd.startsWith('/') || !Number.isInteger(count) || count < 1 || count > rest.length) return undefined;
  const variables = new Map<string, string | undefined>();
  for (const each of rest.slice(count)) {
    const equals = each.indexOf('=');
    variables.set(equals < 0 ? each : each.slice(0, equals), equals < 0 ? undefined : each.slice(equals + 1));
  }
  return { kind, dialect, cwd, line, stdin, words: rest.slice(0, count), variables };
}

/** A word as a POSIX shell reads it back. */
export function shellQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
