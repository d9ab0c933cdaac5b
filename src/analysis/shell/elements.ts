// Elements of arrays. Source: Bash manual 6.7 "Arrays", zshparam(1) "Array Parameters".
import type { Attribute, Variable } from './variable.ts';
import type { Text } from './value.ts';

/** Elements by their index as a decimal number, or by their name, in the order in which the shell gives them. */
export type Elements = ReadonlyMap<string, Text>;

const plainIndex = /^(?:0|[1-9]\d{0,8})$/;

/** Index after the last element. */
export function endIndex(elements: Elements): number {
  let end = 0;
  for (const key of elements.keys()) end = Math.max(end, Number(key) + 1);
  return end;
}

/**
 * The key of the element that an index means: a name where elements have names, else a number, counted from the end where it is negative. `compute`
 * gives the number of what is none yet. `undefined` where it cannot be known or there is no such element.
 */
export function elementKey(
  index: string | undefined,
  elements: Elements,
  attribute: Attribute | undefined,
  compute: () => number | undefined,
): string | undefined {
  if (attribute === 'A') return index;
  if (attribute === '?') return undefined;
  if (index !== undefined && plainIndex.test(index)) return index;
  const number = compute();
  if (number === undefined) return undefined;
  const place = number < 0 ? endIndex(elements) + number : number;
  return place < 0 ? undefined : String(place);
}

/** The elements with one more, or another in its place. */
export function withElement(elements: Elements, key: string, value: Text, attribute: Attribute | undefined): Elements {
  const result = new Map(elements);
  const isLast = elements.has(key) || attribute === 'A' || Number(key) >= endIndex(elements);
  result.set(key, value);
  return isLast ? result : new Map([...result].sort(([a], [b]) => Number(a) - Number(b)));
}

/**
 * What an array holds before an element of it is assigned: a plain text is its first one. `undefined` where that cannot be known.
 * Arrays of zsh start at 1, and a plain variable is no array there.
 */
export function elementsOf(variable: Variable | undefined, zsh: boolean): Elements | undefined {
  if (zsh && variable?.attribute !== 'A' && variable?.values.some((value) => value !== undefined)) return undefined;
  if (variable?.elements !== undefined) return variable.elements === 'unknown' ? undefined : variable.elements;
  if (variable === undefined) return new Map();
  if (variable.values.length > 1) return undefined;
  const [first] = variable.values;
  return first === undefined ? new Map() : new Map([['0', first]]);
}

/** The elements in the order of the shell; `undefined` where that is its own affair, as where they have names. */
export function inOrder(elements: Elements, attribute: Attribute | undefined): readonly (readonly [string, Text])[] | undefined {
  return elements.size > 1 && (attribute === 'A' || attribute === '?') ? undefined : [...elements];
}
