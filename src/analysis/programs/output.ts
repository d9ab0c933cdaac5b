import { basename, withoutEnd } from '../paths.ts';
import type { Invocation, Result } from '../shell/invocation.ts';
import {
  anyName,
  anyText,
  anyWord,
  concat,
  fromPieces,
  isMany,
  isWhollyFrom,
  known,
  linesOf,
  lost,
  mark,
  mixed,
  originOf,
  piecesOf,
  type Text,
  unknownFrom,
  withoutMarks,
} from '../shell/value.ts';
import { compressors } from './compressors.ts';
import { grammar } from './options.ts';
import type { Program } from './registry.ts';

/**
 * Programs that print, filter and compute: what they print is followed where it can be computed exactly, because what is
 * printed is often what is run next (`echo … | sh`, `$(printf …)`).
 */
export const outputPrograms = (): Readonly<Record<string, Program>> => ({
  echo: ({ args, state }) => ({
    status: true,
    out: state.posix && args.some((arg) => /^-[eE]+$/.test(known(arg) ?? '')) ? anyText : echo(args),
  }),
  printf: ({ args }) => ({ ...(printsSurely(args) ? { status: true } : {}), out: spelled(args, formatted(args) ?? anyText) }),
  cat,
  tee,
  base64: decoder(
    'd,decode,D i,ignore-garbage w,wrap=',
    (text) => (/^[A-Za-z0-9+/=\s]*$/.test(text) ? Buffer.from(text, 'base64').toString('latin1') : undefined),
    (text) => Buffer.from(text, 'latin1').toString('base64'),
  ),
  base32: decoder(
    'd,decode i w,wrap=',
    () => undefined,
    () => undefined,
  ),
  basenc: decoder(
    'd,decode base64 base64url base32 base16 w,wrap=',
    () => undefined,
    () => undefined,
  ),
  xxd: decoder(
    'r,revert p,ps,postscript,plain c= g= l= s= u i',
    (text) => (/^[\da-fA-F\s]*$/.test(text) ? Buffer.from(text.replace(/\s/g, ''), 'hex').toString('latin1') : undefined),
    () => undefined,
  ),
  uudecode: decoder(
    'o=',
    () => undefined,
    () => undefined,
  ),
  openssl: (call) => (call.args.some((arg) => /^-d$/.test(known(arg) ?? '')) ? { out: unknownFrom('decoded') } : opensslFiles(call)),
  rev: (call) =>
    computed(
      call,
      (text) =>
        text
          .split('\n')
          .map((line) => [...line].reverse().join(''))
          .join('\n'),
      'decoded',
    ),
  tac: (call) => computed(call, (text) => `${text.replace(/\n$/, '').split('\n').reverse().join('\n')}\n`),
  tr: transliterate,
  head: (call) => lines(call, (all, n) => all.slice(0, n)),
  tail: (call) => lines(call, (all, n) => all.slice(-n)),
  nl: (call) => computed(call, () => undefined),
  sort: (call) => {
    const parsed = call.parse(sortGrammar);
    call.readAll(parsed.operands);
    for (const file of parsed.values('o')) call.write(file);
    for (const file of [...parsed.values('random-source'), ...parsed.values('files0-from')]) call.read(file);
    for (const program of parsed.values('compress-program')) call.start([program]);
    return linesFrom(parsed.has('files0-from') ? [...parsed.operands, ...parsed.values('files0-from')] : parsed.operands, call);
  },
  uniq: (call) => {
    const { operands } = call.parse(grammar('c d D? f= i s= u z w= count repeated unique ignore-case'));
    if (operands[0]) call.read(operands[0]);
    if (operands[1]) call.write(operands[1]);
    return linesFrom(operands.slice(0, 1), call);
  },
  cut: filter('b= c= d= f= s z complement delimiter= fields= bytes= characters= output-delimiter='),
  wc: count,
  fold: filter('b s w='),
  fmt: filter('c p= s t u w= g='),
  paste: filter('d= s z delimiters= serial'),
  column: filter('t s= o= c= x n e J N= table separator='),
  expand: filter('i t='),
  od: filter('A= j= N= t= v w? a b c d o s x'),
  hexdump: filter('b c C d n= o s= v x e= f='),
  strings: filter('a n= t= e= f'),
  md5sum: filter('b c t'),
  sha1sum: filter('b c t'),
  sha256sum: filter('b c t check'),
  sha512sum: filter('b c t'),
  cksum: filter('a='),
  b2sum: filter('b c'),
  shasum: filter('a= b c t'),
  md5: filter('q r s='),
  cmp: filter('b i= l n= s'),
  comm: filter('1 2 3'),
  join: filter('1= 2= a= e= i j= o= t= v='),
  less: (call) => {
    // What stands behind a plus is typed into it: `less '+!rm -rf ~' file`.
    for (const arg of call.args) {
      const typed = /^\+{1,2}.*?!(.+)$/s.exec(known(arg) ?? '')?.[1];
      if (typed !== undefined) call.shell(typed);
    }
    return page(call);
  },
  more: filter('d f l p c s u n='),
  bat: filter('p l= n r= language= style= color= paging= plain number'),
  most: filter(''),
  jq: (call) => {
    const parsed = call.parse(
      grammar(
        'c r j a s n e f,from-file= S C M tab indent= arg= argjson= slurpfile= rawfile= args jsonargs compact-output raw-output slurp null-input exit-status',
      ),
    );
    call.readAll(parsed.operands.slice(parsed.has('f') ? 0 : 1));
    call.readAll(parsed.values('f'));
    return inherited(call);
  },
  yq: (call) => {
    const parsed = call.parse(grammar('i,inplace e r o= p= n P C M N I='));
    for (const file of parsed.operands.slice(1)) parsed.has('i') ? call.write(file) : call.read(file);
    return inherited(call);
  },
  date,
  seq: ({ args }) => ({ status: true, out: sequence(args) ?? anyText }),
  mktemp: (call) => temporary(call),
  basename: ({ args }) => ({ status: true, out: suffixCut(args) }),
  dirname: ({ args }) => ({ status: true, out: folderOf(args) }),
  realpath: pathOut,
  readlink: pathOut,
  whoami: () => ({ status: true, out: anyName }),
  hostname: (call) => {
    if (call.args.some((arg) => /^(?:[^-]|-F|--file)/.test(known(arg) ?? ''))) call.act('service.change', 'hostname');
    return { out: anyName };
  },
  uname: () => ({ status: true, out: anyName }),
  id: () => ({ out: anyName }),
  nproc: () => ({ status: true, out: anyName }),
  arch: () => ({ status: true, out: anyName }),
  uuidgen: () => ({ status: true, out: anyName }),
  which: ({ args }) => ({
    out: args.length === 1 && known(args[0] ?? '') !== undefined ? concat('/usr/bin/', args[0] ?? '', '\n') : anyWord,
  }),
  yes: ({ args }) => ({ out: args.length === 0 ? 'y\n' : anyText }),
  iconv: (call) => ({ out: call.io.input ? unknownFrom('decoded') : anyText }),
  ...compressors(),
});

const sortGrammar = grammar(
  'b d f g h i M n r R V c C k,key= m o,output= s S,buffer-size= t,field-separator= T,temporary-directory= u z compress-program= random-source= files0-from= parallel= batch-size=',
);

const page = filter('N S R F X i n e E p= t= j= o= O= k=');

/** What some shell's `echo` takes for more than itself. */
const backslash = /\\[\\abcefnrtv0-7x]/;

function echo(args: readonly Text[]): Text {
  let i = 0;
  let newline = '\n';
  let escapes = false;
  for (; i < args.length; i++) {
    const text = known(args[i] ?? '');
    if (text === undefined || !/^-[neE]+$/.test(text)) break;
    if (text.includes('n')) newline = '';
    if (text.includes('e')) escapes = true;
    if (text.includes('E')) escapes = false;
  }
  const words = args.slice(i);
  // What may be no word at all has no blank beside it then.
  const joined = concat(
    ...words.flatMap((word, n) => (n === 0 ? [word] : [isMany(word) || isMany(words[n - 1] ?? '') ? anyText : ' ', word])),
  );
  const text = typeof joined === 'string' ? joined : undefined;
  if (text === undefined) {
    const isPlain = piecesOf(joined).every(
      (piece) => !backslash.test(typeof piece === 'string' ? piece : 'text' in piece ? piece.text : ''),
    );
    return isPlain || args.some((arg) => known(arg) === '-E') ? concat(joined, newline) : lost(joined);
  }
  // Shells differ in whether `echo` takes a backslash for more than itself.
  const first = escapes || args.some((arg) => known(arg) === '-E') ? -1 : text.search(backslash);
  if (first >= 0) return concat(text.slice(0, first), anyText, newline);
  return (escapes ? expandEscapes(text) : text) + newline;
}

/** Backslash escapes as `echo -e` and `printf` understand them. */
function expandEscapes(text: string): string {
  const single: Readonly<Record<string, string>> = {
    n: '\n',
    t: '\t',
    r: '\r',
    a: '\x07',
    b: '\b',
    e: '\x1b',
    E: '\x1b',
    f: '\f',
    v: '\v',
    '\\': '\\',
    '"': '"',
    "'": "'",
    c: '',
  };
  return text.replace(
    /\\(?:x([\da-fA-F]{1,2})|0?([0-7]{1,3})|u([\da-fA-F]{1,4})|U([\da-fA-F]{1,8})|(.))/g,
    (whole, hex: string, octal: string, short: string, long: string, c: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
      const code = short ?? long;
      if (code !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff));
      return single[c] ?? whole;
    },
  );
}

/** Letters given by their numbers are text that was encoded: `printf '\\x72\\x6d'`. */
function spelled(args: readonly Text[], printed: Text): Text {
  const letters = /\\(?:x(?:[46][1-9a-fA-F]|[57][\da-fA-F])|0?1[0-7]{2})/;
  return args.some((arg) => letters.test(known(arg) ?? '')) ? mark(printed, 'decoded') : printed;
}

/** What `printf` prints, for formats of `%s`, `%d`, `%b`, `%q`, `%c`, `%x` and `%%` without widths; `undefined` where it is not computed. */
export function formatted(words: readonly Text[]): Text | undefined {
  const args = known(words[0] ?? '') === '--' ? words.slice(1) : words;
  const format = known(args[0] ?? '');
  if (format === undefined || args.some(isMany)) return undefined;
  const values = args.slice(1);
  const parts: Text[] = [];
  let next = 0;
  const tokens = format.split(/(%(?:%|[-0-9.]*[a-zA-Z]))/);
  const consumes = tokens.some((token) => /^%[^%]/.test(token));
  do {
    for (const token of tokens) {
      if (!/^%/.test(token)) parts.push(expandEscapes(token));
      else if (token === '%%') parts.push('%');
      else {
        const value = values[next++] ?? (token === '%d' ? '0' : '');
        const text = known(value);
        if (token === '%s') parts.push(value);
        else if (token === '%b' && text !== undefined) parts.push(expandEscapes(text));
        else if (token === '%d' && text !== undefined && plainNumber.test(text)) parts.push(text);
        else if (token === '%c' && text !== undefined) parts.push(text.slice(0, 1));
        else if (token === '%x' && text !== undefined && plainNumber.test(text) && !text.startsWith('-'))
          parts.push(Number(text).toString(16));
        else return undefined;
      }
    }
  } while (consumes && next < values.length && parts.length < 2000);
  return concat(...parts);
}

/** In decimal, which is said by no zero before it, and small enough to be exact. */
const plainNumber = /^-?(?:0|[1-9]\d{0,14})$/;

/** Whether `printf` surely succeeds: where a word must be a number, it may be none. */
export function printsSurely(words: readonly Text[]): boolean {
  const format = known((known(words[0] ?? '') === '--' ? words[1] : words[0]) ?? '');
  return formatted(words) !== undefined || (format !== undefined && format !== '' && !/%[^%a-zA-Z]*[^%sbcq\W\d]/.test(format));
}

function cat(call: Invocation): Result {
  const { operands } = call.parse(grammar('A b e E n s t T u v show-all number'));
  const parts: Text[] = [];
  for (const file of operands) {
    if (known(file) === '-') parts.push(call.io.input?.text ?? anyText);
    else {
      call.read(file);
      const content = call.content(file);
      // Where it is not there nothing is printed.
      parts.push(content === undefined ? unknownFrom('unknown-output') : content.isUnsure ? lost(content.text) : content.text);
    }
  }
  if (operands.length === 0) parts.push(call.io.input?.text ?? anyText);
  return call.args.length === operands.length ? { out: concat(...parts) } : { out: concat(...parts.map(lost)) };
}

function tee(call: Invocation): Result {
  const parsed = call.parse(grammar('a,append i p ignore-interrupts output-error?'));
  const input = call.io.input?.text;
  for (const file of parsed.operands) call.write(file, { ...(input === undefined ? {} : { content: input }), append: parsed.has('a') });
  return { out: input ?? anyText };
}

// Lines of the input as they were; where files are named instead, some text with their origin.
function linesFrom(files: readonly Text[], call: Invocation): Result {
  if (files.length === 0) return { out: call.io.input ? linesOf(call.io.input.text) : anyText };
  const texts = files.map((file) => (known(file) === '-' ? call.io.input?.text : call.content(file)?.text));
  return { out: mixed(...texts.map((text) => text ?? anyText)) };
}

/** Whatever was read, in another form: the origin of the input stays. */
export function inherited(call: Invocation): Result {
  return { out: call.io.input ? lost(call.io.input.text) : anyText };
}

function computed(call: Invocation, compute: (text: string) => string | undefined, origin?: 'decoded'): Result {
  const files = call.args.filter((arg) => !/^-/.test(known(arg) ?? '-'));
  const plain = call.args.length === files.length;
  const input = files.length === 0 ? call.io.input?.text : files.length === 1 ? call.content(files[0] ?? '')?.text : undefined;
  for (const file of files) call.read(file);
  const text = input === undefined || !plain ? undefined : known(input);
  const result = text === undefined ? undefined : compute(text);
  if (result === undefined) return { out: input === undefined ? anyText : lost(input) };
  return { out: origin ? mark(result, origin) : result };
}

function filter(line: string): Program {
  const options = grammar(line);
  return (call) => {
    call.readAll(call.parse(options).operands);
    return inherited(call);
  };
}

/** Numbers tell nothing of what was counted; names of files that are not there are printed. */
function count(call: Invocation): Result {
  const parsed = call.parse(grammar('c m l L w files0-from= bytes chars lines words total='));
  call.readAll([...parsed.operands, ...parsed.values('files0-from')]);
  return parsed.has('files0-from') ? inherited(call) : { out: anyText };
}

function decoder(line: string, decode: (text: string) => string | undefined, encode: (text: string) => string | undefined): Program {
  const options = grammar(line);
  return (call) => {
    const parsed = call.parse(options);
    call.readAll(parsed.operands);
    const decodes = parsed.may('d', 'r');
    const input =
      parsed.operands[0] !== undefined && known(parsed.operands[0]) !== '-' ? call.content(parsed.operands[0])?.text : call.io.input?.text;
    if (parsed.operands[1] !== undefined) call.write(parsed.operands[1]);
    const text = input === undefined ? undefined : known(input);
    if (!decodes) return { out: text === undefined ? (input === undefined ? anyText : lost(input)) : (encode(text) ?? anyText) };
    if (input !== undefined && isWhollyFrom(input, 'secret')) return { out: unknownFrom('secret') };
    const result = text === undefined || parsed.uncertain ? undefined : decode(text);
    return { out: result === undefined ? unknownFrom('decoded') : mark(result, 'decoded') };
  };
}

function opensslFiles(call: Invocation): Result {
  for (const [i, arg] of call.args.entries()) {
    const value = call.args[i + 1];
    if (value === undefined) continue;
    if (/^-(?:in|inkey|key|CAfile|cert)$/.test(known(arg) ?? '') && known(call.args[0] ?? '') !== 'x509') call.read(value);
    if (/^-(?:out|keyout)$/.test(known(arg) ?? '')) call.write(value);
    if (/^-(?:engine|provider-path)$/.test(known(arg) ?? '') && /[/.]/.test(known(value) ?? '/'))
      call.opaque('a library that openssl loads');
  }
  return inherited(call);
}

function transliterate(call: Invocation): Result {
  const [from, to] = call.args.map((arg) => known(arg));
  const input = call.io.input ? known(call.io.input.text) : undefined;
  if (input === undefined && call.io.input && from === '-d' && /^[ *+]+$/.test(to ?? '')) return { out: withoutMarks(call.io.input.text) };
  if (input === undefined) return inherited(call);
  if (from === '-d' && to !== undefined && call.args.length === 2) return { out: mark(deleteSet(input, to) ?? '', 'decoded') };
  if (from === undefined || to === undefined || call.args.length !== 2 || from.startsWith('-')) return { out: unknownFrom('decoded') };
  const a = characterSet(from);
  const b = characterSet(to);
  if (!a || !b || b.length === 0) return { out: unknownFrom('decoded') };
  const table = new Map(a.map((c, i) => [c, b[Math.min(i, b.length - 1)] ?? c]));
  return { out: mark([...input].map((c) => table.get(c) ?? c).join(''), 'decoded') };
}

function deleteSet(text: string, set: string): string | undefined {
  const characters = characterSet(set);
  return characters ? [...text].filter((c) => !characters.includes(c)).join('') : undefined;
}

function characterSet(text: string): string[] | undefined {
  if (/\[[:=]/.test(text)) return undefined;
  const plain = expandEscapes(text);
  const result: string[] = [];
  const all = [...plain];
  for (let i = 0; i < all.length; i++) {
    const c = all[i] ?? '';
    const end = all[i + 2];
    if (all[i + 1] === '-' && end !== undefined) {
      for (let code = c.charCodeAt(0); code <= end.charCodeAt(0) && result.length < 512; code++) result.push(String.fromCharCode(code));
      i += 2;
    } else result.push(c);
  }
  return result;
}

function lines(call: Invocation, pick: (all: readonly string[], count: number) => readonly string[]): Result {
  const parsed = call.parse(grammar('n,lines= c,bytes= q v z f,follow F s= pid= quiet verbose retry'));
  const digits = parsed.unknown.join('');
  call.readAll(parsed.operands);
  const input =
    parsed.operands.length === 0
      ? call.io.input?.text
      : parsed.operands.length === 1
        ? call.content(parsed.operands[0] ?? '')?.text
        : undefined;
  const text = input === undefined ? undefined : known(input);
  const count = Number(known(parsed.value('n') ?? (digits || '10')) ?? Number.NaN);
  if (text === undefined || parsed.has('c') || !Number.isInteger(count) || count <= 0 || /[+-]/.test(known(parsed.value('n') ?? '') ?? ''))
    return { out: input === undefined ? anyText : (parsed.has('c') ? lost : linesOf)(input) };
  const all = text.replace(/\n$/, '').split('\n');
  const picked = pick(all, count);
  const out = picked.join('\n') + (picked.length > 0 ? '\n' : '');
  const origin = input === undefined ? undefined : originOf(input);
  return { out: origin ? mark(out, origin) : out };
}

function sequence(args: readonly Text[]): Text | undefined {
  const numbers = args.map((arg) => Number(known(arg) ?? Number.NaN));
  if (numbers.length === 0 || numbers.length > 3 || numbers.some((n) => !Number.isInteger(n))) return undefined;
  const [a = 1, b = 1, c = 1] = numbers;
  const [first, step, last] = numbers.length === 1 ? [1, 1, a] : numbers.length === 2 ? [a, 1, b] : [a, b, c];
  if (step === 0 || Math.abs((last - first) / step) > 1000) return undefined;
  const result: number[] = [];
  for (let n = first; step > 0 ? n <= last : n >= last; n += step) result.push(n);
  return result.map((n) => `${n}\n`).join('');
}

function temporary(call: Invocation): Result {
  const parsed = call.parse(grammar('d,directory u,dry-run q,quiet p,tmpdir? t suffix='));
  const template = known(parsed.operands[0] ?? '');
  const folder = call.run.world.variable('TMPDIR') ?? '/tmp';
  if (template !== undefined && /X{3,}/.test(template)) {
    const [before = '', after = ''] = template.split(/X{3,}/);
    const base = parsed.has('t', 'p') || !template.includes('/') ? (parsed.has('t', 'p') ? `${folder}/` : '') : '';
    return { status: true, out: fromPieces([base + before, { hole: 'name' }, `${after}\n`]) };
  }
  return { status: true, out: fromPieces([`${folder}/tmp.`, { hole: 'name' }, '\n']) };
}

function suffixCut(args: readonly Text[]): Text {
  const path = known(args[0] ?? '');
  if (path === undefined || args.length > 2 || path.startsWith('-')) return anyName;
  const name = basename(withoutEnd(path));
  const suffix = args[1] === undefined ? '' : (known(args[1]) ?? '');
  return `${suffix !== '' && name.endsWith(suffix) && name !== suffix ? name.slice(0, -suffix.length) : name}\n`;
}

function folderOf(args: readonly Text[]): Text {
  const path = known(args[0] ?? '');
  if (path === undefined || args.length !== 1) return anyText;
  const trimmed = withoutEnd(path);
  const at = trimmed.lastIndexOf('/');
  return `${at < 0 ? '.' : at === 0 ? '/' : trimmed.slice(0, at)}\n`;
}

function pathOut(call: Invocation): Result {
  const { operands } = call.parse(grammar('f e m q s z n L P canonicalize relative-to= relative-base='));
  const only = operands[0];
  return { out: operands.length === 1 && only !== undefined && known(only)?.startsWith('/') ? concat(only, '\n') : anyText };
}

/** date(1) prints, and with `-s` or a bare `MMDDhhmm` sets the clock. */
function date(call: Invocation): Result {
  const { args } = call;
  const sets = args.some(
    (arg, i) => /^(?:-s|--set(?:=.*)?$)/.test(known(arg) ?? '') || (i === 0 && /^\d{8,12}(?:\.\d\d)?$/.test(known(arg) ?? '')),
  );
  if (sets) call.act('service.change', 'date --set');
  return {
    out: args.some((arg) => /%[nt]|\s/.test(known(arg) ?? 'x y')) && args.length > 0 ? anyText : args.length > 0 ? anyName : anyText,
  };
}
