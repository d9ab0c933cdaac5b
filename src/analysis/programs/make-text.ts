import { absolute, basename, dirname } from '../paths.ts';
import { expandGlob, nameTest } from '../shell/glob.ts';
import type { Invocation } from '../shell/invocation.ts';
import { anyWords, concat, known, type Piece, type Text } from '../shell/value.ts';
import { closing, splitOutside, substituteReference, textFunction, wordsIn } from './make-functions.ts';

/** What a text of a makefile is worked out with. */
export interface MakeContext {
  readonly call: Invocation;
  /** `undefined` where a value cannot be known. */
  readonly variables: ReadonlyMap<string, string | undefined>;
  readonly settings: ReadonlyMap<string, Text>;
  /** `$@`, `$<`, `$^`, `$*` by their sign. */
  readonly automatic: Readonly<Record<string, Text>>;
  /** Files that were there by a pattern when it was first asked for. */
  readonly files: Map<string, string | undefined>;
  readonly depth: number;
}

const deepest = 20;

/** The variable that stands for what a program printed which prints names and options: words, and no code. */
export const printed = '__printed';
/** The same as a value in a makefile. */
export const printedWords = `$\${${printed}}`;

/** Programs that print names and options, alone in their command. */
const plainPrinter =
  /^\s*(?:git\s+(?:describe|rev-parse|branch\s+--show-current|symbolic-ref)|date|uname|arch|nproc|getconf|hostname|whoami|id|pwd|pkg-config|go\s+(?:env|version)|which|command\s+-v)(?:\s[^;&|<>`$()]*)?(?:2>\s*\/dev\/null)?(?:\s*\|\|\s*echo\s+[\w.'"-]+)?\s*$/;

/** A text with variables and functions worked out as far as they are known; the rest is unknown words. Source: GNU make manual, chapters 6 and 8. */
export function makeText(text: string, context: MakeContext): Text {
  if (context.depth > deepest) return anyWords;
  const parts: Text[] = [];
  let start = 0;
  for (let at = text.indexOf('$'); at >= 0 && at + 1 < text.length; at = text.indexOf('$', start)) {
    const isLong = /[({]/.test(text.charAt(at + 1));
    const end = isLong ? closing(text, at + 1) : at + 1;
    parts.push(text.slice(start, at));
    parts.push(text.charAt(at + 1) === '$' ? '$' : reference(text.slice(isLong ? at + 2 : at + 1, isLong ? end : end + 1), context));
    start = end + 1;
  }
  parts.push(text.slice(start));
  return concat(...parts);
}

function reference(body: string, context: MakeContext): Text {
  const [, name = '', rest] = /^([a-z-]+)[ \t]+([\s\S]*)$/.exec(body) ?? [];
  if (rest !== undefined) return called(name, rest, context) ?? anyWords;
  const [, replaced, from, to] = /^([^:=]+):([^=]*)=([\s\S]*)$/.exec(body) ?? [];
  if (replaced === undefined || from === undefined || to === undefined) return valueNamed(body, context);
  const value = known(valueNamed(replaced, context));
  const [pattern, replacement] = [known(makeText(from, deeper(context))), known(makeText(to, deeper(context)))];
  return value === undefined || pattern === undefined || replacement === undefined
    ? anyWords
    : substituteReference(value, pattern, replacement);
}

const deeper = (context: MakeContext): MakeContext => ({ ...context, depth: context.depth + 1 });

function valueNamed(body: string, context: MakeContext): Text {
  const name = body.includes('$') ? known(makeText(body, deeper(context))) : body;
  if (name === undefined) return anyWords;
  if (name === 'MAKE') return 'make';
  if (name === 'CURDIR') return '.';
  const { automatic, settings, variables } = context;
  const [, sign, part] = /^([@<^+?*])([DF])$/.exec(name) ?? [];
  if (sign !== undefined) {
    const value = known(automatic[sign] ?? '');
    const run = textFunction(part === 'D' ? 'dir' : 'notdir');
    return value === undefined || !run ? anyWords : run[1](value).replace(/(?<=\S)\/(?= |$)/g, '');
  }
  const given = settings.get(name) ?? automatic[name];
  if (given !== undefined) return given;
  const value = variables.get(name);
  if (value !== undefined) return makeText(value, deeper(context));
  if (variables.has(name)) return anyWords;
  // What no makefile sets comes from the environment, as in a shell.
  return defaults[name] ?? (/^[A-Za-z_]\w*$/.test(name) ? `\${${name}}` : anyWords);
}

function called(name: string, rest: string, context: MakeContext): Text | undefined {
  const inner = deeper(context);
  const text = (part: string | undefined): string | undefined => known(makeText(part ?? '', inner));
  const found = textFunction(name);
  if (found) {
    const args = splitOutside(rest, ',', found[0]).map(text);
    const isKnown = args.every((arg) => arg !== undefined && !arg.includes('${'));
    return isKnown ? found[1](...args.map((arg) => arg ?? '')) : name === 'info' || name === 'warning' ? '' : undefined;
  }
  switch (name) {
    case 'wildcard': {
      const pattern = text(rest);
      if (pattern === undefined) return undefined;
      if (!context.files.has(pattern)) context.files.set(pattern, wildcard(pattern, context));
      return context.files.get(pattern);
    }
    case 'shell':
      // It was run where the file was read; what it printed is not kept.
      return plainPrinter.test(rest) ? `\${${printed}}` : undefined;
    case 'foreach': {
      const [variable, list, body = ''] = splitOutside(rest, ',', 3);
      const [own, words] = [text(variable), text(list)];
      if (own === undefined || words === undefined) return undefined;
      const each = wordsIn(words).map((word) => makeText(body, { ...inner, settings: new Map([...context.settings, [own.trim(), word]]) }));
      return concat(...each.flatMap((one, i) => (i === 0 ? [one] : [' ', one])));
    }
    case 'call': {
      const [own, ...args] = splitOutside(rest, ',');
      const body = context.variables.get(text(own)?.trim() ?? '');
      if (body === undefined) return undefined;
      const values = args.map((arg, i) => [String(i + 1), makeText(arg, inner)] as const);
      return makeText(body, { ...inner, settings: new Map([...context.settings, ...values]) });
    }
    case 'if': {
      const [condition, yes = '', no = ''] = splitOutside(rest, ',', 3);
      const value = text(condition?.trim());
      return value === undefined || value.includes('${') ? undefined : makeText(value === '' ? no : yes, inner);
    }
    default:
      return undefined;
  }
}

const globs = /(\*+|\?|\[[^\]]*\])/;

const piece = (part: string, i: number): Piece => (i % 2 === 0 ? part : { glob: part });

/** Files that there are by a pattern, those among them that the command made. */
function wildcard(pattern: string, { call }: MakeContext): string | undefined {
  const { state, run } = call;
  const [cwd] = state.cwds;
  if (cwd === undefined || state.cwds.length > 1 || state.removed.length > 0 || state.written.length > 0) return undefined;
  const names: string[] = [];
  for (const word of wordsIn(pattern)) {
    if (/[$`'"\\;&|<>(){}~]/.test(word)) return undefined;
    const there = expandGlob(word.split(globs).map(piece), cwd, run.world, state.options);
    const folder = word.slice(0, word.lastIndexOf('/') + 1);
    const isNamed = nameTest(word.slice(folder.length).split(globs).map(piece));
    if (there === undefined || !isNamed || (globs.test(folder) && state.hasFiles())) return undefined;
    const place = absolute(folder === '' ? '.' : folder, cwd);
    const made = [...state.files.keys()].filter((path) => dirname(path) === place && isNamed(basename(path)));
    for (const name of new Set([...there, ...made.map((path) => folder + basename(path))]))
      if (!state.files.get(absolute(name, cwd))?.gone) names.push(name);
  }
  // A name that the shell would read as more than a name is not put into a line of it.
  return names.every((name) => /^[\w./+@%,-]*$/.test(name)) ? names.sort().join(' ') : undefined;
}

/** Variables that make itself sets. */
const defaults: Readonly<Record<string, string>> = {
  RM: 'rm -f',
  CC: 'cc',
  CXX: 'g++',
  CPP: 'cc -E',
  AR: 'ar',
  LD: 'ld',
  CFLAGS: '',
  LDFLAGS: '',
  CPPFLAGS: '',
  DESTDIR: '',
  MAKEFLAGS: '',
  SHELL: '/bin/sh',
};
