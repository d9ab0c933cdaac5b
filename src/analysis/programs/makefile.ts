import type { Invocation } from '../shell/invocation.ts';
import { anyWords, concat, known, type Text } from '../shell/value.ts';
import { locations } from '../touch.ts';
import { checkVariable } from './environment.ts';
import { stemOf, wordsIn } from './make-functions.ts';
import { makeText, printed } from './make-text.ts';
import { emptyMakefile, readMakefile, type Makefile, type RecipeLine } from './makefile-text.ts';
import { follow, sourceOf, within } from './project-scripts.ts';

/** What the command line of make says. */
export interface MakeCall {
  readonly targets: readonly Text[];
  readonly settings: ReadonlyMap<string, Text>;
  readonly folder: Text | undefined;
  readonly files: readonly Text[];
}

const maxRecipes = 60;
const maxFiles = 20;

/** Runs targets of makefiles, with what they need. False where no file is there. Source: GNU make manual. */
export function runMakeTargets(call: Invocation, made: MakeCall): boolean {
  return within(call, made.folder, () => runHere(call, made));
}

function runHere(call: Invocation, { files, settings, targets }: MakeCall): boolean {
  const makefile = emptyMakefile();
  const wanted = files.length === 0 ? [['GNUmakefile', 'makefile', 'Makefile']] : files.map((file) => [known(file) ?? '']);
  const read = wanted.filter((names) => readInto(makefile, names, call));
  if (read.length === 0) return false;
  // What the command line sets counts before what the files say.
  for (const [name, value] of settings) if (typeof value === 'string') makefile.variables.set(name, value);
  const unknown = new Map([...settings].filter(([, value]) => typeof value !== 'string'));
  const context: Context = { call, makefile, settings: unknown, files: new Map() };
  call.state.set(printed, anyWords, true);
  // Before anything runs that may make files. More rules may come with files that are included.
  const rules = namedRules(context);
  doDeeds(context);
  checkSettings(context);
  const path = makefile.variables.has('PATH') ? textOf('$(PATH)', context) : undefined;
  const before = call.state.own('PATH');
  if (path !== undefined) call.state.set('PATH', path, true);
  runTargets(context, rules.length === makefile.rules.length ? rules : namedRules(context), targets);
  call.state.unset(printed);
  if (path !== undefined && before) call.state.setOwn('PATH', before);
  else if (path !== undefined) call.state.unset('PATH');
  return true;
}

interface Context {
  readonly call: Invocation;
  readonly makefile: Makefile;
  readonly settings: ReadonlyMap<string, Text>;
  readonly files: Map<string, string | undefined>;
}

const textOf = (text: string, { call, makefile, settings, files }: Context, automatic: Readonly<Record<string, Text>> = {}): Text =>
  makeText(text, { call, variables: makefile.variables, settings, automatic, files, depth: 0 });

function readInto(makefile: Makefile, names: readonly string[], call: Invocation): boolean {
  const source = sourceOf(call, names);
  if (source) readMakefile(source.text, source.fresh, makefile);
  return source !== undefined;
}

// What make does while it reads, in makefiles that are included as well.
function doDeeds(context: Context): void {
  const { call, makefile } = context;
  let files = 0;
  // More of them come while files are included.
  for (let i = 0; i < makefile.deeds.length; i++) {
    const deed = makefile.deeds[i];
    if (deed === undefined) continue;
    if (deed.kind === 'shell') follow(call, textOf(deed.text, context), deed.fresh, `make ${deed.text}`);
    else if (deed.kind === 'unknown') {
      if (deed.fresh) call.opaque(`what make does for ${deed.text.slice(0, 80)}`);
    } else
      for (const name of deed.names.trim().split(/\s+/)) {
        const text = known(textOf(name, context));
        if (text !== undefined && !/[*?[$]/.test(text) && ++files <= maxFiles) readInto(makefile, [text], call);
        // What compilers say of dependencies are rules without recipes.
        else if (deed.fresh && !/\.d\b/.test(name)) call.opaque(`a makefile includes ${name}`);
      }
  }
}

const plainFlags = /^(?:-[a-z]+(?:\s+(?:pipefail|errexit|nounset))?\s*)+$/;
const plainShell = /^(?:\S*\/)?(?:env )?(?:ba|z|da)?sh$/;
/** Programs that rules of make's own start. */
export const toolNames = [
  'CC',
  'CXX',
  'CPP',
  'AS',
  'LD',
  'AR',
  'FC',
  'PC',
  'LEX',
  'YACC',
  'RM',
  'INSTALL',
  'COMPILE.c',
  'LINK.c',
  'LINK.o',
  'COMPILE.cc',
  'LINK.cc',
];

// Variables that change what make starts.
function checkSettings(context: Context): void {
  const { call, makefile } = context;
  const { variables, isFresh } = makefile;
  for (const [name, value] of variables) {
    const isShell = name === 'SHELL' && !plainShell.test(value ?? '');
    const isFlags =
      (name === '.SHELLFLAGS' && !plainFlags.test(value ?? '?')) ||
      (/^(?:GNU)?MAKEFLAGS$/.test(name) && /eval|file|SHELL|-f|-C/.test(value ?? 'eval'));
    if (isShell || isFlags)
      isFresh ? call.opaque(`make runs its lines by ${value ?? name}`) : call.run.problem(`make runs its lines by ${value ?? name}`);
    if (makefile.exported.has(name) && name !== 'PATH') checkVariable(name, textOf(`$(${name})`, context), call.state, call.run);
  }
  for (const name of toolNames)
    if (variables.has(name)) follow(call, textOf(`$(${name}) \${${printed}}`, context), isFresh, `make ${name}`);
}

/** Stands in names for what cannot be known. */
const unknownName = '\0';

/** A rule with its names worked out, as far as they can be. */
interface NamedRule {
  readonly targets: readonly string[];
  readonly needs: readonly string[];
  readonly lines: readonly RecipeLine[];
}

/** Rules with their names, which make works out as it reads. */
function namedRules(context: Context): readonly NamedRule[] {
  const namesOf = (text: string): readonly string[] => {
    const all = known(textOf(text, context)) ?? unknownName;
    return wordsIn(all.replace(/\$\{\w+\}/g, unknownName)).filter((name) => name !== '|');
  };
  return context.makefile.rules.map(({ targets, needs, lines }) => ({ targets: namesOf(targets), needs: namesOf(needs), lines }));
}

function runTargets(context: Context, rules: readonly NamedRule[], wanted: readonly Text[]): void {
  const { call, makefile } = context;
  const pending: string[] = [];
  for (const target of wanted) {
    const name = known(target);
    if (name === undefined) call.opaque('a target that cannot be known');
    else pending.push(name);
  }
  const first = rules.flatMap((rule) => rule.targets).find((name) => !/^\.(?![./])/.test(name));
  const goal = makefile.variables.has('.DEFAULT_GOAL') ? (makefile.variables.get('.DEFAULT_GOAL') ?? unknownName) : first;
  if (wanted.length === 0 && goal !== undefined) pending.push(goal);
  const done = new Set<string>();
  let made = 0;
  for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
    if (done.has(name)) continue;
    done.add(name);
    const found = rulesFor(name, rules, call);
    if (found.length > 0 && ++made > maxRecipes) {
      if (makefile.isFresh) call.opaque('more recipes than can be followed');
      return;
    }
    for (const rule of found) {
      const stem = rule.targets.map((target) => stemOf(name, target)).find((part) => part !== undefined && part !== '') ?? '';
      const needs = rule.needs.map((need) => need.replace('%', () => (name.includes(unknownName) ? unknownName : stem)));
      pending.push(...needs);
      runLines(rule.lines, name, stem, needs, context);
    }
  }
}

/** Rules that may make a target: its own, else those whose pattern it may fit; what cannot be known may be any. */
function rulesFor(name: string, rules: readonly NamedRule[], call: Invocation): readonly NamedRule[] {
  const search: Search = { rules, call, tries: 0 };
  const own = rules.filter(({ targets }) => targets.includes(name));
  const isMade = own.some(({ lines }) => lines.length > 0);
  const mayMake = (rule: NamedRule, target: string): boolean =>
    name.includes(unknownName) ||
    target.includes(unknownName) ||
    (!isMade &&
      (target === '.DEFAULT' || /^\.\w+(?:\.\w+)?$/.test(target) || (target.includes('%') && mayApply(rule, target, name, search, []))));
  const others = rules.filter((rule) => !own.includes(rule) && !rule.targets.includes('.PHONY'));
  return [...own, ...others.filter((rule) => rule.targets.some((target) => mayMake(rule, target)))];
}

/** Looks at so many rules to find out whether one applies; then it is taken to. */
const mostTries = 300;

/** Whether what a rule with a pattern needs is there or can be made, by no rule twice. Source: GNU make manual, 10.5.5. */
function mayApply(rule: NamedRule, target: string, name: string, search: Search, used: readonly NamedRule[]): boolean {
  const stem = stemOf(name, target);
  if (stem === undefined || used.includes(rule)) return false;
  const { rules, call } = search;
  if (++search.tries > mostTries) return true;
  return rule.needs.every((each) => {
    const need = each.replace('%', () => stem);
    if (need.includes(unknownName) || rules.some(({ targets }) => targets.includes(need))) return true;
    const isThere = locations(need, call.state, call.run).some(
      ({ typed, real }) => call.run.world.kind(real) !== undefined || call.state.file(typed) !== undefined,
    );
    const chain = [...used, rule];
    return isThere || rules.some((other) => other.targets.some((own) => own.includes('%') && mayApply(other, own, need, search, chain)));
  });
}

interface Search {
  readonly rules: readonly NamedRule[];
  readonly call: Invocation;
  tries: number;
}

function runLines(lines: readonly RecipeLine[], target: string, stem: string, needs: readonly string[], context: Context): void {
  const named = (text: string): Text => (text.includes(unknownName) ? anyWords : text);
  const all = named(needs.join(' '));
  const automatic = { '@': named(target), '<': named(needs[0] ?? ''), '^': all, '+': all, '?': all, '*': named(stem) };
  const texts = lines.map(({ text }) => textOf(text, context, automatic));
  if (context.makefile.isOneShell && lines.length > 1) {
    const whole = concat(...texts.flatMap((text, i) => (i === 0 ? [text] : ['\n', text])));
    const isFresh = lines.some(({ fresh }) => fresh);
    follow(context.call, whole, isFresh, `recipe ${target}`);
  } else for (const [i, line] of lines.entries()) follow(context.call, texts[i] ?? '', line.fresh, `recipe ${target} ${line.text}`);
}
