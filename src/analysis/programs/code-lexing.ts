// Pieces of the grammars of languages: where strings, comments and patterns end.

/** Index behind a closing text, `extra` characters after where it begins; the end of the text where there is none. */
export function endOf(text: string, closer: string, from: number, extra: number): number {
  const at = text.indexOf(closer, from);
  return at < 0 ? text.length : at + extra;
}

/** Blanks what is no code, but for line ends; the index that comes next. */
export function blank(cells: string[], from: number, to: number): number {
  for (let i = from; i < to; i++) if (cells[i] !== '\n') cells[i] = ' ';
  return Math.max(to, from + 1);
}

/** Whether a slash here begins a pattern: after an operator, an opening bracket or a word such as `return`. */
export function expectsValue(cells: readonly string[], at: number): boolean {
  let i = at - 1;
  while (i >= 0 && /[ \t\n]/.test(cells[i] ?? '')) i -= 1;
  if (i < 0) return true;
  const before = cells[i] ?? '';
  if (/[=(,:[!&|?{};~]/.test(before)) return true;
  return /(?:^|[^\w$.])(?:return|typeof|case|in|if|and|or|not|when|unless|split|grep)$/.test(
    cells.slice(Math.max(0, i - 8), i + 1).join(''),
  );
}

/** Index of the end of a pattern, which does not go on in the next line. */
export function endOfPattern(text: string, from: number, closer: string): number {
  for (let i = from; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '\\') i += 1;
    else if (c === closer) return i;
    else if (c === '\n') return i;
  }
  return text.length;
}

/** Perl's `s/…/…/`, `m{…}`, `tr/…/…/`, `q(…)`: blanked, but for replacements that are code (`/e`) and commands (`qx`). */
export function lexPerlQuote(text: string, cells: string[], at: number): number {
  const head = /^(?:s|m|y|tr|q|qq|qr|qw)(?=\s*([^\w\s,;=)]))\s*/.exec(text.slice(at, at + 8));
  const word = /^\w+/.exec(text.slice(at, at + 64))?.[0].length ?? 1;
  if (!head || (head[1] === '#' && /\s/.test(head[0])) || text.startsWith('=>', at + head[0].length)) return at + word;
  const open = head[1] ?? '/';
  const closer = ({ '{': '}', '(': ')', '[': ']', '<': '>' } as Readonly<Record<string, string>>)[open] ?? open;
  const start = at + head[0].length + 1;
  const first = endOfPattern(text, start, closer);
  if (!/^(?:s|y|tr)/.test(head[0])) {
    blank(cells, start, first);
    return Math.min(text.length, first + 1);
  }
  const second = closer === open ? first + 1 : text.indexOf(open, first + 1) + 1;
  if (second <= 0) return Math.min(text.length, first + 1);
  const last = endOfPattern(text, second, closer);
  const flags = /^[a-z]*/.exec(text.slice(last + 1, last + 10))?.[0] ?? '';
  blank(cells, start, first);
  if (!flags.includes('e')) blank(cells, second, last);
  return Math.min(text.length, last + 1 + flags.length);
}

/** What an escape in a string stands for and how long it is. */
export function escapeAt(text: string, at: number): { readonly text: string; readonly length: number } {
  const coded = /^\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|u\{([\da-fA-F]{1,6})\}|([0-7]{3}))/.exec(text.slice(at, at + 12));
  if (coded) {
    const code = coded[4] === undefined ? Number.parseInt(coded[1] ?? coded[2] ?? coded[3] ?? '0', 16) : Number.parseInt(coded[4], 8);
    return { text: code <= 0x10ffff ? String.fromCodePoint(code) : '', length: coded[0].length };
  }
  const c = text.charAt(at + 1);
  return { text: ({ n: '\n', t: '\t', r: '\r', '\n': '' } as Readonly<Record<string, string>>)[c] ?? c, length: 2 };
}
