import { isAbsolute, resolve } from 'node:path';
import { plainCall } from '../agents/plain-call.ts';
import { shellWord } from '../agents/values.ts';
import type { Effect } from '../model/effect.ts';
import type { ToolCall } from '../model/tool-call.ts';

/** Where a call is meant to happen when it does not say so itself: absolute paths. */
export interface Place {
  readonly cwd: string;
  readonly home: string;
}

/** A call written as JSON, decoded; or what is wrong with its arguments, which denies it; or with the line as a whole. */
export type Request = { readonly call: ToolCall; readonly problem?: string } | { readonly error: string };

/** Reads `{tool, args, cwd?, home?, agent?}`. The directory is also the workspace. Never throws. */
export function readRequest(value: Readonly<Record<string, unknown>>, place: Place): Request {
  const { tool, agent = 'cli' } = value;
  if (typeof tool !== 'string' || tool === '') return { error: 'tool must be a name' };
  if (typeof agent !== 'string') return { error: 'agent must be a name' };
  const where = readPlace(value, place);
  if ('error' in where) return where;
  const args = value['args'] ?? {};
  const { cwd, home } = where;
  return plainCall({ tool, args, agent, cwd, home });
}

/** Reads `{cwd?, home?}`; a relative directory is taken from the place. */
export function readPlace(value: Readonly<Record<string, unknown>>, place: Place): Place | { readonly error: string } {
  const { cwd = place.cwd, home = place.home } = value;
  if (typeof cwd !== 'string' || cwd.includes('\0')) return { error: 'cwd must be a path' };
  if (typeof home !== 'string' || !isAbsolute(home) || home.includes('\0')) return { error: 'home must be an absolute path' };
  return { cwd: resolve(place.cwd, cwd), home };
}

/** The command that words after `--` stand for: one word is a whole command line, several are the words of one command. */
export function commandOf(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? '') : words.map(shellWord).join(' ');
}

/** An effect in the form in which it leaves the program: stable keys, nothing internal. */
export function effectForOutput(effect: Effect): object {
  const { kind, path, program, argv, url, certainty } = effect;
  // Undefined keys are left out by JSON.stringify.
  return { kind, path, program, argv, url, certainty };
}
