/** Most words that one brace expression may become. */
const maxWords = 1024;

/**
 * Brace expansion of a word as typed, the first thing Bash does with it (Bash manual 3.5.1): `a{b,c}d` is `abd` and `acd`, `{1..3}` is `1`, `2`, `3`.
 * Quoted and escaped braces, `${…}` and substitutions are left alone. `undefined` where the result would be too long.
 */
export function expandBraces(word: string): string[] | undefined {
  const open = findOpen(word, 0);
  if (open < 0) return [word];
  for (let start = open; start >= 0; start = findOpen(word, start + 1)) {
    const parts = splitAlternatives(word, start);
    if (!parts) continue;
    const before = word.slice(0, start);
    const after = expandBraces(word.slice(parts.end + 1));
    if (!after) return undefined;
    const alternatives: string[] = [];
    for (const part of parts.items) {
      const inner = parts.isRange ? [part] : expandBraces(part);
      if (!inner || alternatives.length + inner.length > maxWords) return undefined;
      alternatives.push(...inner);
    }
    if (alternatives.length * after.length > maxWords) return undefined;
    return alternatives.flatMap((middle) => after.map((rest) => before + middle + rest));
  }
  return [word];
}

/** Index after a quoted, escaped or substituted stretch that starts at `i`, or `i` where none does. */
function skip(word: string, i: number): number {
  const c = word.charAt(i);
  if (c === '\\') return i + 2;
  if (c === "'") return end(word.indexOf("'", i + 1), word);
  if (c === '"') {
    let j = i + 1;
    while (j < word.length && word.charAt(j) !== '"') j = word.charAt(j) === '\\' ? j + 2 : Math.max(j + 1, skipDollar(word, j));
    return j + 1;
  }
  if (c === '`') return end(word.indexOf('`', i + 1), word);
  return skipDollar(word, i);
}

function end(found: number, word: string): number {
  return found < 0 ? word.length : found + 1;
}

function skipDollar(word: string, i: number): number {
  if (word.charAt(i) !== '$') return i;
  const opener = word.charAt(i + 1);
  if (opener === "'") {
    let j = i + 2;
    while (j < word.length && word.charAt(j) !== "'") j += word.charAt(j) === '\\' ? 2 : 1;
    return Math.min(j + 1, word.length);
  }
  if (opener !== '{' && opener !== '(') return i;
  const closer = opener === '{' ? '}' : ')';
  let depth = 0;
  for (let j = i + 1; j < word.length; j++) {
    const c = word.charAt(j);
    if (c === '\\') j++;
    else if (c === opener) depth++;
    else if (c === closer && --depth === 0) return j + 1;
  }
  return word.length;
}

function findOpen(word: string, from: number): number {
  for (let i = from; i < word.length; ) {
    const next = skip(word, i);
    if (next > i) i = next;
    else if (word.charAt(i) === '{') return i;
    else i++;
  }
  return -1;
}

function splitAlternatives(
  word: string,
  open: number,
): { readonly items: readonly string[]; readonly end: number; readonly isRange: boolean } | undefined {
  const items: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let i = open + 1; i < word.length; ) {
    const next = skip(word, i);
    if (next > i) {
      i = next;
      continue;
    }
    const c = word.charAt(i);
    if (c === '{') depth++;
    else if (c === '}' && depth > 0) depth--;
    else if (c === ',' && depth === 0) {
      items.push(word.slice(start, i));
      start = i + 1;
    } else if (c === '}') {
      if (items.length > 0) return { items: [...items, word.slice(start, i)], end: i, isRange: false };
      const range = expandRange(word.slice(open + 1, i));
      return range && { items: range, end: i, isRange: true };
    }
    i++;
  }
  return undefined;
}

function expandRange(text: string): string[] | undefined {
  const match = /^(?:(-?\d+)\.\.(-?\d+)|([A-Za-z])\.\.([A-Za-z]))(?:\.\.(-?\d+))?$/.exec(text);
  if (!match) return undefined;
  const [, from, to, first, last, stepText] = match;
  const a = from !== undefined ? Number(from) : (first ?? '').charCodeAt(0);
  const b = to !== undefined ? Number(to) : (last ?? '').charCodeAt(0);
  const step = Math.max(1, Math.abs(Number(stepText ?? 1)));
  if (Math.abs(b - a) / step > maxWords) return undefined;
  const width = [from, to].some((n) => n !== undefined && /^-?0\d/.test(n)) ? Math.max((from ?? '').length, (to ?? '').length) : 0;
  const result: string[] = [];
  for (let n = a; a <= b ? n <= b : n >= b; n += a <= b ? step : -step) {
    result.push(
      first !== undefined ? String.fromCharCode(n) : n < 0 ? `-${String(-n).padStart(width - 1, '0')}` : String(n).padStart(width, '0'),
    );
  }
  return result;
}
