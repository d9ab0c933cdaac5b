import type { Run } from '../shell/run.ts';
import type { State } from '../shell/state.ts';
import { childOf } from '../shell/state-join.ts';

/** Longest script of sed that is looked at: a plan has few lines. */
const longest = 2000;
const address = /^(?:\d+|\$|\/[^/]*\/)(?:,(?:\d+|\$|\/[^/]*\/))?!?/;
const action = '(?:pick|p|edit|e|reword|r|squash|s|fixup|f|drop|d)';
/** Another word for what is done with a commit. No end of a line: what follows it would be a line of its own, with the words of a commit. */
const renames = new RegExp(`^s([/|,#])\\^?${action}?(?: [\\w.\\\\()*]+)?\\1${action}(?: (?:[\\w&]|\\\\[0-9])+)?\\1g?$`);
/** A line before or after, or before the first word, that starts a command. */
const inserts = /^(?:[ia]\\? *(?:x|exec) ([^\\]+)|s([/|,#])\^\2(?:x|exec) ([^\\]+)\\n\2)$/;

/**
 * Follows a plan of a rebase that sed edits without a person: `GIT_SEQUENCE_EDITOR='sed -i "1i exec npm test"'`. Commands in it are judged as if
 * they had been typed. False where it cannot be told what the plan says afterwards. Source: git-rebase(1), interactive mode.
 */
export function followPlan(editor: string, state: State, run: Run): boolean {
  const scripts = scriptsOf(editor);
  if (!scripts) return false;
  const commands: string[] = [];
  for (const line of scripts.flatMap((script) => script.split(/[;\n]/))) {
    const text = line.trim().replace(address, '').trim();
    const [, first, , second] = inserts.exec(text) ?? [];
    const command = first ?? second;
    if (command !== undefined) commands.push(command);
    else if (text !== '' && text !== 'd' && !renames.test(text)) return false;
  }
  for (const command of commands) run.evaluate(command, childOf(state), { input: undefined, capture: false });
  return true;
}

/** The scripts of a plain call of `sed -i`; nothing where there is more to it. */
function scriptsOf(editor: string): readonly string[] | undefined {
  const [name, inPlace, ...words] = editor.slice(0, longest).match(/'[^']*'|"[^"\\`$]*"|[^\s'"`$;&|<>(){}*?]+|\S/g) ?? [];
  if (name !== 'sed' || inPlace !== '-i' || editor.length > longest) return undefined;
  const scripts = words.length === 1 ? words : words.flatMap((word, i) => (i % 2 === 1 ? [word] : []));
  const hasOptions = words.length === 1 || words.every((word, i) => i % 2 === 1 || word === '-e');
  if (!hasOptions || words.length === 0 || (words.length > 1 && words.length % 2 === 1)) return undefined;
  return scripts.every((word) => !word.startsWith('-')) ? scripts.map((word) => word.replace(/^(['"])([\s\S]*)\1$/, '$2')) : undefined;
}
