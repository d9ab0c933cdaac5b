import { isGitName, isMany, known, knownPrefix, type Text } from '../shell/value.ts';

/** An option a program knows: its first name is the one asked for. */
interface Option {
  readonly name: string;
  readonly value: 'none' | 'required' | 'optional';
}

/** The options of a program, as `getopt_long` would take them. */
export interface Grammar {
  readonly short: ReadonlyMap<string, Option>;
  readonly long: ReadonlyMap<string, Option>;
  /** Options end at the first operand, as for programs that run another. */
  readonly stops: boolean;
  /** Words of several letters after one dash are long options (`find -name`, `java -jar`). */
  readonly singleDash: boolean;
}

export interface GrammarOptions {
  readonly stops?: boolean;
  readonly singleDash?: boolean;
}

/**
 * A grammar from a line of options separated by blanks. Names of one option are separated by commas, the first being its name here;
 * `=` at the end means that a value follows, `?` that it may be attached. `f,force o,output= color?`
 */
export function grammar(line: string, { stops = false, singleDash = false }: GrammarOptions = {}): () => Grammar {
  const key = `${stops}${singleDash}${line}`;
  return () => {
    const known = grammars.get(key);
    if (known) return known;
    const short = new Map<string, Option>();
    const long = new Map<string, Option>();
    for (const entry of line.split(' ')) {
      if (entry === '') continue;
      const value = entry.endsWith('=') ? 'required' : entry.endsWith('?') ? 'optional' : 'none';
      const names = entry.replace(/[=?]$/, '').split(',');
      const option: Option = { name: names[0] ?? '', value };
      for (const name of names) (name.length === 1 && !singleDash ? short : name.length === 1 ? short : long).set(name, option);
    }
    const made = { short, long, stops, singleDash };
    grammars.set(key, made);
    return made;
  };
}

/** All grammars that were asked for: their lines are in the code, so there are a few hundred at most. */
const grammars = new Map<string, Grammar>();

/** Arguments sorted into options and operands. */
export class Parsed {
  readonly operands: Text[] = [];
  /** Index in the arguments of each operand. */
  readonly positions: number[] = [];
  /** Some argument cannot be known and may be an option. */
  uncertain = false;
  /** Options the grammar does not know, without dashes. */
  readonly unknown: string[] = [];
  readonly #values = new Map<string, Text[]>();

  add(name: string, value: Text | undefined): void {
    const list = this.#values.get(name) ?? [];
    if (value !== undefined) list.push(value);
    this.#values.set(name, list);
  }

  /** Whether an option was given for sure. */
  has(...names: readonly string[]): boolean {
    return names.some((name) => this.#values.has(name));
  }

  /** Whether an option was given or may have been. */
  may(...names: readonly string[]): boolean {
    return this.uncertain || this.has(...names);
  }

  values(name: string): readonly Text[] {
    return this.#values.get(name) ?? [];
  }

  value(name: string): Text | undefined {
    return this.#values.get(name)?.at(-1);
  }

  get names(): Iterable<string> {
    return this.#values.keys();
  }
}

/** Sorts arguments by a grammar: bundled and attached short options, unique abbreviations of long ones, `--`, any order. Source: getopt_long(3). */
export function parseOptions(args: readonly Text[], grammarOf: () => Grammar): Parsed {
  const known_ = grammarOf();
  const parsed = new Parsed();
  let i = 0;
  const operand = (text: Text): void => {
    parsed.operands.push(text);
    parsed.positions.push(i);
  };
  for (; i < args.length; i++) {
    const arg = args[i] as Text;
    const text = typeof arg === 'string' ? arg : known(arg);
    if (text === undefined) {
      const prefix = knownPrefix(arg);
      if (prefix.startsWith('--') && prefix.includes('=')) {
        takeLong(prefix.slice(2, prefix.indexOf('=')), arg, known_, parsed);
        continue;
      }
      if (prefix === '' || prefix.startsWith('-')) parsed.uncertain ||= prefix.startsWith('-') || startsOpen(arg);
      if (!prefix.startsWith('-')) {
        operand(arg);
        if (known_.stops && !isMany(arg)) break;
      }
      continue;
    }
    if (text === '--') {
      i++;
      break;
    }
    if (text.length > 1 && text.charCodeAt(0) === 45) {
      i += takeOption(text, args[i + 1], known_, parsed);
      continue;
    }
    operand(text);
    if (known_.stops) {
      i++;
      break;
    }
  }
  for (; i < args.length; i++) operand(args[i] as Text);
  return parsed;
}

// A pattern cannot expand to an option unless a file is named like one, which is somebody's attack but not worth asking about.
// Git lets no name of its own begin with a dash.
function startsOpen(arg: Text): boolean {
  const first = typeof arg === 'string' ? undefined : arg.pieces[0];
  return first !== undefined && typeof first !== 'string' && 'hole' in first && first.hole !== 'name' && !isGitName(first.origin);
}

/** How many further arguments the option took. */
function takeOption(text: string, next: Text | undefined, grammar_: Grammar, parsed: Parsed): number {
  if (text.startsWith('--') || (grammar_.singleDash && (text.length > 2 || !grammar_.short.has(text.charAt(1))))) {
    const body = text.slice(text.startsWith('--') ? 2 : 1);
    const equals = body.indexOf('=');
    const name = equals < 0 ? body : body.slice(0, equals);
    const value = equals < 0 ? undefined : body.slice(equals + 1);
    const options = findLong(name, grammar_);
    if (options.length === 0) {
      parsed.unknown.push(name);
      return 0;
    }
    let taken = 0;
    for (const option of options) {
      if (option.value === 'required' && value === undefined) {
        parsed.add(option.name, next);
        taken = next === undefined ? 0 : 1;
      } else parsed.add(option.name, value);
    }
    return taken;
  }
  for (let j = 1; j < text.length; j++) {
    const option = grammar_.short.get(text.charAt(j));
    if (!option) {
      parsed.unknown.push(text.charAt(j));
      continue;
    }
    const rest = text.slice(j + 1);
    if (option.value === 'none') parsed.add(option.name, undefined);
    else if (option.value === 'optional' || rest !== '') {
      parsed.add(option.name, rest === '' ? undefined : rest);
      return 0;
    } else {
      parsed.add(option.name, next);
      return next === undefined ? 0 : 1;
    }
  }
  return 0;
}

function takeLong(name: string, arg: Text, grammar_: Grammar, parsed: Parsed): void {
  for (const option of findLong(name, grammar_)) parsed.add(option.name, afterEquals(arg));
}

function afterEquals(arg: Text): Text {
  if (typeof arg === 'string') return arg.slice(arg.indexOf('=') + 1);
  const pieces = [...arg.pieces];
  const first = pieces[0];
  if (typeof first === 'string') pieces[0] = first.slice(first.indexOf('=') + 1);
  return { pieces: pieces.filter((piece) => piece !== ''), many: arg.many };
}

// An abbreviation that fits several options is an error for the program; here it may be any of them.
function findLong(name: string, grammar_: Grammar): readonly Option[] {
  const exact = grammar_.long.get(name);
  if (exact) return [exact];
  if (name === '' || grammar_.singleDash) return [];
  const found: Option[] = [];
  for (const [long, option] of grammar_.long) if (long.startsWith(name) && !found.includes(option)) found.push(option);
  return found;
}
