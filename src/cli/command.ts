import type { ParseArgsConfig } from 'node:util';

/** What a command may use of the world: everything it reads and writes goes through here, so that it can be tested. */
export interface Io {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** Writes to standard output; resolves when more may be written. */
  readonly out: (text: string) => Promise<void>;
  /** Writes a message for people to standard error. */
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  /** Absolute. */
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** Whether a person reads standard output: colours and questions make sense. */
  readonly isTerminal: boolean;
}

/** Exit codes of all commands; `check` has one for each verdict. */
export const exitCodes = { ok: 0, approve: 0, error: 1, deny: 2, escalate: 3 } as const;

/** Options and positionals as `parseArgs` found them. */
export interface Parsed {
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
}

/** One subcommand. */
export interface Command {
  /** After the name in `--help`, one line. */
  readonly summary: string;
  /** Usage, options, exit codes: what `agent-policy NAME --help` prints. */
  readonly help: string;
  /** Without `help` and `json`, which every command has. */
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** Does the work; resolves with the exit code. A {@link UsageError} becomes one line and exit code 1. */
  readonly run: (parsed: Parsed, io: Io) => Promise<number>;
}

/** Something wrong with how a command was called or what it was given: shown as one line, without a stack. */
export class UsageError extends Error {}

/** Value of an option that takes one. */
export function textOption(parsed: Parsed, name: string): string | undefined {
  const value = parsed.values[name];
  return typeof value === 'string' ? value : undefined;
}

/** Whether an option that takes no value was given. */
export function hasFlag(parsed: Parsed, name: string): boolean {
  return parsed.values[name] === true;
}
