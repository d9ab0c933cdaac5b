// What is known where two ways through a script meet, part by part.
import type { CommandNode, CompoundList } from './front.ts';
import { concat, sameText, type Origin, type Text } from './value.ts';
import { maxValues } from './variable.ts';

/** What is known of a file that the command itself made or changed. */
export interface MadeFile {
  /** Its text; `undefined` where it cannot be known. */
  readonly text: Text | undefined;
  readonly origin?: Origin;
  /** Absolute path it is a link to or a copy of. */
  readonly same?: string;
  readonly directory?: boolean;
  /** It was made on some ways only: where something lay there before, it may be that. */
  readonly unsure?: boolean;
  /** It was deleted or moved away. */
  readonly gone?: boolean;
}

/** A function that a script defined. */
export interface ShellFunction {
  /** What it runs; `undefined` where that cannot be known. */
  readonly body: CommandNode | CompoundList | undefined;
  /** Shells that are started from this one have it as well, if they are Bash. */
  readonly exported?: boolean;
}

/** What a name can stand for as a function; `undefined` where it may be none. */
export type FunctionWays = readonly (ShellFunction | undefined)[];

/** More bodies than this are not told apart: what the function does is then unknown. */
const maxBodies = 8;

/** Patterns of files that may have been written on either way. */
export function joinWritten(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a === b || b.length === 0) return a;
  const joined = [...new Set([...a, ...b])];
  return joined.length > 20 ? ['*'] : joined;
}

/** An option that changes what patterns match is set on one way, and not on another. */
export const unsureGlob = 'unsure patterns';
const globOptions = ['noglob', 'nullglob', 'failglob', 'dotglob', 'nocaseglob', 'extglob', 'globstar', unsureGlob];

/** Options that may be set. */
export function joinOptions(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  const joined = new Set([...a, ...b]);
  if (globOptions.some((name) => a.has(name) !== b.has(name))) {
    joined.add(unsureGlob);
    joined.delete('noglob');
  }
  return joined;
}

/** Traps of both ways. Either may be the one that counts: both run, each in a shell of its own. */
export function joinTraps(a: ReadonlyMap<string, Text>, b: ReadonlyMap<string, Text>): ReadonlyMap<string, Text> {
  const joined = new Map(a);
  for (const [signal, command] of b) {
    const mine = a.get(signal);
    joined.set(signal, mine === undefined || sameText(mine, command) ? command : concat('(', mine, '\n)\n(', command, '\n)'));
  }
  return joined;
}

/** What a name may stand for. */
export function joinWays(a: FunctionWays, b: FunctionWays): FunctionWays {
  const ways = [...a, ...b.filter((way) => !a.some((mine) => mine === way || (mine && mine.body === way?.body)))];
  return ways.length > maxBodies ? [{ body: undefined }] : ways;
}

/** Whether a name stands for the same on both ways. */
export const sameWays = (a: FunctionWays, b: FunctionWays): boolean =>
  a.length === b.length && a.every((way, i) => way?.body === b[i]?.body);

/** A file made on one way only is taken as made, with a content that cannot be relied on when the ways differ. */
export function joinFile(a: MadeFile, b: MadeFile | undefined): MadeFile {
  const origin = a.origin ?? b?.origin;
  const same = a.same ?? b?.same;
  const text = b && !sameText(a.text, b.text) ? undefined : a.text;
  const unsure = !b || a.unsure || b.unsure;
  return { text, ...(unsure ? { unsure } : {}), ...(origin ? { origin } : {}), ...(same ? { same } : {}) };
}

/** Whether the same is known of a file on both ways. */
export const sameFile = (a: MadeFile, b: MadeFile): boolean =>
  a === b ||
  (sameText(a.text, b.text) &&
    a.origin === b.origin &&
    a.same === b.same &&
    a.directory === b.directory &&
    a.unsure === b.unsure &&
    a.gone === b.gone);

interface Entries<V> {
  readonly size: number;
  has(key: string): boolean;
  get?(key: string): V | undefined;
  keys(): Iterable<string>;
}

/** Whether both have the same keys, and what they hold is the same. */
export function sameMap<V>(a: Entries<V>, b: Entries<V>, same: (mine: V, theirs: V) => boolean): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const key of a.keys()) {
    if (!b.has(key)) return false;
    const mine = a.get?.(key);
    const theirs = b.get?.(key);
    if (mine !== undefined && theirs !== undefined && mine !== theirs && !same(mine, theirs)) return false;
  }
  return true;
}

/** Folders that may be the current one; empty where there are too many to tell. */
export function joinCwds(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a === b) return a;
  if (a.length === 0 || b.length === 0) return [];
  const all = [...new Set([...a, ...b])];
  return all.length > maxValues ? [] : all;
}

/** Whether both know the parameters, and they are the same. */
export function samePositional(a: readonly Text[] | undefined, b: readonly Text[] | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && a.every((text, i) => sameText(text, b[i]));
}
