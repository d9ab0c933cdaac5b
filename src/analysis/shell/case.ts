import { expandText } from './expand.ts';
import type { CommandNode, Word } from './front.ts';
import { longestTried, nameTest } from './glob.ts';
import { runCommand } from './interpret.ts';
import { after, ended, joinStates, type Io, type Outcome } from './outcome.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';
import { concat, known, mixed, piecesOf, type Text } from './value.ts';

/** Runs `case`. Each branch that may be taken is followed. */
export function runCase(node: Extract<CommandNode, { type: 'Case' }>, state: State, io: Io, run: Run): Outcome {
  const subject = known(expandText(node.word, state, run));
  let result: Outcome = ended;
  let undecided: State | undefined = state;
  let falls: State | undefined;
  const printed: Text[] = [];
  for (const item of node.items) {
    const entering: State | undefined = falls;
    const matched: boolean | undefined = undecided ? matchesCase(item.pattern, subject, undecided, run) : false;
    let start = entering;
    if (matched !== false && undecided) start = joinStates(start, matched === undefined ? undecided.fork() : undecided);
    if (matched === true) undecided = undefined;
    falls = undefined;
    if (!start) continue;
    const outcome = runCommand(item.body, start, io, run);
    printed.push(outcome.out);
    if (item.terminator === ';&') falls = after(outcome);
    else if (item.terminator === ';;&') undecided = joinStates(undecided, after(outcome));
    else result = { ok: joinStates(result.ok, outcome.ok), fail: joinStates(result.fail, outcome.fail), out: '' };
  }
  const ok = joinStates(joinStates(result.ok, undecided), falls);
  return { ok, fail: result.fail, out: io.capture ? (subject !== undefined ? concat(...printed) : mixed(...printed)) : '' };
}

function matchesCase(patterns: readonly Word[], subject: string | undefined, state: State, run: Run): boolean | undefined {
  let certain = true;
  for (const pattern of patterns) {
    if (pattern.text === '*') return true;
    const text = casePattern(pattern, state, run);
    if (subject === undefined || text === undefined) certain = false;
    else {
      // Letters of either case may be the same.
      const matches = text(subject) || (state.options.has('nocasematch') ? undefined : false);
      if (matches) return true;
      if (matches === undefined) certain = false;
    }
  }
  return certain ? false : undefined;
}

function casePattern(word: Word, state: State, run: Run): ((text: string) => boolean | undefined) | undefined {
  if (!word.parts) return (text) => text === word.value;
  let isPattern = false;
  const pieces = word.parts.flatMap((part) => {
    if (part.type === 'Glob' || part.type === 'ExtendedGlob') return [{ glob: part.text }];
    const text = expandText({ ...word, parts: [part], text: part.text, value: '', pos: word.pos, end: word.end, type: 'Word' }, state, run);
    // What an unquoted value holds is a pattern to Bash, and a text to zsh.
    const isValue = part.type === 'SimpleExpansion' || part.type === 'ParameterExpansion' || part.type === 'CommandExpansion';
    if (isValue && /[\\*?[(]/.test(known(text) ?? '')) isPattern = true;
    return [...piecesOf(text)];
  });
  if (isPattern) return undefined;
  if (pieces.some((piece) => typeof piece !== 'string' && 'hole' in piece)) return undefined;
  const test = nameTest(pieces);
  const hasGroups = pieces.some((piece) => typeof piece !== 'string' && 'glob' in piece && piece.glob.includes('('));
  return test && ((text) => (hasGroups && text.length > longestTried ? undefined : test(text)));
}
