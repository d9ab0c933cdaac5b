// What is known where two ways through a script meet, part by part.
import { globOptions, unsureGlob } from './glob-options.ts';
import type { Zone } from '../../model/zone.ts';
import type { CommandNode, CompoundList } from './front.ts';
import { concat, sameText, type Origin, type Text } from './value.ts';
import { maxValues, maybeVariable, unknownVariable, type Attribute, type Variable } from './variable.ts';

/** What is known of a file that the command itself made or changed. */
export interface MadeFile {
  /** Its text; `undefined` where it cannot be known. */
  readonly text: Text | undefined;
  readonly origin?: Origin;
  /** Absolute paths of what it may be a link to, or is a copy of. */
  readonly same?: readonly string[];
  /** It is a copy: what is written to it stays there. */
  readonly copy?: boolean;
  /** Text of the link where it counts from the folder that the link lies in. */
  readonly link?: string;
  readonly directory?: boolean;
  /** It was made on some ways only: where something lay there before, it may be that. */
  readonly unsure?: boolean;
  /** It was moved here: zones of the place that it lay in. */
  readonly moved?: readonly Zone[];
  /** Absolute path of the folder that this one was copied or moved from; empty where that cannot be known. */
  readonly from?: string;
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
  const same = a.same && b?.same ? [...new Set([...a.same, ...b.same])] : (a.same ?? b?.same);
  const text = b && !sameText(a.text, b.text) ? undefined : a.text;
  // A link on one way only may be no link.
  const unsure = !b || a.unsure || b.unsure || (a.same === undefined) !== (b.same === undefined) || (a.copy ?? false) !== (b.copy ?? false);
  return {
    text,
    ...(unsure ? { unsure } : {}),
    ...(origin ? { origin } : {}),
    ...(same ? { same } : {}),
    ...(a.copy && b?.copy ? { copy: true } : {}),
    ...(a.link !== undefined && a.link === b?.link ? { link: a.link } : {}),
    ...((a.from ?? b?.from) === undefined ? {} : { from: b && a.from === b.from ? a.from : '' }),
    ...(a.moved || b?.moved ? { moved: [...new Set([...(a.moved ?? []), ...(b?.moved ?? [])])] } : {}),
  };
}

const sameList = (a: readonly string[] | undefined, b: readonly string[] | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.length === b.length && a.every((path, i) => path === b[i]));

/** Whether the same is known of a file on both ways. */
export const sameFile = (a: MadeFile, b: MadeFile): boolean =>
  a === b ||
  (sameText(a.text, b.text) &&
    a.origin === b.origin &&
    sameList(a.same, b.same) &&
    a.copy === b.copy &&
    a.link === b.link &&
    sameList(a.moved, b.moved) &&
    a.directory === b.directory &&
    a.from === b.from &&
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

/** What a variable may be where two ways meet; `undefined` where a way has not set it. */
export function joinVariable(a: Variable | undefined, b: Variable | undefined): Variable {
  if (a?.ref !== undefined || b?.ref !== undefined) return a?.ref === b?.ref && a ? a : { ...unknownVariable, ref: null };
  const isExported = (a?.exported ?? false) || (b?.exported ?? false);
  const exported = {
    exported: isExported,
    ...(a?.fixed || b?.fixed ? { fixed: true } : {}),
    ...(isExported && (a?.exported !== b?.exported || a?.unsure || b?.unsure) ? { unsure: true } : {}),
    ...joinAttribute(a?.attribute, b?.attribute),
  };
  if (a?.elements !== undefined || b?.elements !== undefined) {
    const mayBeUnset = [a, b].some((variable) => variable?.values.includes(undefined));
    return {
      values: mayBeUnset ? maybeVariable.values : unknownVariable.values,
      elements: a?.attribute === b?.attribute && sameElements(a?.elements, b?.elements) ? (a?.elements ?? 'unknown') : 'unknown',
      ...exported,
    };
  }
  // A name that only one way has set may come from the environment on the other, which is as good as unknown.
  if (!a || !b) {
    const known = (a ?? b) as Variable;
    return {
      values: known.values.length < maxValues ? [...known.values, { pieces: [{ hole: 'text' }], many: true }] : unknownVariable.values,
      ...exported,
    };
  }
  const values: (Text | undefined)[] = [...a.values];
  for (const value of b.values) if (!values.some((mine) => sameText(mine, value))) values.push(value);
  // The same as before is told from something new by what it is: most ways that meet differ in little.
  if (
    values.length === a.values.length &&
    a.attribute === b.attribute &&
    (a.exported ?? false) === isExported &&
    (a.fixed ?? false) === (exported.fixed ?? false) &&
    (a.unsure ?? false) === (exported.unsure ?? false)
  )
    return a;
  return { values: values.length > maxValues ? unknownVariable.values : values, ...exported };
}

function joinAttribute(a: Attribute | undefined, b: Attribute | undefined): Pick<Variable, 'attribute'> {
  if (a === b) return a === undefined ? {} : { attribute: a };
  return { attribute: '?' };
}

function sameElements(a: Variable['elements'], b: Variable['elements']): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a === 'unknown' || b === 'unknown' || a.size !== b.size) return false;
  for (const [key, value] of a) if (!b.has(key) || !sameText(value, b.get(key))) return false;
  return true;
}

/** Whether both hold the same. */
export function sameVariable(a: Variable, b: Variable): boolean {
  return (
    a === b ||
    (a.ref === b.ref &&
      a.attribute === b.attribute &&
      a.values.length === b.values.length &&
      a.values.every((value, i) => sameText(value, b.values[i])) &&
      sameElements(a.elements, b.elements))
  );
}
