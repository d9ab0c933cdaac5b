import { checkVariable } from '../programs/environment.ts';
import { arithmeticText } from './arithmetic.ts';
import { runPrompt } from './delayed-code.ts';
import { parseShell, type Assignment, type Word } from './front.ts';
import { elementKey, elementsOf, endIndex, withElement, type Elements } from './elements.ts';
import { giveUp, number, numberIn } from './parameter.ts';
import type { Run } from './run.ts';
import { isToolVariable } from './special-variables.ts';
import type { State } from './state.ts';
import { changed, type Variable } from './variable.ts';
import { anyName, anyWords, concat, known, type Text } from './value.ts';
import { textOf, wordsOf } from './words.ts';

/** Carries out one assignment and returns the text that was assigned; arrays become arrays. */
export function assign(node: Assignment, state: State, run: Run, exported?: boolean): Text {
  const before = state.variable(node.name);
  if (before?.fixed) giveUp(state, run);
  if (node.value.type === 'ArrayValue') {
    const named = before?.attribute === 'A' ? namedElements(node.value.elements, state, run) : undefined;
    if (named) {
      const old = node.append ? before?.elements : new Map<string, Text>();
      const elements = old === undefined || old === 'unknown' ? 'unknown' : new Map([...old, ...named]);
      state.setVariable(node.name, { values: [anyWords], elements, attribute: 'A' });
      return anyWords;
    }
    const items = node.value.elements.flatMap((word) => [...wordsOf(word, state, run)]);
    const isCertain =
      items.every((item) => typeof item === 'string' || !item.many) && node.value.elements.every((word) => !/^\[[^\]]*\]=/.test(word.text));
    if (before?.attribute === 'A' && isCertain && items.length > 0) {
      // `m=(key value …)`
      const pairs = items.flatMap((key, i): [string, Text][] =>
        i % 2 === 0 && known(key) !== undefined ? [[known(key) ?? '', items[i + 1] ?? '']] : [],
      );
      const old = node.append && before.elements !== undefined && before.elements !== 'unknown' ? before.elements : [];
      const isKnown = pairs.length * 2 === items.length && !(node.append && before.elements === 'unknown');
      state.setVariable(node.name, { values: [anyWords], elements: isKnown ? new Map([...old, ...pairs]) : 'unknown', attribute: 'A' });
      return anyWords;
    }
    if (state.zsh && node.name === 'path') setPath(node.append ? [anyWords, ...items] : items, state, run);
    if (mayBeNumber(before)) for (const item of items) numberIn(item, state, run);
    const start = node.append ? elementsOf(before, false) : new Map<string, Text>();
    setElements(node.name, isCertain && start ? items : undefined, state, start);
    return anyWords;
  }
  const value = textOf(node.value, state, run, true);
  if (node.index) {
    assignElement(node, node.index, value, before, state, run);
    return value;
  }
  const text = node.append ? appended(node.name, value, state) : value;
  // What is no number ends the line.
  if (mayBeNumber(before)) numberIn(value, state, run);
  // Bash may have a text where zsh has a number, or stops.
  if (state.zsh && before?.attribute === 'i' && !/^(?:-?(?:0|[1-9]\d*)|"?\$\(\([^()]*\)\)"?)$/.test(known(value) ?? node.value.text))
    run.opaque(`${node.name} holds numbers only, where the shell is zsh`);
  state.set(node.name, text, exported);
  runPrompt(node.name, text, state, run);
  if ((exported ?? isExported(node.name, before, run)) || isToolVariable(node.name))
    checkVariable(state.meant(node.name) ?? node.name, text, state, run);
  return text;
}

/** `m=([key]=value …)` with keys that are written out; `undefined` where one is not. */
function namedElements(words: readonly Word[], state: State, run: Run): readonly (readonly [string, Text])[] | undefined {
  const keyed = words.map((word) => /^\[(?:([\w.@:/+-]+)|"([^"$`\\]*)"|'([^']*)')\]=([\s\S]*)$/.exec(word.text));
  const values = keyed.map((match) => wordIn(match?.[4] ?? ''));
  if (words.length === 0 || keyed.includes(null) || values.includes(undefined)) return undefined;
  return keyed.map((match, i) => {
    const [, bare, double, single] = match ?? [];
    const word = values[i];
    return [bare ?? double ?? single ?? '', word ? textOf(word, state, run, true) : ''];
  });
}

// The word that a text is; `null` for none, `undefined` where it is more or less than a word: in `[a]=#$(rm b)` it would be a comment.
function wordIn(text: string): Word | null | undefined {
  if (text === '') return null;
  const script = parseShell(`: ${text}`).script;
  const command = script?.commands.length === 1 ? script.commands[0]?.command : undefined;
  const word = command?.type === 'Command' && command.suffix.length === 1 && command.redirects.length === 0 ? command.suffix[0] : undefined;
  return word?.type === 'Word' && word.text === text ? word : undefined;
}

/** What is assigned to it is computed, or may be. */
const mayBeNumber = (variable: Variable | undefined): boolean => variable?.attribute === 'i' || variable?.attribute === '?';

function assignElement(node: Assignment, index: Word, value: Text, before: Variable | undefined, state: State, run: Run): void {
  const attribute = before?.attribute;
  const comes = before === undefined && run.world.variable(node.name) !== undefined;
  const elements = comes ? undefined : elementsOf(before, state.zsh);
  const text = known(textOf(index, state, run));
  const key = elements && elementKey(text, elements, attribute, () => number(index, state, run));
  if (mayBeNumber(before)) numberIn(value, state, run);
  // An array of zsh starts at 1, and has all elements before the last.
  // Quotes are part of a key in zsh, and `(r)` is a flag.
  const isNamed = attribute === 'A' && !(state.zsh && /["'\\(]/.test(index.text));
  const isPlaced = elements !== undefined && key !== undefined && (attribute === 'A' ? isNamed : !state.zsh || key === '1');
  // Before the first one there is none: that is an error which ends the line.
  if (!isPlaced && attribute !== 'A') giveUp(state, run);
  const item = isPlaced && node.append ? concat(elements.get(key) ?? '', value) : value;
  state.setVariable(node.name, {
    values: [anyWords],
    elements: isPlaced ? withElement(elements, key, (attribute && changed(item, attribute)) ?? item, attribute) : 'unknown',
    ...(attribute ? { attribute } : {}),
    ...(before?.exported ? { exported: true } : {}),
  });
}

function appended(name: string, value: Text, state: State): Text {
  const before = state.variable(name);
  if (!before) return concat(anyWords, value);
  const first = before.values[0];
  return before.values.length === 1 ? concat(first ?? '', value) : anyWords;
}

/** An array with more elements is not known. */
const mostElements = 1000;

/** Sets a variable to an array of words, after those that it keeps; unknown where they cannot be known. */
export function setElements(name: string, items: readonly Text[] | undefined, state: State, before: Elements = new Map()): void {
  const end = endIndex(before);
  const attribute = state.variable(name)?.attribute;
  const added = items?.map((item, i) => [String(end + i), (attribute && changed(item, attribute)) ?? item] as const);
  state.setVariable(name, {
    values: [anyWords],
    elements: added && added.length <= mostElements && attribute !== 'A' ? new Map([...before, ...added]) : 'unknown',
    ...(attribute ? { attribute } : {}),
  });
}

/** An assignment given as the argument of `declare`, `export` and the like, where it could not be parsed as one. */
export function assignText(text: Text, state: State, run: Run, exported: boolean | undefined, isInteger: boolean): void {
  const whole = known(text);
  const match = whole === undefined ? null : /^([A-Za-z_]\w*)(\[[^=]*\])?(\+?)=([\s\S]*)$/.exec(whole);
  if (!match) {
    const name = typeof text === 'string' ? text : undefined;
    if (name !== undefined && /^[A-Za-z_]\w*$/.test(name)) declare(name, exported, state, run);
    return;
  }
  const [, name = '', index, plus, value = ''] = match;
  if (index !== undefined) {
    // `declare` takes an element, `export` refuses it.
    state.set(`${name}[?]`, value);
    return;
  }
  if (state.variable(name)?.fixed) giveUp(state, run);
  let assigned: Text = plus ? appended(name, value, state) : value;
  if (isInteger) {
    const command = parseShell(`((${value}))`).script?.commands[0]?.command;
    const expression = command?.type === 'ArithmeticCommand' ? command.expression : undefined;
    // What is no number ends the line.
    if (!expression) giveUp(state, run);
    assigned = expression ? arithmeticText(expression, state, run) : anyName;
  }
  state.set(name, assigned, exported);
  if (mayBeNumber(state.variable(name))) numberIn(value, state, run);
  runPrompt(name, assigned, state, run);
  if (exported ?? isExported(name, state.variable(name), run)) checkVariable(state.meant(name) ?? name, assigned, state, run);
}

/** To zsh the array `path` is PATH. Source: zshparam(1). */
function setPath(folders: readonly Text[], state: State, run: Run): void {
  const value = concat(...folders.flatMap((folder, i) => (i === 0 ? [folder] : [':', folder])));
  state.set('PATH', value);
  checkVariable('PATH', value, state, run);
}

// What the environment brings is exported already, and it always brings a PATH.
function isExported(name: string, variable: Variable | undefined, run: Run): boolean {
  return (variable?.exported ?? false) || name === 'PATH' || run.world.variable(name) !== undefined;
}

function declare(name: string, exported: boolean | undefined, state: State, run: Run): void {
  const before = state.variable(name);
  if (before) {
    state.setVariable(name, { ...before, exported: exported ?? before.exported ?? false });
    const value = before.values[0];
    if (exported && value !== undefined) checkVariable(name, value, state, run);
  } else if (exported !== undefined) {
    // Exporting a name that is not set here changes nothing of its value.
    const value = run.world.variable(name);
    if (value !== undefined) state.setVariable(name, { values: [value], exported });
  }
}
