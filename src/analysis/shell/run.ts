import type { AnalysisProblem, Effect } from '../../model/effect.ts';
import type { Span } from '../../model/diagnostic.ts';
import type { World } from '../../model/world.ts';
import { isWithin } from '../paths.ts';
import type { Zone } from '../../model/zone.ts';
import { classify, type Places } from '../zones.ts';
import type { ProcessSubstitution, Script } from './front.ts';
import type { Io, Outcome } from './outcome.ts';
import type { MadeFile } from './join.ts';
import type { Job } from './overlap.ts';
import type { State } from './state.ts';
import type { Variable } from './variable.ts';
import type { Origin, Text } from './value.ts';

/** Deepest nesting of shells, substitutions, functions and scripts that is followed; deeper is opaque. */
export const maxDepth = 64;
/** Most simple commands that are followed for one call, loops unrolled; more is opaque. */
export const maxCommands = 1000;
const maxEffects = 1000;

/** Picks one of several values a variable may have; the same variable gets the same pick within one command. */
export class Choices {
  #picks: { readonly key: string; readonly count: number; index: number }[] = [];
  #used = new Map<string, number>();
  /** Too many combinations: values are not told apart any more. */
  collapsed = false;

  /** An index below `count`, or -1 when the values are not told apart. */
  pick(key: string, count: number): number {
    if (this.collapsed) return -1;
    const seen = this.#used.get(key);
    if (seen !== undefined) return seen < count ? seen : -1;
    const position = this.#used.size;
    let entry = this.#picks[position];
    if (!entry) {
      entry = { key, count, index: 0 };
      this.#picks.push(entry);
    }
    this.#used.set(key, entry.index);
    return entry.index;
  }

  /** Moves to the next combination; false when all have been seen. */
  next(): boolean {
    this.#used.clear();
    while (this.#picks.length > 0) {
      const last = this.#picks[this.#picks.length - 1];
      if (last && ++last.index < last.count) return true;
      this.#picks.pop();
    }
    return false;
  }
}

/** Picks nothing: used where nothing can be picked, which is the rule. */
export const noChoices = new Choices();
noChoices.collapsed = true;

/** Where `break`, `continue` and `return` leave to: the states that got there. */
export interface Frame {
  readonly kind: 'loop' | 'function' | 'shell';
  readonly broken: State[];
  readonly continued: State[];
  /** Variables that `local` hid, to be restored. */
  readonly saved: Map<string, Variable | undefined>;
}

/** What expansion needs of the interpreter: it runs the commands that stand inside words. */
export interface ShellHooks {
  /** Runs `$(…)` in a shell of its own; what it prints, without the last line ends. */
  substitute(script: Script | undefined, state: State, run: Run): Text;
  /** Runs text as a command of the current shell, as `eval` does. */
  evaluate(text: Text, state: State, io: Io, run: Run): Outcome;
  /** Runs a program, function or builtin with arguments. */
  start(words: readonly Text[], state: State, io: Io, run: Run): Outcome;
  /** Runs `<(…)` or `>(…)`; the path that stands for it. */
  processSubstitution(part: ProcessSubstitution, state: State, run: Run): Text;
}

/** One analysis of one command text: limits, what was found, and what is passed in. */
export class Run {
  readonly world: World;
  /** Home and workspace as the call names them: what a shell puts for `~`. */
  readonly stated: Places;
  /** Where they really lie: what resolved paths are held against. */
  readonly places: Places;
  readonly effects: Effect[] = [];
  readonly problems: AnalysisProblem[] = [];
  readonly frames: Frame[] = [];
  /** States at which Bash gave up a line of the current shell, loops and functions included, to go on with the next. */
  dropped: State[] = [];
  /** How often that was. */
  drops = 0;
  /** Commands that run beside what is looked at now. */
  readonly jobs: Job[] = [];
  /** What is looked at now was looked at before. */
  isAgain = false;
  /** Texts of process substitutions, by the path that stands for them. */
  readonly virtual = new Map<string, MadeFile>();
  /** Effects that were told, by what they are about; filled when there are many. */
  readonly #seen = new Map<string, Effect[]>();
  /** Paths with unknown parts that were already told. */
  readonly touched = new Set<string>();
  /** How often something was printed to a descriptor of which nobody here knows where it leads. */
  astray = 0;
  /** How often a command of `>(…)` printed something, which arrives where the command around it prints to. */
  aside = 0;
  /** How often a file was opened by the name of a descriptor, which may cut off what was printed into it before. */
  reopens = 0;
  /** How often `exec` opened something for the rest of a shell. */
  reroutes = 0;
  /** Set where something in an arithmetic expression may be no number. */
  mayNotCompute = false;
  choices = noChoices;
  depth = 0;
  commands = 0;
  /** The command unpacked or cloned what it downloaded: what is found there to run nobody has read. */
  unpacked = false;
  /** A secret whose object git has named: what is shown by the hash of an object may be it. */
  secretObject: string | undefined;
  /** Set while a committed script is read: what cannot be known in it is recorded, and not called unknown code. */
  lenient = 0;
  /** The place in the outermost text of what is being looked at. */
  span: Span | undefined;
  /** How many texts deep the positions are not those of the outermost text. */
  nested = 0;
  /** Functions, aliases and scripts of projects being run, to notice those that start themselves. */
  readonly callStack: string[] = [];
  /** Of functions among them the words, and the variables that they found. */
  readonly calls: { readonly name: string; readonly args: readonly Text[]; readonly variables: State['variables'] }[] = [];
  /** Input of the command being looked at, for `>(…)`. */
  input: Text | undefined;
  readonly shell: ShellHooks;

  constructor(world: World, stated: Places, places: Places, shell: ShellHooks) {
    this.world = world;
    this.stated = stated;
    this.places = places;
    this.shell = shell;
  }

  emit(effect: Effect): void {
    if (this.isFull) return;
    if (this.effects.length === maxEffects - 1) {
      this.problem('the command does more than can be told');
      this.effects.push({ kind: 'execute', certainty: 'opaque', act: 'code.unknown', evidence: 'the command does more than can be told' });
      return;
    }
    const withSpan = this.span && !effect.span ? { ...effect, span: this.span } : effect;
    // A loop that does the same a thousand times is one effect.
    if (this.effects.length >= 8 || this.isAgain) {
      if (this.#seen.size === 0) for (const old of this.effects) this.#isNew(old);
      if (!this.#isNew(withSpan)) return;
    }
    this.effects.push(withSpan);
  }

  #isNew(effect: Effect): boolean {
    const about = effect.path ?? effect.program ?? effect.url ?? effect.evidence ?? effect.kind;
    const alike = this.#seen.get(about);
    if (alike === undefined) this.#seen.set(about, [effect]);
    else if (alike.some((told) => sameEffect(told, effect))) return false;
    else alike.push(effect);
    return true;
  }

  /** Zones of a path as it is written, which may lead over links. */
  zonesAsWritten(path: string): readonly Zone[] {
    return classify(path, isWithin(path, this.places.workspace) ? this.places : this.stated);
  }

  problem(message: string, pos = this.span?.start ?? 0): void {
    if (this.problems.length < 50) this.problems.push({ message, pos });
  }

  /** Says that code will run which cannot be known. */
  opaque(evidence: string, pos?: number): void {
    this.problem(evidence, pos);
    if (this.lenient > 0) this.emit({ kind: 'unknown', certainty: 'opaque', evidence });
    else this.emit({ kind: 'execute', certainty: 'opaque', act: 'code.unknown', evidence });
  }

  /** Says that code is run which nobody has read, where it came from outside; returns whether it did. */
  reportOrigin(origin: Origin | undefined): boolean {
    if (origin === 'download') this.emit({ kind: 'execute', certainty: 'opaque', act: 'code.remote', evidence: 'downloaded code' });
    else if (origin === 'decoded') this.emit({ kind: 'execute', certainty: 'opaque', act: 'code.decoded', evidence: 'decoded text' });
    return origin === 'download' || origin === 'decoded';
  }

  /** Runs text as a command of the current shell. */
  evaluate(text: Text, state: State, io: Io): Outcome {
    return this.shell.evaluate(text, state, io, this);
  }

  /** Starts noting what the parts of a pipeline do together. */
  beginPipe(): number {
    return this.effects.length;
  }

  /** A secret that is read in one part of a pipeline and a network that is reached in another: the secret leaves. */
  endPipe(start: number): void {
    const added = this.effects.slice(start);
    const secret = added.find((effect) => effect.act === 'secret.read' || effect.act === 'secret.print' || effect.act === 'secret.copy');
    const network = added.find((effect) => effect.kind === 'network' && !effect.zones?.includes('workspace'));
    if (secret && network) this.emit({ ...network, act: 'secret.send', ...(secret.path ? { evidence: secret.path } : {}) });
  }

  /** Whether no more effects are told; that was said. */
  get isFull(): boolean {
    return this.effects.length >= maxEffects;
  }

  /** Whether no more commands are looked at; that was said. */
  get isExhausted(): boolean {
    return this.commands >= maxCommands;
  }

  /** Whether one more command may be looked at. Says once when not. */
  spend(count = 1): boolean {
    const before = this.commands;
    this.commands += count;
    if (before < maxCommands && this.commands >= maxCommands) this.opaque('the command does more than can be followed');
    return this.commands < maxCommands;
  }
}

/** Runs `body` for each combination of values that it picks, at most 16 times, then once with values not told apart. */
export function forEachChoice(run: Run, body: () => void): void {
  const outer = run.choices;
  const choices = new Choices();
  run.choices = choices;
  let passes = 0;
  do {
    body();
    passes += 1;
  } while (passes < 16 && choices.next());
  if (passes === 16 && choices.next()) {
    choices.collapsed = true;
    body();
  }
  run.choices = outer;
}

/** Whether two effects differ in their place only. */
function sameEffect(a: Effect, b: Effect): boolean {
  return (
    a.kind === b.kind &&
    a.certainty === b.certainty &&
    a.act === b.act &&
    a.path === b.path &&
    a.program === b.program &&
    a.url === b.url &&
    a.statement === b.statement &&
    a.tool === b.tool &&
    a.evidence === b.evidence &&
    sameWords(a.zones, b.zones) &&
    sameWords(a.argv, b.argv)
  );
}

function sameWords(a: readonly (string | null)[] | undefined, b: readonly (string | null)[] | undefined): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && a.length === b.length && a.every((word, i) => word === b[i]);
}
