import { absolute, dirname } from '../paths.ts';
import { isSharedTemp } from '../temp-folders.ts';
import { arithmeticText } from './arithmetic.ts';
import { expandBraces } from './brace.ts';
import { maxScriptLength, parseShell, type Word, type WordPart } from './front.ts';
import { expandGlob } from './glob.ts';
import { anyElements, parameterList, parameterText, standIn } from './parameter.ts';
import { isJoined, isListExpansion, simpleName } from './parameter-kinds.ts';
import type { Run } from './run.ts';
import { unsureGlob } from './glob-options.ts';
import type { State } from './state.ts';
import { anyText, anyWords, concat, display, fromPieces, isMany, isOpen, known, type Piece, type Text } from './value.ts';

/** A word before its patterns are matched; `active`: some pattern in it is one of the word's own, and not part of a value. */
interface Field {
  readonly text: Text;
  readonly active: boolean;
}

/** Fields of a command being built from the parts of one word. */
class Fields {
  readonly done: Field[] = [];
  #pieces: Piece[] = [];
  #started = false;
  #many = false;
  #active = false;
  /** White space has just ended a field. */
  #blank = false;

  quoted(text: Text): void {
    this.#started = true;
    if (typeof text === 'string') this.#pieces.push(text);
    else this.#pieces.push(...text.pieces);
  }

  glob(glob: string): void {
    this.#started = true;
    this.#active = true;
    this.#pieces.push({ glob });
  }

  /** Some of the files here, picked by what is not followed. */
  some(): void {
    this.glob('*');
    this.#pieces.push({ hole: 'name' });
  }

  /** The value of an unquoted expansion: split at white space (POSIX 2.6.5), and its pattern characters become active. */
  unquoted(given: Text, separators: string | undefined): void {
    // Where nobody knows what separates words, nobody knows the words.
    const text = separators === undefined && given !== '' ? anyWords : given;
    if (isMany(text)) this.#many = true;
    for (const piece of typeof text === 'string' ? [text] : text.pieces) {
      if (typeof piece !== 'string' && isOpen(piece)) {
        // Unknown text may split into more words, or be none at all.
        if ('glob' in piece || piece.hole === 'text') this.#many = true;
        this.#started = true;
        this.#pieces.push(piece);
        continue;
      }
      const value = typeof piece === 'string' ? piece : 'text' in piece ? piece.text : '';
      const origin = typeof piece !== 'string' && 'text' in piece ? piece.origin : undefined;
      this.#split(value, separators ?? '', (part) => (origin ? { text: part, origin } : part));
    }
  }

  #split(value: string, separators: string, make: (part: string) => Piece): void {
    let word = '';
    const flush = (): void => {
      if (word !== '') this.#pushGlobbed(word, make);
      word = '';
    };
    for (const c of value) {
      if (!separators.includes(c)) {
        word += c;
        this.#started = true;
        this.#blank = false;
        continue;
      }
      flush();
      const isBlank = ' \t\n'.includes(c);
      // White space only separates; any other separator also ends an empty field, and white space around it is part of it.
      if (!isBlank && !this.#blank) this.#started = true;
      this.#blank = isBlank && (this.#started || this.#blank);
      this.#end();
    }
    flush();
  }

  #pushGlobbed(word: string, make: (part: string) => Piece): void {
    for (const part of word.split(/([*?]|\[[^\]]+\])/)) {
      if (part === '') continue;
      if (/^(?:[*?]|\[[^\]]+\])$/.test(part)) this.glob(part);
      else this.#pieces.push(make(part));
    }
  }

  /** Ends a field, as between the elements of `"$@"`. */
  #end(): void {
    if (this.#started) this.done.push({ text: fromPieces(this.#pieces, this.#many), active: this.#active });
    this.#active = false;
    this.#pieces = [];
    this.#started = false;
    this.#many = false;
  }

  list(items: readonly Text[], quoted: boolean, separators: string | undefined): void {
    for (const [index, item] of items.entries()) {
      if (index > 0) this.#end();
      if (quoted) this.quoted(item);
      else this.unquoted(item, separators);
    }
  }

  finish(): readonly Field[] {
    this.#end();
    return this.done;
  }
}

// Between the elements of `"$*"` stands the first character of IFS, and a blank where IFS is unset.
function joinWords(items: readonly Text[], state: State): Text {
  const joined = separatorsOf(state)?.charAt(0) ?? anyText;
  return single(concat(...items.flatMap((item, i) => (i === 0 ? [item] : [joined, item]))));
}

function single(text: Text): Text {
  return typeof text === 'string' || !text.many ? text : { ...text, many: false };
}

// `undefined` where they cannot be known.
function separatorsOf(state: State): string | undefined {
  const ifs = state.variable('IFS');
  if (!ifs) return ' \t\n';
  const value = ifs.values[0];
  if (ifs.values.length !== 1 || ifs.elements !== undefined) return undefined;
  return value === undefined ? ' \t\n' : known(value);
}

/** The words that one word of a command becomes: braces, tilde, parameters, substitutions, splitting, patterns; in Bash's order. */
export function expandWord(word: Word, state: State, run: Run): readonly Text[] {
  const parts = word.parts;
  if (parts === undefined) {
    const text = word.text;
    if (text.charCodeAt(0) === 126 /* ~ */) return [expandTilde(word.value, text, state, run)];
    const assigned = text.includes('=~') ? /^([A-Za-z_]\w*=)~/.exec(text)?.[1] : undefined;
    // Bash expands a tilde in what looks like an assignment: `dd of=~/x`.
    return [
      assigned === undefined
        ? word.value
        : concat(assigned, expandTilde(word.value.slice(assigned.length), text.slice(assigned.length), state, run)),
    ];
  }
  if (parts.some((part) => part.type === 'BraceExpansion')) return expandBraceWord(word, state, run);
  return fieldsOf(word, parts, state, run);
}

function expandBraceWord(word: Word, state: State, run: Run): readonly Text[] {
  if (state.posix && word.parts) {
    // Where `sh` is dash there is no such expansion.
    const pick = run.choices.pick(`{${word.pos}:${word.text}`, 2);
    if (pick < 0) return [anyWords];
    if (pick === 1) return fieldsOf(word, word.parts, state, run);
  }
  const texts = expandBraces(word.text);
  if (!texts) {
    run.opaque('a brace expression with too many words', word.pos);
    return [anyWords];
  }
  if (texts.length === 1 && texts[0] === word.text && word.parts) return fieldsOf(word, word.parts, state, run);
  run.spend(texts.length >> 3);
  const { script } = parseShell(`: ${texts.join(' ')}`);
  const command = script?.commands[0]?.command;
  if (command?.type !== 'Command') return [anyWords];
  return command.suffix.flatMap((item) => {
    if (item.type !== 'Word') return [anyWords];
    return item.parts ? fieldsOf(item, item.parts, state, run) : [expandTilde(item.value, item.text, state, run)];
  });
}

function fieldsOf(word: Word, parts: readonly WordPart[], state: State, run: Run): readonly Text[] {
  const fields = new Fields();
  const separators = separatorsOf(state);
  for (const [index, part] of parts.entries())
    if (isSubscripted(parts, index, state)) fields.unquoted(anyWords, separators);
    else addPart(fields, part, index === 0 ? word.text : '', separators, state, run);
  const words: Text[] = [];
  for (const { text, active } of fields.finish())
    if (active && !state.options.has('noglob')) words.push(...matchPaths(text, state, run));
    else words.push(active ? written(text) : text);
  return words;
}

function addPart(fields: Fields, part: WordPart, wordText: string, separators: string | undefined, state: State, run: Run): void {
  switch (part.type) {
    case 'Literal':
      fields.quoted(wordText.charCodeAt(0) === 126 ? expandTilde(part.value, wordText, state, run) : part.value);
      return;
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      fields.quoted(part.value);
      return;
    case 'BraceExpansion':
      fields.quoted(part.text);
      return;
    case 'LocaleString': {
      // Bash translates `$"text"`; zsh puts a dollar before it.
      const pick = state.zsh ? run.choices.pick(`zsh ${part.pos}$`, 2) : 0;
      if (pick !== 0) fields.quoted(pick === 1 ? '$' : anyText);
      addQuoted(fields, part.parts, separators, state, run);
      return;
    }
    case 'DoubleQuoted':
      addQuoted(fields, part.parts, separators, state, run);
      return;
    case 'Glob':
      fields.glob(part.text);
      return;
    case 'ExtendedGlob':
      if (state.zsh && addQualified(fields, part.text, run)) return;
      fields.glob(part.text);
      return;
    case 'ProcessSubstitution':
      fields.quoted(run.shell.processSubstitution(part, state, run));
      return;
    default:
      if (part.type === 'ParameterExpansion' && !isListExpansion(part) && !isFlagged(part, run)) {
        const word = standIn(part, state, run);
        if (word === 'nothing') return;
        if (word) {
          if (word.parts === undefined) addLiteral(fields, word.text, separators, state, run);
          for (const inner of word.parts ?? []) {
            if (inner.type === 'Literal') addLiteral(fields, inner.text, separators, state, run);
            else addPart(fields, inner, '', separators, state, run);
          }
          return;
        }
      }
      if (isListExpansion(part)) {
        const items = parameterList(part, state, run);
        // Of empty fields dash keeps others than Bash.
        if (items && !(state.posix && state.variable('IFS')) && !mayKeepEmpty(items, separators))
          fields.list(items, isWhole(items, part, state, run), separators);
        else fields.unquoted(anyElements(part), separators);
      } else {
        addExpansion(fields, part, separators, state, run);
      }
  }
}

/** `${(e)name}` of zsh changes what the value is, and may run what stands in it. */
function isFlagged({ text }: { readonly text: string }, run: Run): boolean {
  const flags = /^\$\{[=~^]*\(([^)]*)\)/.exec(text)?.[1];
  if (flags?.includes('e')) run.opaque('a variable whose value is expanded once more');
  return flags !== undefined;
}

// Between separators that are no blanks Bash keeps empty words of `$@`, which other shells drop.
function mayKeepEmpty(items: readonly Text[], separators: string | undefined): boolean {
  return (separators === undefined || /[^ \t\n]/.test(separators)) && items.includes('');
}

// Whether the words of `$@` are taken as they are, as zsh does.
function isWhole(items: readonly Text[], part: WordPart, state: State, run: Run): boolean {
  if (!state.zsh || !items.some((item) => /[\s*?[]/.test(known(item) ?? ''))) return false;
  const pick = run.choices.pick(`zsh ${part.pos}:${part.text}`, 2);
  if (pick < 0) run.opaque(`${part.text} is split by Bash and not by zsh`);
  return pick === 1;
}

/** In zsh the plain name of an array stands for all of it. `undefined`: it is none, or is read as Bash does. */
function wholeArray(part: WordPart, state: State, run: Run): readonly Text[] | 'unknown' | undefined {
  const name =
    part.type === 'SimpleExpansion'
      ? simpleName(part.text)
      : part.type === 'ParameterExpansion' && !part.index && !part.operation && !part.prefix
        ? part.parameter
        : undefined;
  const elements = name === undefined ? undefined : state.variable(name)?.elements;
  if (elements === undefined || elements === 'unknown' || elements.size < 2) return undefined;
  const pick = run.choices.pick(`zsh ${part.pos}:${part.text}`, 2);
  return pick === 0 ? undefined : pick < 0 ? 'unknown' : [...elements.values()].filter((text) => text !== '');
}

/** `*(.om[1])` of zsh: what follows the pattern picks among the files it matches, and may run code to do so. */
function addQualified(fields: Fields, text: string, run: Run): boolean {
  const inside = /^[*?]\(((?:#q)?[^|]*)\)$/s.exec(text)?.[1];
  if (inside === undefined || !/^(?:#q)?[\w./@=*%,^:+~[\]'"\s-]/.test(inside)) return false;
  if (/(?:^|[^\w])?[\w.^/@=*%-]*(?:e[^\w\s,.)]|\+\w)/.test(inside)) run.opaque('a glob qualifier that runs code');
  fields.some();
  return true;
}

/** `$list[2]` is one element in zsh. */
function isSubscripted(parts: readonly WordPart[], index: number, state: State): boolean {
  const part = parts[index];
  const next = parts[index + 1];
  return state.zsh && part?.type === 'SimpleExpansion' && (next?.type === 'Glob' || next?.type === 'Literal') && next.text.startsWith('[');
}

function addExpansion(fields: Fields, part: WordPart, separators: string | undefined, state: State, run: Run): void {
  const items = state.zsh ? wholeArray(part, state, run) : undefined;
  if (items) {
    if (items === 'unknown') fields.unquoted(anyWords, separators);
    else fields.list(items, true, separators);
    return;
  }
  const text = expansionText(part, state, run);
  const value = state.zsh ? known(text) : undefined;
  const isPrinted = part.type === 'CommandExpansion';
  if (value === undefined || (!/[*?[]/.test(value) && (isPrinted || ![...(separators ?? value)].some((c) => value.includes(c))))) {
    fields.unquoted(text, separators);
    return;
  }
  // Bash splits and matches what a variable holds, zsh takes it as it is: each is followed.
  const pick = run.choices.pick(`zsh ${part.pos}:${part.text}`, 2);
  if (pick === 0) fields.unquoted(text, separators);
  else if (pick < 0) fields.unquoted(anyWords, separators);
  else if (isPrinted)
    fields.list(
      value.split(/[ \t\n]+/).filter((word) => word !== ''),
      true,
      separators,
    );
  else if (value !== '') fields.quoted(text);
}

// Text without quotes inside an expansion: it is split, but for what a backslash protects.
function addLiteral(fields: Fields, text: string, separators: string | undefined, state: State, run: Run): void {
  const tilde = /^~[^\s\\]*/.exec(text)?.[0];
  if (tilde !== undefined) fields.quoted(expandTilde(tilde, tilde, state, run));
  for (const part of text.slice(tilde?.length ?? 0).split(/(\\[\s\S])/)) {
    if (part.startsWith('\\') && part.length > 1) fields.quoted(part.slice(1));
    else if (part !== '') fields.unquoted(part, separators);
  }
}

function addQuoted(fields: Fields, parts: readonly WordPart[], separators: string | undefined, state: State, run: Run): void {
  if (parts.length === 0) fields.quoted('');
  for (const [index, part] of parts.entries()) {
    if (isSubscripted(parts, index, state)) fields.quoted(anyText);
    else if (isListExpansion(part)) {
      const items = parameterList(part, state, run);
      if (isJoined(part)) fields.quoted(items ? joinWords(items, state) : { ...anyElements(part), many: false });
      else if (items) fields.list(items, true, separators);
      else fields.unquoted(anyElements(part), separators);
    } else if (part.type === 'Literal') {
      fields.quoted(part.value);
    } else {
      const items = state.zsh ? wholeArray(part, state, run) : undefined;
      const text = items === 'unknown' ? anyText : items ? joinWords(items, state) : expansionText(part, state, run);
      fields.quoted(typeof text === 'string' ? text : { ...text, many: false });
    }
  }
}

/** The value of one expansion, before any splitting. */
function expansionText(part: WordPart, state: State, run: Run): Text {
  switch (part.type) {
    case 'SimpleExpansion':
      return parameterText(simpleName(part.text), undefined, state, run);
    case 'ParameterExpansion':
      return isFlagged(part, run) ? anyWords : parameterText(part.parameter, part, state, run);
    case 'CommandExpansion':
      return run.shell.substitute(part.script, state, run);
    case 'ArithmeticExpansion':
      return arithmeticText(part.expression, state, run);
    default:
      return anyWords;
  }
}

/** One text for a word where nothing is split or matched: assignments, redirection targets, here-strings, `case` words. */
export function expandText(word: Word, state: State, run: Run, assignment = false): Text {
  const parts = word.parts;
  if (parts === undefined) {
    const isTilde = word.text.charCodeAt(0) === 126;
    const value = isTilde ? expandTilde(word.value, word.text, state, run) : word.value;
    return assignment && typeof value === 'string' && value.length < 4096 && value.includes(':~')
      ? value.replace(/:~(?=[/:]|$)/g, `:${run.stated.home}`)
      : value;
  }
  return bounded(concat(...parts.map((part, index) => partText(part, index === 0 ? word.text : '', state, run))));
}

// A value that doubles again and again would fill the memory.
function bounded(text: Text): Text {
  return typeof text === 'string' && text.length > maxScriptLength ? anyText : text;
}

/** The text of parts where nothing is split or matched, such as the body of a here-document. */
export function partsText(parts: readonly WordPart[], state: State, run: Run): Text {
  return concat(...parts.map((part) => partText(part, '', state, run)));
}

function partText(part: WordPart, wordText: string, state: State, run: Run): Text {
  switch (part.type) {
    case 'Literal':
      return wordText.charCodeAt(0) === 126 ? expandTilde(part.value, wordText, state, run) : part.value;
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return part.value;
    case 'Glob':
    case 'ExtendedGlob':
      return part.text;
    case 'BraceExpansion':
      return unbraced(part.text, state, run);
    case 'DoubleQuoted':
    case 'LocaleString':
      return concat(...part.parts.map((inner) => partText(inner, '', state, run)));
    case 'ProcessSubstitution':
      return run.shell.processSubstitution(part, state, run);
    default: {
      if (isListExpansion(part)) {
        const items = parameterList(part, state, run);
        return items
          ? isJoined(part)
            ? joinWords(items, state)
            : concat(...items.flatMap((item, i) => (i === 0 ? [item] : [' ', item])))
          : anyElements(part);
      }
      const text = expansionText(part, state, run);
      return typeof text === 'string' ? text : { ...text, many: false };
    }
  }
}

// Where braces are not expanded, what stands between them is.
function unbraced(text: string, state: State, run: Run): Text {
  if (!/[$`'"\\]/.test(text)) return text;
  const command = parseShell(`: ${text.replace(/[{},]/g, '\\$&')}`).script?.commands[0]?.command;
  const word = command?.type === 'Command' ? command.suffix[0] : undefined;
  if (!/^[\w{},.$-]*$/.test(text) || word?.type !== 'Word') {
    run.opaque('braces that stand for themselves');
    return anyText;
  }
  return expandText(word, state, run);
}

function expandTilde(value: string, text: string, state: State, run: Run): Text {
  const prefix = /^~([A-Za-z_][\w.-]*|[+-])?(?=\/|$)/.exec(value);
  if (!prefix || /^~[^/]*[\\'"]/.test(text)) return value;
  const rest = value.slice(prefix[0].length);
  const user = prefix[1];
  if (user === undefined) {
    const home = state.variable('HOME');
    const set = home?.values.length === 1 ? home.values[0] : undefined;
    return concat(home ? (set ?? anyWords) : run.stated.home, rest);
  }
  if (user === '+') return state.cwds.length === 1 ? (state.cwds[0] ?? '') + rest : concat(anyWords, rest);
  if (user === '-') return concat(parameterText('OLDPWD', undefined, state, run), rest);
  if (user === 'root') return `/root${rest}`;
  const own = run.stated.home.slice(run.stated.home.lastIndexOf('/') + 1);
  return (user === own ? run.stated.home : `${dirname(run.stated.home) === '/' ? '/home' : dirname(run.stated.home)}/${user}`) + rest;
}

/** Pathname expansion of one field. */
function matchPaths(field: Text, state: State, run: Run): readonly Text[] {
  if (typeof field === 'string' || !field.pieces.some((piece) => typeof piece !== 'string' && 'glob' in piece)) return [field];
  if (state.options.has(unsureGlob)) return [{ pieces: field.pieces, many: true }];
  const cwd = state.cwds.length === 1 ? state.cwds[0] : undefined;
  // What lies in a folder that everybody uses is another thing a moment later.
  if (cwd !== undefined && isSharedTemp(absolute(/^(?:.*\/)?/.exec(display(field))?.[0] || '.', cwd), run.places)) return [field];
  const names = cwd === undefined ? undefined : expandGlob(field.pieces, cwd, run.world, state.options);
  if (names === undefined) return [field];
  const made = state.touched || state.hasFiles() || state.written.length > 0;
  // What the command did earlier may have made more names, and taken some away.
  if (names.length > 0) return made ? [{ pieces: field.pieces, many: true }] : names;
  if (state.options.has('nullglob')) return made ? [{ pieces: field.pieces, many: true }] : [];
  // Nothing matches now: the pattern stays as it is, unless something the command did earlier makes it match.
  return [made ? field : literalPattern(field.pieces)];
}

// Patterns as they are written, where they are not matched.
function written(text: Text): Text {
  return typeof text === 'string'
    ? text
    : fromPieces(
        text.pieces.map((piece) => (typeof piece !== 'string' && 'glob' in piece ? piece.glob : piece)),
        text.many,
      );
}

function literalPattern(pieces: readonly Piece[]): Text {
  return fromPieces(pieces.map((piece) => (typeof piece !== 'string' && 'glob' in piece ? piece.glob : piece)));
}
