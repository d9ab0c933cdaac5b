import type { Anchor, CharSet, ClassName } from './compiled.ts';

/** Whether an anchor holds at a position of a text of code points. */
export function holds(anchor: Anchor, codes: ArrayLike<number>, position: number): boolean {
  const before = codes[position - 1];
  const after = codes[position];
  switch (anchor) {
    case 'start':
      return position === 0;
    case 'very-end':
      return after === undefined;
    case 'end':
      return after === undefined || (after === 10 && position === codes.length - 1);
    case 'line-start':
      return before === undefined || before === 10;
    case 'line-end':
      return after === undefined || after === 10;
    case 'word':
      return inClass('w', before) !== inClass('w', after);
    case 'ascii-word':
      return inClass('aw', before) !== inClass('aw', after);
    // Python finds no non-boundary in an empty text.
    case 'not-word':
      return codes.length > 0 && inClass('w', before) === inClass('w', after);
    case 'not-ascii-word':
      return codes.length > 0 && inClass('aw', before) === inClass('aw', after);
  }
}

/** Whether a code point is in a set. */
export function inSet(set: CharSet, code: number): boolean {
  const { ranges } = set;
  let inside = false;
  for (let i = 0; i + 1 < ranges.length && !inside; i += 2) {
    inside = code >= (ranges[i] ?? 0) && code <= (ranges[i + 1] ?? -1);
  }
  inside ||= set.classes?.some((name) => inClass(name, code)) ?? false;
  return inside !== (set.not ?? false);
}

// Made when they are asked: making one takes longer than the rest of an evaluation.
const isWordBeyondAscii = (char: string) => /^[\p{L}\p{N}]$/u.test(char);
const isDigitBeyondAscii = (char: string) => /^\p{Nd}$/u.test(char);
/** What Python's `str.isspace` accepts. */
const spaceBeyondAscii = /^[\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;

function inClass(name: ClassName, code: number | undefined): boolean {
  if (code === undefined) return false;
  const ascii = code < 128;
  switch (name) {
    case 'w':
      return ascii ? isAsciiWord(code) : isWordBeyondAscii(String.fromCodePoint(code));
    case 'aw':
      return isAsciiWord(code);
    case 'd':
      return ascii ? isAsciiDigit(code) : isDigitBeyondAscii(String.fromCodePoint(code));
    case 'ad':
      return isAsciiDigit(code);
    case 's':
      return ascii ? isAsciiSpace(code) || (code >= 0x1c && code <= 0x1f) : spaceBeyondAscii.test(String.fromCodePoint(code));
    case 'as':
      return isAsciiSpace(code);
    case 'W':
      return !inClass('w', code);
    case 'aW':
      return !inClass('aw', code);
    case 'D':
      return !inClass('d', code);
    case 'aD':
      return !inClass('ad', code);
    case 'S':
      return !inClass('s', code);
    case 'aS':
      return !inClass('as', code);
  }
}

const isAsciiDigit = (code: number): boolean => code >= 48 && code <= 57;
const isAsciiWord = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || isAsciiDigit(code) || code === 95;
const isAsciiSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);
