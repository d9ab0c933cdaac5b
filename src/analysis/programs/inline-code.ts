import { isSecretVariable } from '../secret-names.ts';
import type { Invocation } from '../shell/invocation.ts';
import { anyText, fromPieces, type Text } from '../shell/value.ts';
import { parseSql } from '../sql.ts';
import { callsOf, escapes, type Sink } from './code-calls.ts';
import { aliasesOf, anyName, resolveName } from './code-names.ts';
import { asksDatabase, building, dangerousName, environmentNames, massDeletion, secretText, wholeEnvironment } from './code-signs.ts';
import { anyPart, CodeSource, type Language } from './code-source.ts';

export type { Language } from './code-source.ts';

const longest = 64 * 1024;
const maxSinks = 200;

/** What a value of the code stands for in a command. */
const asText = (value: string): Text =>
  value.includes(anyPart) ? fromPieces(value.split(anyPart).flatMap((part, i) => (i === 0 ? [part] : [{ hole: 'name' }, part]))) : value;

/** A path that the value may be, to ask where it lies. */
const example = (value: string): string => value.replaceAll(anyPart, 'x');

const unknownArgument: Text = { pieces: [{ hole: 'text' }], many: true };

/** How code got to the interpreter: what was typed into a command is held to more than what a file of the project says. */
export interface CodeOptions {
  /** The code is part of the command, not of a file. */
  readonly inline?: boolean;
}

/**
 * Judges a program: known calls with known arguments become their effects, known calls with anything else and ways to run text are
 * opaque; code without any of them only computes. Inline code that starts programs, deletes, reaches out or writes outside is said to.
 * Never throws; linear in the code. Source: design, "What `safe_coding` decides", inline code.
 */
export function judgeCode(code: string, language: Language, call: Invocation, options: CodeOptions = {}): void {
  call.run.emit({ kind: 'execute', certainty: 'exact', act: 'code.inline', program: call.name });
  if (code.length > longest) call.opaque(`${language} code that is too long to be read`);
  new Judge(code.slice(0, longest), language, call, options.inline === true).judge();
}

const pathMethods: Readonly<Record<string, Sink>> = {
  unlink: 'remove',
  rmdir: 'remove',
  write_text: 'write',
  write_bytes: 'write',
  touch: 'write',
  mkdir: 'change',
  chmod: 'change',
  symlink_to: 'change',
  hardlink_to: 'change',
  rename: 'move',
  read_text: 'read',
  read_bytes: 'read',
};

class Judge {
  readonly #source: CodeSource;
  readonly #language: Language;
  readonly #call: Invocation;
  readonly #isInline: boolean;
  readonly #aliases: ReadonlyMap<string, string>;
  readonly #isBuilding: boolean;
  #sinks = 0;

  constructor(code: string, language: Language, call: Invocation, isInline: boolean) {
    this.#source = new CodeSource(code, language, call.run.places.home);
    this.#language = language;
    this.#call = call;
    this.#isInline = isInline;
    this.#aliases = aliasesOf(this.#source);
    this.#isBuilding = building.test(this.#source.masked);
  }

  judge(): void {
    const { masked } = this.#source;
    if (escapes[this.#language]?.test(masked)) this.#opaque('code that runs what it computes');
    this.#names(masked);
    if (this.#language === 'awk') this.#awkOutput();
    else this.#quotedCommands();
    if (this.#language === 'python' && /\b(?:Path|pathlib)\b/.test(masked)) this.#paths();
    if (this.#isInline) this.#environment();
    this.#data(masked);
  }

  /** Rows that a model deletes without a condition, and statements that are given to a database. */
  #data(masked: string): void {
    const method = massDeletion.exec(masked)?.[0];
    if (method !== undefined) this.#call.act('db.delete-all', method.trim(), 'delete');
    for (const [at, text] of this.#source.literalsAt()) {
      if (!/^\s*(?:drop|truncate|delete|update|alter)\s/i.test(text) || !asksDatabase.test(masked.slice(Math.max(0, at - 60), at)))
        continue;
      for (const { act } of parseSql(text)) if (act !== undefined && act !== 'db.write') this.#call.act(act, text.slice(0, 200), 'delete');
    }
  }

  #opaque(evidence: string): void {
    this.#call.opaque(`${this.#language} ${evidence}`);
  }

  /** Inline code does what only a program that can be read should do. */
  #acts(evidence: string): void {
    if (this.#isInline) this.#call.act('code.inline.acts', evidence);
  }

  #names(masked: string): void {
    const pattern =
      this.#language === 'ruby' || this.#language === 'perl'
        ? /(?<![\w$@:%&>.])[A-Za-z_]\w*[!?]?(?:(?:::|\.|->)[A-Za-z_]\w*[!?]?)*/g
        : /(?:(?<=[)\]}])\s{0,8}(?:\?\.|\.)\s*|(?<![\w$.]))[A-Za-z_$][\w$]*(?:\s{0,8}(?:\?\.|\.)\s{0,8}[A-Za-z_$][\w$]*)*/g;
    for (const match of masked.matchAll(pattern)) {
      if (this.#sinks >= maxSinks) {
        this.#opaque('code with too many calls to be followed');
        return;
      }
      this.#name(match[0], match.index);
    }
  }

  #name(found: string, at: number): void {
    const { masked } = this.#source;
    const end = at + found.length;
    const name = found.replace(/\s+/g, '').replace(/\?\.|::|->/g, '.');
    const next = this.#source.skip(end);
    const isCall = masked.charAt(next) === '(';
    const isBare = /ruby|perl|php|lua/.test(this.#language);
    if (isBare && /^\s*(?:=>|:(?!:)|=(?![=~]))/.test(masked.slice(end, end + 12))) return;
    const sink = this.#sinkOf(name);
    if (sink === undefined) return;
    if (!isCall && !isBare) {
      this.#reference(name, sink, at, next);
      return;
    }
    this.#sinks += 1;
    const resolved = resolveName(name.replace(/^\./, ''), this.#aliases);
    this.#apply(sink, resolved, isCall ? next + 1 : end);
  }

  #sinkOf(name: string): Sink | undefined {
    const { full, method = {}, module = {} } = callsOf(this.#language);
    const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined => (Object.hasOwn(table, key) ? table[key] : undefined);
    if (name.startsWith('.')) return own(method, name.slice(name.lastIndexOf('.') + 1));
    const resolved = resolveName(name, this.#aliases).replace(/^fs\.promises\./, 'fs.');
    const exact = own(full, resolved);
    if (exact) return exact;
    // No module's name is longer than that.
    for (let dot = resolved.lastIndexOf('.', 60); dot > 0; dot = resolved.lastIndexOf('.', dot - 1)) {
      const found = own(module, resolved.slice(0, dot));
      // What a module says of itself is no call of it.
      if (found) return /^__|version/i.test(resolved.slice(dot + 1)) ? undefined : found;
    }
    for (const [alias, from] of this.#aliases) {
      const starred = alias.startsWith(anyName) ? own(full, `${from}.${resolved}`) : undefined;
      if (starred) return starred;
    }
    const last = resolved.slice(resolved.lastIndexOf('.') + 1);
    return resolved.includes('.') ? own(method, last) : own(method, resolved);
  }

  /** A dangerous function that is not called here but handed on: it is called where nobody sees with what. */
  #reference(name: string, sink: Sink, at: number, next: number): void {
    const { masked } = this.#source;
    const isKnownName = Object.hasOwn(callsOf(this.#language).full, resolveName(name, this.#aliases));
    if (!isKnownName || sink === 'read' || sink === 'open' || sink === 'path' || sink === 'change') return;
    const statement = masked.slice(Math.max(0, Math.max(masked.lastIndexOf('\n', at - 1), masked.lastIndexOf(';', at - 1)) + 1), at);
    if (/^\s*(?:from|import|export|typeof)\b|\btypeof\s+$|\{[^()]*$/.test(statement) || /[:=]/.test(masked.charAt(next))) return;
    if (!name.includes('.') && !/^(?:eval|exec|Function|fetch)$/.test(name) && !this.#aliases.has(name)) return;
    // `f = os.system` is an alias, followed where it is called.
    if (/[\w$]\s*=\s*$/.test(statement)) return;
    this.#opaque(`code that hands on ${name}`);
  }

  #apply(sink: Sink, name: string, at: number): void {
    const call = this.#call;
    switch (sink) {
      case 'shell':
      case 'argv':
        this.#acts(`starts a program with ${name}`);
        this.#launch(sink, at);
        return;
      case 'network': {
        this.#acts(`opens a connection with ${name}`);
        const url = this.#source.evaluate(at);
        if (url) for (const text of url.texts) call.network(/^[a-z][\w+.-]*:/i.test(text) ? text : anyText);
        else call.network(anyText);
        return;
      }
      case 'kill':
        this.#acts(`sends a signal with ${name}`);
        return;
      case 'unknown':
        this.#unknown(name, at);
        return;
      case 'open':
        this.#open(name, at);
        return;
      case 'move':
      case 'copy':
        this.#move(sink, at);
        return;
      case 'permissions': {
        const known = this.#source.list(at).items.filter((item) => item !== undefined);
        if (known.length === 0) this.#opaque('code that changes files whose names cannot be known');
        for (const texts of known) this.#file('change', texts, at);
        return;
      }
      case 'path':
        return;
      case 'named':
      case 'unpack': {
        const texts = this.#source.evaluate(at)?.texts;
        if (texts) this.#file(sink === 'named' ? 'read' : 'change', texts, at);
        return;
      }
      case 'read':
      case 'write':
      case 'change':
      case 'remove':
        if (this.#language === 'perl' || this.#language === 'ruby') {
          const { items } = this.#source.list(at);
          for (const texts of items.length > 0 ? items : [undefined]) this.#file(sink, texts, at);
          return;
        }
        this.#file(sink, this.#source.evaluate(at)?.texts, at);
        return;
      case 'removeTree':
        this.#file(sink, this.#source.evaluate(at)?.texts, at);
    }
  }

  #unknown(name: string, at: number): void {
    // A callback that is written out is judged where it stands.
    if (/^(?:array_\w+|usort|preg_replace_callback|call_user_func\w*)$/.test(name)) {
      const isWritten = /^\s*(?:static\s+)?(?:fn|function)\b/;
      const first = this.#source.evaluate(at)?.texts[0];
      if (first === undefined ? isWritten.test(this.#source.masked.slice(at, at + 40)) : !Object.hasOwn(callsOf('php').full, first)) return;
      // `usort($rows, fn($a, $b) => …)` takes it second.
      if (
        /^(?:usort|array_(?:walk|filter))$/.test(name) &&
        /^\$\w+\s*,\s*(?:static\s+)?(?:fn|function)\b/.test(this.#source.masked.slice(at, at + 80))
      )
        return;
    }
    if (/^(?:getattr|operator\.(?:attrgetter|methodcaller))$/.test(name)) {
      const { items } = this.#source.list(at);
      const wanted = items[name === 'getattr' ? 1 : 0];
      // A name that is written out, and does nothing, is as good as the name itself.
      if (wanted?.every((text) => !dangerousName.test(text)) === true && !this.#isBuilding) return;
    }
    if (this.#language === 'perl' && name === 'eval' && /^\s*\{/.test(this.#source.masked.slice(at, at + 16))) return;
    this.#opaque(`code that runs what ${name} is given`);
  }

  #launch(sink: 'shell' | 'argv', at: number): void {
    const call = this.#call;
    const { masked } = this.#source;
    const start = this.#source.skip(at);
    const isList = /^[[(]/.test(masked.charAt(start));
    const { items } = this.#source.list(isList ? start + 1 : start);
    const first = items[0];
    if (!first) {
      this.#opaque('code that starts a program that cannot be known');
      return;
    }
    let rest = items.slice(1);
    if (!isList && sink === 'argv') {
      // `spawn("rm", ["-rf", "/"])`
      const comma = masked.indexOf(',', start);
      const bracket = comma < 0 ? -1 : this.#source.skip(comma + 1);
      if (bracket > 0 && masked.charAt(bracket) === '[') rest = this.#source.list(bracket + 1).items as (readonly string[] | undefined)[];
      else if (first.some((text) => /\s/.test(text))) rest = [];
    }
    for (const text of first.slice(0, 4)) {
      if (
        !isList &&
        (/\s/.test(text) || sink === 'shell') &&
        (sink === 'argv' || rest.length === 0 || this.#language === 'javascript' || this.#language === 'python')
      )
        call.shell(asText(text));
      else call.start([asText(text), ...rest.map((item): Text => (item?.length === 1 ? asText(item[0] ?? '') : unknownArgument))]);
    }
  }

  #file(sink: 'read' | 'write' | 'change' | 'remove' | 'removeTree', texts: readonly string[] | undefined, at: number): void {
    const call = this.#call;
    if (texts === undefined) {
      const literals = sink === 'read' ? [...this.#source.literals()] : [];
      if (sink !== 'read') this.#opaque('code that changes files whose names cannot be known');
      else if (this.#isBuilding || literals.some((text) => secretText.test(text)))
        this.#opaque('code that reads files whose names cannot be known');
      return;
    }
    for (const text of texts) {
      const target = asText(text);
      if (sink === 'read') {
        if (/^[a-z][\w+.-]*:\/\//i.test(text)) call.network(target);
        else call.read(target);
        continue;
      }
      // Where only the folder is known, whatever lies there.
      const some = example(text);
      const isOutput =
        call.isIn(some, 'build-output') || call.isIn(some, 'session') || call.isIn(some, 'temp') || call.isIn(some, 'safe-device');
      if (sink === 'remove' || sink === 'removeTree') {
        const isTree = (sink === 'removeTree' && this.#isRecursive(at)) || some !== text;
        call.remove(target, isTree ? { recursive: true } : {});
        if (!isOutput) this.#acts(`deletes ${some}`);
      } else {
        if (sink === 'write') call.write(target);
        else call.change(target);
        if (!isOutput && !call.isIn(some, 'workspace')) this.#acts(`writes ${some}`);
      }
    }
  }

  /** `fs.rm` takes a folder with it only where it is told to. */
  #isRecursive(at: number): boolean {
    if (this.#language !== 'javascript') return true;
    const close = this.#source.masked.slice(at, at + 400);
    return (
      !/^[^;\n]*\)/.test(close) ||
      /recursive|\.\.\./.test(close) ||
      /(?:rimraf|remove|emptyDir|del)/.test(this.#source.masked.slice(Math.max(0, at - 40), at))
    );
  }

  #move(sink: 'move' | 'copy', at: number): void {
    const call = this.#call;
    const { items } = this.#source.list(at);
    const [from, to] = [items[0], items[1]];
    if (!from || !to) {
      this.#opaque('code that moves files whose names cannot be known');
      return;
    }
    for (const text of from) {
      if (sink === 'copy') call.read(asText(text), call.isSecret(text) ? { act: 'secret.copy' } : {});
      else call.remove(asText(text), call.isRecursiveTarget(text) ? { recursive: true } : {});
      // Out of the workspace is gone for the workspace.
      if (sink === 'move' && to.some((target) => !call.isIn(example(target), 'workspace'))) this.#acts(`moves ${text} away`);
    }
    for (const text of to) this.#file('write', [text], at);
  }

  /** `open(path, mode)`, in Perl `open(handle, mode, path)`; a pipe starts a program. */
  #open(name: string, at: number): void {
    const call = this.#call;
    const { items } = this.#source.list(at);
    if (this.#language === 'perl') {
      if (name === 'opendir') return;
      const mode = items[1]?.[0];
      if (mode === undefined) {
        this.#opaque('code that opens what cannot be known');
        return;
      }
      if (mode.includes('|')) {
        this.#acts('starts a program with open');
        const words = items.slice(2);
        if (words.length === 0) call.shell(mode.replace(/^\s*\||\|\s*$/g, ''));
        else call.start(words.map((item): Text => item?.[0] ?? unknownArgument));
        return;
      }
      const target = items.length > 2 ? items[2] : [mode.replace(/^[+<>\s]+/, '')];
      this.#file(/[>+]/.test(mode) ? 'write' : 'read', target, at);
      return;
    }
    const paths = items[0];
    if (this.#language === 'ruby' && paths?.some((text) => text.startsWith('|'))) {
      this.#acts('starts a program with open');
      for (const text of paths) call.shell(text.replace(/^\|/, ''));
      return;
    }
    const statement = this.#source.text.slice(at, at + 300).split('\n', 1)[0] ?? '';
    const keyword = /\bmode\s*=\s*["']([^"']*)["']/.exec(statement)?.[1];
    const mode = keyword ?? items[1]?.[0] ?? (items.length > 1 && items[1] === undefined && !/^[^)]*=/.test(statement) ? 'w' : 'r');
    this.#file(/[wax+]/.test(mode) && /^[rwxabtmU+]+$/.test(mode) ? 'write' : 'read', paths, at);
  }

  /** Methods of Python's paths, on what they are called on. */
  #paths(): void {
    const { masked } = this.#source;
    for (const match of masked.matchAll(
      /\.\s*(unlink|rmdir|write_text|write_bytes|touch|mkdir|chmod|symlink_to|hardlink_to|rename|read_text|read_bytes)\s*\(/g,
    )) {
      const sink = pathMethods[match[1] ?? ''];
      if (sink === undefined || this.#sinks++ > maxSinks) continue;
      if (/(?:^|[^\w.])os\s*$/.test(masked.slice(Math.max(0, match.index - 8), match.index))) continue;
      const texts = this.#receiver(match.index);
      const at = match.index + match[0].length;
      if (sink === 'move') {
        for (const text of texts ?? []) this.#call.remove(text);
        this.#file('write', this.#source.evaluate(at)?.texts, at);
        const target = this.#source.evaluate(at)?.texts[0];
        if (texts !== undefined && target !== undefined && !this.#call.isIn(target, 'workspace'))
          this.#acts(`moves ${texts[0] ?? ''} away`);
        if (texts === undefined) this.#opaque('code that moves files whose names cannot be known');
      } else this.#file(sink as 'read', texts, at);
    }
  }

  /** The values of what stands before a dot: a variable, a call, something in brackets. */
  #receiver(dot: number): readonly string[] | undefined {
    const { masked } = this.#source;
    let i = dot - 1;
    while (i >= 0 && /\s/.test(masked.charAt(i))) i -= 1;
    if (masked.charAt(i) !== ')') {
      const name = /(?<![\w.)\]])[A-Za-z_]\w*$/.exec(masked.slice(Math.max(0, i - 80), i + 1))?.[0];
      return name === undefined ? undefined : this.#source.variable(name);
    }
    let depth = 0;
    for (let guard = 0; i >= 0 && guard < 600; i--, guard++) {
      const c = masked.charAt(i);
      if (c === ')') depth += 1;
      else if (c === '(' && --depth === 0) break;
    }
    const before = /(?:[A-Za-z_]\w*\s*\.\s*)*[A-Za-z_]\w*$/.exec(masked.slice(Math.max(0, i - 80), i))?.[0] ?? '';
    const value = this.#source.evaluate(i - before.length);
    return value && this.#source.skip(value.end) === this.#source.skip(dot) ? value.texts : undefined;
  }

  /** Commands in back quotes and their like. */
  #quotedCommands(): void {
    const { masked, text } = this.#source;
    if (this.#language === 'javascript') {
      for (const match of masked.matchAll(/(?<![\w$.])(?:Bun\s*\.\s*)?\$\s*`/g)) {
        this.#acts('starts a program');
        const literal = this.#source.stringAt(match.index + match[0].length - 1)?.text;
        if (literal === undefined) this.#opaque('code that starts a program that cannot be known');
        else this.#call.shell(literal);
      }
      return;
    }
    if (!/perl|ruby|php/.test(this.#language)) return;
    const pairs: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']', '<': '>' };
    let from = 0;
    for (const match of masked.matchAll(/`|(?<![\w$@])(?:qx\s*|%x)([^\w\s])/g)) {
      if (match.index < from) continue;
      const start = match.index + match[0].length;
      const closer = match[1] === undefined ? '`' : (pairs[match[1]] ?? match[1]);
      const end = text.indexOf(closer, start);
      const command = text.slice(start, end < 0 ? undefined : end);
      from = end < 0 ? text.length : end + 1;
      this.#acts('starts a program');
      if (/[$@]\{?\w|#\{/.test(command)) this.#opaque('code that starts a program that cannot be known');
      this.#call.shell(command.replace(/[$@]\{?\w+\}?|#\{[^}]*\}/g, 'x'));
    }
  }

  /** awk's pipes and redirections: to a literal file or command they are effects. */
  #awkOutput(): void {
    const { masked } = this.#source;
    for (const match of masked.matchAll(/(\|&?|>>?)\s*(?=(\S))/g)) {
      if (match[1]?.startsWith('>')) {
        const printed = /\bprintf?\b([^;}\n]{0,400})$/.exec(masked.slice(Math.max(0, match.index - 400), match.index))?.[1];
        // In brackets it compares: `print (a > b ? "x" : "y")`.
        if (printed === undefined || printed.split('(').length > printed.split(')').length) continue;
      }
      if (match[1] === '|' && (match[2] === '|' || masked.charAt(match.index - 1) === '|')) continue;
      const at = match.index + match[0].length;
      const isInput = /^getline\b/.test(masked.slice(at, at + 10));
      if (isInput) {
        this.#awkInput(match.index);
        continue;
      }
      const target = this.#source.evaluate(at)?.texts;
      if (match[1]?.startsWith('|')) {
        this.#acts('starts a program with a pipe');
        if (target) for (const text of target) this.#call.shell(text);
        else this.#opaque('code that starts a program that cannot be known');
      } else if (match[2] !== '=') this.#file('write', target, at);
    }
    for (const match of masked.matchAll(/\bgetline\b[^;}\n<]{0,80}<\s*/g)) {
      const at = match.index + match[0].length;
      this.#file('read', this.#source.evaluate(at)?.texts, at);
    }
  }

  #awkInput(pipe: number): void {
    this.#acts('starts a program with getline');
    const { masked } = this.#source;
    let quote = masked.lastIndexOf('"', pipe);
    quote = quote < 0 ? -1 : masked.lastIndexOf('"', quote - 1);
    const literal = quote < 0 ? undefined : this.#source.stringAt(quote);
    if (literal?.text !== undefined && /^[\s)]*$/.test(masked.slice(literal.end, pipe))) this.#call.shell(literal.text);
    else this.#opaque('code that starts a program that cannot be known');
  }

  /** Secrets of the environment that inline code takes out. */
  #environment(): void {
    const { masked } = this.#source;
    for (const match of masked.matchAll(environmentNames)) {
      const at = match.index + match[0].length;
      const name = this.#source.evaluate(at)?.texts[0] ?? /^[A-Za-z_]\w*/.exec(masked.slice(at, at + 100))?.[0];
      if (name !== undefined && isSecretVariable(name)) this.#call.act('secret.print', name, 'read');
    }
    if (wholeEnvironment.test(masked)) this.#call.act('secret.print', 'the environment', 'read');
  }
}
