import { known, knownPrefix, type Text } from '../shell/value.ts';
import type { Word } from './lexer.ts';

/** Arguments of a cmdlet, by parameter. */
export interface Arguments {
  /** What stands without a parameter. */
  readonly positional: readonly Text[];
  readonly blocks: readonly string[];
  has(name: string): boolean;
  value(name: string): Text | undefined;
  all(...names: readonly string[]): readonly Text[];
}

/**
 * Sorts a cmdlet's words by its parameters, which may be abbreviated as long as they are told apart (`-r`, `-rec`) and take a value
 * after a blank or a colon. `values` and `switches` are names in lower case, the ones that an abbreviation means first.
 */
export function cmdletArguments(words: readonly Word[], values: string, switches: string): Arguments {
  const taking = values === '' ? [] : values.split(' ');
  const flags = switches === '' ? [] : switches.split(' ');
  const positional: Text[] = [];
  const blocks: string[] = [];
  const found = new Map<string, Text[]>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === undefined) break;
    const text = known(word.text) ?? knownPrefix(word.text);
    const parameter = word.quoted ? null : /^[-–—―/]([A-Za-z][\w-]*)(?::([\s\S]*))?$/.exec(text);
    if (!parameter || text.startsWith('/')) {
      if (word.block !== undefined) blocks.push(word.block);
      else positional.push(word.text);
      continue;
    }
    const name = (parameter[1] ?? '').toLowerCase();
    const flag = flags.find((one) => one.startsWith(name));
    const option = flag === undefined || flag !== name ? taking.find((one) => one.startsWith(name)) : undefined;
    const list = found.get(option ?? flag ?? name) ?? [];
    if (option !== undefined && (flag === undefined || option === name)) {
      const next = parameter[2] !== undefined && parameter[2] !== '' ? undefined : words[++i];
      if (next?.block !== undefined) blocks.push(next.block);
      list.push(parameter[2] !== undefined && parameter[2] !== '' ? parameter[2] : (next?.text ?? ''));
      found.set(option, list);
    } else if (parameter[2] === undefined || !/^\$?false$/i.test(parameter[2])) found.set(flag ?? name, list);
  }
  return {
    positional,
    blocks,
    has: (name) => found.has(name),
    value: (name) => found.get(name)?.at(-1),
    all: (...names) => names.flatMap((name) => found.get(name) ?? []),
  };
}
