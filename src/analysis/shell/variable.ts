import { sameText, type Text } from './value.ts';

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

/** What an assignment to a variable with an attribute stores. */
export function changed(value: Text | undefined, attribute: Attribute): Text | undefined {
  if (attribute === 'A' || (attribute === '?' && typeof value === 'string' && /^(?:0|-?[1-9]\d*)$/.test(value))) return value;
  if (typeof value !== 'string') return value === undefined ? undefined : { pieces: [{ hole: 'text' }], many: true };
  if (attribute === 'i') return /^(?:0|-?[1-9]\d*)$/.test(value) ? value : { pieces: [{ hole: 'name' }], many: false };
  if (attribute === '?') return { pieces: [{ hole: 'text' }], many: true };
  return attribute === 'l' ? value.toLowerCase() : value.toUpperCase();
}
