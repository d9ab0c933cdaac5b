import type { World } from '../../model/world.ts';
import { normalize, resolve } from '../paths.ts';
import type { Piece } from './value.ts';

/** More matches than this are kept as a pattern. */
const maxMatches = 512;

/** A pattern as a test of one name; `undefined` where it is no pattern this can test. Linear in the name for patterns without extended groups. */
export function nameTest(pieces: readonly Piece[]): ((name: string) => boolean) | undefined {
  let source = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') source += literalSource(piece);
    else if ('text' in piece) source += literalSource(piece.text);
    else if ('hole' in piece) source += '[^]*';
    else {
      const part = globSource(piece.glob);
      if (part === undefined) return undefined;
      source += part;
    }
  }
  // Stars in a row would make the engine try every split of them.
  const expression = new RegExp(`^(?:${source.replace(/(?:\[\^\]\*){2,}/g, '[^]*')})$`);
  return (name) => expression.test(name);
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
    punct: '!-\\/:-@\\[-`{-~',
    xdigit: '0-9A-Fa-f',
    word: '\\w',
  };
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

/** Source of a whole pattern given as text, `*`, `?` and brackets active. */
export function patternSource(pattern: string): string | undefined {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern.charAt(i);
    if (c === '*') source += '[^]*';
    else if (c === '?') source += '[^]';
    else if (c === '\\' && i + 1 < pattern.length) source += literalSource(pattern.charAt(++i));
    else if (c === '[') {
      const end = pattern.indexOf(']', i + 2);
      const part = end < 0 ? undefined : bracketSource(pattern.slice(i, end + 1));
      if (part === undefined) source += '\\[';
      else {
        source += part;
        i = end;
      }
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
