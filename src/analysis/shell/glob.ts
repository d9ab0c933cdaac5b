import type { World } from '../../model/world.ts';
import { normalize, resolve } from '../paths.ts';
import type { Piece } from './value.ts';

/** More matches than this are kept as a pattern. */
const maxMatches = 512;

/** A pattern as a test of one name; `undefined` where it is no pattern this can test. Linear in the name for patterns without extended groups. */
export function nameTest(pieces: readonly Piece[]): ((name: string) => boolean) | undefined {
  const tokens: Token[] = [];
  let source = '';
  let isExtended = false;
  for (const piece of pieces) {
    const text = typeof piece === 'string' ? piece : 'text' in piece ? piece.text : undefined;
    if (text !== undefined) {
      tokens.push(...text);
      source += literalSource(text);
    } else if (typeof piece !== 'string' && 'hole' in piece) {
      tokens.push(star);
      source += '[^]*';
    } else if (typeof piece !== 'string' && 'glob' in piece) {
      const part = globSource(piece.glob);
      if (part === undefined) return undefined;
      if (/^[?*+@!]\(/.test(piece.glob)) isExtended = true;
      tokens.push(piece.glob === '*' ? star : piece.glob === '?' ? any : new RegExp(`^${part}$`));
      source += part;
    }
  }
  if (!isExtended) return (name) => matchesTokens(tokens, [...name]);
  const expression = new RegExp(`^(?:${source.replace(/(?:\[\^\]\*){2,}/g, '[^]*')})$`);
  // Groups in groups could make the engine try for ever: long names are taken to match.
  return (name) => name.length > longestTried || expression.test(name);
}

/** Longest text that is tried against a pattern with groups. */
export const longestTried = 128;

/** Whether the engine might need very long to find `source` in a text of that length. */
export function isCostly(source: string, length: number): boolean {
  const stars = source.split('[^]*').length - 1;
  return length ** (stars + 1) > 1_000_000;
}

const star = Symbol('any number of characters');
const any = Symbol('one character');
type Token = string | RegExp | typeof star | typeof any;

// Goes back to the last star only, which is enough: time is the product of both lengths at most.
function matchesTokens(tokens: readonly Token[], name: readonly string[]): boolean {
  let t = 0;
  let back = -1;
  let resume = 0;
  for (let n = 0; n < name.length; ) {
    const token = tokens[t];
    if (token === star) {
      back = t++;
      resume = n;
    } else if (
      token !== undefined &&
      (token === any || (typeof token === 'string' ? token === name[n] : typeof token !== 'symbol' && token.test(name[n] ?? '')))
    ) {
      t++;
      n++;
    } else if (back >= 0) {
      t = back + 1;
      n = ++resume;
    } else return false;
  }
  while (tokens[t] === star) t++;
  return t === tokens.length;
}

function literalSource(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function globSource(glob: string): string | undefined {
  if (glob === '*') return '[^]*';
  if (glob === '?') return '[^]';
  if (glob.startsWith('[')) return bracketSource(glob);
  const extended = /^([?*+@!])\(([^()]*)\)$/.exec(glob);
  if (!extended) return undefined;
  const alternatives = (extended[2] ?? '').split('|').map((part) => patternSource(part));
  if (alternatives.some((part) => part === undefined)) return undefined;
  const group = `(?:${alternatives.join('|')})`;
  switch (extended[1]) {
    case '?':
      return `${group}?`;
    case '@':
      return group;
    case '+':
    case '*':
      return `${group}${extended[1]}`;
    default:
      return `(?!${group}$)[^]*`;
  }
}

function bracketSource(glob: string): string | undefined {
  let body = glob.slice(1, -1);
  const negated = body.startsWith('!') || body.startsWith('^');
  if (negated) body = body.slice(1);
  const classes: Readonly<Record<string, string>> = {
    alpha: 'A-Za-z',
    digit: '0-9',
    alnum: 'A-Za-z0-9',
    upper: 'A-Z',
    lower: 'a-z',
    space: '\\s',
    blank: ' \\t',
    cntrl: '\\x00-\\x1f\\x7f',
    graph: '!-~',
    print: ' -~',
    punct: '!-\\/:-@\\[-`{-~',
    xdigit: '0-9A-Fa-f',
    word: '\\w',
  };
  // What stands for one sign of several letters, or for a class that is not one of the standard's.
  if (/\[[.=]/.test(body) || [...body.matchAll(/\[:(\w+):\]/g)].some(([, name = '']) => !Object.hasOwn(classes, name))) return undefined;
  const source = body.replace(/\[:(\w+):\]|[\\\]^[]/g, (match, name: string | undefined) =>
    name === undefined ? `\\${match}` : (classes[name] ?? ''),
  );
  try {
    new RegExp(`[${source}]`);
  } catch {
    return undefined;
  }
  return source === '' ? undefined : `[${negated ? '^' : ''}${source}]`;
}

/** A bracket expression: a `]` that comes first is one of its characters, and one that ends a class does not end it. Source: POSIX 9.3.5. */
const bracket = /^\[[!^]?\]?(?:\[:\w+:\]|\[\.[^\]]*\.\]|\[=[^\]]*=\]|[^\]])*\]/;

/** Source of a whole pattern given as text, `*`, `?` and brackets active; `undefined` where it cannot be said. */
export function patternSource(pattern: string): string | undefined {
  let source = '';
  const lastClose = pattern.lastIndexOf(']');
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern.charAt(i);
    if (c === '*') source += '[^]*';
    else if (c === '?') source += '[^]';
    else if (c === '\\' && i + 1 < pattern.length) source += literalSource(pattern.charAt(++i));
    else if (c === '[') {
      // Where none is closed any more, it is not looked for again and again.
      const text = lastClose < i ? undefined : bracket.exec(pattern.slice(i))?.[0];
      const part = text === undefined ? '\\[' : bracketSource(text);
      if (part === undefined) return undefined;
      source += part;
      i += (text?.length ?? 1) - 1;
    } else source += literalSource(c);
  }
  return source;
}

/** The pieces split at slashes. */
function segments(pieces: readonly Piece[]): Piece[][] {
  const result: Piece[][] = [[]];
  for (const piece of pieces) {
    const text = typeof piece === 'string' ? piece : 'text' in piece ? piece.text : undefined;
    if (text === undefined) {
      result.at(-1)?.push(piece);
      continue;
    }
    const [first = '', ...rest] = text.split('/');
    result.at(-1)?.push(first);
    for (const part of rest) result.push([part]);
  }
  return result;
}

/**
 * Pathname expansion against the real directories: the sorted matches as written (relative stays relative); an empty list where nothing
 * matches; `undefined` where it cannot be known (a folder that is missing or too large, a hole in the pattern).
 * The rule is POSIX 2.13.3: a leading dot is matched only by a literal dot.
 */
export function expandGlob(pieces: readonly Piece[], cwd: string, world: World, options: ReadonlySet<string>): string[] | undefined {
  if (pieces.some((piece) => typeof piece !== 'string' && 'hole' in piece)) return undefined;
  let found: { readonly shown: string; readonly real: string }[] = [{ shown: '', real: cwd }];
  const parts = segments(pieces);
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const literal = part.every((piece) => typeof piece === 'string' || 'text' in piece)
      ? part.map((piece) => (typeof piece === 'string' ? piece : 'text' in piece ? piece.text : '')).join('')
      : undefined;
    if (literal !== undefined) {
      found = stepLiteral(found, literal, index, isLast, world);
      continue;
    }
    const test = nameTest(part);
    if (!test) return undefined;
    const first = part[0];
    const hidden = (typeof first === 'string' && first.startsWith('.')) || options.has('dotglob');
    const next: { shown: string; real: string }[] = [];
    for (const base of found) {
      const names = world.list(base.real);
      if (!names) return undefined;
      for (const name of names) {
        if (name.startsWith('.') && !hidden) continue;
        if (!test(name)) continue;
        const real = normalize(`${base.real}/${name}`);
        if (!isLast && !isFolder(real, world)) continue;
        next.push({ shown: base.shown + name + (isLast ? '' : '/'), real });
        if (next.length > maxMatches) return undefined;
      }
    }
    found = next;
  }
  return found.map((entry) => entry.shown).sort();
}

// A link counts as what it leads to.
function isFolder(path: string, world: World): boolean {
  const kind = world.kind(path);
  return kind === 'link' ? world.kind(resolve(path, '/', world)) === 'directory' : kind === 'directory';
}

function stepLiteral(
  found: { shown: string; real: string }[],
  literal: string,
  index: number,
  isLast: boolean,
  world: World,
): { shown: string; real: string }[] {
  if (index === 0 && literal === '' && !isLast) return [{ shown: '/', real: '/' }];
  return found
    .map((base) => ({
      shown: base.shown + literal + (isLast ? '' : '/'),
      real: literal === '' ? base.real : normalize(`${base.real}/${literal}`),
    }))
    .filter((entry) => !isLast || literal === '' || world.kind(entry.real) !== undefined);
}
