import { expandText, expandWord } from './expand.ts';
import type { Word, WordPart } from './front.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';
import type { Text } from './value.ts';

/** Longest word that is taken as it is; longer ones are bounded by what expands words. */
const longest = 4096;

/** The words that one word of a command becomes; see `expandWord`, which is asked, and loaded, where there is something to expand. */
export function wordsOf(word: Word, state: State, run: Run): readonly Text[] {
  const text = unexpanded(word);
  return text === undefined ? expandWord(word, state, run) : [text];
}

/** One text for a word where nothing is split or matched; see `expandText`. */
export function textOf(word: Word, state: State, run: Run, assignment = false): Text {
  const text = unexpanded(word);
  return text === undefined || (assignment && text.includes(':~')) ? expandText(word, state, run, assignment) : text;
}

/** What a word of plain letters and quotes is, where a shell would change nothing in it. */
function unexpanded({ text, value, parts }: Word): string | undefined {
  // A tilde is expanded at the start, and in what looks like an assignment.
  if (text.length > longest || text.charCodeAt(0) === 126 /* ~ */ || text.includes('=~')) return undefined;
  if (parts === undefined) return value;
  let whole = '';
  for (const part of parts) {
    const each = literal(part);
    if (each === undefined) return undefined;
    whole += each;
  }
  return whole;
}

function literal(part: WordPart): string | undefined {
  if (part.type === 'Literal' || part.type === 'SingleQuoted') return part.value;
  if (part.type !== 'DoubleQuoted') return undefined;
  let whole = '';
  for (const inner of part.parts) {
    if (inner.type !== 'Literal') return undefined;
    whole += inner.value;
  }
  return whole;
}
