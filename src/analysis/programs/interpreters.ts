import { runContent } from '../shell/execute-file.ts';
import { isInput } from '../shell/files.ts';
import type { Invocation, Result } from '../shell/invocation.ts';
import type { Outcome } from '../shell/outcome.ts';
import { display, isGitName, known, originOf, unknownFrom, type Text, withoutMarks } from '../shell/value.ts';
import { judgeCode, type Language } from './inline-code.ts';
import { withShortBlanks } from '../short-blanks.ts';
import { keepBackup } from './backups.ts';
import { grammar, parseOptions, type Grammar } from './options.ts';
import type { Program } from './registry.ts';
import { runPattern } from './script-pattern.ts';
import { missingScript } from './shells.ts';

interface Interpreter {
  readonly language: Language | undefined;
  readonly options: () => Grammar;
  /** Options whose value is code. */
  readonly code: readonly string[];
  /** Options whose value is a module or file that is run besides. */
  readonly loads?: readonly string[];
  /** The option that only looks whether a file can be parsed. Perl's runs what stands in BEGIN. */
  readonly checks?: string;
}

const python = interpreter({
  language: 'python',
  options: grammar('b B c= d E h i I m= O q s S u v V W= x X= P', { stops: true }),
  code: ['c'],
});
const node = interpreter({
  language: 'javascript',
  options: grammar(
    'e,eval= p,print= c,check i,interactive r,require= import= loader= experimental-loader= h v,version input-type= inspect? inspect-brk? max-old-space-size= env-file= env-file-if-exists= watch test run= no-warnings enable-source-maps experimental-strip-types conditions= C= stack-trace-limit= trace-warnings harmony',
    { stops: true },
  ),
  code: ['e', 'p'],
  loads: ['r', 'import', 'loader', 'experimental-loader'],
  checks: 'c',
});
const perl = interpreter({
  language: 'perl',
  options: grammar('e= E= n p i? l? a F= w W c d? D= I= M= m= s S t T u U v V x? 0? X f C?', { stops: true }),
  code: ['e', 'E'],
});
const ruby = interpreter({
  language: 'ruby',
  options: grammar('e= n p i? l a F= w W? c C= d I= r= s S v x? 0? y E= K= T? U', { stops: true }),
  code: ['e'],
  loads: ['r'],
  checks: 'c',
});
const php = interpreter({
  language: 'php',
  options: grammar('a c= n d= e f= h i l m r= B= R= F= E= s S= t= v w z=', { stops: true }),
  code: ['r', 'B', 'R', 'E'],
  checks: 'l',
});

/** Interpreters with code on the command line, in a file, or from standard input. */
export const interpreterPrograms = (): Readonly<Record<string, Program>> => ({
  python,
  python2: python,
  python3: python,
  pypy: python,
  pypy3: python,
  ipython: python,
  micropython: python,
  node,
  nodejs: node,
  'ts-node': node,
  tsx: node,
  bun: runtime,
  deno: runtime,
  perl,
  ruby,
  irb: ruby,
  php,
  lua: interpreter({ language: 'lua', options: grammar('e= l= i v E W', { stops: true }), code: ['e'] }),
  luajit: interpreter({ language: 'lua', options: grammar('e= l= i v b= j= O?', { stops: true }), code: ['e'] }),
  R: interpreter({ language: undefined, options: grammar('e= f= g= q s vanilla slave no-save'), code: ['e'] }),
  Rscript: interpreter({ language: undefined, options: grammar('e= vanilla verbose', { stops: true }), code: ['e'] }),
  osascript: interpreter({ language: undefined, options: grammar('e= l= i s='), code: ['e'] }),
  tclsh: interpreter({ language: undefined, options: grammar('', { stops: true }), code: [] }),
  guile: interpreter({ language: undefined, options: grammar('c= s= e= l= L=', { stops: true }), code: ['c', 'e'] }),
  elixir: interpreter({ language: undefined, options: grammar('e,eval= r= S=', { stops: true }), code: ['e'] }),
  julia: interpreter({ language: undefined, options: grammar('e,eval= E,print= L= p= t= q project?', { stops: true }), code: ['e', 'E'] }),
  scala: interpreter({ language: undefined, options: grammar('e=', { stops: true }), code: ['e'] }),
  groovy: interpreter({ language: undefined, options: grammar('e= n p i l', { stops: true }), code: ['e'] }),
  ghc: interpreter({ language: undefined, options: grammar('e= o= O?', { stops: true }), code: ['e'] }),
  racket: interpreter({ language: undefined, options: grammar('e= f= t= r l= i n', { stops: true }), code: ['e'] }),
  jshell: interpreter({ language: undefined, options: grammar('R= C= J= s v q', { stops: true }), code: [] }),
  ghci: interpreter({ language: undefined, options: grammar('e=', { stops: true }), code: ['e'] }),
  iex: interpreter({ language: undefined, options: grammar('e,eval= r= S=', { stops: true }), code: ['e'] }),
  sbcl: interpreter({ language: undefined, options: grammar('eval= load= script?'), code: ['eval'] }),
  awk,
  gawk: awk,
  mawk: awk,
  nawk: awk,
  original_awk: awk,
});

function interpreter({ language, options, code, loads = [], checks }: Interpreter): Program {
  return (call) => {
    // Node takes `-pe` for both, with the code after it.
    const args = call.args.map((arg) => (code.includes('p') && known(arg) === '-pe' ? '-p' : arg));
    const parsed = parseOptions(args, options);
    for (const name of loads) for (const file of parsed.values(name)) if (/^[./~]/.test(known(file) ?? './')) runLoaded(file, call);
    const texts = code.flatMap((name) => parsed.values(name));
    if (texts.length > 0) {
      for (const text of texts) judgeText(text, language, call);
      // `perl -ne` and `ruby -pe` go through the files that follow.
      const hasLoop = language === 'perl' || language === 'ruby';
      if (hasLoop && parsed.has('n', 'p', 'i')) call.readAll(parsed.operands);
      if (hasLoop && parsed.has('i'))
        for (const file of parsed.operands) {
          call.write(file, { keepLink: true });
          keepBackup(file, parsed.value('i'), call);
        }
      const goesThrough = hasLoop && parsed.has('n', 'p') && parsed.operands.length === 0;
      return goesThrough || texts.some(mayReadInput) ? secretOfInput(call) : undefined;
    }
    if (parsed.has('m')) return module(known(parsed.value('m') ?? ''), call);
    const file = parsed.operands[0];
    if (checks !== undefined && parsed.has(checks)) {
      call.readAll(parsed.operands);
      return undefined;
    }
    if (parsed.uncertain && file !== undefined && known(file) === undefined) call.read(file);
    if (file === undefined || known(file) === '-') return fromInput(language, call);
    runFileOf(file, language, call);
    // Consoles of frameworks: what they do is in the words that follow.
    const console = /(?:^|\/)(manage\.py|artisan|console)$/.exec(known(file) ?? '')?.[1];
    if (console === undefined) return undefined;
    const rest = call.args.slice((parsed.positions[0] ?? 0) + 1);
    judgeConsole(console, rest, call);
    return call.start([console, ...rest]);
  };
}

/** Whether code reads its input: `sys.stdin`, `input()`, `<>`. */
function mayReadInput(code: Text): boolean {
  return /stdin|\b(?:input|gets|ARGF|readlines?)\b|<>|(?:open|readFileSync|fdopen)\( ?0|\/dev\/fd\/0/i.test(known(code) ?? 'stdin');
}

/** What a program prints that goes through its input: of a secret a secret. */
function secretOfInput(call: Invocation): Result | undefined {
  const { input } = call.io;
  return input !== undefined && originOf(input.text) === 'secret' ? { out: unknownFrom('secret') } : undefined;
}

/** Code for a framework's own console: `manage.py shell -c CODE`, `artisan tinker --execute=CODE`. */
function judgeConsole(name: string, args: readonly Text[], call: Invocation): void {
  const words = args.map((arg) => known(arg) ?? '');
  if (name === 'manage.py' && /^shell/.test(words[0] ?? '')) {
    const at = words.findIndex((word) => word === '-c' || word === '--command');
    if (at >= 0) judgeText(args[at + 1] ?? '', 'python', call);
  }
  if (name === 'artisan' && words[0] === 'tinker') {
    const code = words.find((word) => word.startsWith('--execute='));
    if (code !== undefined) judgeText(code.slice('--execute='.length), 'php', call);
  }
}

function judgeText(text: Text, language: Language | undefined, call: Invocation, inline = true): void {
  const source = known(text);
  if (call.run.reportOrigin(originOf(text))) return;
  if (source === undefined || language === undefined) {
    call.run.emit({ kind: 'execute', certainty: 'exact', act: 'code.inline', program: call.name });
    // Parts that are known are judged all the same; the rest is not known.
    if (source === undefined && typeof text !== 'string' && language !== undefined) judgeCode(display(text), language, call, { inline });
    if (source !== undefined && onlyComputes(source)) {
      readNamed(source, call);
      return;
    }
    call.opaque(`${call.name} code that cannot be known`);
    return;
  }
  judgeCode(source, language, call, { inline });
}

/** Code of a language that is not followed, made of nothing but sums and printing. */
function onlyComputes(code: string): boolean {
  if (!/^[^`#@&|\\]*$/.test(code)) return false;
  const bare = withShortBlanks(code.replace(literals, '""'));
  // R calls what a text names: `"system"("id")`.
  if (/["')\]]\s*\(/.test(bare)) return false;
  // What it has given a name itself is a value, as are columns of a table; what is called by such a name may be anything.
  const own = new Set([...bare.matchAll(/(?:^|[;\n{]|\bfor\s*\()\s*([A-Za-z.][\w.]*)\s*(?:<-|=(?!=)|\bin\b)/g)].map(([, name]) => name));
  if (/\b(?:file|con|url|FUN|description)\s*=/.test(bare)) return false;
  return [...bare.matchAll(/(\$)?(?<!\d)(\.?[A-Za-z_][\w.]*!?)\s*(\()?/g)].every(
    ([, column, name = '', called]) => harmlessNames.has(name) || (called === undefined && (column !== undefined || own.has(name))),
  );
}

const literals = /"(?:[^"\\#$]|\\.){0,400}"|'(?:[^'\\]|\\.){0,400}'/g;

// A file that it reads is named in a text.
function readNamed(code: string, call: Invocation): void {
  for (const [text] of code.matchAll(literals)) {
    const path = text.slice(1, -1).replace(/^~(?=\/)/, call.run.places.home);
    if (call.isSecret(path)) call.read(path);
  }
}

const harmlessNames = new Set(
  'read.csv read.table quantile table unique var sd cor names dim order which any all is.na na.rm probs row.names header sep stringsAsFactors breaks density hist rnorm runif summary head tail str nrow ncol colnames library dplyr data.frame tibble print println printf puts cat message paste paste0 sum mean median max min length nchar sqrt abs round floor ceiling range seq rev sort c rep toupper tolower string str format display write-line sessionInfo R.version.string R.version VERSION version Sys.time Sys.Date TRUE FALSE true false pi e.g now today IO.puts IO.inspect Enum.sum System.version putStrLn show map list'.split(
    ' ',
  ),
);

function fromInput(language: Language | undefined, call: Invocation): undefined {
  if (!call.io.input) return undefined;
  judgeText(call.io.input.text, language, call);
  return undefined;
}

/** A script file: one the command itself or this session wrote is judged; one of the project is a program like any other. */
function runFileOf(file: Text, language: Language | undefined, call: Invocation): void {
  const path = known(file);
  if (path === undefined) {
    if (call.run.reportOrigin(originOf(file))) return;
    if (!runPattern(file, call, (one) => runFileOf(one, language, call))) call.opaque(`the script ${display(file)} cannot be known`);
    return;
  }
  if (/^https?:\/\//i.test(path)) {
    call.network(file);
    call.act('code.remote', path);
    return;
  }
  call.read(file);
  const content = call.content(file);
  if (!content) {
    missingScript(file, call);
    return;
  }
  if (call.run.reportOrigin(originOf(content.text))) return;
  const source = known(content.text);
  if (content.fresh) judgeText(content.text, language, call, false);
  else if (source !== undefined && language !== undefined) {
    call.run.lenient += 1;
    judgeCode(source, language, call);
    call.run.lenient -= 1;
  }
}

function runLoaded(file: Text, call: Invocation): void {
  const content = call.content(file);
  if (!content && !call.isIn(file, 'workspace')) call.opaque(`code loaded from ${display(file)}`);
  if (content?.fresh) runContent(content, file, [], call.state, call.io, call.run, call.name);
}

/** Modules of Python that do something on the command line. */
function module(name: string | undefined, call: Invocation): Result | Outcome | undefined {
  const at = call.args.findIndex((arg) => known(arg) === '-m');
  const rest = call.args.slice(at + 2);
  if (
    name === 'pip' ||
    name === 'pipx' ||
    name === 'twine' ||
    name === 'ansible' ||
    name === 'pytest' ||
    name === 'poetry' ||
    name === 'uv'
  )
    return call.start([name, ...rest]);
  if (name === 'base64' && rest.some((arg) => /^-[du]$/.test(known(arg) ?? '')))
    return { out: { pieces: [{ hole: 'text', origin: 'decoded' }], many: false } };
  if (name === 'zipfile' || name === 'tarfile') {
    const extract = rest.findIndex((arg) => /^(?:-e|--extract)$/.test(known(arg) ?? ''));
    if (extract >= 0) call.change(rest[extract + 2] ?? '.');
  }
  if (name === 'timeit') {
    const parsed = parseOptions(rest, grammar('n= r= u= s= p v'));
    for (const text of [...parsed.values('s'), ...parsed.operands]) judgeText(text, 'python', call);
  }
  if (name !== undefined && /^(?:c?[Pp]rofile|trace|pdb|runpy|coverage|kernprof|debugpy)$/.test(name)) {
    const file = rest.find((arg) => /\.py$/.test(known(arg) ?? ''));
    if (file !== undefined) runFileOf(file, 'python', call);
    for (const [i, arg] of rest.entries())
      if (name === 'pdb' && known(arg) === '-c') judgeText((known(rest[i + 1] ?? '') ?? '`').replace(/^!/, ''), 'python', call);
  }
  if (name === 'shutil' || name === 'code') call.opaque(`python -m ${name}`);
  return undefined;
}

/** bun and deno: subcommands, or a file. */
/** A file, which is no name of a subcommand or of a script of the project. */
const scriptFile = /^https?:|^\.{0,2}\/|\.[cm]?[jt]sx?$/;

function runtime(call: Invocation): Result | Outcome | undefined {
  const first = call.word(0);
  if (first === 'publish')
    return call.args.some((arg) => known(arg) === '--dry-run') ? undefined : call.act('package.publish', `${call.name} publish`);
  const words = call.args.filter((arg) => !(known(arg) ?? '-').startsWith('-'));
  const runs = first === 'x' || first === 'run' || first === 'exec';
  const file = runs ? words[1] : words[0];
  if (file !== undefined && scriptFile.test(known(file) ?? '')) {
    runFileOf(file, 'javascript', call);
    return undefined;
  }
  if (runs) {
    if (call.name === 'bun') return call.start(['bunx', ...call.args.slice(1)]);
    if (file !== undefined) runFileOf(file, 'javascript', call);
    return undefined;
  }
  const at = call.args.findIndex((arg) => /^(?:-e|--eval|-p|--print|eval)$/.test(known(arg) ?? ''));
  if (at >= 0 && call.args[at + 1] !== undefined) judgeText(call.args[at + 1] ?? '', 'javascript', call);
  return undefined;
}

function awk(call: Invocation): Result | undefined {
  const parsed = call.parse(
    grammar('F,field-separator= v,assign= f,file= e,source= i,include= E,exec= l= o? p? b c C d? D? g h L? M n N O P r s S t V', {
      stops: true,
    }),
  );
  const scripts = parsed.has('f', 'e', 'E') ? parsed.values('e') : parsed.operands.slice(0, 1);
  for (const script of scripts) judgeText(script, 'awk', call);
  for (const file of [...parsed.values('f'), ...parsed.values('E')]) {
    if (known(file) === '-') fromInput('awk', call);
    else runFileOf(file, 'awk', call);
  }
  const operands = parsed.has('f', 'e', 'E') ? parsed.operands : parsed.operands.slice(1);
  const files = operands.filter((file) => !/^\w+=/.test(known(file) ?? ''));
  for (const file of files) call.read(file);
  if (parsed.values('i').some((library) => known(library) === 'inplace')) for (const file of parsed.operands.slice(1)) call.write(file);
  if (!files.every(isInput)) return undefined;
  // One word of each line: a name of git is one still.
  const { input } = call.io;
  const picksWord = call.args.length === 1 && /^\s*\{\s*print \$(?:1|NF);?\s*\}\s*$/.test(known(call.args[0] ?? '') ?? '');
  return picksWord && input && isGitName(originOf(input.text)) ? { out: withoutMarks(input.text) } : secretOfInput(call);
}
