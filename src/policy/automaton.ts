import type { Anchor, CharSet, ClassName, Look, Program, TextTest } from './compiled.ts';

/**
 * Runs patterns. The machine keeps a set of places in the program instead of trying one way after the other, so the time is
 * at most program × text whatever the two are: a policy from a repository cannot stall the guard (ReDoS).
 */

/** Whether the program matches somewhere in the text (`search`), or the text as a whole. */
export function runProgram(program: Program, text: string, search: boolean): boolean {
  const codes = codePoints(text);
  let found = false;
  scan(program, codes, false, search, (position) => {
    found ||= search || position === codes.length;
    return found;
  });
  return found;
}

/** Whether a text passes a test. */
export function testText(test: TextTest, text: string): boolean {
  switch (test.is) {
    case 'any':
      return true;
    case 'equal':
      return test.text === text;
    case 'whole':
      return runProgram(test.program, text, false);
    case 'search':
      return runProgram(test.program, text, true);
  }
}

/** The text as code points, the unit that Python's patterns count in. */
function codePoints(text: string): readonly number[] {
  const codes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i) ?? 0;
    if (code > 0xffff) i++;
    codes.push(code);
  }
  return codes;
}

/**
 * Moves over the text, forwards or backwards, and reports every position where the program ends.
 * `everywhere` starts the program at every position, else only at the first. `report` returns true to stop.
 */
function scan(
  program: Program,
  codes: readonly number[],
  backwards: boolean,
  everywhere: boolean,
  report: (position: number) => boolean,
): void {
  const { steps } = program;
  const looks = (program.looks ?? []).map((look) => lookTable(look, codes));
  const seen = new Int32Array(steps.length).fill(-1);
  const length = codes.length;
  let current: number[] = [];
  let next: number[] = [];
  const stack: number[] = [];
  for (let turn = 0; turn <= length; turn++) {
    const position = backwards ? length - turn : turn;
    if (turn === 0 || everywhere) current.push(0);
    else if (current.length === 0) return;
    // Follow everything that consumes nothing.
    for (let i = current.length - 1; i >= 0; i--) stack.push(current[i] ?? 0);
    current.length = 0;
    let ended = false;
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (seen[at] === turn) continue;
      seen[at] = turn;
      const step = steps[at];
      if (step === undefined) continue;
      switch (step[0]) {
        case 'jump':
          stack.push(step[1]);
          break;
        case 'split':
          for (const target of step[1]) stack.push(target);
          break;
        case 'at':
          if (holds(step[1], codes, position)) stack.push(at + 1);
          break;
        case 'look':
          if (looks[step[1]]?.[position] === 1) stack.push(at + 1);
          break;
        case 'end':
          ended = true;
          break;
        default:
          current.push(at);
      }
    }
    if (ended && report(position)) return;
    const code = codes[backwards ? position - 1 : position];
    if (code === undefined) return;
    for (const at of current) {
      const step = steps[at];
      if (step === undefined) continue;
      if (
        step[0] === 'any' ||
        (step[0] === 'char' && step[1] === code) ||
        (step[0] === 'line' && code !== 10) ||
        (step[0] === 'set' && inSet(step[1], code))
      ) {
        next.push(at + 1);
      }
    }
    [current, next] = [next, current];
    next.length = 0;
  }
}

/** For each position, 1 where the look holds. Computed for all positions in one pass, which keeps the whole linear. */
function lookTable(look: Look, codes: readonly number[]): Uint8Array {
  const table = new Uint8Array(codes.length + 1).fill(look.not ? 1 : 0);
  scan(look.program, codes, look.ahead, true, (position) => {
    table[position] = look.not ? 0 : 1;
    return false;
  });
  return table;
}

function holds(anchor: Anchor, codes: readonly number[], position: number): boolean {
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
