import type { Act } from '../../model/act.ts';
import type { EffectKind } from '../../model/effect.ts';
import type { Invocation } from '../shell/invocation.ts';
import { display, isMany, known, knownPrefix, type Text } from '../shell/value.ts';
import type { Program } from './registry.ts';

/** A command line of the kind `tool [options] verb noun … [options]`, sorted without a full grammar of the tool. */
export interface CommandLine {
  /** What is no option and no option's value, up to `--`. */
  readonly words: readonly Text[];
  /** Index in the arguments of each word. */
  readonly at: readonly number[];
  readonly options: ReadonlyMap<string, readonly Text[]>;
  /** What follows `--`; `undefined` without one. */
  readonly rest: readonly Text[] | undefined;
  has(...names: readonly string[]): boolean;
  value(...names: readonly string[]): Text | undefined;
  all(...names: readonly string[]): readonly Text[];
}

/** How a tool writes its options. */
export interface LineGrammar {
  /** Options that take the next word, with their dashes, separated by blanks. */
  readonly values?: string;
  /** Words of several letters after one dash are options as a whole (`terraform -auto-approve`). */
  readonly singleDash?: boolean;
  /** Options end at this word, counted from 1: what follows is somebody else's command line. */
  readonly stopsAfter?: number;
}

const sets = new Map<string, ReadonlySet<string>>();

function setOf(text: string): ReadonlySet<string> {
  let set = sets.get(text);
  if (!set) {
    set = new Set(text.split(' '));
    sets.set(text, set);
  }
  return set;
}

/** Sorts arguments into words and options. Options that nobody described take no value but one after `=`. */
export function commandLine(args: readonly Text[], { values = '', singleDash = false, stopsAfter }: LineGrammar = {}): CommandLine {
  const taking = setOf(values);
  const words: Text[] = [];
  const at: number[] = [];
  const options = new Map<string, Text[]>();
  let rest: readonly Text[] | undefined;
  const add = (name: string, value: Text | undefined): void => {
    const list = options.get(name) ?? [];
    if (value !== undefined) list.push(value);
    options.set(name, list);
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    const text = known(arg);
    if (text === undefined) {
      const equals = /^(--?[\w-]+)=/.exec(knownPrefix(arg));
      if (equals) add(equals[1] ?? '', arg);
      else if (!knownPrefix(arg).startsWith('-')) {
        words.push(arg);
        at.push(i);
      }
    } else if (text === '--') {
      rest = args.slice(i + 1);
      break;
    } else if (text.startsWith('--') || (singleDash && text.length > 1 && text.startsWith('-'))) {
      const equals = text.indexOf('=');
      const name = equals < 0 ? text : text.slice(0, equals);
      if (equals >= 0) {
        if (text.slice(equals + 1) !== 'false') add(name, text.slice(equals + 1));
      } else if (taking.has(name)) add(name, args[++i]);
      else add(name, undefined);
    } else if (text.length > 1 && text.startsWith('-')) {
      for (let j = 1; j < text.length; j++) {
        const name = `-${text.charAt(j)}`;
        if (!taking.has(name)) {
          add(name, undefined);
          continue;
        }
        add(name, j + 1 < text.length ? text.slice(j + 1) : args[++i]);
        break;
      }
    } else {
      words.push(arg);
      at.push(i);
      if (words.length === stopsAfter) {
        rest = args.slice(i + 1);
        break;
      }
    }
  }
  return {
    words,
    at,
    options,
    rest,
    has: (...names) => names.some((name) => options.has(name)),
    value: (...names) => names.map((name) => options.get(name)?.at(-1)).find((value) => value !== undefined),
    all: (...names) => names.flatMap((name) => options.get(name) ?? []),
  };
}

interface Rule {
  readonly words: readonly RegExp[];
  readonly needs: readonly (readonly string[])[];
  readonly refuses: readonly string[];
  readonly act: Act | 'none' | 'opaque';
}

/**
 * A table of verbs: on each line the words a command begins with (`a|b` for one of several, `*` for any letters), options that must
 * be there (`--force|-f`), options that must not (`!--dry-run`), and at the end what it amounts to: an act, `opaque`, or `none`.
 * The first line that fits counts.
 */
export function verbs(text: string): () => readonly Rule[] {
  let rules: readonly Rule[] | undefined;
  return () => {
    rules ??= text
      .trim()
      .split('\n')
      .map((line) => ruleOf(line.trim().split(/\s+/)));
    return rules;
  };
}

function ruleOf(tokens: readonly string[]): Rule {
  const body = tokens.slice(0, -1);
  return {
    words: body.filter((token) => !/^[-!]/.test(token)).map(wordPattern),
    needs: body.filter((token) => token.startsWith('-')).map((token) => token.split('|')),
    refuses: body.filter((token) => token.startsWith('!')).flatMap((token) => token.slice(1).split('|')),
    act: (tokens.at(-1) ?? 'none') as Rule['act'],
  };
}

function wordPattern(token: string): RegExp {
  return new RegExp(`^(?:${token.replace(/[.+?^${}()[\]\\]/g, '\\$&').replaceAll('*', '.*')})$`);
}

/** Looks a command line up in a table and says what it amounts to. True where a line of the table fits. */
export function judgeVerb(call: Invocation, line: CommandLine, table: () => readonly Rule[]): boolean {
  if (line.has('--help')) return false;
  let uncertain = false;
  for (const rule of table()) {
    if (!rule.needs.every((names) => line.has(...names)) || line.has(...rule.refuses)) continue;
    const found = fitOf(rule.words, line.words);
    if (found === 'maybe' && rule.act !== 'none') uncertain = true;
    if (found !== 'yes') continue;
    const evidence = [
      call.name,
      ...line.words.slice(0, Math.max(1, rule.words.length)).map(display),
      ...rule.needs.map((names) => names.find((name) => line.has(name)) ?? ''),
    ].join(' ');
    if (rule.act === 'opaque') call.opaque(evidence);
    else if (rule.act !== 'none') call.act(rule.act, evidence, kindOf(rule.act));
    if (uncertain) break;
    return true;
  }
  if (uncertain) call.opaque(`a command of ${call.name} that cannot be known`);
  return uncertain;
}

function fitOf(patterns: readonly RegExp[], words: readonly Text[]): 'yes' | 'no' | 'maybe' {
  let result: 'yes' | 'maybe' = 'yes';
  for (const [i, pattern] of patterns.entries()) {
    const word = words[i];
    // Words that can be any number stand for all that follow.
    if (word === undefined) return words.some(isMany) ? 'maybe' : 'no';
    const text = known(word);
    if (text === undefined) result = 'maybe';
    else if (!pattern.test(text)) return 'no';
  }
  return result;
}

/** The kind of effect that an act is, where no path shows it. */
export function kindOf(act: Act): EffectKind {
  if (/^(?:cloud\.(?:delete|destroy)|db\.(?:drop|truncate|delete-all|flush))$/.test(act)) return 'delete';
  if (act.startsWith('secret.')) return 'read';
  return act.startsWith('db.') ? 'write' : 'execute';
}

/** A tool that a table of verbs describes. */
export function verbProgram(
  table: string,
  grammar: LineGrammar = {},
  also?: (call: Invocation, line: CommandLine) => ReturnType<Program>,
): Program {
  const rules = verbs(table);
  return (call) => {
    const line = commandLine(call.args, grammar);
    readNamedSecrets(call, call.args);
    const result = also?.(call, line);
    if (!line.has('--help', '--version') || line.rest !== undefined) judgeVerb(call, line, rules);
    return result;
  };
}

/** A secret that an argument names may be read, whatever the program does with it. */
export function readNamedSecrets(call: Invocation, args: readonly Text[], act?: Act): void {
  for (const arg of args) {
    const text = known(arg);
    if (text === undefined || text === '' || /^[a-z][\w+.-]*:\/\//i.test(text)) continue;
    const value = /^(?:--?[\w.-]+|[\w.-]+)=@?([\s\S]+)$/.exec(text)?.[1];
    for (const path of value === undefined ? [text.replace(/^@/, '')] : [value, ...value.split('=').slice(1)]) {
      if (path.length < 512 && !path.startsWith('-') && !/\s/.test(path) && call.isSecret(path))
        call.read(path, act ? { act, evidence: path } : { evidence: path });
    }
  }
}

/** For what says all it has to say through the invocation: nothing is known of what it prints or whether it succeeds. */
export function does<Args extends readonly unknown[]>(body: (...args: Args) => unknown): (...args: Args) => undefined {
  return (...args) => {
    body(...args);
    return undefined;
  };
}
