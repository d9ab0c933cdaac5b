import { blank, endOf, endOfPattern, escapeAt, expectsValue, lexPerlQuote } from './code-lexing.ts';

/** A language whose one-liners are looked at. */
export type Language = 'python' | 'javascript' | 'perl' | 'ruby' | 'php' | 'awk' | 'lua';

/** Values an expression may have, all of them known, and where it ends. */
export interface Value {
  readonly texts: readonly string[];
  readonly end: number;
}

interface StringLiteral {
  readonly end: number;
  /** `undefined` where parts of it are computed. */
  readonly text: string | undefined;
}

interface Syntax {
  readonly lineComment: RegExp;
  readonly blockComment?: boolean;
  readonly quotes: string;
  readonly triple?: boolean;
  /** `/…/` is a pattern where a value is expected. */
  readonly patterns?: boolean;
  /** What opens code inside of a string. */
  readonly hole?: string;
}

const syntaxes: Readonly<Record<Language, Syntax>> = {
  python: { lineComment: /#/y, quotes: '\'"', triple: true },
  javascript: { lineComment: /\/\//y, blockComment: true, quotes: '\'"`', patterns: true, hole: '${' },
  perl: { lineComment: /(?<=^|[\s;{}])#/y, quotes: '\'"', patterns: true },
  ruby: { lineComment: /#/y, quotes: '\'"', patterns: true, hole: '#{' },
  php: { lineComment: /#|\/\//y, blockComment: true, quotes: '\'"' },
  awk: { lineComment: /#/y, quotes: '"', patterns: true },
  lua: { lineComment: /--/y, quotes: '\'"' },
};

/** Stands in a value for a part that may be any text: of a path below a folder, what lies there. */
export const anyPart = '\0';

const maxTexts = 16;
const maxDepth = 12;
/** Most expressions that are looked at in one text: variables may name each other many times over. */
const maxExpressions = 4000;
const maxRequires = 100;

/**
 * Code with its strings and comments told apart from what is code: `masked` has the same length, with the insides of strings,
 * comments and patterns blanked, so that a search in it never finds a mention. Never throws; linear in the code.
 */
export class CodeSource {
  readonly language: Language;
  readonly text: string;
  readonly masked: string;
  readonly #home: string;
  readonly #strings = new Map<number, StringLiteral>();
  readonly #assigned = new Map<string, { readonly at: number; readonly isLoop: boolean } | undefined>();
  readonly #variables = new Map<string, readonly string[] | undefined>();
  #depth = 0;
  #spent = 0;

  /** `home` is what expressions for the home directory stand for. */
  constructor(text: string, language: Language, home: string) {
    this.language = language;
    this.#home = home;
    const cells = text.split('');
    this.#lex(text, cells, 0, undefined, 0);
    this.text = text;
    this.masked = this.#canonical(cells.join(''));
    this.#findAssignments();
    if (language === 'python') this.#findWalks();
  }

  /** The string literal that begins at an index; `undefined` where none does. */
  stringAt(index: number): StringLiteral | undefined {
    return this.#strings.get(index);
  }

  /** Texts of all string literals without computed parts. */
  *literals(): Iterable<string> {
    for (const { text } of this.#strings.values()) if (text !== undefined) yield text;
  }

  /** The texts of its strings, with the index of the quote that each begins with. */
  *literalsAt(): Iterable<readonly [number, string]> {
    for (const [at, { text }] of this.#strings) if (text !== undefined) yield [at, text];
  }

  /** Index of the next character at or after `at` that is no white space. */
  skip(at: number): number {
    let i = at;
    while (i < this.masked.length && /\s/.test(this.masked.charAt(i))) i += 1;
    return i;
  }

  /** The values of the expression at an index, where they can be told; `undefined` otherwise. */
  evaluate(at: number): Value | undefined {
    if (this.#depth >= maxDepth || ++this.#spent > maxExpressions) return undefined;
    this.#depth += 1;
    const value = this.#expression(at);
    this.#depth -= 1;
    return value;
  }

  /** The known values of a list `["a", "b"]`, each with its own alternatives, or of arguments up to the closing bracket. */
  list(at: number): { readonly items: readonly (readonly string[] | undefined)[]; readonly end: number } {
    const items: (readonly string[] | undefined)[] = [];
    let i = this.skip(at);
    for (let guard = 0; guard < 64 && i < this.masked.length; guard++) {
      if (/[)\]};]/.test(this.masked.charAt(i))) break;
      const value = this.evaluate(i);
      const end = value ? this.skip(value.end) : i;
      if (value && (end >= this.masked.length || /[,)\]};\n]/.test(this.masked.charAt(end)) || this.#endsLine(value.end))) {
        items.push(value.texts);
        i = end;
      } else {
        items.push(undefined);
        i = this.#afterArgument(i);
      }
      if (this.masked.charAt(i) !== ',') break;
      i = this.skip(i + 1);
    }
    return { items, end: i };
  }

  /** The end of the argument that begins at an index: a comma or closing bracket of its level, or the statement's end. */
  #afterArgument(at: number): number {
    let depth = 0;
    const limit = Math.min(this.masked.length, at + 4096);
    for (let i = at; i < limit; i++) {
      const c = this.masked.charAt(i);
      if ('([{'.includes(c)) depth += 1;
      else if (')]}'.includes(c)) {
        if (depth === 0) return i;
        depth -= 1;
      } else if ((c === ',' || c === ';') && depth === 0) return i;
    }
    return limit;
  }

  #endsLine(at: number): boolean {
    return /^[ \t]*(?:\r?\n|;|$)/.test(this.masked.slice(at, at + 64));
  }

  #expression(at: number): Value | undefined {
    let value = this.#term(at);
    for (let guard = 0; value && guard < 32; guard++) {
      const i = this.skip(value.end);
      const c = this.masked.charAt(i);
      const joins = c === '+' || (c === '.' && /perl|php/.test(this.language)) || (c === '/' && this.language === 'python');
      const beside = /python|ruby/.test(this.language) && this.#strings.has(i) && !this.#endsLine(value.end);
      if (!joins && !beside) break;
      const next = this.#term(joins ? i + 1 : i);
      if (!next) return undefined;
      value = { texts: combine(value.texts, next.texts, c === '/' ? '/' : ''), end: next.end };
    }
    return value;
  }

  #term(at: number): Value | undefined {
    const i = this.skip(at);
    const prefix = this.language === 'python' ? (/^[rbuf]{1,2}(?=["'])/i.exec(this.masked.slice(i, i + 4))?.[0].length ?? 0) : 0;
    const string = this.#strings.get(i + prefix);
    if (string) return string.text === undefined ? undefined : this.#methods({ texts: [string.text], end: string.end });
    const rest = this.masked.slice(i, i + 160);
    if (rest.startsWith('(')) {
      const inner = this.evaluate(i + 1);
      const end = inner && this.skip(inner.end);
      return inner && end !== undefined && this.masked.charAt(end) === ')'
        ? this.#methods({ texts: inner.texts, end: end + 1 })
        : undefined;
    }
    if (rest.startsWith('[')) return this.#joined(i);
    const name = /^[$@]?[A-Za-z_][\w$]*(?:\s*(?:\.|::)\s*[A-Za-z_][\w$]*)*/.exec(rest)?.[0];
    if (name === undefined) return undefined;
    return this.#named(name.replace(/\s+/g, '').replaceAll('::', '.'), i, i + name.length);
  }

  /** `[a, b].join("")`: the list's texts joined. */
  #joined(at: number): Value | undefined {
    const { items, end } = this.list(at + 1);
    const join = /^\]\s*\.\s*join\s*\(/.exec(this.masked.slice(end, end + 40));
    if (!join) return undefined;
    const separator = this.evaluate(end + join[0].length);
    const close = this.skip(separator?.end ?? end + join[0].length);
    if (this.masked.charAt(close) !== ')') return undefined;
    let texts: readonly string[] = [''];
    for (const [index, item] of items.entries()) {
      if (!item) return undefined;
      texts = combine(texts, item, index === 0 ? '' : (separator?.texts[0] ?? ','));
    }
    return { texts, end: close + 1 };
  }

  #named(name: string, start: number, end: number): Value | undefined {
    const open = this.skip(end);
    const isCall = this.masked.charAt(open) === '(';
    if (isCall) {
      const empty = this.masked.charAt(this.skip(open + 1)) === ')';
      const after = this.skip(open + 1) + 1;
      if (empty && /(?:^|\.)(?:home|homedir|Dir\.home)$/.test(name)) return this.#methods({ texts: [this.#home], end: after });
      if (empty && /(?:^|\.)(?:cwd|getcwd|pwd)$/.test(name)) return this.#methods({ texts: ['.'], end: after });
      const listed = this.#listing(name, open);
      if (listed) return this.#methods(listed);
      const isPath = /^(?:pathlib\.)?(?:Pure)?(?:Posix)?Path$|^Pathname\.new$|^str$|^String$/.test(name);
      const isJoin = /(?:^|\.)(?:path|posix|File|Path)\.(?:join|resolve|joinpath)$/.test(name);
      const isExpand = /(?:^|\.)(?:expanduser|expand_path|abspath|realpath|normpath|normalize|fspath|raw|bytes|encode)$/.test(name);
      const isVariable = /(?:^|\.)(?:getenv|environ\.get)$/.test(name);
      const mayJoin = this.language === 'javascript' && /^[A-Za-z_$][\w$]*\.(?:join|resolve)$/.test(name) && this.#isPathModule(name);
      if (!isPath && !isJoin && !isExpand && !isVariable && !mayJoin) return undefined;
      const { items, end: close } = this.list(open + 1);
      // `p = require("path"); p.join(a, b)`; an array's own takes one argument.
      if (mayJoin && !isJoin && items.length < 2) return undefined;
      if (this.masked.charAt(close) !== ')') return undefined;
      if (isVariable) return items[0]?.[0] === 'HOME' ? this.#methods({ texts: [this.#home], end: close + 1 }) : undefined;
      let texts: readonly string[] = items[0] ?? [];
      if (items.length === 0 || items.some((item) => item === undefined)) return undefined;
      for (const item of isPath || isJoin || mayJoin ? items.slice(1) : []) texts = combine(texts, item ?? [], '/');
      if (isExpand) texts = texts.map((text) => (/^~(?:\/|$)/.test(text) ? this.#home + text.slice(1) : text));
      return this.#methods({ texts, end: close + 1 });
    }
    if (/^(?:Dir\.home|process\.env\.HOME|__dir__)$/.test(name)) return { texts: [name === '__dir__' ? '.' : this.#home], end };
    if (/^(?:Dir\.pwd|__dirname)$/.test(name)) return { texts: ['.'], end };
    if (/^(?:os\.environ|ENV|\$ENV|\$_SERVER|process\.env)$/.test(name)) {
      const key = /^\s*[[{]\s*/.exec(this.masked.slice(end, end + 16));
      const word = key ? this.evaluate(end + key[0].length)?.texts[0] : undefined;
      const bare = key && /^HOME\s*[\]}]/.exec(this.masked.slice(end + key[0].length, end + key[0].length + 16));
      if (key && (word === 'HOME' || bare)) {
        const close = this.masked.slice(end).search(/[\]}]/);
        return this.#methods({ texts: [this.#home], end: end + close + 1 });
      }
      return undefined;
    }
    const value = this.variable(name);
    return value && this.#methods({ texts: value, end: start + (end - start) });
  }

  /** Calls that list what lies in a folder: each item is a path, or a name, of which only that is known. */
  #listing(name: string, open: number): Value | undefined {
    const isNames = /(?:^|\.)(?:listdir|readdirSync|readdir)$/.test(name);
    const isPatterns = /^(?:glob\.)?(?:i?glob|globSync|sync)$|^(?:fg|fast_glob|tinyglobby)\.(?:sync|globSync)$/.test(name);
    const isSame = /^(?:sorted|list|set|tuple|reversed)$/.test(name) && this.language === 'python';
    if ((!isNames && !isPatterns && !isSame) || this.#isOwn(name)) return undefined;
    const first = this.evaluate(open + 1);
    const close = this.#afterCall(open);
    if (close === undefined) return undefined;
    if (isNames) return { texts: [anyPart], end: close };
    if (!first || (isSame && !first.texts.every((text) => text.includes(anyPart)))) return undefined;
    const found = isSame ? [first.texts] : first.texts.map(matchesOf);
    return found.includes(undefined) ? undefined : { texts: found.flatMap((texts) => texts ?? []), end: close };
  }

  /** `p = require("path")`, which is written `p = path` by now. */
  #isPathModule(name: string): boolean {
    const owner = name.slice(0, name.indexOf('.')).replaceAll('$', '\\$');
    return new RegExp(`(?<![\\w.])${owner}\\s*=\\s*(?:await\\s+)?path\\b|\\bimport\\s+(?:\\*\\s*as\\s+)?${owner}\\s+from\\b`).test(
      this.masked,
    );
  }

  /** Whether the code defines a function of that name itself. */
  #isOwn(name: string): boolean {
    const last = name.slice(name.lastIndexOf('.') + 1);
    return new RegExp(`\\b(?:def|function)\\s+${last}\\b|[{,(]\\s*${last}\\s*(?::|\\()|\\b${last}\\s*=(?!=)`).test(this.masked);
  }

  /** Index behind the bracket that closes the one at an index. */
  #afterCall(open: number): number | undefined {
    let i = open + 1;
    for (let guard = 0; guard < 16; guard++) {
      i = this.#afterArgument(i);
      if (this.masked.charAt(i) === ')') return i + 1;
      if (this.masked.charAt(i) !== ',') return undefined;
      i += 1;
    }
    return undefined;
  }

  /** Methods that leave a path what it is: `.expanduser()`, `.joinpath("x")`, `.strip()`. */
  #methods(value: Value): Value {
    let current = value;
    for (let guard = 0; guard < 8; guard++) {
      const rest = this.masked.slice(current.end, current.end + 60);
      const same = /^\s*\.\s*(?:expanduser|resolve|absolute|strip|trim|toString|as_posix|to_s|encode|freeze)\s*\(\s*\)/.exec(rest);
      if (same) {
        const texts = same[0].includes('expanduser') ? current.texts.map((text) => text.replace(/^~(?=\/|$)/, this.#home)) : current.texts;
        current = { texts, end: current.end + same[0].length };
        continue;
      }
      const below = this.language === 'python' ? /^\s*\.\s*(r?glob|iterdir)\s*\(/.exec(rest) : null;
      if (below) {
        const open = current.end + below[0].length - 1;
        const patterns = below[1] === 'iterdir' ? ['*'] : this.evaluate(open + 1)?.texts;
        const end = this.#afterCall(open);
        if (end === undefined || patterns === undefined || patterns.some((pattern) => pattern.includes('..'))) break;
        const found = patterns.flatMap((pattern) => matchesOf(pattern.replace(/^.*\//, '*')) ?? [anyPart]);
        current = { texts: combine(current.texts, found, '/'), end };
        continue;
      }
      const join = /^\s*\.\s*(?:joinpath|join|concat)\s*\(/.exec(rest);
      if (!join) break;
      const { items, end } = this.list(current.end + join[0].length);
      if (this.masked.charAt(end) !== ')' || items.some((item) => item === undefined)) break;
      let texts = current.texts;
      // Python's `"".join([…])` holds its list in one argument, which is not a known text: it never gets here.
      for (const item of items) texts = combine(texts, item ?? [], join[0].includes('concat') ? '' : '/');
      current = { texts, end: end + 1 };
    }
    return current;
  }

  /** The values of a variable that is set in one place. */
  variable(name: string): readonly string[] | undefined {
    if (!this.#variables.has(name)) {
      // A variable that is set from itself has no known value.
      this.#variables.set(name, undefined);
      this.#variables.set(name, this.#assignedTexts(name));
    }
    return this.#variables.get(name);
  }

  #assignedTexts(name: string): readonly string[] | undefined {
    const assigned = this.#assigned.get(name);
    if (!assigned) return undefined;
    if (!assigned.isLoop) {
      const value = this.evaluate(assigned.at);
      return value && (this.#endsLine(value.end) || /^\s*[,;)}]/.test(this.masked.slice(value.end, value.end + 64)))
        ? value.texts
        : undefined;
    }
    const open = /^\s*[[(]/.exec(this.masked.slice(assigned.at, assigned.at + 16));
    if (!open) {
      const listed = this.evaluate(assigned.at)?.texts;
      return listed?.every((text) => text.includes(anyPart)) ? listed : undefined;
    }
    const { items } = this.list(assigned.at + open[0].length);
    return items.length === 0 || items.some((item) => item === undefined)
      ? undefined
      : items.flatMap((item) => item ?? []).slice(0, maxTexts);
  }

  /** `for root, folders, files in os.walk("src")`: a folder at any depth, and names. */
  #findWalks(): void {
    const walk = /\bfor\s+([A-Za-z_]\w*)\s*,\s*([A-Za-z_]\w*)\s*,\s*([A-Za-z_]\w*)\s+in\s+(?:os\.)?walk\s*\(/g;
    for (const match of this.masked.matchAll(walk)) {
      const [start, root = '', folders = '', files = ''] = match;
      const top = this.#isBoundTwice(root) || this.#isBoundTwice(files) ? undefined : this.evaluate(match.index + start.length)?.texts;
      if (top && !this.#assigned.has(root))
        this.#variables.set(root, top.flatMap((text) => [text, `${text}/${anyPart}`]).slice(0, maxTexts));
      for (const name of [folders, files]) if (top && !this.#assigned.has(name)) this.#variables.set(name, [anyPart]);
    }
  }

  #isBoundTwice(name: string): boolean {
    return (this.masked.match(new RegExp(`\\bfor\\b[^:\\n]{0,120}\\b${name}\\b[^:\\n]{0,120}\\bin\\b`, 'g')) ?? []).length > 1;
  }

  /** A variable counts as known where it is set in one place only. */
  #findAssignments(): void {
    const set =
      /(?<![\w$.])([$@]?[A-Za-z_][\w$]*)\s*(\+|-|\|\||\?\?|\.|<<)?=(?![=~>])\s*|\bfor\s*\(?\s*(?:const|let|var|my)?\s*([$@]?[A-Za-z_][\w$]*)\s+(?:in|of)\s+/g;
    for (const match of this.masked.matchAll(set)) {
      const name = match[1] ?? match[3] ?? '';
      const at = match.index + match[0].length;
      // Keyword arguments look like assignments; they only make a name unknown that is also a variable.
      const isTwice = this.#assigned.has(name) || match[2] !== undefined;
      this.#assigned.set(name, isTwice ? undefined : { at, isLoop: match[3] !== undefined });
    }
  }

  /** Makes `require("fs").rm` and `x["rm"](…)` look like names, without moving anything. */
  #canonical(masked: string): string {
    if (this.language !== 'javascript') return masked;
    const name = (quote: number): string | undefined => this.#strings.get(quote)?.text;
    const required = masked.replace(
      /(?:(?:\b(?:process\.mainModule|module|globalThis|global|process)\s*\??\.\s*)*\brequire|\bimport)\s*\(\s*(?=["'`])/g,
      (found, at: number) => `${found}\0${at}`,
    );
    let result = masked;
    let count = 0;
    for (const match of required.matchAll(/\0(\d+)/g)) {
      if (++count > maxRequires) break;
      const at = Number(match[1]);
      const quote = at + (/^[^"'`]*/.exec(masked.slice(at, at + 120))?.[0].length ?? 0);
      const literal = this.#strings.get(quote);
      const close = literal && /^\s*\)/.exec(masked.slice(literal.end, literal.end + 32));
      const module = name(quote);
      if (!literal || !close || module === undefined) continue;
      const end = literal.end + close[0].length;
      const word = moduleName(module);
      if (word.length <= end - at) result = result.slice(0, at) + word.padStart(end - at) + result.slice(end);
    }
    return result.replace(/(?<=[\w$)\]]\s{0,8})(?:\?\.)?\[\s*(["'`])\s*\1\s*\]/g, (found, _quote: string, at: number) => {
      const quote = at + found.search(/["'`]/);
      const key = name(quote);
      return key !== undefined && /^[A-Za-z_$][\w$]*$/.test(key) && key.length + 1 <= found.length ? `.${key}`.padEnd(found.length) : found;
    });
  }

  #lex(text: string, cells: string[], from: number, until: string | undefined, depth: number): number {
    const syntax = syntaxes[this.language];
    let braces = 0;
    let i = from;
    while (i < text.length) {
      const c = text.charAt(i);
      syntax.lineComment.lastIndex = i;
      if (syntax.blockComment && text.startsWith('/*', i)) i = blank(cells, i, endOf(text, '*/', i + 2, 2));
      else if (syntax.lineComment.test(text)) i = blank(cells, i, endOf(text, '\n', i, 0));
      else if (syntax.quotes.includes(c)) i = this.#lexString(text, cells, i, c, depth);
      else if (syntax.patterns && c === '/' && expectsValue(cells, i)) i = blank(cells, i + 1, endOfPattern(text, i + 1, '/'));
      else if (this.language === 'perl' && /[smyqt]/.test(c) && !/[\w$@%&>]/.test(text.charAt(i - 1))) i = lexPerlQuote(text, cells, i);
      else {
        if (until !== undefined && c === '{') braces += 1;
        if (until !== undefined && c === until && braces-- === 0) return i;
        i += 1;
      }
    }
    return i;
  }

  #lexString(text: string, cells: string[], at: number, quote: string, depth: number): number {
    const syntax = syntaxes[this.language];
    const isTriple = syntax.triple === true && text.startsWith(quote.repeat(3), at);
    const closer = isTriple ? quote.repeat(3) : quote;
    const prefix = this.language === 'python' ? (/[A-Za-z]{0,2}$/.exec(text.slice(Math.max(0, at - 2), at))?.[0] ?? '') : '';
    const isRaw = /r/i.test(prefix) || (quote === "'" && /perl|php|ruby/.test(this.language));
    const hole =
      this.language === 'python'
        ? /f/i.test(prefix)
          ? '{'
          : undefined
        : quote === "'"
          ? undefined
          : quote === '"' && this.language === 'javascript'
            ? undefined
            : syntax.hole;
    let value: string | undefined = '';
    let i = at + closer.length;
    while (i < text.length && !text.startsWith(closer, i)) {
      const c = text.charAt(i);
      if (c === '\\') {
        const coded = isRaw ? undefined : escapeAt(text, i);
        if (value !== undefined) value += coded?.text ?? text.slice(i, i + 2).replace(/^\\(?=['\\])/, '');
        i = blank(cells, i, Math.min(text.length, i + (coded?.length ?? 2)));
      } else if (hole !== undefined && text.startsWith(hole, i) && depth < 8 && !text.startsWith('{{', i)) {
        value = undefined;
        i = this.#lex(text, cells, i + hole.length, '}', depth + 1) + 1;
      } else {
        if (/perl|php/.test(this.language) && quote === '"' && /^(?:\$[\w{$]|@[\w{])/.test(text.slice(i, i + 2))) {
          value = undefined;
          // `@{[ system("x") ]}` runs in the middle of a string.
          if (/^[@$]\{\s*[[\\]/.test(text.slice(i, i + 8))) {
            i = this.#lex(text, cells, i + 2, '}', depth + 1) + 1;
            continue;
          }
        }
        // A line's end closes a string that only spans one line: what follows is code again.
        if (c === '\n' && !isTriple && /python|javascript|awk|lua/.test(this.language) && quote !== '`') break;
        if (value !== undefined) value += c;
        cells[i] = c === '\n' ? c : ' ';
        i += 1;
      }
    }
    const end = Math.min(text.length, i + closer.length);
    this.#strings.set(at, { end, text: value });
    return end;
  }
}

/** What a pattern of files matches, with its folder and its ending; itself where it is none. `undefined` where it leads who knows where. */
function matchesOf(pattern: string): readonly string[] | undefined {
  const open = pattern.search(/[*?[{]/);
  if (open < 0) return [pattern];
  if (pattern.slice(open).includes('..')) return undefined;
  const folder = pattern.slice(0, pattern.lastIndexOf('/', open) + 1);
  const ending = /[*\])}](\.[\w.-]+)$/.exec(pattern)?.[1] ?? '';
  return [`${folder}${anyPart}${ending}`];
}

/** The name that stands for a module: without scheme, and without the characters that names cannot have. */
export function moduleName(module: string): string {
  return module
    .replace(/^node:/, '')
    .replace(/^(fs|dns|timers|stream)\/promises$/, '$1')
    .replace(/[^\w$]/g, '_');
}

function combine(left: readonly string[], right: readonly string[], separator: string): readonly string[] {
  return left.flatMap((a) => right.map((b) => (separator === '/' && b.startsWith('/') ? b : `${a}${separator}${b}`))).slice(0, maxTexts);
}
