import type { Invocation } from '../shell/invocation.ts';
import { anyWords, concat, display, fromPieces, known, type Piece, piecesOf, type Text } from '../shell/value.ts';

/**
 * Scripts that a project keeps in its own files: `package.json`, `composer.json`, makefiles and justfiles. They are found and followed as
 * if they had been typed, so that the name of a script hides nothing.
 */

/** A file of the project and whether somebody can have read it: one that this session made, nobody has. */
interface Source {
  readonly text: string;
  readonly fresh: boolean;
}

/** The first of the files that is there. What was written in this session and cannot be known is said to be so. */
function sourceOf(call: Invocation, names: readonly string[], folder: Text | undefined): Source | undefined {
  for (const name of names) {
    const content = call.content(folder === undefined ? name : concat(folder, '/', name));
    if (!content) continue;
    const text = known(content.text);
    if (text !== undefined) return { text, fresh: content.fresh };
    if (content.fresh) call.opaque(`what ${name} contains cannot be known`);
    return undefined;
  }
  return undefined;
}

/** Follows a script; one of the project's committed files is a program like any other, so that what is unknown in it is no alarm. */
function follow(call: Invocation, text: Text, fresh: boolean, mark: string): void {
  if (call.run.callStack.includes(mark) || call.run.callStack.length > 24) return;
  call.run.callStack.push(mark);
  if (!fresh) call.run.lenient += 1;
  call.shell(text);
  if (!fresh) call.run.lenient -= 1;
  call.run.callStack.pop();
}

function quoted(args: readonly Text[]): Text {
  return concat(...args.flatMap((arg) => [' ', typeof arg === 'string' ? `'${arg.replaceAll("'", `'\\''`)}'` : arg]));
}

/** The scripts of a manifest in JSON; nothing where it is none. */
function scriptsOf(source: Source): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  try {
    const manifest: unknown = JSON.parse(source.text);
    const scripts = isObject(manifest) ? manifest['scripts'] : undefined;
    for (const [name, value] of isObject(scripts) ? Object.entries(scripts) : []) {
      const lines = (Array.isArray(value) ? value : [value]).filter((line): line is string => typeof line === 'string');
      if (lines.length > 0) found.set(name, lines.join('\n'));
    }
  } catch {
    // No manifest anybody could run scripts of.
  }
  return found;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export interface ScriptOptions {
  /** Where the manifest lies, when not in the current folder. */
  readonly folder?: Text | undefined;
  readonly args?: readonly Text[];
  readonly manifest?: string;
  /** Scripts of these names before and after it run as well. */
  readonly hooks?: boolean;
}

/** Runs a script of `package.json` by its name, which may be a pattern as of `npm-run-all`. False where there is none. */
export function runManifestScript(
  call: Invocation,
  name: Text,
  { folder, args = [], manifest = 'package.json', hooks = true }: ScriptOptions = {},
): boolean {
  const source = sourceOf(call, [manifest], folder);
  // A pattern that the shell left alone is the runner's own.
  const wanted = known(name) ?? (piecesOf(name).every((piece) => typeof piece === 'string' || 'glob' in piece) ? display(name) : undefined);
  if (!source) {
    if (call.run.unpacked && hooks) call.run.reportOrigin('download');
    return false;
  }
  if (wanted === undefined) {
    call.opaque('a script whose name cannot be known');
    return true;
  }
  const scripts = scriptsOf(source);
  const pattern = wanted.includes('*') ? new RegExp(`^${wanted.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*')}$`) : undefined;
  const names = pattern ? [...scripts.keys()].filter((key) => pattern.test(key)).slice(0, 40) : [wanted];
  let found = false;
  for (const one of names) {
    for (const key of hooks ? [`pre${one}`, one, `post${one}`] : [one]) {
      const text = scripts.get(key);
      if (text === undefined) continue;
      found ||= key === one;
      const words =
        manifest === 'composer.json'
          ? text.replace(/^@(?:composer|php|putenv)\s/gm, (at) => at.slice(1)).replace(/^@([\w:-]+)/gm, 'composer run $1')
          : text;
      follow(call, key === one ? concat(words, quoted(args)) : words, source.fresh, `script ${key}`);
    }
  }
  return found;
}

/** Whether `package.json` has a script of that name. */
export function hasManifestScript(call: Invocation, name: string, folder?: Text): boolean {
  const source = sourceOf(call, ['package.json'], folder);
  return source !== undefined && scriptsOf(source).has(name);
}

interface Recipe {
  readonly needs: readonly string[];
  readonly lines: readonly string[];
}

interface RuleFile {
  readonly recipes: ReadonlyMap<string, Recipe>;
  readonly variables: ReadonlyMap<string, string>;
  readonly first: string | undefined;
}

const maxRecipes = 60;

/** Runs targets of a makefile, with what they need. False where no file is there. Source: GNU make manual, chapters 4 and 5. */
export function runMakeTargets(
  call: Invocation,
  targets: readonly Text[],
  settings: ReadonlyMap<string, Text>,
  folder: Text | undefined,
  file: Text | undefined,
): boolean {
  const source = sourceOf(call, file === undefined ? ['GNUmakefile', 'makefile', 'Makefile'] : [known(file) ?? ''], folder);
  if (!source) return false;
  const rules = parseMakefile(source.text);
  for (const shell of [rules.variables.get('SHELL')])
    if (shell !== undefined && !/^(?:\S*\/)?(?:env )?(?:ba|z|da)?sh$/.test(shell)) call.run.problem(`make runs its lines by ${shell}`);
  runRecipes(call, rules, targets, source.fresh, (line, target, needs) => makeLine(line, rules, settings, target, needs));
  return true;
}

/** Runs recipes of a justfile. False where no file is there. Source: the manual of just. */
export function runJustRecipes(call: Invocation, targets: readonly Text[], folder: Text | undefined, file: Text | undefined): boolean {
  const source = sourceOf(call, file === undefined ? ['justfile', 'Justfile', '.justfile'] : [known(file) ?? ''], folder);
  if (!source) return false;
  const rules = parseJustfile(source.text);
  runRecipes(call, rules, targets, source.fresh, (line) => interpolated(line, /\{\{\s*(.*?)\s*\}\}/g, (name) => rules.variables.get(name)));
  return true;
}

function runRecipes(
  call: Invocation,
  rules: RuleFile,
  targets: readonly Text[],
  fresh: boolean,
  expand: (line: string, target: string, needs: readonly string[]) => Text,
): void {
  const done = new Set<string>();
  const pending: string[] = [];
  for (const target of targets) {
    const name = known(target);
    if (name === undefined) call.opaque('a target that cannot be known');
    else pending.push(name);
  }
  if (targets.length === 0 && rules.first !== undefined) pending.push(rules.first);
  while (pending.length > 0 && done.size < maxRecipes) {
    const name = pending.shift() ?? '';
    if (done.has(name)) continue;
    done.add(name);
    const recipe = rules.recipes.get(name);
    if (!recipe) continue;
    pending.push(...recipe.needs);
    for (const line of recipe.lines) follow(call, expand(line, name, recipe.needs), fresh, `recipe ${name} ${line}`);
  }
}

function parseMakefile(text: string): RuleFile {
  const recipes = new Map<string, { needs: string[]; lines: string[] }>();
  const variables = new Map<string, string>();
  let first: string | undefined;
  let current: readonly { needs: string[]; lines: string[] }[] = [];
  for (const line of text
    .replace(/\r/g, '')
    .replace(/\\\n[ \t]*/g, ' ')
    .split('\n')) {
    if (line.startsWith('\t')) {
      const body = line.slice(1).replace(/^[@+\s-]+/, '');
      if (body !== '' && !body.startsWith('#')) for (const recipe of current) recipe.lines.push(body);
      continue;
    }
    const assignment = /^\s*(?:export\s+|override\s+)?([\w.-]+)\s*(?::|::|\?|\+)?=\s*(.*?)\s*(?:\s#.*)?$/.exec(line);
    if (assignment) {
      if (!/^\s*[\w.-]+\s*\?=/.test(line) || !variables.has(assignment[1] ?? '')) variables.set(assignment[1] ?? '', assignment[2] ?? '');
      continue;
    }
    const rule = /^([^\s#:=][^:=#]*?)\s*::?(?!=)\s*([^;#]*)(?:;\s*(.*))?/.exec(line);
    if (!rule) {
      if (line.trim() !== '' && !line.trim().startsWith('#')) current = [];
      continue;
    }
    const names = (rule[1] ?? '').split(/\s+/);
    current = names.map((name) => {
      const recipe = recipes.get(name) ?? { needs: [], lines: [] };
      recipe.needs.push(...(rule[2] ?? '').split(/\s+/).filter((need) => need !== '' && need !== '|'));
      if (rule[3] !== undefined && rule[3] !== '') recipe.lines.push(rule[3]);
      recipes.set(name, recipe);
      return recipe;
    });
    first ??= names.find((name) => !name.startsWith('.') && !name.includes('%'));
  }
  return { recipes, variables, first };
}

function parseJustfile(text: string): RuleFile {
  const recipes = new Map<string, { needs: string[]; lines: string[] }>();
  const variables = new Map<string, string>();
  let first: string | undefined;
  let current: { needs: string[]; lines: string[] } | undefined;
  for (const line of text
    .replace(/\r/g, '')
    .replace(/\\\n[ \t]*/g, ' ')
    .split('\n')) {
    if (/^[ \t]/.test(line)) {
      const body = line.trim().replace(/^[@-]+/, '');
      if (body !== '' && !body.startsWith('#')) current?.lines.push(body);
      continue;
    }
    const assignment = /^(?:export\s+)?([\w-]+)\s*:=\s*(?:'([^']*)'|"([^"]*)")\s*$/.exec(line);
    if (assignment) variables.set(assignment[1] ?? '', assignment[2] ?? assignment[3] ?? '');
    const recipe = /^@?([\w-]+)(?:\s[^:]*)?:(?!=)\s*(.*)$/.exec(line);
    if (!recipe) continue;
    current = {
      needs: (recipe[2] ?? '')
        .replace(/&&|\([^)]*\)|#.*/g, (part) => (part.startsWith('(') ? part.slice(1).split(/\s/, 1).join('') : ' '))
        .split(/\s+/)
        .filter(Boolean),
      lines: [],
    };
    recipes.set(recipe[1] ?? '', current);
    first ??= recipe[1];
  }
  return { recipes, variables, first };
}

/** A line of a recipe as the shell gets it: variables that are known put in, `$$` for `$`, everything else unknown. */
function makeLine(
  line: string,
  rules: RuleFile,
  settings: ReadonlyMap<string, Text>,
  target: string,
  needs: readonly string[],
  depth = 0,
): Text {
  const automatic: Readonly<Record<string, string>> = {
    '@': target,
    '<': needs[0] ?? '',
    '^': needs.join(' '),
    '+': needs.join(' '),
    '?': needs.join(' '),
  };
  return interpolated(line, /\$(?:\$|\(([^()]*(?:\([^()]*\)[^()]*)*)\)|\{([^{}]*)\}|([@<^+?*%\w]))/g, (name, match) => {
    if (match === '$$') return '$';
    if (name === 'MAKE') return 'make';
    if (name === 'CURDIR') return '.';
    const given = settings.get(name) ?? automatic[name];
    if (given !== undefined) return given;
    const value = rules.variables.get(name);
    if (value !== undefined && depth < 8) return makeLine(value, rules, settings, target, needs, depth + 1);
    if (value === undefined && defaults[name] !== undefined) return defaults[name];
    // What no makefile sets comes from the environment, as in a shell.
    return value === undefined && /^[A-Za-z_]\w*$/.test(name) ? `\${${name}}` : undefined;
  });
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

function interpolated(line: string, pattern: RegExp, value: (name: string, match: string) => Text | undefined): Text {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of line.matchAll(pattern)) {
    pieces.push(line.slice(end, match.index));
    const found = value((match[1] ?? match[2] ?? match[3] ?? '').trim(), match[0]) ?? anyWords;
    if (typeof found === 'string') pieces.push(found);
    else pieces.push(...found.pieces);
    end = match.index + match[0].length;
  }
  pieces.push(line.slice(end));
  return fromPieces(pieces);
}
