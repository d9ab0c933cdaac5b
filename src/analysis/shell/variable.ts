import type { Text } from './value.ts';

/**
 * Set by `declare -l`, `-u` or `-i`: what is assigned is changed. `A`: its elements have names. `?`: it has one on some ways only, or several may be the
 * one.
 */
export type Attribute = 'l' | 'u' | 'i' | 'A' | '?';

/** What a variable can hold: one of a few texts, where `undefined` means unset; or an array. */
export interface Variable {
  readonly values: readonly (Text | undefined)[];
  /** Elements where it is an array that is known; `unknown` where it is an array that is not. */
  readonly elements?: ReadonlyMap<string, Text> | 'unknown';
  readonly exported?: boolean;
  /** It is exported on some ways only. */
  readonly unsure?: boolean;
  readonly attribute?: Attribute;
  /** Read-only: an assignment is refused, and may end the line. Whether it was is not followed: it may hold either. */
  readonly fixed?: boolean;
  /** Set by `declare -n`: the variable or array element that is meant by this name; empty until one is given, `null` where nobody knows. */
  readonly ref?: string | null;
}

/** More alternatives than this are not told apart any more: the value is then unknown. */
export const maxValues = 6;

/** A variable of which nothing is known but that it is set. */
export const unknownVariable: Variable = { values: [{ pieces: [{ hole: 'text' }], many: true }] };

/** Unset, a text or an array. */
export const maybeVariable: Variable = { values: [undefined, { pieces: [{ hole: 'text' }], many: true }], elements: 'unknown' };

/** What an assignment to a variable with an attribute stores. */
export function changed(value: Text | undefined, attribute: Attribute): Text | undefined {
  if (attribute === 'A' || (attribute === '?' && typeof value === 'string' && /^(?:0|-?[1-9]\d*)$/.test(value))) return value;
  if (typeof value !== 'string') return value === undefined ? undefined : { pieces: [{ hole: 'text' }], many: true };
  if (attribute === 'i') return /^(?:0|-?[1-9]\d*)$/.test(value) ? value : { pieces: [{ hole: 'name' }], many: false };
  if (attribute === '?') return { pieces: [{ hole: 'text' }], many: true };
  return attribute === 'l' ? value.toLowerCase() : value.toUpperCase();
}
