// Functions of make on texts that are known. Source: GNU make manual, chapter 8.

/** Words of a text. */
export const wordsIn = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

/** The stem of a word that a pattern with `%` fits; `undefined` where it does not. */
export function stemOf(word: string, pattern: string): string | undefined {
  const at = pattern.indexOf('%');
  if (at < 0) return word === pattern ? '' : undefined;
  const [before, after] = [pattern.slice(0, at), pattern.slice(at + 1)];
  const fits = word.length >= before.length + after.length && word.startsWith(before) && word.endsWith(after);
  return fits ? word.slice(before.length, word.length - after.length) : undefined;
}

const each = (text: string, change: (word: string) => string): string => wordsIn(text).map(change).join(' ');

/** `$(patsubst %.c,%.o,…)`; without `%` only whole words are replaced. */
export function substitutePattern(pattern: string, replacement: string, text: string): string {
  return each(text, (word) => {
    const stem = stemOf(word, pattern);
    return stem === undefined ? word : replacement.replace('%', () => stem);
  });
}

/** `$(name:.c=.o)`, or with `%` the same as `patsubst`. */
export function substituteReference(text: string, from: string, to: string): string {
  return from.includes('%') ? substitutePattern(from, to, text) : substitutePattern(`%${from}`, `%${to}`, text);
}

const folderOf = (word: string): string => (word.includes('/') ? word.slice(0, word.lastIndexOf('/') + 1) : './');
const fileOf = (word: string): string => word.slice(word.lastIndexOf('/') + 1);
const suffixOf = (word: string): string => /\.[^./]*$/.exec(word)?.[0] ?? '';

type TextFunction = (...args: readonly string[]) => string;

const functions: Readonly<Record<string, readonly [count: number, run: TextFunction]>> = {
  subst: [3, (from = '', to = '', text = '') => (from === '' ? text + to : text.replaceAll(from, () => to))],
  patsubst: [3, (pattern = '', to = '', text = '') => substitutePattern(pattern.trim(), to.trim(), text)],
  strip: [1, (text = '') => wordsIn(text).join(' ')],
  findstring: [2, (wanted = '', text = '') => (text.includes(wanted) ? wanted : '')],
  filter: [2, (patterns = '', text = '') => chosen(patterns, text, true)],
  'filter-out': [2, (patterns = '', text = '') => chosen(patterns, text, false)],
  sort: [1, (text = '') => [...new Set(wordsIn(text))].sort().join(' ')],
  word: [2, (at = '', text = '') => wordsIn(text)[Number(at) - 1] ?? ''],
  wordlist: [
    3,
    (from = '', to = '', text = '') =>
      wordsIn(text)
        .slice(Number(from) - 1, Number(to))
        .join(' '),
  ],
  words: [1, (text = '') => String(wordsIn(text).length)],
  firstword: [1, (text = '') => wordsIn(text)[0] ?? ''],
  lastword: [1, (text = '') => wordsIn(text).at(-1) ?? ''],
  dir: [1, (text = '') => each(text, folderOf)],
  notdir: [1, (text = '') => each(text, fileOf)],
  suffix: [1, (text = '') => wordsIn(each(text, suffixOf)).join(' ')],
  basename: [1, (text = '') => each(text, (word) => word.slice(0, word.length - suffixOf(word).length))],
  addsuffix: [2, (suffix = '', text = '') => each(text, (word) => word + suffix)],
  addprefix: [2, (prefix = '', text = '') => each(text, (word) => prefix + word)],
  // They print while make reads, and stand for nothing.
  info: [1, () => ''],
  warning: [1, () => ''],
};

function chosen(patterns: string, text: string, wanted: boolean): string {
  const all = wordsIn(patterns);
  return wordsIn(text)
    .filter((word) => all.some((pattern) => stemOf(word, pattern) !== undefined) === wanted)
    .join(' ');
}

/** The function of that name, with the number of its arguments; the last takes the rest of the text, commas and all. */
export function textFunction(name: string): readonly [count: number, run: TextFunction] | undefined {
  return Object.hasOwn(functions, name) ? functions[name] : undefined;
}

/** Where the bracket that opens at an index closes; the end of the text where it does not. */
export function closing(text: string, at: number): number {
  const [open, close] = text.charAt(at) === '(' ? ['(', ')'] : ['{', '}'];
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if (text.charAt(i) === open) depth += 1;
    else if (text.charAt(i) === close && --depth === 0) return i;
  }
  return text.length;
}

/** Parts of a text between separators that stand outside of brackets; `most` of them, where that is given. */
export function splitOutside(text: string, separator: string, most = Number.POSITIVE_INFINITY): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length && parts.length < most - 1; i++) {
    const c = text.charAt(i);
    if (c === '$' && /[({]/.test(text.charAt(i + 1))) i = closing(text, i + 1);
    else if (c === separator) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, text.slice(start)];
}
