import type { Act } from '../../model/act.ts';
import type { Certainty, EffectKind } from '../../model/effect.ts';
import type { Zone } from '../../model/zone.ts';
import { parseOptions, type Grammar, type Parsed } from '../programs/options.ts';
import { locations, touch, type TouchOptions } from '../touch.ts';
import { urlAct } from '../url.ts';
import { classify } from '../zones.ts';
import { contentOf, remember, withPattern, type Content } from './files.ts';
import { either, type Io, type Outcome } from './outcome.ts';
import type { Run } from './run.ts';
import { runChildShell } from './script-text.ts';
import type { State } from './state.ts';
import { display, known, unknownFrom, type Text } from './value.ts';

/** What a program can say of itself: what it printed and whether it succeeded, where that is known; nothing otherwise. */
export interface Result {
  readonly out?: Text;
  readonly status?: boolean;
}

/** A program being started with arguments: what program tables are written against. */
export class Invocation {
  readonly name: string;
  readonly args: readonly Text[];
  readonly state: State;
  readonly io: Io;
  readonly run: Run;

  constructor(name: string, args: readonly Text[], state: State, io: Io, run: Run) {
    this.name = name;
    this.args = args;
    this.state = state;
    this.io = io;
    this.run = run;
  }

  parse(grammar: () => Grammar, args: readonly Text[] = this.args): Parsed {
    return parseOptions(args, grammar);
  }

  /** Text of the argument at an index, where it is known. */
  word(index: number): string | undefined {
    const arg = this.args[index];
    return arg === undefined ? undefined : known(arg);
  }

  read(target: Text, options?: TouchOptions): undefined {
    touch('read', target, this.state, this.run, options);
  }

  readAll(targets: readonly Text[], options?: TouchOptions): undefined {
    for (const target of targets) if (known(target) !== '-') this.read(target, options);
  }

  /** A file is written; what it holds afterwards is remembered where it is given, else called unknown. */
  write(target: Text, options?: TouchOptions & { readonly content?: Text; readonly append?: boolean }): undefined {
    touch('write', target, this.state, this.run, options);
    remember(target, options?.content, this.state, this.run, options?.append);
  }

  /** Permissions, owner or links of a file change; what it holds does not. */
  change(target: Text, options?: TouchOptions): undefined {
    touch('write', target, this.state, this.run, options);
  }

  remove(target: Text, options: TouchOptions & { readonly recursive?: boolean } = {}): undefined {
    const { recursive, ...rest } = options;
    touch('delete', target, this.state, this.run, { keepLink: true, ...(recursive ? { act: 'files.delete.recursive' } : {}), ...rest });
    const path = known(target);
    if (this.run.isFull) return;
    if (path === undefined) {
      this.state.touched = this.state.stirred = true;
      this.state.removed = withPattern(this.state.removed, target, this.state);
    } else for (const { typed } of locations(path, this.state, this.run, true)) this.state.setFile(typed, { text: undefined, gone: true });
  }

  /** Whether a path names a secret, or a folder of them. */
  isSecret(target: Text): boolean {
    const text = known(target);
    return text !== undefined && text !== '' && this.#zones(text).some((zone) => zone === 'secret');
  }

  /** Whether there is, or the command made, a folder of that name, or it is written as one. */
  isFolder(target: Text): boolean {
    const path = known(target);
    if (path === undefined) return false;
    if (path.endsWith('/') || /^(?:~|\.{1,2})$/.test(path) || /\/\.{1,2}$/.test(path)) return true;
    return locations(path, this.state, this.run).some(
      ({ typed, real }) => this.run.world.kind(real) === 'directory' || this.state.file(typed)?.directory === true,
    );
  }

  /** Whether moving or changing a path as a whole takes a home, the workspace or a system folder with it. */
  isRecursiveTarget(target: Text): boolean {
    const text = known(target);
    return (
      text !== undefined &&
      this.#zones(text).some((zone) => zone === 'root' || zone === 'home' || zone === 'workspace-root' || zone === 'other-home')
    );
  }

  /** Whether a path lies in a zone. */
  isIn(target: Text, zone: Zone): boolean {
    const text = known(target);
    return text !== undefined && this.#zones(text).includes(zone);
  }

  /** The same, and so is wherever links of the way there lead. */
  isWhollyIn(target: Text, zone: Zone): boolean {
    return isWhollyIn(target, zone, this.state, this.run);
  }

  /** Zones that a path lies in; none where it is not known. */
  zonesOf(target: Text): readonly Zone[] {
    const text = known(target);
    return text === undefined || text === '' ? [] : this.#zones(text);
  }

  #zones(text: string): readonly Zone[] {
    return locations(text, this.state, this.run).flatMap(({ typed, real }) => [
      ...classify(real, this.run.places),
      ...(typed === real ? [] : this.run.zonesAsWritten(typed)),
    ]);
  }

  /** A host is reached. */
  network(url: Text, act?: Act): undefined {
    const text = known(url);
    if (text === undefined) {
      this.run.emit({ kind: 'network', certainty: 'opaque', url: display(url), ...(act ? { act } : {}) });
      return;
    }
    const found = urlAct(text);
    this.run.emit({
      kind: 'network',
      certainty: 'exact',
      url: text,
      ...(found.local ? { zones: ['workspace'] } : {}),
      ...((act ?? found.act) ? { act: act ?? found.act } : {}),
    } as Parameters<Run['emit']>[0]);
    if (act && found.act && found.act !== act) this.run.emit({ kind: 'network', certainty: 'exact', url: text, act: found.act });
  }

  /** The invocation amounts to something that no path shows. */
  act(act: Act, evidence?: string, kind: EffectKind = 'execute', certainty: Certainty = 'exact'): undefined {
    const argv = kind === 'execute' ? { program: this.name, argv: argvOf(this.args) } : {};
    this.run.emit({ kind, certainty, act, ...argv, ...(evidence ? { evidence } : {}) });
  }

  /** It runs code that cannot be known. */
  opaque(evidence: string): undefined {
    this.run.opaque(evidence);
  }

  /** Runs another program with arguments of its own. */
  start(args: readonly Text[], options: { readonly state?: State; readonly io?: Io } = {}): Outcome {
    const state = options.state ?? this.state;
    const before = state.foreign;
    state.foreign = true;
    const outcome = this.run.shell.start(args, state, options.io ?? this.io, this.run);
    for (const end of [state, outcome.ok, outcome.fail]) if (end) end.foreign = before;
    return outcome;
  }

  /** Runs text in a shell of its own. */
  shell(
    text: Text,
    name: Text = 'sh',
    positional: readonly Text[] | 'unknown' = [],
    io: Io = { input: this.io.input, capture: this.io.capture, ...(this.io.isClosed ? { isClosed: true } : {}) },
  ): Outcome {
    return runChildShell(text, name, positional === 'unknown' ? undefined : positional, this.state, io, this.run, this.name);
  }

  /** What is in a file. */
  content(target: Text): Content | undefined {
    const content = contentOf(target, this.state, this.run, this.io.input);
    return content && this.state.stirred && !this.run.virtual.has(content.path)
      ? { ...content, text: unknownFrom('unknown-output') }
      : content;
  }
}

/** More words than this are not told apart in records. */
const mostWords = 200;

/** Arguments as records show them. */
export function argvOf(args: readonly Text[]): (string | null)[] {
  if (args.length > mostWords) return [...argvOf(args.slice(0, mostWords)), null];
  return args.map((arg) => {
    const text = typeof arg === 'string' ? arg : known(arg);
    // The number of a process substitution's descriptor is the shell's to choose.
    return text === undefined || text.includes('/dev/fd/63-') ? null : text;
  });
}

/** The outcome of a result. */
export function outcomeOf(result: Result | Outcome | undefined, state: State): Outcome {
  if (result === undefined) return either(state);
  if ('ok' in result) return result;
  const status = result.status;
  const out = result.out;
  if (status === undefined) return out === undefined ? either(state) : either(state, out);
  return { ok: status ? state : undefined, fail: status ? undefined : state, out: out ?? '' };
}

/** Whether all that a text may name lies in a zone, wherever links lead. */
export function isWhollyIn(target: Text, zone: Zone, state: State, run: Run): boolean {
  const text = known(target);
  return text !== undefined && locations(text, state, run).every(({ real }) => classify(real, run.places).includes(zone));
}
