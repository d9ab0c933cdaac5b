import type { Anchor, CharSet, ClassName } from './compiled.ts';
import type { Pattern } from './pattern.ts';

/**
 * Writes a pattern for JavaScript's own engine. Only for patterns with back references and only where the reference library's
 * decisions are asked for: that engine can take exponential time, so no guard uses it.
 */
export function toNativeRegex(pattern: Pattern): RegExp {
  return new RegExp(write(pattern), 'u');
}

const wordSet = '\\p{L}\\p{N}_';
const classes: Readonly<Record<Lowercase<ClassName>, string>> = {
  w: wordSet,
  d: '\\p{Nd}',
  s: '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000',
  aw: 'A-Za-z0-9_',
  ad: '0-9',
  as: '\\t-\\r ',
};
const anchors: Readonly<Record<Anchor, string>> = {
  start: '^',
  'very-end': '$',
  end: '(?=\\n?$)',
  'line-start': '(?<![^\\n])',
  'line-end': '(?![^\\n])',
  word: boundary(wordSet),
  'ascii-word': boundary('A-Za-z0-9_'),
  'not-word': `(?!${boundary(wordSet)})`,
  'not-ascii-word': `(?!${boundary('A-Za-z0-9_')})`,
};

function boundary(word: string): string {
  return `(?:(?<=[${word}])(?![${word}])|(?<![${word}])(?=[${word}]))`;
}

function write(pattern: Pattern): string {
  switch (pattern.type) {
    case 'char':
      return character(pattern.code);
    case 'set':
      return writeSet(pattern.set);
    case 'any':
      return '[^]';
    case 'line':
      return '[^\\n]';
    case 'anchor':
      return anchors[pattern.anchor];
    case 'sequence':
      return `(?:${pattern.items.map(write).join('')})`;
    case 'choice':
      return `(?:${pattern.items.map(write).join('|')})`;
    case 'repeat': {
      const max = Number.isFinite(pattern.max) ? String(pattern.max) : '';
      return `(?:${write(pattern.item)}){${pattern.min},${max}}${pattern.lazy ? '?' : ''}`;
    }
    case 'group':
      return `(${write(pattern.item)})`;
    case 'back':
      return `(?:\\${pattern.number})`;
    case 'look':
      return `(?${pattern.ahead ? '' : '<'}${pattern.not ? '!' : '='}${write(pattern.item)})`;
  }
}

const character = (code: number): string => `\\u{${code.toString(16)}}`;

function writeSet(set: CharSet): string {
  const inside: string[] = [];
  for (let i = 0; i + 1 < set.ranges.length; i += 2) inside.push(`${character(set.ranges[i] ?? 0)}-${character(set.ranges[i + 1] ?? 0)}`);
  const positive: string[] = [];
  for (const name of set.classes ?? []) {
    const members = classes[name.toLowerCase() as Lowercase<ClassName>];
    // The complement of several characters cannot stand inside of a set, so each is its own alternative.
    if (/[WDS]$/.test(name)) positive.push(`[^${members}]`);
    else inside.push(members);
  }
  const all = [`[${inside.join('')}]`, ...positive].join('|');
  return set.not === true ? `(?!${all})[^]` : `(?:${all})`;
}
