import type { TextTest } from '../../src/policy/compiled.ts';
import { reporter, textTest } from '../../src/policy/compile-match.ts';
import { parseGlob } from '../../src/policy/glob.ts';
import { toProgram } from '../../src/policy/pattern.ts';

/** How long the texts are, in characters. */
const length = 100_000;
const fill = (part: string): string => part.repeat(Math.ceil(length / part.length)).slice(0, length);

/** A text without a period, the same in each run. */
function noise(letters: string): string {
  let state = 12345;
  let text = '';
  while (text.length < length) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    text += letters[(state >>> 16) % letters.length] ?? '';
  }
  return text;
}

const a = fill('a');
const ab = noise('ab');
const words = noise('abcdefghijklmnop .,/=-\n');
const slashes = fill('a/');

/** Regexes of policies with texts of an agent, made to take as long as they can. */
const regexes: readonly (readonly [pattern: string, text: string])[] = [
  ['(a?){50}a{50}!$', a],
  ['^(a+)+$', `${a}!`],
  ['(a|a)*b', a],
  ['(a|aa)+$', `${a}!`],
  ['(.*)*x', a],
  ['(.*a){25}b', a],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', a],
  ['([a-zA-Z]+)*!', words],
  ['(a*)*(a*)*(a*)*b', a],
  ['(x+x+)+y', fill('x')],
  ['.*.*.*.*.*.*.*.*=.*!', words],
  ['\\s+$', `${fill(' ')}x`],
  ['(\\w+\\s?)*!$', words],
  ['[ab]*a[ab]{12}!', ab],
  ['[ab]*a[ab]{200}!', ab],
  ['[ab]*a[ab]{2000}!', ab],
  ['[ab]*a[ab]{9000}!', ab],
  ['((a{0,100}){0,100})!', a],
  ['(a{1,140}b?){1,140}!', ab],
  ['(?=.*a)(?=.*b)(?=.*!)x', ab],
  [`${'(?=a)'.repeat(3000)}!`, a],
  [`(?:${'(?!b)a|'.repeat(1000)}c)!`, a],
  ['(?<!a)(?<!b)(?<!c)\\b\\B!', words],
  ['\\b\\w+\\b.*\\b\\w+\\b.*!', words],
  ['(?i)(\\w|\\d|[^!])*!', words],
  ['[^!]*[^?]*[^#]*[^§]*!', noise('äöüß€😀a ')],
  ['(?m)^(.*)$(.*)^!', words],
  [`(${Array.from({ length: 500 }, (_, i) => `w${i}`).join('|')})+!`, noise('w0123456789')],
  ['(a.|.a|b.|.b)*!', ab],
  ['(aab|abb|bab|a|b)*bbbbbbbbbbbbbbbbbbbbbbbb!', ab],
];

/** Globs with paths; those that would grow too large are refused when a policy is loaded. */
const globs: readonly (readonly [glob: string, path: string])[] = [
  [`${'**/'.repeat(100)}b`, slashes],
  [`${'**/*a*/'.repeat(40)}b`, slashes],
  ['*a*a*a*a*a*a*a*a*a*b', a],
  [`${'*a'.repeat(200)}b`, a],
  [`${'*?'.repeat(200)}/b`, ab],
  [`**/${'[ab]'.repeat(100)}`, ab],
  [`{${'*a*a,'.repeat(80)}b}`, a],
  [`${'{a,b}'.repeat(8)}*b`, ab],
  ['**/{*a*,*b*}/**/{*a*,*b*}/**/c', fill('ab/ba/')],
  [`**/${'?'.repeat(400)}/c`, slashes],
];

/** The globs that can be loaded. */
export function hostileGlobs(): readonly string[] {
  return globs.flatMap(([glob]) => ('pattern' in parseGlob(glob) ? [glob] : []));
}

const members = Array.from({ length: 2_000 }, (_, i) => i);
const conditions: readonly string[] = [
  'args.list.exists(a, args.list.exists(b, a == b + 100000))',
  'args.list.all(a, args.list.all(b, a != b || a == b))',
  'args.list.exists_one(a, args.list.exists_one(b, a == b))',
  'args.text.split("").exists(a, args.text.split("").exists(b, a == "x"))',
  'args.text.split("a").all(a, a != "zz")',
  'args.list.map(a, args.list).exists(l, l.exists(x, x == -1))',
  'args.list.filter(a, args.list.exists(b, b == a)).size() == 0',
  'args.list.all(a, !args.text.contains("b"))',
  'args.list.exists(x, x in args.list && x < 0)',
  '(args.list + args.list + args.list).exists(a, (args.list + args.list).exists(b, a == b + 1))',
  `(${Array.from({ length: 100 }, () => 'args.text').join(' + ')}).matches("b!")`,
  'args.text.matches("(a?){50}a{50}!$")',
  'args.list.all(a, args.text.matches("(a|b)*a(a|b){300}!"))',
  'args.text.split("").join("b").split("").join() == args.text',
];

/** Conditions of policies with arguments of an agent that would take long. */
export function hostileConditions(): readonly { readonly condition: string; readonly args: unknown }[] {
  return conditions.map((condition) => ({ condition, args: { list: members, text: a } }));
}

/** A hostile pattern as a policy tests it, and the text. */
export interface Hostile {
  readonly name: string;
  readonly test: TextTest;
  readonly text: string;
}

export function hostilePatterns(): readonly Hostile[] {
  const place = { source: 'hostile' };
  const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 37)}…` : text);
  return [
    ...regexes.flatMap(([pattern, text]) => {
      const test = textTest({ value: `~${pattern}`, place }, reporter([], []));
      return test === undefined ? [] : [{ name: `~${shorten(pattern)}`, test, text }];
    }),
    ...globs.flatMap(([glob, text]) => {
      const parsed = parseGlob(glob);
      const result = 'pattern' in parsed ? toProgram(parsed.pattern) : parsed;
      return 'program' in result
        ? [{ name: shorten(glob), test: { is: 'whole' as const, program: result.program, source: glob }, text }]
        : [];
    }),
  ];
}
