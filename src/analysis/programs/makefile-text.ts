// The text of makefiles: rules, variables, and what make does while it reads them. Source: GNU make manual, chapters 3 to 8.

import { closing, splitOutside } from './make-functions.ts';
import { printedWords } from './make-text.ts';

/** A line of a recipe, and whether somebody can have read it. */
export interface RecipeLine {
  readonly text: string;
  readonly fresh: boolean;
}

export interface Rule {
  /** As they stand there. */
  readonly targets: string;
  readonly needs: string;
  readonly lines: RecipeLine[];
}

/** Something that make does while it reads the file. */
export type Deed =
  | { readonly kind: 'shell'; readonly text: string; readonly fresh: boolean }
  | { readonly kind: 'include'; readonly names: string; readonly fresh: boolean }
  /** Nobody knows what: a library is loaded, text becomes rules. */
  | { readonly kind: 'unknown'; readonly text: string; readonly fresh: boolean };

export interface Makefile {
  readonly rules: Rule[];
  /** `undefined` where a value cannot be known. */
  readonly variables: Map<string, string | undefined>;
  readonly exported: Set<string>;
  readonly deeds: Deed[];
  /** All lines of a recipe run in one shell. */
  isOneShell: boolean;
  /** Some of it nobody can have read. */
  isFresh: boolean;
}

export const emptyMakefile = (): Makefile => ({
  rules: [],
  variables: new Map(),
  exported: new Set(),
  deeds: [],
  isOneShell: false,
  isFresh: false,
});

const assignmentLine = /^\s*((?:(?:export|override|private)\s+)*)(define\s+)?([\w.%-]+)\s*(\?|\+|!|::?:?)?=\s*(.*?)\s*$/;
const defineLine = /^\s*(?:(?:export|override|private)\s+)*define\s+([\w.%-]+)\s*(?:[?+!:]*=)?\s*$/;
const conditional = /^\s*(?:ifn?eq|ifn?def|else|endif)\b/;
const harmlessLine = /^\s*(?:(?:export|unexport|undefine|vpath|private|override)\b[^$]*|\$[({](?:info|warning|error)\s[^$]*[)}])$/;

/** Reads a makefile into what was read before it, as `include` does. */
export function readMakefile(text: string, fresh: boolean, into: Makefile): void {
  into.isFresh ||= fresh;
  const lines = text
    .replace(/\r/g, '')
    .replace(/\\\n[ \t]*/g, ' ')
    .split('\n');
  const hasConditions = lines.some((line) => conditional.test(line));
  let prefix = '\t';
  let current: Rule | undefined;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (line.startsWith(prefix) && current) {
      const body = line.slice(prefix.length).replace(/^[@+\s-]+/, '');
      if (body !== '' && !body.startsWith('#')) addLine(current, body, fresh, into);
      continue;
    }
    const plain = withoutComment(line);
    if (plain.trim() === '' || conditional.test(plain)) continue;
    const defined = defineLine.exec(plain)?.[1];
    if (defined !== undefined) {
      while (i + 1 < lines.length && !/^\s*endef\b/.test(lines[i + 1] ?? '')) calls(lines[++i] ?? '', fresh, into);
      i += 1;
      into.variables.set(defined, undefined);
      continue;
    }
    const assignment = assignmentLine.exec(plain);
    if (assignment) {
      const [, words = '', , name = '', operator = '', value = ''] = assignment;
      if (name === '.RECIPEPREFIX') prefix = value === '' ? '\t' : value.charAt(0);
      if (words.includes('export')) into.exported.add(name);
      assign(name, operator, value, fresh, hasConditions, into);
      current = undefined;
      continue;
    }
    const included = /^\s*(?:-?include|sinclude)\s+(.*)$/.exec(plain)?.[1];
    if (included !== undefined) into.deeds.push({ kind: 'include', names: included, fresh });
    const exported = /^\s*export\s+([\w\s.-]+)$/.exec(plain)?.[1];
    for (const name of exported?.trim().split(/\s+/) ?? []) into.exported.add(name);
    calls(plain, fresh, into);
    if (included !== undefined) continue;
    current = rule(plain, fresh, hasConditions, into);
    if (!current && !harmlessLine.test(plain) && !/^\s*\$[({]shell\b/.test(plain))
      into.deeds.push({ kind: 'unknown', text: plain.trim(), fresh });
  }
}

/** A recipe behind a semicolon keeps what looks like a comment, which is the shell's to read. */
function withoutComment(line: string): string {
  const cut = line.replace(/(?<!\\)#.*$/, '');
  return cut.includes(';') && !assignmentLine.test(cut) ? line : cut;
}

function rule(line: string, fresh: boolean, hasConditions: boolean, into: Makefile): Rule | undefined {
  const [head = '', ...rest] = splitOutside(line, ':');
  if (rest.length === 0) return undefined;
  const tail = rest.join(':').replace(/^:/, '');
  const specific = /^\s*(?:(?:export|override|private)\s+)*([\w.-]+)\s*(\?|\+|!|::?:?)?=\s*(.*?)\s*$/.exec(tail);
  if (specific) {
    const [, name = '', operator = '', value = ''] = specific;
    // It counts for this target and what it needs only.
    if (into.variables.get(name) !== value || operator === '!') {
      assign(name, operator, value, fresh, hasConditions, into);
      into.variables.set(name, undefined);
    }
    return { targets: '', needs: '', lines: [] };
  }
  const [needs = '', ...recipe] = splitOutside(tail, ';');
  const targets = head.replace(/&\s*$/, '');
  if (/(?:^|\s)\.ONESHELL(?:\s|$)/.test(targets)) into.isOneShell = true;
  // A static pattern rule names its targets, and then the pattern of what they need.
  const found: Rule = { targets, needs: needs.replace(/^[^:]*:(?=\s)/, ''), lines: [] };
  const text = recipe.join(';').replace(/^[@+\s-]+/, '');
  if (text !== '') addLine(found, text, fresh, into);
  into.rules.push(found);
  return found;
}

function assign(name: string, operator: string, value: string, fresh: boolean, isUnsure: boolean, into: Makefile): void {
  calls(value, fresh, into);
  if (operator === '!') {
    into.deeds.push({ kind: 'shell', text: value, fresh });
    into.variables.set(name, undefined);
    return;
  }
  const before = into.variables.get(name);
  const isKnown = into.variables.has(name);
  if (operator === '?' && isKnown) return;
  if (operator === '+' && isKnown) {
    into.variables.set(name, before === undefined ? undefined : `${before} ${value}`.trim());
    return;
  }
  // Which of several values counts is for conditions to say. Options and names are no code, whichever they are.
  const isOpen = isKnown && before !== value && isUnsure && fresh;
  into.variables.set(name, !isOpen ? value : before !== undefined && isPlain(before) && isPlain(value) ? printedWords : undefined);
}

const isPlain = (value: string): boolean => value === printedWords || /^[\w\s./=+,:@-]*$/.test(value);

function addLine(to: Rule, text: string, fresh: boolean, into: Makefile): void {
  to.lines.push({ text, fresh });
  calls(text, fresh, into);
}

/** Functions of make that do something: `$(shell …)`, `$(file …)`, `$(eval …)`. */
function calls(text: string, fresh: boolean, into: Makefile): void {
  for (const match of text.matchAll(/\$[({](shell|file|eval|guile|load)\b/g)) {
    const body = text.slice(match.index + match[0].length, closing(text, match.index + 1));
    if (match[1] === 'shell') into.deeds.push({ kind: 'shell', text: body.trim(), fresh });
    else into.deeds.push({ kind: 'unknown', text: match[0].slice(2), fresh });
  }
  if (/^\s*-?load\s/.test(text)) into.deeds.push({ kind: 'unknown', text: text.trim(), fresh });
}
