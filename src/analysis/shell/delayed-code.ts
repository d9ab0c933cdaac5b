import type { Io } from './outcome.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';
import { known, piecesOf, type Text } from './value.ts';

const alone: Io = { input: undefined, capture: false };

/**
 * Follows what stands in the index of an array element that a text names. Where a shell takes a text as a number or as the name of a
 * variable, it expands that index first, quoted or not, and so `[[ 'a[$(rm -rf ~)]' -eq 0 ]]` is `rm -rf ~`. Source: Bash manual 6.5
 * "Shell Arithmetic" and 6.7 "Arrays"; zshparam(1) "Array Subscripts".
 */
export function runIndex(text: Text, state: State, run: Run): void {
  const whole = known(text);
  if (whole === undefined) {
    if (piecesOf(text).some((piece) => typeof piece === 'string' && hasCode(piece))) run.opaque('a number that runs what cannot be known');
    return;
  }
  if (hasCode(whole)) runExpansions(whole.slice(whole.indexOf('[')), state, run);
}

function hasCode(text: string): boolean {
  const index = text.indexOf('[');
  return index >= 0 && /\$[({[]|`/.test(text.slice(index));
}

/** Follows the commands in a text that the shell expands as it does a here-document, such as a prompt. */
export function runExpansions(text: string, state: State, run: Run): void {
  let end = 'end';
  while (text.includes(end)) end += 'd';
  run.evaluate(`: <<${end}\n${text}\n${end}\n`, state.fork(), alone);
}

/** Builtins that take words as names of variables or as numbers. */
const evaluating: ReadonlySet<string> = new Set([
  'declare',
  'getopts',
  'let',
  'local',
  'mapfile',
  'printf',
  'read',
  'readarray',
  'readonly',
  'test',
  '[',
  'typeset',
  'unset',
  'wait',
]);

/** Follows what a builtin runs when it takes its words as numbers or names. */
export function runIndexes(builtin: string, words: readonly Text[], state: State, run: Run): void {
  if (evaluating.has(builtin)) for (const word of words) runIndex(word, state, run);
}

const prompts = /^(?:PS[0-4]|R?PROMPT[2-4]?|RPS[12]|SPROMPT)$/;

/** Follows the code in a variable that an interactive shell runs before it asks for the next command. */
export function runPrompt(name: string, value: Text, state: State, run: Run): void {
  if (name === 'PROMPT_COMMAND') run.evaluate(value, state.fork(), alone);
  else if (prompts.test(name)) runExpansions(known(value) ?? '', state, run);
}
