import { type Pattern, type PatternProblem, empty } from './pattern.ts';

/**
 * The globs of `paths` in a policy: `*` and `?` stay inside one folder name, `**` as a whole name is any number of folders,
 * `[a-z]`, `[!a-z]`, `{a,b}`; a leading dot is nothing special; `\` makes the next character plain. What they match is
 * what minimatch matches with `dot: true`, but that `dir/**` also matches `dir` itself: to protect all of a folder is to protect it.
 */
export function parseGlob(glob: string): { readonly pattern: Pattern } | { readonly problem: PatternProblem } {
  if (glob.length > maxLength) return fail(`is longer than ${maxLength} characters`, maxLength);
  const extended = /(?<!\\)[?*+@!]\(/.exec(glob);
  if (extended !== null) return fail(`uses “${extended[0]}…)”, which is not supported`, extended.index);
  const named = /\[[^\]]*\[[:.=]/.exec(glob);
  if (named !== null) return fail('uses a named class such as [:alpha:], which is not supported', named.index);
  const globs = expandBraces(glob);
  if (globs === undefined) return fail(`has more than ${maxBranches} alternatives`, 0);
  const items = globs.map(oneGlob);
  return { pattern: items.length === 1 ? (items[0] ?? empty) : { type: 'choice', items } };
}

const maxLength = 512;
const maxBranches = 256;
const fail = (message: string, pos: number): { problem: PatternProblem } => ({ problem: { message, pos } });

/** The folder that everything a glob matches lies in, without a slash at its end; empty where there is none. */
export function constantFolder(glob: string): string {
  const end = glob.search(/[*?[\]{}\\]/);
  if (end < 0) return glob.replace(/\/$/, '');
  const slash = glob.lastIndexOf('/', end - 1);
  return end === 0 || slash < 0 ? '' : glob.slice(0, slash);
}

/** All globs that one with `{a,b}` stands for; `undefined` if they are too many. Braces without a comma are plain text. */
function expandBraces(glob: string): string[] | undefined {
  const done: string[] = [];
  const open = [glob];
  for (let text = open.pop(); text !== undefined; text = open.pop()) {
    if (done.length + open.length > maxBranches) return undefined;
    const brace = firstBraces(text);
    if (brace === undefined) done.push(text);
    else for (const choice of [...brace.choices].reverse()) open.push(text.slice(0, brace.start) + choice + text.slice(brace.end));
  }
  return done;
}

function firstBraces(text: string): { start: number; end: number; choices: string[] } | undefined {
  for (let start = text.indexOf('{'); start >= 0; start = text.indexOf('{', start + 1)) {
    if (text[start - 1] === '\\') continue;
    const choices: string[] = [];
    let depth = 0;
    let from = start + 1;
    for (let i = start; i < text.length; i++) {
      const char = text[i];
      if (char === '\\') i++;
      else if (char === '{') depth++;
      else if (char === ',' && depth === 1) {
        choices.push(text.slice(from, i));
        from = i + 1;
      } else if (char === '}' && --depth === 0) {
        if (choices.length > 0) return { start, end: i + 1, choices: [...choices, text.slice(from, i)] };
        break;
      }
    }
  }
  return undefined;
}

const slash: Pattern = { type: 'char', code: 47 };
const inName: Pattern = { type: 'set', set: { ranges: [47, 47], not: true } };
const sequence = (...items: Pattern[]): Pattern => ({ type: 'sequence', items });
const any = (item: Pattern, min = 0): Pattern => ({ type: 'repeat', item, min, max: Number.POSITIVE_INFINITY, lazy: false });
const optional = (item: Pattern): Pattern => ({ type: 'repeat', item, min: 0, max: 1, lazy: false });
const name = any(inName, 1);
/** Any number of whole folder names, each with its slash. */
const folders = any(sequence(name, slash));

function oneGlob(glob: string): Pattern {
  const names = glob.split('/');
  const items: Pattern[] = [];
  for (const [index, part] of names.entries()) {
    const last = index === names.length - 1;
    if (part === '**') {
      if (names[index - 1] === '**') continue;
      if (!names.slice(index + 1).every((rest) => rest === '**')) {
        items.push(folders);
        continue;
      }
      // The slash before a last `**` belongs to what may be absent.
      if (index > 0) items.pop();
      const below = sequence(folders, optional(name));
      items.push(index > 0 ? optional(sequence(slash, below)) : below);
      break;
    }
    items.push(oneName(part));
    if (!last) items.push(slash);
  }
  return { type: 'sequence', items };
}

function oneName(text: string): Pattern {
  const chars = [...text];
  if (/^\*+$/.test(text)) return name;
  const items: Pattern[] = [];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? '';
    if (char === '*') items.push(any(inName));
    else if (char === '?') items.push(inName);
    else if (char === '\\' && i + 1 < chars.length) items.push(plain(chars[++i] ?? ''));
    else if (char === '[') {
      const set = oneSet(chars, i);
      if (set === undefined) items.push(plain('['));
      else {
        items.push(set.pattern);
        i = set.end;
      }
    } else items.push(plain(char));
  }
  return { type: 'sequence', items };
}

const plain = (char: string): Pattern => ({ type: 'char', code: char.codePointAt(0) ?? 0 });

function oneSet(chars: readonly string[], start: number): { pattern: Pattern; end: number } | undefined {
  let at = start + 1;
  const not = chars[at] === '!' || chars[at] === '^';
  if (not) at++;
  const ranges: number[] = [];
  for (let first = true; at < chars.length; first = false) {
    if (chars[at] === ']' && !first) {
      // A slash is never inside of a name, whatever the set says.
      const code = not ? [...ranges, 47, 47] : ranges;
      return { pattern: { type: 'set', set: { ranges: code, ...(not ? { not: true } : {}) } }, end: at };
    }
    const read = (): number => (chars[at] === '\\' ? chars[++at] : chars[at])?.codePointAt(0) ?? 0;
    const low = read();
    at++;
    if (chars[at] === '-' && chars[at + 1] !== ']' && chars[at + 1] !== undefined) {
      at++;
      const high = read();
      at++;
      if (low <= high) ranges.push(low, high);
    } else ranges.push(low, low);
  }
  return undefined;
}
