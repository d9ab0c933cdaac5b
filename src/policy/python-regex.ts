import type { Anchor, ClassName } from './compiled.ts';
import { caseVariants, rangesInBothCases } from './letter-case.ts';
import type { Pattern, PatternProblem } from './pattern.ts';

/** A parsed regex: its tree and how many groups it numbers. */
export interface ParsedRegex {
  readonly pattern: Pattern;
  readonly groups: number;
}

export type RegexResult = ParsedRegex | { readonly problem: PatternProblem };

/**
 * Parses a regular expression as Python's `re` (3.11) does: inline flags at the start and in groups, named groups, `\A`, `\Z`,
 * `$` before a last newline, Unicode `\w \d \s \b`, lookaround. Atomic groups, possessive quantifiers and conditions
 * are problems that name the construct; what Python rejects is rejected.
 */
export function parsePythonRegex(source: string): RegexResult {
  const parser = new Parser(source);
  try {
    const pattern = parser.parse();
    return { pattern, groups: parser.groups };
  } catch (error) {
    if (error instanceof RegexError) return { problem: { message: error.message, pos: error.pos } };
    throw error;
  }
}

class RegexError extends Error {
  readonly pos: number;
  constructor(message: string, pos: number) {
    super(message);
    this.pos = pos;
  }
}

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly x: boolean;
  readonly a: boolean;
}

const flagNames = 'aiLmsux';
const classLetters = new Set(['d', 'D', 's', 'S', 'w', 'W']);
const simpleEscapes: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 };
/** How deep groups may nest: the parser and the builder recurse. */
const maxDepth = 200;
const maxRepeat = 0xffff_fffe;

class Parser {
  groups = 0;
  readonly #chars: readonly string[];
  #at = 0;
  #depth = 0;
  readonly #names = new Map<string, number>();
  readonly #open = new Set<number>();
  #flags: Flags = { i: false, m: false, s: false, x: false, a: false };

  constructor(source: string) {
    this.#chars = [...source];
  }

  parse(): Pattern {
    const pattern = this.#choice(true);
    if (this.#at < this.#chars.length) this.#fail('there is a ) without a (');
    return pattern;
  }

  #fail(message: string, at = this.#at): never {
    throw new RegexError(message, this.#chars.slice(0, at).join('').length);
  }

  #peek(ahead = 0): string | undefined {
    return this.#chars[this.#at + ahead];
  }

  #eat(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.#peek(i) !== text[i]) return false;
    this.#at += text.length;
    return true;
  }

  #choice(first = false): Pattern {
    if (++this.#depth > maxDepth) this.#fail('its groups are nested too deeply');
    const items = [this.#sequence(first)];
    while (this.#eat('|')) items.push(this.#sequence(false));
    this.#depth--;
    return items.length === 1 ? (items[0] as Pattern) : { type: 'choice', items };
  }

  #sequence(first: boolean): Pattern {
    const items: Pattern[] = [];
    for (let char = this.#peek(); char !== undefined && char !== '|' && char !== ')'; char = this.#peek()) {
      const start = this.#at;
      if (this.#flags.x && this.#skipVerbose(char)) continue;
      const repeat = this.#quantifier();
      if (repeat !== undefined) {
        const last = items.pop();
        if (last === undefined || last.type === 'anchor') this.#fail('there is nothing to repeat', start);
        if (last.type === 'repeat') this.#fail('a repetition is repeated', start);
        items.push({ type: 'repeat', item: last, ...repeat });
        continue;
      }
      const atom = this.#atom(first && items.length === 0);
      if (atom !== undefined) items.push(atom);
    }
    return items.length === 1 ? (items[0] as Pattern) : { type: 'sequence', items };
  }

  #skipVerbose(char: string): boolean {
    if (/[ \t\n\r\v\f]/.test(char)) {
      this.#at++;
      return true;
    }
    if (char !== '#') return false;
    while (this.#peek() !== undefined && this.#peek() !== '\n') this.#at++;
    return true;
  }

  #quantifier(): { min: number; max: number; lazy: boolean } | undefined {
    const start = this.#at;
    let range: [number, number] | undefined;
    if (this.#eat('*')) range = [0, Number.POSITIVE_INFINITY];
    else if (this.#eat('+')) range = [1, Number.POSITIVE_INFINITY];
    else if (this.#eat('?')) range = [0, 1];
    else if (this.#peek() === '{') range = this.#braces();
    if (range === undefined) {
      this.#at = start;
      return undefined;
    }
    const [min, max] = range;
    if (min > max) this.#fail('the smaller bound of a repetition comes second', start);
    if (this.#peek() === '+') this.#fail('possessive quantifiers such as *+ are not supported', start);
    return { min, max, lazy: this.#eat('?') };
  }

  /** `{2}`, `{2,}`, `{,3}`, `{2,3}`; anything else in braces is text. */
  #braces(): [number, number] | undefined {
    this.#at++;
    if (this.#peek() === '}') return undefined;
    const low = this.#digits();
    const comma = this.#eat(',');
    const high = comma ? this.#digits() : low;
    if (!this.#eat('}')) return undefined;
    const min = low === '' ? 0 : Number(low);
    const max = high === '' ? Number.POSITIVE_INFINITY : Number(high);
    if (min > maxRepeat || (Number.isFinite(max) && max > maxRepeat)) this.#fail('a repetition is too large');
    return [min, max];
  }

  #digits(): string {
    let text = '';
    while (/^[0-9]$/.test(this.#peek() ?? '')) text += this.#chars[this.#at++];
    return text;
  }

  #atom(veryFirst: boolean): Pattern | undefined {
    const char = this.#chars[this.#at++] ?? '';
    switch (char) {
      case '.':
        return this.#flags.s ? { type: 'any' } : { type: 'line' };
      case '^':
        return anchor(this.#flags.m ? 'line-start' : 'start');
      case '$':
        return anchor(this.#flags.m ? 'line-end' : 'end');
      case '(':
        return this.#group(veryFirst);
      case '[':
        return this.#set();
      case '\\':
        return this.#escape();
      default:
        return this.#literal(char.codePointAt(0) ?? 0);
    }
  }

  #literal(code: number): Pattern {
    if (!this.#flags.i) return { type: 'char', code };
    const variants = caseVariants(code, this.#flags.a);
    return variants.length === 1 ? { type: 'char', code } : { type: 'set', set: { ranges: variants.flatMap((each) => [each, each]) } };
  }

  #class(letter: string): ClassName {
    return (this.#flags.a ? `a${letter}` : letter) as ClassName;
  }

  #escape(): Pattern {
    const start = this.#at - 1;
    const char = this.#peek();
    if (char === undefined) this.#fail('it ends in a single backslash', start);
    if (classLetters.has(char)) {
      this.#at++;
      return { type: 'set', set: { ranges: [], classes: [this.#class(char)] } };
    }
    const anchors: Readonly<Record<string, Anchor>> = {
      A: 'start',
      Z: 'very-end',
      b: this.#flags.a ? 'ascii-word' : 'word',
      B: this.#flags.a ? 'not-ascii-word' : 'not-word',
    };
    const found = anchors[char];
    if (found !== undefined && Object.hasOwn(anchors, char)) {
      this.#at++;
      return anchor(found);
    }
    if (/^[1-9]$/.test(char)) {
      const octal = this.#chars.slice(this.#at, this.#at + 3).join('');
      if (!/^[0-3][0-7]{2}$/.test(octal)) {
        if (/^[4-7][0-7]{2}$/.test(octal)) this.#fail(`\\${octal} is no character`, start);
        const number = Number(/^[1-9][0-9]?/.exec(octal)?.[0] ?? char);
        this.#at += String(number).length;
        return this.#back(number, start);
      }
    }
    return this.#literal(this.#character(start));
  }

  #back(number: number, start: number): Pattern {
    if (number > this.groups) this.#fail(`it refers to group ${number}, which is not there`, start);
    if (this.#open.has(number)) this.#fail(`it refers to group ${number} inside of that group`, start);
    if (this.#flags.i) this.#fail('back references that ignore case are not supported', start);
    return { type: 'back', number };
  }

  /** The character that an escape stands for, after the backslash. */
  #character(start: number): number {
    const char = this.#chars[this.#at++] ?? '';
    const simple = Object.hasOwn(simpleEscapes, char) ? simpleEscapes[char] : undefined;
    if (simple !== undefined) return simple;
    const width = ({ x: 2, u: 4, U: 8 } as Readonly<Record<string, number>>)[char];
    if (width !== undefined && /^[xuU]$/.test(char)) {
      const digits = this.#chars.slice(this.#at, this.#at + width).join('');
      const code = Number.parseInt(digits, 16);
      if (digits.length !== width || !/^[0-9a-f]+$/i.test(digits) || code > 0x10ffff) this.#fail(`\\${char}${digits} is incomplete`, start);
      this.#at += width;
      return code;
    }
    if (/^[0-7]$/.test(char)) {
      const digits = /^(?:0[0-7]{0,2}|[0-7]{3})/.exec(this.#chars.slice(this.#at - 1, this.#at + 2).join(''))?.[0];
      if (digits !== undefined) {
        const code = Number.parseInt(digits, 8);
        if (code > 0o377) this.#fail(`\\${digits} is no character`, start);
        this.#at += digits.length - 1;
        return code;
      }
    }
    if (char === 'N') this.#fail('characters by name, \\N{…}, are not supported', start);
    if (/^[A-Za-z0-9]$/.test(char)) this.#fail(`\\${char} has no meaning`, start);
    return char.codePointAt(0) ?? 0;
  }

  #set(): Pattern {
    const start = this.#at - 1;
    const not = this.#eat('^');
    const ranges: number[] = [];
    const classes: ClassName[] = [];
    const member = (): number | ClassName => {
      const at = this.#at;
      const char = this.#chars[this.#at++];
      if (char === undefined) this.#fail('a [ is not closed', start);
      if (char !== '\\') return char.codePointAt(0) ?? 0;
      const next = this.#peek();
      if (next === undefined) this.#fail('a [ is not closed', start);
      if (classLetters.has(next)) {
        this.#at++;
        return this.#class(next);
      }
      return this.#character(at);
    };
    for (let count = 0; count === 0 || this.#peek() !== ']'; count++) {
      const at = this.#at;
      const low = member();
      if (this.#peek() === '-' && this.#peek(1) !== ']' && this.#peek(1) !== undefined) {
        this.#at++;
        const high = member();
        if (typeof low !== 'number' || typeof high !== 'number' || low > high) {
          this.#fail(`${this.#chars.slice(at, this.#at).join('')} is no range`, at);
        }
        ranges.push(low, high);
      } else if (typeof low === 'number') ranges.push(low, low);
      else classes.push(low);
    }
    this.#at++;
    return {
      type: 'set',
      set: {
        ranges: this.#flags.i ? rangesInBothCases(ranges, this.#flags.a) : ranges,
        ...(classes.length > 0 ? { classes } : {}),
        ...(not ? { not: true } : {}),
      },
    };
  }

  #group(veryFirst: boolean): Pattern | undefined {
    const start = this.#at - 1;
    if (!this.#eat('?')) return this.#numbered(start);
    if (this.#eat('P<')) return this.#numbered(start, this.#name('>', start));
    if (this.#eat('P=')) {
      const name = this.#name(')', start);
      const number = this.#names.get(name);
      if (number === undefined) this.#fail(`it refers to group ${name}, which is not there`, start);
      return this.#back(number, start);
    }
    if (this.#eat(':')) return this.#inside(start);
    if (this.#eat('#')) {
      while (this.#peek() !== ')') {
        if (this.#peek() === undefined) this.#fail('a comment is not closed', start);
        this.#at++;
      }
      this.#at++;
      return undefined;
    }
    for (const [mark, ahead, not] of lookMarks) {
      if (!this.#eat(mark)) continue;
      const item = this.#inside(start);
      const [min, max] = widthOf(item);
      if (!ahead && min !== max) this.#fail('what is looked for behind must have a fixed width', start);
      return { type: 'look', item, ahead, not };
    }
    if (this.#eat('>')) this.#fail('atomic groups, (?>…), are not supported', start);
    if (this.#eat('(')) this.#fail('conditions, (?(…)…), are not supported', start);
    return this.#flagGroup(start, veryFirst);
  }

  #name(end: string, start: number): string {
    let name = '';
    while (this.#peek() !== undefined && this.#peek() !== end) name += this.#chars[this.#at++];
    if (!this.#eat(end)) this.#fail('a group name is not closed', start);
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) this.#fail(`“${name}” is no group name`, start);
    return name;
  }

  #numbered(start: number, name?: string): Pattern {
    const number = ++this.groups;
    if (number > 500) this.#fail('it has too many groups', start);
    if (name !== undefined) {
      if (this.#names.has(name)) this.#fail(`two groups are called ${name}`, start);
      this.#names.set(name, number);
    }
    this.#open.add(number);
    const item = this.#inside(start);
    this.#open.delete(number);
    return { type: 'group', item, number };
  }

  /** The rest of a group up to its closing parenthesis, as one item that a quantifier may follow. */
  #inside(start: number, flags = this.#flags): Pattern {
    const outer = this.#flags;
    this.#flags = flags;
    const item = this.#choice();
    this.#flags = outer;
    if (!this.#eat(')')) this.#fail('a ( is not closed', start);
    return { type: 'sequence', items: [item] };
  }

  /** `(?i)` at the very start, `(?i-s:…)` anywhere. */
  #flagGroup(start: number, veryFirst: boolean): Pattern | undefined {
    const flags = { ...this.#flags };
    let on = true;
    let seen = '';
    for (;;) {
      const char = this.#chars[this.#at++];
      if (char === undefined) this.#fail('a ( is not closed', start);
      if (char === '-' && on) on = false;
      else if (char === ')' && on && seen !== '') {
        if (!veryFirst) this.#fail('flags for the whole pattern, such as (?i), must come first', start);
        this.#flags = flags;
        return undefined;
      } else if (char === ':' && seen !== '') return this.#inside(start, flags);
      else if (flagNames.includes(char)) {
        if (!on && seen.includes(char)) this.#fail(`the flag ${char} is turned on and off`, start);
        seen += char;
        if (char === 'L' || ('au'.includes(char) && !on)) this.#fail(`the flag ${char} cannot be used here`, start);
        if (char === 'u') flags.a = false;
        else flags[char as keyof Flags] = on;
      } else this.#fail(`(?${this.#chars.slice(start + 2, this.#at).join('')} has no meaning`, start);
    }
  }
}

const lookMarks: readonly (readonly [string, boolean, boolean])[] = [
  ['=', true, false],
  ['!', true, true],
  ['<=', false, false],
  ['<!', false, true],
];

const anchor = (name: Anchor): Pattern => ({ type: 'anchor', anchor: name });

/** Least and greatest number of characters that a pattern can match. */
function widthOf(pattern: Pattern): [number, number] {
  switch (pattern.type) {
    case 'char':
    case 'set':
    case 'any':
    case 'line':
      return [1, 1];
    case 'anchor':
    case 'look':
      return [0, 0];
    case 'back':
      return [0, Number.POSITIVE_INFINITY];
    case 'group':
      return widthOf(pattern.item);
    case 'sequence':
      return pattern.items.map(widthOf).reduce((sum, each) => [sum[0] + each[0], sum[1] + each[1]], [0, 0]);
    case 'choice':
      return pattern.items
        .map(widthOf)
        .reduce((sum, each) => [Math.min(sum[0], each[0]), Math.max(sum[1], each[1])], [Number.POSITIVE_INFINITY, 0]);
    case 'repeat': {
      const [min, max] = widthOf(pattern.item);
      return [min * pattern.min, max === 0 ? 0 : max * pattern.max];
    }
  }
}
