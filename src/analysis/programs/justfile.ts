import type { Invocation } from '../shell/invocation.ts';
import { anyWords, concat, known, type Text } from '../shell/value.ts';
import { follow, sourceOf, within } from './project-scripts.ts';

interface Recipe {
  readonly needs: readonly string[];
  readonly lines: string[];
}

interface Justfile {
  readonly recipes: ReadonlyMap<string, Recipe>;
  readonly variables: ReadonlyMap<string, string>;
  readonly first: string | undefined;
  /** Text between backticks, which just runs to get values. */
  readonly commands: readonly string[];
  /** Lines that bring in other files, or other shells. */
  readonly unknown: readonly string[];
}

const maxRecipes = 60;

/** Runs recipes of a justfile, with what they need. Source: the manual of just. */
export function runJustRecipes(call: Invocation, words: readonly Text[], folder: Text | undefined, file: Text | undefined): void {
  within(call, folder, () => runHere(call, words, file));
}

function runHere(call: Invocation, words: readonly Text[], file: Text | undefined): void {
  const source = sourceOf(call, file === undefined ? ['justfile', 'Justfile', '.justfile'] : [known(file) ?? '']);
  if (!source) return;
  const { recipes, variables, first, commands, unknown } = parseJustfile(source.text);
  for (const text of commands) follow(call, text, source.fresh, `just ${text}`);
  if (source.fresh) for (const line of unknown) call.opaque(`what just does for ${line.slice(0, 80)}`);
  if (words[0] !== undefined && known(words[0]) === undefined) call.opaque('a target that cannot be known');
  const pending = words.length === 0 ? [first ?? ''] : words.map((word) => known(word) ?? '');
  const done = new Set<string>();
  while (pending.length > 0 && done.size < maxRecipes) {
    const name = pending.shift() ?? '';
    const recipe = done.has(name) ? undefined : recipes.get(name);
    done.add(name);
    if (!recipe) continue;
    pending.push(...recipe.needs);
    for (const line of scriptsOf(recipe.lines)) follow(call, interpolated(line, variables), source.fresh, `recipe ${name} ${line}`);
  }
}

/** A line with variables put in that are known; other expressions are unknown words. */
function interpolated(line: string, variables: Justfile['variables']): Text {
  return concat(...line.split(/\{\{\s*(.*?)\s*\}\}/).map((part, i) => (i % 2 === 0 ? part : (variables.get(part) ?? anyWords))));
}

// A recipe that begins with `#!` is one script; others run line by line.
function scriptsOf(lines: readonly string[]): readonly string[] {
  const [first = ''] = lines;
  if (!first.startsWith('#!')) return lines.filter((line) => !line.startsWith('#'));
  const interpreter = first.replace(/^#!\s*(?:\S*\/)?(?:env\s+(?:-S\s+)?)?/, '');
  const body = lines.slice(1).join('\n');
  return /^(?:ba|z|da)?sh\b/.test(interpreter) ? [body] : [`${interpreter} - <<'JUST'\n${body}\nJUST`];
}

function parseJustfile(text: string): Justfile {
  const recipes = new Map<string, Recipe>();
  const variables = new Map<string, string>();
  const commands: string[] = [];
  const unknown: string[] = [];
  let first: string | undefined;
  let current: Recipe | undefined;
  for (const line of text
    .replace(/\r/g, '')
    .replace(/\\\n[ \t]*/g, ' ')
    .split('\n')) {
    if (/^[ \t]/.test(line)) {
      const body = line.trim().replace(/^[@-]+/, '');
      if (body !== '') current?.lines.push(body);
      // Expressions in a recipe are worked out by just.
      for (const match of line.matchAll(/\{\{(.*?)\}\}/g)) commands.push(...backticks(match[1] ?? ''));
      continue;
    }
    const plain = line.replace(/^#.*$/, '');
    commands.push(...backticks(plain));
    if (/^(?:import|mod)\b|^set\s+(?:windows-)?(?:shell|script-interpreter)\b|^set\s+dotenv|\bshell\(/.test(plain))
      unknown.push(plain.trim());
    const assignment = /^(?:export\s+)?([\w-]+)\s*:=\s*(?:'([^']*)'|"([^"]*)")\s*$/.exec(plain);
    if (assignment) variables.set(assignment[1] ?? '', assignment[2] ?? assignment[3] ?? '');
    const recipe = /^@?([\w-]+)(?:\s[^:]*)?:(?!=)\s*(.*)$/.exec(plain);
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
  return { recipes, variables, first, commands, unknown };
}

const backticks = (text: string): readonly string[] => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
