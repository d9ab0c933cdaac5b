import { runExpansions, runIndex } from './delayed-code.ts';
import { isSecretVariable } from '../secret-names.ts';
import { arithmeticNumber, orGivenUp } from './arithmetic.ts';
import { elementKey, endIndex, inOrder } from './elements.ts';
import { expandText } from './expand.ts';
import { parseShell, type ParameterExpansion, type Word, type WordPart } from './front.ts';
import { isCostly, patternSource } from './glob.ts';
import { patternOf } from './pattern-text.ts';
import { noChoices, type Run } from './run.ts';
import { isToolVariable } from './special-variables.ts';
import type { State } from './state.ts';
import type { Variable } from './variable.ts';
import { anyName, anyText, anyWords, concat, isNumeric, known, mark, originOf, type Partial, type Text } from './value.ts';
import { joined } from './state-join.ts';

/** More states in which a line was given up are not told apart. */
const mostDropped = 8;

/** The elements of an expansion that may become several words; `undefined` where they cannot be known. */
export function parameterList(part: WordPart, state: State, run: Run): readonly Text[] | undefined {
  if (part.type === 'SimpleExpansion') return state.positional;
  if (part.type !== 'ParameterExpansion') return undefined;
  const operation = part.operation;
  if (operation?.type === 'Names') return undefined;
  const items = listElements(part, state);
  if (!items || operation === undefined) return items;
  if (operation.type === 'Slice') {
    const offset = number(operation.offset, state, run);
    const length = operation.length ? number(operation.length, state, run) : undefined;
    if (offset === undefined || offset < 0 || (operation.length && length === undefined)) return undefined;
    // For `$@` the offset counts from 1, with `$0` before it.
    if (part.parameter === '@' || part.parameter === '*')
      return [state.scriptName, ...items].slice(offset, length === undefined ? undefined : offset + length);
    return sliceOf(state.variable(part.parameter), items, offset, length, state);
  }
  if (operation.type === 'Default') {
    if (items.length > 0) return operation.operator.includes('+') ? [expandText(operation.operand, state, run)] : items;
    return operation.operator.includes('+') ? [] : [expandText(operation.operand, state, run)];
  }
  return items.map((item) => applyOperation(item, part, state, run));
}

/** Any number of words, where the elements of an expansion cannot be known: `${!v@}` are names of variables. */
export function anyElements(part: WordPart): Partial {
  const isNames = part.type === 'ParameterExpansion' && part.operation?.type === 'Names';
  return isNames ? { pieces: [{ hole: 'text', origin: 'variables' }], many: true } : anyWords;
}

// The offset is an index, and indexes may be left out; zsh counts.
function sliceOf(
  variable: Variable | undefined,
  items: readonly Text[],
  offset: number,
  length: number | undefined,
  state: State,
): readonly Text[] | undefined {
  const elements = variable?.elements;
  // Of what is no array it is a part of the text.
  if (elements === undefined || elements === 'unknown') return items.length === 0 ? items : undefined;
  if (variable?.attribute === 'A' || (state.zsh && endIndex(elements) !== elements.size)) return undefined;
  const rest = [...elements].flatMap(([key, item]) => (Number(key) >= offset ? [item] : []));
  return rest.slice(0, length);
}

function listElements(part: ParameterExpansion, state: State): readonly Text[] | undefined {
  if (part.parameter === '@' || part.parameter === '*') return state.positional;
  const variable = state.variable(part.parameter);
  if (part.prefix === '!')
    return variable?.elements !== undefined && variable.elements !== 'unknown' && part.index
      ? inOrder(variable.elements, variable.attribute)?.map(([key]) => key)
      : undefined;
  if (!variable) return undefined;
  if (variable.elements === 'unknown') return undefined;
  if (variable.elements) return inOrder(variable.elements, variable.attribute)?.map(([, item]) => item);
  const value = variable.values[0];
  return variable.values.length === 1 ? (value === undefined ? [] : [value]) : undefined;
}

/** Value of a parameter with the operation of its expansion; unset is the empty text, unknown is unknown. */
export function parameterText(name: string, part: ParameterExpansion | undefined, state: State, run: Run): Text {
  if (part?.prefix === '#') return lengthOf(part, state, run);
  if (part?.prefix === '!') return indirect(part, state, run);
  const raw = part?.index ? element(name, part.index, state, run) : lookup(name, state, run);
  const isOptional = part?.operation?.type === 'Default' || name === '@' || name === '*';
  if (raw === undefined && !isOptional && state.options.has('nounset')) giveUp(state, run);
  if (!part?.operation) return raw ?? '';
  return withOperation(raw, name, part, state, run);
}

function withOperation(raw: Text | undefined, name: string, part: ParameterExpansion, state: State, run: Run): Text {
  const operation = part.operation;
  if (operation?.type === 'Default') {
    const emptyCounts = operation.operator.startsWith(':');
    const isAbsent = isToolVariable(name) && !state.touched && state.own(name) === undefined && run.world.variable(name) === undefined;
    const isSet = raw === undefined || isAbsent ? false : known(raw) === undefined ? undefined : !(emptyCounts && known(raw) === '');
    const operand = (): Text => expandedAgain(operation.operand, state, run) ?? expandText(operation.operand, state, run);
    switch (operation.operator.replace(':', '')) {
      case '+':
        return isSet === false ? '' : isSet ? operand() : eitherText(operand(), '', part, run);
      case '?':
        if (isSet !== true) operand();
        return raw ?? '';
      case '=': {
        if (isSet) return raw ?? '';
        const value = operand();
        const result = isSet === false ? value : eitherText(raw ?? '', value, part, run);
        const index = part.index ? `[${known(expandText(part.index, state, run)) ?? '?'}]` : '';
        state.set(name + index, result);
        return result;
      }
      default:
        return isSet ? (raw ?? '') : isSet === false ? operand() : eitherText(raw ?? '', operand(), part, run);
    }
  }
  // What is unset stays nothing, even where an empty text would match.
  if (raw === undefined) return '';
  return applyOperation(raw ?? '', part, state, run);
}

// Between double quotes Bash expands what stands in `$'…'` once more: `"${x:-$'$(rm y)'}"` runs it.
function expandedAgain(word: Word, state: State, run: Run): Text | undefined {
  const text = word.parts?.map((part) => (part.type === 'AnsiCQuoted' ? part.value : '')).join('') ?? '';
  if (!/[$`]/.test(text)) return undefined;
  runExpansions(text, state, run);
  return anyText;
}

/**
 * The word that stands for an expansion such as `${x:-word}`, where it does: its quotes count, and so it is expanded in the place of
 * the expansion. `undefined` where the value stands, or where the word is assigned first.
 */
export function standIn(part: ParameterExpansion, state: State, run: Run): Word | 'nothing' | undefined {
  const { operation } = part;
  if (operation?.type !== 'Default' || part.prefix || part.index || !/^:?[-+]$/.test(operation.operator)) return undefined;
  const raw = lookup(part.parameter, state, run);
  const text = raw === undefined ? undefined : known(raw);
  const isSet = raw === undefined ? false : text === undefined ? undefined : !(operation.operator.startsWith(':') && text === '');
  const isPlus = operation.operator.endsWith('+');
  if (isSet === undefined) {
    const pick = run.choices.pick(`\${${part.pos}:${part.text}`, 2);
    if (pick < 0) return undefined;
    return (pick === 0) === isPlus ? operation.operand : isPlus ? 'nothing' : undefined;
  }
  return isSet === isPlus ? operation.operand : isPlus ? 'nothing' : undefined;
}

/** One of two texts, picked by the choices of the command being looked at. */
function eitherText(a: Text, b: Text, part: ParameterExpansion, run: Run): Text {
  const pick = run.choices.pick(`\${${part.pos}:${part.text}`, 2);
  return pick === 0 ? a : pick === 1 ? b : anyWords;
}

function applyOperation(value: Text, part: ParameterExpansion, state: State, run: Run): Text {
  const result = operated(value, part, state, run);
  // A part of a secret is one as well.
  return originOf(value) === 'secret' && originOf(result) === undefined ? mark(result, 'secret') : result;
}

function operated(value: Text, part: ParameterExpansion, state: State, run: Run): Text {
  const operation = part.operation;
  if (!operation) return value;
  switch (operation.type) {
    case 'Remove':
    case 'Replace':
    case 'Slice':
    case 'CaseModification':
      return textOperation(value, operation, state, run);
    case 'Transform': {
      const text = known(value);
      const kind = known(expandText(operation.operand, state, run));
      if (kind === 'P' && text !== undefined) runExpansions(text, state, run);
      if (text !== undefined && kind === 'L') return text.toLowerCase();
      if (text !== undefined && kind === 'U') return text.toUpperCase();
      if (text !== undefined && kind === 'Q' && /^[ -~]*$/.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
      if (text !== undefined && kind === 'E' && !text.includes('\\')) return text;
      return anyText;
    }
    default:
      run.problem(`the expansion ${part.text} is not known`, part.pos);
      return anyWords;
  }
}

type TextOperation = Extract<NonNullable<ParameterExpansion['operation']>, { type: 'Remove' | 'Replace' | 'Slice' | 'CaseModification' }>;

function textOperation(value: Text, operation: TextOperation, state: State, run: Run): Text {
  const whole = known(value);
  // The number of a process substitution's descriptor is the shell's to choose.
  const text = whole?.includes('/dev/fd/63-') ? undefined : whole;
  const operand = (word: Word | undefined): string | undefined => (word === undefined ? '' : known(expandText(word, state, run)));
  if (text === undefined) {
    // The operands may run commands even where the value is unknown.
    if ('operand' in operation) operand(operation.operand);
    if (operation.type === 'Replace') operand(operation.replacement);
    if (operation.type === 'Slice') {
      number(operation.offset, state, run);
      const length = operation.length && number(operation.length, state, run);
      // It may be too short for an end that is counted from its end.
      if (operation.length && (length === undefined || length < 0)) giveUp(state, run);
    }
    return anyText;
  }
  switch (operation.type) {
    case 'Remove': {
      const pattern = patternOf(operation.operand, state, run);
      return pattern === undefined ? anyText : removePattern(text, pattern, operation.operator);
    }
    case 'Replace': {
      const pattern = patternOf(operation.pattern, state, run);
      const replacement = operand(operation.replacement);
      return pattern === undefined || replacement === undefined || state.options.has('nocasematch')
        ? anyText
        : replacePattern(text, pattern, replacement, operation.operator);
    }
    case 'Slice': {
      const offset = number(operation.offset, state, run);
      const length = operation.length ? number(operation.length, state, run) : undefined;
      if (offset === undefined || (operation.length && length === undefined)) return anyText;
      // Past the end there is nothing, whatever the length.
      if (offset > text.length) return '';
      const start = offset < 0 ? text.length + offset : offset;
      if (start < 0) return '';
      // An end before the start is an error, which ends the line.
      if (length !== undefined && length < 0 && text.length + length < start) giveUp(state, run);
      const end = length === undefined ? text.length : length < 0 ? text.length + length : start + length;
      return text.slice(start, Math.max(start, end));
    }
    case 'CaseModification': {
      if (operation.operand && operand(operation.operand) !== '') return anyText;
      const convert = operation.operator.startsWith('^') ? (s: string) => s.toUpperCase() : (s: string) => s.toLowerCase();
      return operation.operator.length === 2 ? convert(text) : convert(text.slice(0, 1)) + text.slice(1);
    }
  }
}

function compilePattern(pattern: string, greedy: boolean): RegExp | undefined {
  const source = patternSource(pattern);
  if (source === undefined || pattern.length > 256) return undefined;
  return new RegExp(greedy ? source : source.replaceAll('[^]*', '[^]*?'));
}

function removePattern(text: string, pattern: string, operator: string): Text {
  const greedy = operator.length === 2;
  const expression = compilePattern(pattern, greedy);
  if (!expression || isCostly(expression.source, text.length)) return anyText;
  if (operator.startsWith('#')) return text.replace(new RegExp(`^(?:${expression.source})`), '');
  const whole = new RegExp(`^(?:${expression.source})$`);
  for (let i = 0; i <= text.length; i++) {
    const start = greedy ? i : text.length - i;
    if (whole.test(text.slice(start))) return text.slice(0, start);
  }
  return text;
}

function replacePattern(text: string, pattern: string, replacement: string, operator: string): Text {
  const expression = compilePattern(pattern, true);
  if (!expression || replacement.includes('&') || isCostly(expression.source, text.length)) return anyText;
  if (pattern === '') return operator === '/#' ? replacement + text : operator === '/%' ? text + replacement : text;
  const { source } = expression;
  const literal = (): string => replacement;
  if (operator === '//') return text.replace(new RegExp(source, 'g'), literal);
  if (operator === '/#') return text.replace(new RegExp(`^(?:${source})`), literal);
  if (operator === '/%') return text.replace(new RegExp(`(?:${source})$`), literal);
  return text.replace(new RegExp(source), literal);
}

/** The number that a word amounts to in arithmetic; `undefined` where it cannot be known. What may be none is an error, which ends the line. */
export function number(word: Word, state: State, run: Run): number | undefined {
  return numberIn(expandText(word, state, run), state, run);
}

/** The same for a text. */
export function numberIn(given: Text, state: State, run: Run): number | undefined {
  const text = known(given)?.trim();
  if (text !== undefined && /^-?\d+$/.test(text)) return Number(text);
  if (text !== undefined) runIndex(text, state, run);
  const command = text === undefined ? undefined : parseShell(`((${text}))`).script?.commands[0]?.command;
  const expression = command?.type === 'ArithmeticCommand' ? command.expression : undefined;
  if (expression) return orGivenUp(state, run, () => arithmeticNumber(expression, state, run));
  if (!isNumeric(given)) giveUp(state, run);
  return undefined;
}

function lengthOf(part: ParameterExpansion, state: State, run: Run): Text {
  if (part.parameter === '@' || part.parameter === '*') return state.positional ? String(state.positional.length) : anyName;
  if (part.index && (part.index.text === '@' || part.index.text === '*')) {
    const elements = listElements(part, state);
    return elements ? String(elements.length) : anyName;
  }
  const text = known((part.index ? element(part.parameter, part.index, state, run) : lookup(part.parameter, state, run)) ?? '');
  return text === undefined ? anyName : String(text.length);
}

/** An expansion fails: the rest of the line is given up, and the next one runs. */
export function giveUp(state: State, run: Run): void {
  const dropped = state.fork();
  // Functions are left as well, and what is local to them is gone before a trap looks at it.
  for (const frame of run.frames) for (const name of frame.saved.keys()) dropped.set(name, anyWords);
  run.drops += 1;
  const last = run.dropped.at(-1);
  if (last && run.dropped.length >= mostDropped) run.dropped[run.dropped.length - 1] = joined(last, dropped);
  else run.dropped.push(dropped);
}

function indirect(part: ParameterExpansion, state: State, run: Run): Text {
  if (part.operation?.type === 'Names') return mark(anyText, 'variables');
  const ref = state.own(part.parameter)?.ref;
  // Of another name for a variable it is the name of that variable.
  if (ref !== undefined) return part.operation ? anyText : (ref ?? anyText);
  const holder = lookup(part.parameter, state, run) ?? '';
  const name = known(holder);
  // Every variable there is, one after another: the secrets are among them.
  if (name === undefined) giveUp(state, run);
  if (name === undefined) return originOf(holder) === 'variables' ? mark(anyWords, 'secret') : anyWords;
  const array = /^(\w+)\[(.+)\]$/s.exec(name);
  runIndex(name, state, run);
  // A name that is none ends the whole line, loops and functions included.
  if (!array && !/^(?:\w+|[@*#?$!-])$/.test(name)) {
    giveUp(state, run);
  }
  const value = array ? anyWords : /^(?:\w+|[@*#])$/.test(name) ? lookup(name, state, run) : '';
  return part.operation ? applyOperation(value ?? '', part, state, run) : (value ?? '');
}

function element(name: string, index: Word, state: State, run: Run): Text | undefined {
  const variable = state.variable(name);
  const key = known(expandText(index, state, run));
  if (!variable || variable.elements === 'unknown') return anyWords;
  if (!variable.elements) return key === '0' ? picked(name, variable, run) : undefined;
  // zsh has flags there, as in `${m[(r)g*]}`, and keeps quotes in keys.
  if (state.zsh && variable.attribute === 'A' && /["'\\(]/.test(index.text)) return anyWords;
  const isIndex = key !== undefined && /^\d+$/.test(key);
  // Arrays of zsh start at 1.
  if (run.choices !== noChoices && state.zsh && isIndex && variable.attribute !== 'A' && run.choices.pick(`zsh ${name}[`, 2) === 1)
    return variable.elements.get(String(Number(key) - 1));
  if (state.zsh && run.choices.collapsed && isIndex && variable.attribute !== 'A') return anyWords;
  const place = elementKey(key, variable.elements, variable.attribute, () => number(index, state, run));
  return place === undefined ? anyWords : variable.elements.get(place);
}

function picked(name: string, variable: Variable, run: Run): Text | undefined {
  const { values } = variable;
  if (values.length === 1) return values[0];
  const index = run.choices.pick(name, values.length);
  return index < 0 ? anyWords : values[index];
}

/** Value of a plain or special parameter; `undefined` where it is unset. */
function lookup(given: string, state: State, run: Run): Text | undefined {
  const name = state.meant(given);
  if (name === null) return anyWords;
  const variable = state.variable(name);
  if (variable) {
    if (variable.elements === 'unknown') return anyWords;
    // In zsh it is all of them.
    if (variable.elements && state.zsh && variable.attribute === 'A') return anyWords;
    return variable.elements ? variable.elements.get('0') : picked(name, variable, run);
  }
  if (/^\d+$/.test(name)) return name === '0' ? state.scriptName : state.positional ? state.positional[Number(name) - 1] : anyWords;
  switch (name) {
    case 'HOME':
      return run.stated.home;
    case 'PWD': {
      const index = state.cwds.length === 1 ? 0 : state.cwds.length === 0 ? -1 : run.choices.pick('PWD', state.cwds.length);
      return index < 0 ? anyText : state.cwds[index];
    }
    case '#':
      return state.positional ? String(state.positional.length) : anyName;
    case '@':
    case '*':
      return state.positional ? concat(...state.positional.flatMap((text, i) => (i === 0 ? [text] : [' ', text]))) : anyWords;
    case '?':
    case '$':
    case '!':
    case 'RANDOM':
    case 'SRANDOM':
    case 'SECONDS':
    case 'BASHPID':
    case 'PPID':
    case 'UID':
    case 'EUID':
    case 'LINENO':
    case 'EPOCHSECONDS':
      return anyName;
    case '_':
      return anyWords;
    case 'COLUMNS':
    case 'LINES':
    case 'HOSTNAME':
    case 'USER':
    case 'LOGNAME':
      return run.world.variable(name) ?? anyName;
    case 'IFS':
      return ' \t\n';
    case 'OPTIND':
      return '1';
    default:
      return isSecretVariable(name) ? secretValue(run.world.variable(name)) : (run.world.variable(name) ?? anyWords);
  }
}

/** The value of a variable that by its name holds a secret: it stays one wherever it is printed or sent. */
function secretValue(value: string | undefined): Text {
  return value === undefined ? { pieces: [{ hole: 'text', origin: 'secret' }], many: true } : mark(value, 'secret');
}
