import { elementKey, elementsOf, withElement } from './elements.ts';
import { isOwnByShell } from './special-variables.ts';
import { joinVariable, type FunctionWays, type MadeFile } from './join.ts';
import { allSettled, atAnyTime, type UnsettledFiles } from './unsettled.ts';
import { known, type Text } from './value.ts';
import { changed, maybeVariable, unknownVariable, type Variable } from './variable.ts';

const noFunction: FunctionWays = [undefined];
/** An element as the target of another name: `list[2]`. */
const elementName = /^(\w+)\[([\s\S]*)\]$/;

// Never written to: a state copies what it shares first.
const noFunctions = new Map<string, FunctionWays>();
const noAliases = new Map<string, readonly Text[]>();
const noFiles = new Map<string, MadeFile>();
const noTraps: ReadonlyMap<string, Text> = new Map();
const noOptions: ReadonlySet<string> = new Set();

const nothingWritten: readonly string[] = [];

/**
 * What is known about the shell at one point of a script. Maps are shared between states and copied on the first write, so that
 * branching costs nothing where a branch changes nothing.
 */
export class State {
  #variables: Map<string, Variable>;
  #functions: Map<string, FunctionWays>;
  #aliases: Map<string, readonly Text[]>;
  #files: Map<string, MadeFile>;
  #linked = false;
  /** The command moved files or folders. */
  #moved = false;
  /** There are folders that the command copied or moved here. */
  #copied = false;
  /** Some variable is another name for one. */
  #named = false;
  #sharesVariables = false;
  #sharesFunctions = true;
  #sharesAliases = true;
  #sharesFiles = true;
  /** Directories that may be the current one; empty where it is unknown. */
  cwds: readonly string[];
  /** Parameters after `$0`; `undefined` where they are unknown. */
  positional: readonly Text[] | undefined;
  scriptName: Text;
  /** Commands set by `trap`, by signal. */
  traps: ReadonlyMap<string, Text>;
  /** Options that change how words expand. */
  options: ReadonlySet<string>;
  /** Something ran that may have changed files the analysis does not know of. */
  touched: boolean;
  /** The command deleted or moved files that cannot be named: what a file holds may not be there any more. */
  stirred: boolean;
  /** Patterns of files that the command wrote without anybody knowing which; absolute, or `*` for any. */
  written: readonly string[];
  /** The same of files and folders that it deleted or moved away. */
  removed: readonly string[];
  /** Files that something else writes to meanwhile. */
  unsettled: UnsettledFiles;
  /** A program is being started by another one, which knows nothing of functions and aliases. */
  foreign: boolean;
  /** The shell may be zsh: words of variables need not be split, arrays may start at 1, and the last part of a pipe is the shell itself. */
  zsh: boolean;
  /** The shell may be dash, whose `echo` has no options. */
  posix: boolean;
  /** Ways have met that knew different things: some value may be one of several. */
  ambiguous: boolean;

  constructor(cwds: readonly string[], variables: Map<string, Variable>) {
    this.cwds = cwds;
    this.#variables = variables;
    this.#functions = noFunctions;
    this.#aliases = noAliases;
    this.#files = noFiles;
    this.positional = [];
    this.scriptName = 'bash';
    this.traps = noTraps;
    this.options = noOptions;
    this.touched = false;
    this.stirred = false;
    this.written = nothingWritten;
    this.removed = nothingWritten;
    this.unsettled = allSettled;
    this.foreign = false;
    this.zsh = false;
    this.posix = false;
    this.ambiguous = false;
  }

  /** A state that starts as this one and goes its own way. */
  fork(): State {
    const copy = new State(this.cwds, this.#variables);
    copy.#functions = this.#functions;
    copy.#aliases = this.#aliases;
    copy.#files = this.#files;
    copy.#linked = this.#linked;
    copy.#moved = this.#moved;
    copy.#copied = this.#copied;
    copy.#named = this.#named;
    this.#sharesVariables = this.#sharesFunctions = this.#sharesAliases = this.#sharesFiles = true;
    copy.#sharesVariables = true;
    copy.positional = this.positional;
    copy.scriptName = this.scriptName;
    copy.traps = this.traps;
    copy.options = this.options;
    copy.touched = this.touched;
    copy.stirred = this.stirred;
    copy.written = this.written;
    copy.removed = this.removed;
    copy.unsettled = this.unsettled;
    copy.foreign = this.foreign;
    copy.zsh = this.zsh;
    copy.posix = this.posix;
    copy.ambiguous = this.ambiguous;
    return copy;
  }

  variable(name: string): Variable | undefined {
    return this.#named ? this.#meant(name) : this.#variables.get(name);
  }

  /** The variable of that very name, which may be another name for one. */
  own(name: string): Variable | undefined {
    return this.#variables.get(name);
  }

  /** The name that is meant by one that may be another name for it; `null` where nobody knows. */
  meant(name: string): string | null {
    let current = name;
    for (let i = 0; this.#named && i < 8; i++) {
      const ref = this.#variables.get(current)?.ref;
      if (ref === null) return null;
      if (ref === undefined || ref === '') return current;
      current = ref;
    }
    // A name that comes back to itself may mean one that a function hides.
    return this.#named && this.#variables.get(current)?.ref !== undefined ? null : current;
  }

  #meant(name: string): Variable | undefined {
    const meant = this.meant(name);
    if (meant === null) return unknownVariable;
    const element = elementName.exec(meant);
    if (!element) return this.#variables.get(meant);
    const array = this.#variables.get(element[1] ?? '');
    const elements = elementsOf(array, this.zsh);
    const key = elements && elementKey(element[2], elements, array?.attribute, () => undefined);
    return elements && key !== undefined ? { values: [elements.get(key)] } : maybeVariable;
  }

  /** Makes a name another name for a variable; `undefined` makes it mean itself again. */
  setReference(name: string, target: string | null | undefined): void {
    this.setOwn(name, target === undefined ? { values: [undefined] } : { values: [undefined], ref: target });
    this.#named = true;
  }

  get variables(): ReadonlyMap<string, Variable> {
    return this.#variables;
  }

  get functions(): ReadonlyMap<string, FunctionWays> {
    return this.#functions;
  }

  get aliases(): ReadonlyMap<string, readonly Text[]> {
    return this.#aliases;
  }

  get files(): ReadonlyMap<string, MadeFile> {
    return this.#files;
  }

  setVariable(name: string, value: Variable): void {
    // A parameter's number is no name of a variable: `read 1` fails.
    if (name >= '0' && name < ':') return;
    const meant = this.#named && value.ref === undefined ? this.meant(name) : name;
    if (meant === null) {
      // Any variable may be the one.
      for (const any of [...this.#variables.keys()]) if (this.#variables.get(any)?.ref === undefined) this.setOwn(any, maybeVariable);
      return;
    }
    if (this.#named && this.#variables.get(meant)?.ref === '') {
      // A name without a variable: what is assigned first is which one it means.
      const text = value.values.length === 1 && value.values[0] !== undefined ? known(value.values[0]) : undefined;
      this.setReference(meant, text ?? null);
      return;
    }
    const element = this.#named || meant.endsWith(']') ? elementName.exec(meant) : null;
    if (!element) {
      const before = this.#variables.get(meant);
      this.setOwn(meant, before?.fixed ? { ...joinVariable(before, value), fixed: true } : value);
      return;
    }
    const [, owner = '', index] = element;
    const array = this.#variables.get(owner);
    const elements = elementsOf(array, this.zsh);
    const key = elements && elementKey(index, elements, array?.attribute, () => undefined);
    const item = value.values.length === 1 && value.elements === undefined ? value.values[0] : undefined;
    this.setOwn(owner, {
      ...array,
      values: unknownVariable.values,
      elements: elements && key !== undefined && item !== undefined ? withElement(elements, key, item, array?.attribute) : 'unknown',
    });
  }

  /** Sets the variable of that very name. */
  setOwn(name: string, value: Variable): void {
    if (value.ref !== undefined) this.#named = true;
    if (this.#sharesVariables) {
      this.#variables = new Map(this.#variables);
      this.#sharesVariables = false;
    }
    this.#variables.set(name, isOwnByShell(name, this.zsh) ? { ...maybeVariable, exported: value.exported ?? false } : value);
  }

  /** Sets a plain variable to one text and keeps whether it is exported. */
  set(name: string, value: Text | undefined, exported?: boolean): void {
    const before = this.variable(name);
    const isExported = exported ?? (this.options.has('allexport') || (before?.exported ?? false));
    const attribute = before?.attribute;
    const text = attribute ? changed(value, attribute) : value;
    // To an array it is the first element, and in zsh all of it.
    const held = value === undefined ? undefined : before?.elements;
    const elements =
      held === undefined || held === 'unknown' || this.zsh || text === undefined
        ? held && 'unknown'
        : withElement(held, '0', text, attribute);
    this.setVariable(name, {
      values: elements === undefined ? [text] : unknownVariable.values,
      ...(elements === undefined ? {} : { elements }),
      exported: isExported,
      ...(attribute ? { attribute } : {}),
      ...(before?.unsure && exported === undefined ? { unsure: true } : {}),
    });
  }

  /** Makes a variable read-only. */
  fix(name: string): void {
    const meant = this.meant(name);
    if (meant !== null) this.setOwn(meant, { ...(this.#variables.get(meant) ?? unknownVariable), fixed: true });
  }

  /** Removes the variable of that very name. */
  unset(name: string): void {
    if (!this.#variables.has(name)) return;
    if (this.#sharesVariables) {
      this.#variables = new Map(this.#variables);
      this.#sharesVariables = false;
    }
    this.#variables.delete(name);
  }

  /** What a name stands for as a function; more than one where ways have met that defined it otherwise. */
  functionsNamed(name: string): FunctionWays {
    return this.#functions.size === 0 || this.foreign ? noFunction : (this.#functions.get(name) ?? noFunction);
  }

  setFunction(name: string, ...ways: FunctionWays): void {
    if (this.#sharesFunctions) {
      this.#functions = new Map(this.#functions);
      this.#sharesFunctions = false;
    }
    if (ways.length > 1 || ways[0]) this.#functions.set(name, ways);
    else this.#functions.delete(name);
  }

  /** All that a name has been an alias of: which of them counts depends on the line it stands in. */
  alias(name: string): readonly Text[] | undefined {
    return this.#aliases.size === 0 || this.foreign ? undefined : this.#aliases.get(name);
  }

  setAlias(name: string, value: Text): void {
    if (this.#sharesAliases) {
      this.#aliases = new Map(this.#aliases);
      this.#sharesAliases = false;
    }
    this.#aliases.set(name, [...(this.#aliases.get(name) ?? []).slice(-3), value]);
  }

  file(path: string): MadeFile | undefined {
    if (this.unsettled.size > 0 && this.unsettled.has(path)) return atAnyTime(this.#files.get(path));
    return this.#files.size === 0 ? undefined : this.#files.get(path);
  }

  hasFiles(): boolean {
    return this.#files.size > 0 || this.unsettled.size > 0;
  }

  /** Whether the command made links, or copies that are the same program. */
  hasLinks(): boolean {
    return this.#linked;
  }

  /** Whether the command moved files or folders. */
  hasMoved(): boolean {
    return this.#moved;
  }

  /** Whether the command copied or moved folders, so that what is below them came with them. */
  hasCopies(): boolean {
    return this.#copied;
  }

  /** Has the very files that another state has. */
  takeFiles(other: State): void {
    this.#files = other.#files;
    this.#linked = other.#linked;
    this.#moved = other.#moved;
    this.#copied = other.#copied;
    this.#sharesFiles = other.#sharesFiles = true;
  }

  setFile(path: string, file: MadeFile): void {
    if (file.same !== undefined) this.#linked = true;
    if (file.moved !== undefined) this.#moved = true;
    if (file.from !== undefined) this.#copied = true;
    if (this.#sharesFiles) {
      this.#files = new Map(this.#files);
      this.#sharesFiles = false;
    }
    this.#files.set(path, this.unsettled.size > 0 && this.unsettled.has(path) ? atAnyTime(file) : file);
  }
}
