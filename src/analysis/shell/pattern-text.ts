import { expandText } from './expand.ts';
import type { Word } from './front.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';
import { known } from './value.ts';

/** What a pattern is made of besides letters, in any of the shells. */
const special = /[\\*?[\]()|+@!^~#<>-]/g;

/**
 * A word as a pattern, in which what was quoted stands behind backslashes; `undefined` where it cannot be known. Unquoted values are patterns to Bash
 * and plain texts to zsh. Source: Bash manual 3.5.8.1, zshexpn(1) "Parameter Expansion" (GLOB_SUBST).
 */
export function patternOf(word: Word | undefined, state: State, run: Run): string | undefined {
  if (word === undefined) return '';
  if (word.parts === undefined) return isExtended(word.text, state) ? undefined : escaped(word.value);
  let pattern = '';
  for (const part of word.parts) {
    if (part.type === 'Glob') {
      pattern += part.text;
      continue;
    }
    const isValue = part.type === 'SimpleExpansion' || part.type === 'ParameterExpansion' || part.type === 'CommandExpansion';
    const text = known(
      expandText({ type: 'Word', text: part.text, value: '', pos: word.pos, end: word.end, parts: [part] } as Word, state, run),
    );
    if (text === undefined || part.type === 'ExtendedGlob') return undefined;
    if (isValue && state.zsh && text.search(special) >= 0) return undefined;
    pattern += isValue ? text : escaped(text);
  }
  return isExtended(word.text, state) ? undefined : pattern;
}

// Groups, and to zsh ranges of numbers.
function isExtended(text: string, state: State): boolean {
  return (state.options.has('extglob') && /[?*+@!]\(/.test(text)) || (state.zsh && /[(<|]/.test(text));
}

function escaped(text: string): string {
  return text.replace(special, '\\$&');
}
