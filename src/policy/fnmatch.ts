import { empty, never, type Pattern } from './pattern.ts';

/**
 * Python's `fnmatch`: `*` and `?` match any character, also `/`, a leading dot and a newline; `[…]` a set, `[!…]` its complement;
 * there is no `**` and no `{a,b}`; letters of different case differ. Every text is a valid pattern.
 * The handling of `-` and of empty ranges is that of CPython 3.11.
 */
export function parseFnmatch(glob: string): Pattern {
  const text = [...glob];
  const items: Pattern[] = [];
  for (let i = 0; i < text.length; ) {
    const char = text[i++] ?? '';
    if (char === '*') {
      while (text[i] === '*') i++;
      items.push({ type: 'repeat', item: { type: 'any' }, min: 0, max: Number.POSITIVE_INFINITY, lazy: false });
    } else if (char === '?') {
      items.push({ type: 'any' });
    } else if (char === '[') {
      let end = i;
      if (text[end] === '!') end++;
      if (text[end] === ']') end++;
      while (end < text.length && text[end] !== ']') end++;
      if (end >= text.length) {
        items.push(literal('['));
      } else {
        items.push(set(text.slice(i, end)));
        i = end + 1;
      }
    } else {
      items.push(literal(char));
    }
  }
  return items.length === 0 ? empty : { type: 'sequence', items };
}

/** Whether `fnmatch` would treat the text as more than itself. */
export function isFnmatch(text: string): boolean {
  return /[*?[]/.test(text);
}

const literal = (char: string): Pattern => ({ type: 'char', code: char.codePointAt(0) ?? 0 });

function set(inside: readonly string[]): Pattern {
  const chunks = rangesOf(inside);
  // Drop ranges whose ends are the wrong way round, from the right, with both of their ends.
  for (let k = chunks.length - 1; k > 0; k--) {
    const left = chunks[k - 1] ?? [];
    const right = chunks[k] ?? [];
    if (codeOf(left.at(-1)) > codeOf(right[0])) chunks.splice(k - 1, 2, [...left.slice(0, -1), ...right.slice(1)]);
  }
  const not = chunks[0]?.[0] === '!';
  if (not) chunks[0] = chunks[0]?.slice(1) ?? [];
  const ranges: number[] = [];
  chunks.forEach((chunk, index) => {
    for (const char of chunk) ranges.push(codeOf(char), codeOf(char));
    const next = chunks[index + 1];
    if (next !== undefined) ranges.push(codeOf(chunk.at(-1)), codeOf(next[0]));
  });
  if (ranges.length === 0) return not ? { type: 'any' } : never;
  return { type: 'set', set: { ranges, ...(not ? { not: true } : {}) } };
}

/** Cuts the inside of `[…]` at the hyphens that stand for a range. */
function rangesOf(inside: readonly string[]): string[][] {
  const chunks: string[][] = [];
  let from = 0;
  let at = inside[0] === '!' ? 2 : 1;
  for (;;) {
    at = inside.indexOf('-', at);
    if (at < 0) break;
    chunks.push(inside.slice(from, at));
    from = at + 1;
    at += 3;
  }
  const last = inside.slice(from);
  if (last.length > 0 || chunks.length === 0) chunks.push(last);
  else chunks.at(-1)?.push('-');
  return chunks;
}

const codeOf = (char: string | undefined): number => char?.codePointAt(0) ?? 0;
