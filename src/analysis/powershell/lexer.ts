import { fromPieces, type Piece, type Text } from '../shell/value.ts';

/** A word of a command: what it is as a text, and the code that stands inside of it and runs as well. */
export interface Word {
  readonly text: Text;
  /** Code in `(…)`, `$(…)` and `@(…)`. */
  readonly code: readonly string[];
  /** Code in `{…}`: it runs when somebody calls it. */
  readonly block: string | undefined;
  /** It is a text in quotes, not a name, parameter or operator. */
  readonly quoted: boolean;
}

/** One command with its redirections. */
export interface CommandText {
  readonly words: readonly Word[];
  readonly writes: readonly Word[];
  /** As written, for what no word shows. */
  readonly source: string;
}

/** Commands joined by `|`. */
export type PipelineText = readonly CommandText[];

/** Value of a variable in this place; `undefined` where it cannot be known. */
export type Lookup = (name: string) => Text | undefined;

const open: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' };
const maxLength = 64 * 1024;
/** Deepest nesting of quotes and brackets in one another. */
const maxNesting = 40;
const anything: Piece = { hole: 'text' };

/**
 * Splits PowerShell into pipelines and words: quotes, here-strings, backticks, comments, variables and nested code are told apart, the
 * language's expressions are not parsed. Each pipeline is handed over before the next is looked at, so that it sees the variables that were
 * set before. False where the text is longer than any command or does not close what it opens.
 */
export function lex(source: string, lookup: Lookup, take: (pipeline: PipelineText) => void): boolean {
  if (source.length > maxLength) return false;
  let commands: CommandText[] = [];
  let words: Word[] = [];
  let writes: Word[] = [];
  let start = 0;
  let redirects = false;
  let i = 0;
  const endCommand = (): void => {
    if (words.length > 0 || writes.length > 0) commands.push({ words, writes, source: source.slice(start, i) });
    words = [];
    writes = [];
    redirects = false;
  };
  const endPipeline = (): void => {
    endCommand();
    if (commands.length > 0) take(commands);
    commands = [];
  };
  while (i < source.length) {
    const c = source.charAt(i);
    if (c === '`' && /^`\r?\n/.test(source.slice(i, i + 3))) {
      i = source.indexOf('\n', i) + 1;
    } else if (c === '#') {
      const end = source.indexOf('\n', i);
      i = end < 0 ? source.length : end;
    } else if (source.startsWith('<#', i)) {
      const end = source.indexOf('#>', i);
      i = end < 0 ? source.length : end + 2;
    } else if (c === ';' || c === '\n') {
      endPipeline();
      i += 1;
      start = i;
    } else if (source.startsWith('&&', i) || source.startsWith('||', i)) {
      endPipeline();
      i += 2;
      start = i;
    } else if (c === '|') {
      endCommand();
      i += 1;
      start = i;
      while (/\s/.test(source.charAt(i))) i += 1;
    } else if (/[\s,]/.test(c)) {
      i += 1;
    } else if (c === ')' || c === '}') {
      return false;
    } else {
      const redirect = /^[1-6*]?>>?(?:&\d)?/.exec(source.slice(i, i + 8));
      if (redirect) {
        redirects = !redirect[0].includes('&');
        i += redirect[0].length;
        continue;
      }
      const read = readWord(source, i, lookup);
      if (!read || read.end <= i) return false;
      if (redirects) writes.push(read.word);
      else words.push(read.word);
      redirects = false;
      i = read.end;
    }
  }
  endPipeline();
  return true;
}

interface Read {
  readonly word: Word;
  readonly end: number;
}

function readWord(source: string, from: number, lookup: Lookup): Read | undefined {
  const pieces: Piece[] = [];
  const code: string[] = [];
  let block: string | undefined;
  let quoted = false;
  let i = from;
  // The call operators stand alone.
  if (source.charAt(i) === '&' || (source.charAt(i) === '.' && /[\s{(]/.test(source.charAt(i + 1))))
    return { word: { text: source.charAt(i), code, block, quoted }, end: i + 1 };
  while (i < source.length) {
    const c = source.charAt(i);
    if (c === '`') {
      pieces.push(source.charAt(i + 1));
      i += 2;
    } else if (source.startsWith("@'", i) || source.startsWith('@"', i)) {
      const end = source.indexOf(`\n${source.charAt(i + 1)}@`, i);
      if (end < 0) return undefined;
      const body = source.slice(source.indexOf('\n', i) + 1, Math.max(end, source.indexOf('\n', i) + 1));
      quoted = true;
      if (c === '@' && source.charAt(i + 1) === '"') expand(body, lookup, pieces, code);
      else pieces.push(body);
      i = end + 3;
    } else if (c === "'") {
      const match = /^'((?:''|[^'])*)'/.exec(source.slice(i));
      if (!match) return undefined;
      pieces.push((match[1] ?? '').replaceAll("''", "'"));
      quoted = true;
      i += match[0].length;
    } else if (c === '"') {
      const end = quoteEnd(source, i);
      if (end === undefined) return undefined;
      expand(source.slice(i + 1, end), lookup, pieces, code);
      quoted = true;
      i = end + 1;
    } else if (c === '$' && source.charAt(i + 1) !== '(') {
      const variable = /^\$(?:\{([^}]*)\}|((?:\w+:)?[\w?^$]+))/.exec(source.slice(i));
      if (!variable) {
        pieces.push(c);
        i += 1;
        continue;
      }
      i += variable[0].length;
      // A member of a variable is not the variable.
      const member = /^(?:\.\w+|\[)/.test(source.slice(i));
      push(pieces, member ? undefined : lookup(variable[1] ?? variable[2] ?? ''));
    } else if (c === '(' || c === '{' || (c === '[' && i === from) || ((c === '$' || c === '@') && /[({]/.test(source.charAt(i + 1)))) {
      const at = c === '$' || c === '@' ? i + 1 : i;
      const end = closing(source, at);
      if (end === undefined) return undefined;
      const inner = source.slice(at + 1, end);
      if (source.charAt(at) === '{' && c !== '@') block = inner;
      else if (source.charAt(at) !== '[') code.push(inner);
      pieces.push(source.charAt(at) === '[' ? source.slice(at, end + 1) : anything);
      i = end + 1;
    } else if (/[\s;|,)}]/.test(c) || (c === '&' && i > from) || (c === '>' && i > from)) {
      break;
    } else {
      pieces.push(c);
      i += 1;
    }
  }
  return { word: { text: fromPieces(pieces), code, block, quoted }, end: i };
}

function push(pieces: Piece[], text: Text | undefined): void {
  if (text === undefined) pieces.push(anything);
  else if (typeof text === 'string') pieces.push(text);
  else pieces.push(...text.pieces);
}

/** What stands in double quotes: variables and `$(…)` are put in. */
function expand(body: string, lookup: Lookup, pieces: Piece[], code: string[]): void {
  for (let i = 0; i < body.length; ) {
    const c = body.charAt(i);
    if (c === '`') {
      pieces.push(escapes[body.charAt(i + 1)] ?? body.charAt(i + 1));
      i += 2;
    } else if (c === '"' && body.charAt(i + 1) === '"') {
      pieces.push('"');
      i += 2;
    } else if (c === '$' && body.charAt(i + 1) === '(') {
      const end = closing(body, i + 1) ?? body.length;
      code.push(body.slice(i + 2, end));
      pieces.push(anything);
      i = end + 1;
    } else if (c === '$' && /^\$(?:\{[^}]*\}|(?:\w+:)?\w)/.test(body.slice(i, i + 200))) {
      const variable = /^\$(?:\{([^}]*)\}|((?:\w+:)?\w+))/.exec(body.slice(i));
      push(pieces, lookup(variable?.[1] ?? variable?.[2] ?? ''));
      i += variable?.[0].length ?? 1;
    } else {
      pieces.push(c);
      i += 1;
    }
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };

function quoteEnd(source: string, from: number, depth = 0): number | undefined {
  if (depth > maxNesting) return undefined;
  for (let i = from + 1; i < source.length; i++) {
    const c = source.charAt(i);
    if (c === '`') i += 1;
    else if (c === '$' && source.charAt(i + 1) === '(') {
      const end = closing(source, i + 1, depth + 1);
      if (end === undefined) return undefined;
      i = end;
    } else if (c === '"') {
      if (source.charAt(i + 1) !== '"') return i;
      i += 1;
    }
  }
  return undefined;
}

/** Index of the bracket that closes the one at `from`; quotes and comments inside do not count. */
function closing(source: string, from: number, depth = 0): number | undefined {
  const stack: string[] = [];
  for (let i = from; i < source.length; i++) {
    const c = source.charAt(i);
    if (c === '`') i += 1;
    else if (c === "'") {
      const end = source.indexOf("'", i + 1);
      if (end < 0) return undefined;
      i = end;
    } else if (c === '"') {
      const end: number | undefined = quoteEnd(source, i, depth + 1);
      if (end === undefined) return undefined;
      i = end;
    } else if (open[c] !== undefined) stack.push(open[c]);
    else if (c === stack.at(-1)) {
      stack.pop();
      if (stack.length === 0) return i;
    }
  }
  return undefined;
}
