import { mask } from '../../audit/redact.ts';

const deepest = 30;

/** A copy of a plain value in which none of the texts stands any more, nor a number that is one of them. Keys stay. */
export function hide<T>(value: T, texts: readonly string[]): T {
  // The longest first, so that no rest of one is left by a shorter one.
  const sorted = [...texts].sort((a, b) => b.length - a.length);
  // Short texts would tear holes into everything: they are hidden where they are all there is.
  const inside = sorted.filter((text) => text.length >= 4);
  const visit = (item: unknown, depth: number): unknown => {
    if (typeof item === 'number') return sorted.includes(String(item)) ? mask : item;
    if (typeof item === 'string') {
      if (sorted.includes(item)) return mask;
      return inside.reduce((text, secret) => text.replaceAll(secret, mask), item);
    }
    if (typeof item !== 'object' || item === null) return item;
    if (depth > deepest) return mask;
    if (Array.isArray(item)) return item.map((each) => visit(each, depth + 1));
    return Object.fromEntries(Object.entries(item).map(([name, each]) => [name, visit(each, depth + 1)]));
  };
  return texts.length === 0 ? value : (visit(value, 0) as T);
}
