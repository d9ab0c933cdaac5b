import type { Span } from '../../model/diagnostic.ts';

/** Steps from a document to one of its nodes: keys of mappings and places in lists. */
export type NodePath = readonly (string | number)[];

/** What a person is writing, or pointing at. */
export interface Cursor {
  /**
   * `key`: a key of the mapping at {@link path}. `value`: the scalar at {@link path}. `node`: something that may become either, where
   * {@link path} is a list or has nothing yet.
   */
  readonly role: 'key' | 'value' | 'node';
  readonly path: NodePath;
  /** What a suggestion replaces, and what stands there. */
  readonly span: Span;
  readonly word: string;
  /** What stands of it before the offset. */
  readonly typed: string;
  /** Keys of the same mapping, this one left out. */
  readonly siblings: readonly string[];
  readonly flow: boolean;
  /** The quote that surrounds it, or nothing. */
  readonly quote: '' | '"' | "'";
  /** Whether a colon follows. */
  readonly hasColon: boolean;
  /** Column of the mapping or item that it stands in or would begin, from 0. */
  readonly column: number;
}

/** UTF-16 units of a text beyond which nothing is looked for. */
const longest = 1_000_000;
/** Lists and mappings that may be open at once. */
const mostOpen = 200;

interface Frame {
  readonly kind: 'map' | 'seq';
  readonly flow: boolean;
  readonly column: number;
  readonly keys: string[];
  key?: string | undefined;
  /** Whether the key has no value yet. */
  open: boolean;
  index: number;
}

const plainKey =
  /(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'|[^\s#&*!|>'"%@`,[\]{}?-](?:(?! #)[^\n:]|:(?=\S))*|[?-](?=[^\s])(?:(?! #)[^\n:]|:(?=\S))*)(?=\s*:(?:\s|$))/y;

/**
 * Finds out what stands at an offset of a YAML text by indentation and brackets alone, so that it works in the midst of typing, where no parser
 * does: what is broken elsewhere ends with the next line that is indented less. Takes time in proportion to the text. `undefined` where nothing
 * can be suggested: comments, text behind a value, a text that is too large.
 */
export function cursorAt(text: string, offset: number): Cursor | undefined {
  if (text.length > longest || offset < 0 || offset > text.length) return undefined;
  return new Scanner(text, offset).scan();
}

class Scanner {
  readonly #text: string;
  readonly #offset: number;
  #pos = 0;
  #stack: Frame[] = [];
  #found: Omit<Cursor, 'siblings'> | undefined;
  #foundIn: Frame | undefined;
  /** Nothing is to be suggested. */
  #nothing = false;

  constructor(text: string, offset: number) {
    this.#text = text;
    this.#offset = offset;
  }

  scan(): Cursor | undefined {
    while (this.#pos <= this.#text.length && !this.#nothing) {
      this.#line();
      // Keys that come later in the same mapping are siblings, too.
      if (this.#found !== undefined && !this.#isOpen()) break;
    }
    const found = this.#found;
    if (this.#nothing || found === undefined) return undefined;
    const keys: readonly string[] = this.#foundIn?.keys ?? [];
    const at = found.role === 'key' ? keys.indexOf(found.word) : -1;
    return { ...found, siblings: keys.filter((_, index) => index !== at) };
  }

  /** Whether the mapping that was pointed at goes on. */
  #isOpen(): boolean {
    return this.#foundIn !== undefined && this.#stack.includes(this.#foundIn);
  }

  /** More than any policy nests: every step looks at what is open. */
  #isTooDeep(): boolean {
    if (this.#stack.length > mostOpen) this.#nothing = true;
    return this.#nothing;
  }

  #line(): void {
    const start = this.#pos;
    const newline = this.#text.indexOf('\n', start);
    const end = newline < 0 ? this.#text.length : newline;
    let pos = start;
    while (this.#text[pos] === ' ' || this.#text[pos] === '\t') pos++;
    const rest = this.#text.slice(pos, end).trimEnd();
    this.#pos = end + 1;
    const isHere = this.#offset >= start && this.#offset <= end;
    if (rest === '') {
      if (isHere) this.#blank(this.#offset - start);
      return;
    }
    if (rest.startsWith('#')) {
      if (isHere) this.#nothing = true;
      return;
    }
    if (isHere && this.#offset < pos) this.#nothing = true;
    if (pos === start && /^(?:---|\.\.\.)(?:\s|$)/.test(rest)) {
      this.#stack = [];
      if (isHere) this.#nothing = true;
      return;
    }
    this.#close(pos - start, /^-(?:\s|$)/.test(rest));
    this.#content(pos, start, end);
  }

  /** Ends what a line of this indentation is no part of. */
  #close(column: number, isItem: boolean): void {
    for (let top = this.#stack.at(-1); top !== undefined; top = this.#stack.at(-1)) {
      const goesOn = top.column < column || (top.column === column && (top.kind === 'map' ? !isItem || top.open : isItem));
      if (goesOn && !top.flow) return;
      this.#stack.pop();
    }
  }

  /** Items and keys of one line, and what follows them. */
  #content(from: number, start: number, end: number): void {
    let pos = from;
    while (this.#text[pos] === '-' && /^(?:\s|$)/.test(this.#text.slice(pos + 1, pos + 2))) {
      if (this.#isTooDeep()) return;
      this.#item(pos - start);
      let next = pos + 1;
      while (this.#text[next] === ' ' || this.#text[next] === '\t') next++;
      if (this.#offset === pos) this.#nothing = true;
      if (this.#offset > pos && this.#offset < next) {
        if (next >= end || this.#text[next] === '\r')
          this.#put('node', this.#path(), this.#offset, this.#offset, { column: Math.max(next, this.#offset) - start });
        else this.#nothing = true;
        if (next >= end) return;
      }
      if (next >= end || this.#text[next] === '\r') {
        if (this.#offset >= next && this.#offset <= end && this.#found === undefined)
          this.#put('node', this.#path(), this.#offset, this.#offset, { column: this.#offset - start });
        return;
      }
      pos = next;
    }
    plainKey.lastIndex = pos;
    const key = plainKey.exec(this.#text)?.[0];
    if (key === undefined) {
      this.#value(pos, start, end, 'node');
      return;
    }
    const name = unquoted(key);
    const frame = this.#key(pos - start, name);
    const after = this.#text.indexOf(':', pos + key.length) + 1;
    if (this.#offset >= pos && this.#offset <= pos + key.length) {
      this.#put('key', this.#path(-1), pos, pos + key.length, { column: pos - start, hasColon: true, word: name }, frame);
    } else if (this.#offset > pos + key.length && this.#offset < after) this.#nothing = true;
    this.#value(after, start, end, 'value');
  }

  /** A scalar, a flow collection or nothing, up to the end of its line or beyond. */
  #value(from: number, start: number, end: number, role: 'value' | 'node'): void {
    let pos = from;
    const skip = /(?:[ \t]+|[&!][^\s,[\]{}]*(?=\s))*/y;
    skip.lastIndex = pos;
    pos += skip.exec(this.#text)?.[0].length ?? 0;
    const column = this.#column(start);
    const top = this.#stack.at(-1);
    const isEmpty = pos >= end || this.#text[pos] === '\r' || this.#text[pos] === '#';
    if (this.#offset >= from && this.#offset < pos && role === 'value' && !isEmpty) {
      this.#nothing = true;
      return;
    }
    if (isEmpty) {
      if (this.#offset >= from && this.#offset <= Math.min(pos, end)) {
        const isApart = this.#offset > from;
        if (isApart) this.#put(role, this.#path(), this.#offset, this.#offset, { column });
        else this.#nothing = true;
      } else if (this.#offset > pos && this.#offset <= end) this.#nothing = true;
      return;
    }
    if (role === 'value' && top !== undefined) top.open = false;
    const char = this.#text[pos];
    if (char === '{' || char === '[') {
      this.#flow(pos);
      return;
    }
    if (char === '"' || char === "'") {
      this.#quoted(pos, role, column);
      return;
    }
    if (char === '|' || char === '>') {
      const isHeader = /^[|>][-+0-9]*[ \t]*(?:#.*)?\r?$/.test(this.#text.slice(pos, end));
      if (isHeader) {
        this.#block(pos, end, column);
        return;
      }
    }
    const comment = this.#text.slice(pos, end).search(/[ \t]#/);
    const stop = comment < 0 ? end : pos + comment;
    const word = this.#text.slice(pos, stop).trimEnd();
    if (this.#offset >= pos && this.#offset <= pos + word.length) {
      this.#put(role, this.#path(), pos, pos + word.length, { column: role === 'node' ? pos - start : column }, this.#mapAt(pos - start));
    } else if (this.#offset > pos + word.length && this.#offset <= end) this.#nothing = true;
  }

  /** A block scalar: everything that is indented deeper than the line it began in. */
  #block(pos: number, end: number, column: number): void {
    const outer = this.#stack.at(-1)?.column ?? -1;
    let next = end + 1;
    while (next <= this.#text.length) {
      const newline = this.#text.indexOf('\n', next);
      const stop = newline < 0 ? this.#text.length : newline;
      const line = this.#text.slice(next, stop);
      if (line.trim() !== '' && line.length - line.trimStart().length <= outer) break;
      if (this.#offset >= next && this.#offset <= stop) {
        const indent = line.length - line.trimStart().length;
        const isInside = line.trim() === '' ? this.#offset - next > outer : this.#offset >= next + indent;
        const from = line.trim() === '' ? this.#offset : next + indent;
        if (isInside) this.#put('value', this.#path(), from, Math.max(from, this.#offset, next + line.trimEnd().length), { column });
        else if (line.trim() !== '') this.#nothing = true;
        else break;
      }
      next = stop + 1;
    }
    if (this.#offset >= pos && this.#offset <= end) this.#nothing = true;
    this.#pos = next;
  }

  #quoted(pos: number, role: 'key' | 'value' | 'node', column: number): void {
    const close = this.#endOfQuote(pos);
    const isClosed = close <= this.#text.length && this.#text[close - 1] === this.#text[pos] && close - pos > 1;
    const inner = isClosed ? close - 1 : close;
    if (this.#offset > pos && this.#offset <= inner) {
      this.#put(role === 'node' ? 'value' : role, this.#path(), pos + 1, inner, { column, quote: this.#text[pos] === '"' ? '"' : "'" });
    } else if (this.#offset === pos || this.#offset === close) this.#nothing = true;
    const newline = this.#text.indexOf('\n', close);
    this.#pos = newline < 0 ? this.#text.length + 1 : newline + 1;
  }

  /** Behind the closing quote; the end of the line where the quote is not closed before something that is indented less. */
  #endOfQuote(pos: number): number {
    const pattern = this.#text[pos] === '"' ? /"(?:[^"\\\n]|\\.)*"?/y : /'(?:[^'\n]|'')*'?/y;
    pattern.lastIndex = pos;
    const first = pattern.exec(this.#text)?.[0] ?? '';
    const isClosed = first.length > 1 && first.endsWith(this.#text[pos] ?? '');
    if (isClosed) return pos + first.length;
    const outer = this.#stack.at(-1)?.column ?? -1;
    const closing = this.#text.indexOf(this.#text[pos] ?? '', pos + first.length);
    if (closing < 0) return pos + first.trimEnd().length;
    const between = this.#text.slice(pos + first.length, closing);
    const isDeeper = between
      .split('\n')
      .slice(1)
      .every((line) => line.trim() === '' || line.length - line.trimStart().length > outer);
    return isDeeper ? closing + 1 : pos + first.trimEnd().length;
  }

  /** A collection in brackets, over as many lines as it has, or up to one that cannot belong to it. */
  #flow(from: number): void {
    const depth = this.#stack.length;
    const outer = this.#stack.at(-1)?.column ?? -1;
    const column = outer < 0 ? 0 : outer;
    let pos = from;
    while (pos < this.#text.length) {
      const char = this.#text[pos] ?? '';
      if (char === '{' || char === '[') {
        if (this.#offset === pos && this.#stack.length === depth) this.#nothing = true;
        if (this.#isTooDeep()) return;
        this.#stack.push({ kind: char === '{' ? 'map' : 'seq', flow: true, column, keys: [], open: false, index: 0 });
        pos = this.#gap(pos + 1);
      } else if (char === '}' || char === ']') {
        this.#stack.pop();
        pos++;
        if (this.#stack.length <= depth) break;
        pos = this.#behind(pos);
      } else if (char === ',') {
        const top = this.#stack.at(-1);
        if (top !== undefined) {
          top.index++;
          top.key = undefined;
        }
        pos = this.#gap(pos + 1);
      } else if (char === ':') {
        pos = this.#gap(pos + 1);
      } else pos = this.#flowScalar(pos);
      if (pos < 0) {
        pos = -pos;
        break;
      }
    }
    this.#stack.length = Math.min(this.#stack.length, depth);
    if (this.#text[pos - 1] === '\n') {
      this.#pos = pos;
      return;
    }
    const newline = this.#text.indexOf('\n', pos);
    const end = newline < 0 ? this.#text.length : newline;
    if (this.#found === undefined && this.#offset >= pos && this.#offset <= end) this.#nothing = true;
    this.#pos = end + 1;
  }

  /** Space in a flow collection where something may be written; the next token, or minus the line that ends the collection. */
  #gap(from: number): number {
    const next = this.#skip(from);
    const stop = Math.abs(next);
    const isLast = stop >= this.#text.length || next < 0;
    const top = this.#stack.at(-1);
    const before = this.#text.slice(from, this.#offset);
    if (
      top !== undefined &&
      this.#offset >= from &&
      (this.#offset < stop || (this.#offset === stop && (isLast || /[\]},]/.test(this.#text[stop] ?? ''))))
    ) {
      if (/#/.test(before)) this.#nothing = true;
      else if (next >= 0 || !/\n/.test(before)) this.#putInFlow(this.#offset, this.#offset, '', top);
    }
    return next;
  }

  /** Space behind something complete. */
  #behind(from: number): number {
    const next = this.#skip(from);
    if (this.#offset > from && this.#offset < Math.abs(next)) this.#nothing = true;
    return next;
  }

  #skip(from: number): number {
    const outer = [...this.#stack].reverse().find(({ flow }) => !flow)?.column ?? -1;
    let pos = from;
    for (;;) {
      while (/[ \t\r]/.test(this.#text[pos] ?? '')) pos++;
      if (this.#text[pos] === '#' && (pos === 0 || /\s/.test(this.#text[pos - 1] ?? ''))) {
        const newline = this.#text.indexOf('\n', pos);
        pos = newline < 0 ? this.#text.length : newline;
      }
      if (this.#text[pos] !== '\n') return pos;
      const line = /[ \t]*/y;
      line.lastIndex = pos + 1;
      const indent = line.exec(this.#text)?.[0].length ?? 0;
      const next = this.#text.slice(pos + 1 + indent, pos + 201 + indent);
      // A bracket that was not closed ends where the file goes on outside of it.
      if (indent <= outer && !/^(?:[\]}#\r\n]|$)/.test(next)) return -(pos + 1);
      if (outer < 0 && indent === 0 && /^[\w-]+:(?:\s|$)/.test(next)) return -(pos + 1);
      pos += 1 + indent;
    }
  }

  /** A key or a value in brackets; gives what follows it. */
  #flowScalar(pos: number): number {
    const top = this.#stack.at(-1);
    const char = this.#text[pos] ?? '';
    let end: number;
    let word: string;
    let quote: Cursor['quote'] = '';
    if (char === '"' || char === "'") {
      quote = char;
      end = this.#endOfQuote(pos);
      word = unquoted(this.#text.slice(pos, end));
    } else {
      const plain = /(?:[^,[\]{}:#\n\r]|:(?=[^\s,[\]{}])|(?<=\S)#)+/y;
      plain.lastIndex = pos;
      word = (plain.exec(this.#text)?.[0] ?? char).trimEnd();
      end = pos + Math.max(1, word.length);
    }
    const colon = /[ \t]*:(?=[\s,[\]{}"']|$)/y;
    colon.lastIndex = end;
    const isKey = top?.kind === 'map' && top.key === undefined;
    const hasColon = colon.test(this.#text);
    const isClosed = quote !== '' && end - pos > 1 && this.#text[end - 1] === quote;
    const [from, to] = quote === '' ? [pos, end] : [pos + 1, isClosed ? end - 1 : end];
    if (top !== undefined && this.#offset >= from && this.#offset <= to) this.#putInFlow(from, to, word, top, quote, hasColon);
    else if (this.#offset === pos || this.#offset === end) this.#nothing = true;
    if (isKey && top !== undefined) {
      top.key = word;
      if (hasColon) top.keys.push(word);
    }
    return hasColon ? this.#skip(end) : this.#behind(end);
  }

  #putInFlow(from: number, to: number, word: string, top: Frame, quote: Cursor['quote'] = '', hasColon = false): void {
    const isKey = top.kind === 'map' && top.key === undefined;
    const options = { flow: true, quote, word, hasColon: isKey && hasColon, column: top.column };
    if (isKey) this.#put('key', this.#path(-1), from, to, options, top);
    else this.#put(top.kind === 'seq' ? 'node' : 'value', this.#path(), from, to, options);
  }

  #blank(column: number): void {
    for (let top = this.#stack.at(-1); top !== undefined && top.column > column; top = this.#stack.at(-1)) this.#stack.pop();
    let top = this.#stack.at(-1);
    if (top === undefined) {
      if (column === 0) this.#put('key', [], this.#offset, this.#offset, { column }, this.#root());
      else this.#nothing = true;
      return;
    }
    if (top.kind === 'seq' && top.column === column) {
      this.#stack.pop();
      const outer = this.#stack.at(-1);
      if (outer === undefined || outer.column < column) {
        this.#put('node', this.#path(), this.#offset, this.#offset, { column });
        this.#stack.push(top);
        return;
      }
      top = outer;
    }
    if (top.kind === 'map' && top.column === column) this.#put('key', this.#path(-1), this.#offset, this.#offset, { column }, top);
    else if (top.kind === 'map' && top.open) this.#put('node', this.#path(), this.#offset, this.#offset, { column });
    else if (top.kind === 'seq' && top.open) this.#put('node', this.#path(), this.#offset, this.#offset, { column });
    else this.#nothing = true;
  }

  /** The mapping of the document, for a line at its beginning or between its keys. */
  #root(): Frame {
    const frame: Frame = { kind: 'map', flow: false, column: 0, keys: [], open: false, index: 0 };
    this.#stack.push(frame);
    return frame;
  }

  #mapAt(column: number): Frame | undefined {
    const top = this.#stack.at(-1);
    return top?.kind === 'map' && !top.flow && top.column === column ? top : undefined;
  }

  #column(start: number): number {
    const top = this.#stack.at(-1);
    return top?.column ?? this.#offset - start;
  }

  #item(column: number): void {
    const top = this.#stack.at(-1);
    if (top?.kind === 'seq' && top.column === column && !top.flow) {
      top.index++;
      top.open = true;
      return;
    }
    if (top !== undefined) top.open = false;
    this.#stack.push({ kind: 'seq', flow: false, column, keys: [], open: true, index: 0 });
  }

  #key(column: number, name: string): Frame {
    let top = this.#stack.at(-1);
    if (top?.kind !== 'map' || top.column !== column || top.flow) {
      if (top !== undefined) top.open = false;
      top = { kind: 'map', flow: false, column, keys: [], open: true, index: 0 };
      this.#stack.push(top);
    }
    top.key = name;
    top.open = true;
    top.keys.push(name);
    return top;
  }

  /** Where the scanner is; `-1` leaves out the last key. */
  #path(without: 0 | -1 = 0): NodePath {
    const path = this.#stack.flatMap((frame): (string | number)[] =>
      frame.kind === 'seq' ? [frame.index] : frame.key === undefined ? [] : [frame.key],
    );
    const last = this.#stack.at(-1);
    return without === -1 && last?.kind === 'map' && last.key !== undefined ? path.slice(0, -1) : path;
  }

  #put(
    role: Cursor['role'],
    path: NodePath,
    start: number,
    end: number,
    options: Partial<Pick<Cursor, 'flow' | 'quote' | 'hasColon' | 'column' | 'word'>>,
    frame?: Frame,
  ): void {
    const isKeyLine = role === 'node' && frame !== undefined;
    this.#found = {
      role: isKeyLine ? 'key' : role,
      path: isKeyLine ? this.#path(-1) : path,
      span: { start, end },
      word: options.word ?? this.#text.slice(start, end),
      typed: this.#text.slice(start, this.#offset),
      flow: options.flow ?? false,
      quote: options.quote ?? '',
      hasColon: options.hasColon ?? false,
      column: options.column ?? 0,
    };
    this.#foundIn = frame;
  }
}

function unquoted(text: string): string {
  if (text.startsWith('"')) return text.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1');
  return text.startsWith("'") ? text.replace(/^'|'$/g, '').replaceAll("''", "'") : text.trim();
}
