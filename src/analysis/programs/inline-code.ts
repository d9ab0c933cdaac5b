import type { Invocation } from '../shell/invocation.ts';
import { anyText, type Text } from '../shell/value.ts';

/** A language whose one-liners are looked at. */
export type Language = 'python' | 'javascript' | 'perl' | 'ruby' | 'php' | 'awk' | 'lua';

/** What a call with a literal argument does. */
type Sink = 'shell' | 'argv' | 'remove' | 'removeTree' | 'write' | 'read' | 'network' | 'move' | 'chmod';

interface Rule {
  /** Matches the call up to and including its opening parenthesis or quote. */
  readonly call: RegExp;
  readonly sink: Sink;
}

const q = '(?:[rbuf]{0,2})';

/**
 * Calls that start programs or change files, by language. A literal argument is judged for what it is; any other argument is
 * opaque. Source: the languages' standard libraries.
 */
const rules: Readonly<Record<Language, readonly Rule[]>> = {
  python: [
    { call: /\b(?:os\.)?(?:system|popen)\s*\(/g, sink: 'shell' },
    { call: /\b(?:subprocess\.)?(?:run|call|check_call|check_output|Popen|getoutput|getstatusoutput)\s*\(/g, sink: 'argv' },
    { call: /\b(?:os\.)?(?:exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?)\s*\(/g, sink: 'argv' },
    { call: /\bpty\.spawn\s*\(/g, sink: 'argv' },
    { call: /\b(?:shutil\.)?rmtree\s*\(/g, sink: 'removeTree' },
    { call: /\bos\.(?:remove|unlink|rmdir|removedirs)\s*\(/g, sink: 'remove' },
    { call: /\b(?:shutil\.)?(?:move|copy|copy2|copyfile|copytree)\s*\(|\bos\.(?:rename|replace|link|symlink|renames)\s*\(/g, sink: 'move' },
    { call: /\bos\.(?:chmod|chown|truncate|makedirs|mkdir)\s*\(/g, sink: 'chmod' },
    { call: /\bopen\s*\(/g, sink: 'read' },
    { call: /\bPath\s*\(/g, sink: 'read' },
    { call: /\b(?:requests|httpx|urllib\.request|urllib3)\.\w+\s*\(|\burlopen\s*\(|\burlretrieve\s*\(/g, sink: 'network' },
  ],
  javascript: [
    { call: /\b(?:exec|execSync)\s*\(/g, sink: 'shell' },
    { call: /\b(?:spawn|spawnSync|execFile|execFileSync|fork)\s*\(/g, sink: 'argv' },
    { call: /\$\s*`/g, sink: 'shell' },
    { call: /\b(?:rmSync|rm|rmdirSync|rmdir|rimraf(?:\.sync|Sync)?|removeSync|emptyDirSync)\s*\(/g, sink: 'removeTree' },
    { call: /\b(?:unlinkSync|unlink|removeFile)\s*\(/g, sink: 'remove' },
    {
      call: /\b(?:writeFileSync|writeFile|appendFileSync|appendFile|createWriteStream|truncateSync|truncate|outputFileSync|openSync)\s*\(/g,
      sink: 'write',
    },
    { call: /\b(?:renameSync|rename|copyFileSync|copyFile|cpSync|cp|symlinkSync|symlink|linkSync)\s*\(/g, sink: 'move' },
    { call: /\b(?:chmodSync|chmod|chownSync|mkdirSync|mkdir)\s*\(/g, sink: 'chmod' },
    { call: /\b(?:readFileSync|readFile|createReadStream)\s*\(/g, sink: 'read' },
    { call: /\b(?:fetch|https?\.(?:get|request)|axios(?:\.\w+)?)\s*\(/g, sink: 'network' },
  ],
  perl: [
    { call: /\b(?:system|exec)\b\s*\(?/g, sink: 'shell' },
    { call: /`/g, sink: 'shell' },
    { call: /\bqx\s*[({[/|!]/g, sink: 'shell' },
    { call: /\bunlink\b\s*\(?/g, sink: 'remove' },
    { call: /\b(?:rmtree|remove_tree)\b\s*\(?/g, sink: 'removeTree' },
    { call: /\brename\b\s*\(?/g, sink: 'move' },
    { call: /\bopen\b\s*\(?[^,]*,/g, sink: 'read' },
  ],
  ruby: [
    { call: /\b(?:system|exec|spawn)\b\s*\(?/g, sink: 'shell' },
    { call: /`/g, sink: 'shell' },
    { call: /%x[({[|!]/g, sink: 'shell' },
    { call: /\b(?:FileUtils\.)?(?:rm_rf|rm_r|remove_dir|remove_entry(?:_secure)?|rmtree)\b\s*\(?/g, sink: 'removeTree' },
    { call: /\b(?:File|FileUtils)\.(?:delete|unlink|rm|rm_f)\b\s*\(?/g, sink: 'remove' },
    { call: /\b(?:File|IO)\.(?:write|binwrite)\b\s*\(?/g, sink: 'write' },
    { call: /\b(?:File|IO)\.(?:read|readlines|binread|foreach|open)\b\s*\(?/g, sink: 'read' },
    { call: /\bFileUtils\.(?:mv|cp|cp_r|ln_s|move|copy)\b\s*\(?/g, sink: 'move' },
    { call: /\b(?:Net::HTTP|URI|OpenURI)\.\w+\b\s*\(?/g, sink: 'network' },
  ],
  php: [
    { call: /\b(?:system|exec|shell_exec|passthru|popen|proc_open|pcntl_exec)\s*\(/g, sink: 'shell' },
    { call: /`/g, sink: 'shell' },
    { call: /\b(?:unlink|rmdir)\s*\(/g, sink: 'remove' },
    { call: /\b(?:file_put_contents|fopen|touch)\s*\(/g, sink: 'write' },
    { call: /\b(?:rename|copy|symlink|link)\s*\(/g, sink: 'move' },
    { call: /\b(?:file_get_contents|readfile|file|include|require|include_once|require_once)\s*\(?/g, sink: 'read' },
    { call: /\b(?:curl_init|fsockopen)\s*\(/g, sink: 'network' },
  ],
  awk: [{ call: /\bsystem\s*\(/g, sink: 'shell' }],
  lua: [
    { call: /\b(?:os\.execute|io\.popen)\s*\(/g, sink: 'shell' },
    { call: /\bos\.remove\s*\(/g, sink: 'remove' },
    { call: /\bos\.rename\s*\(/g, sink: 'move' },
    { call: /\bio\.open\s*\(/g, sink: 'read' },
  ],
};

/** Ways to run text, reach parts by computed names, or load native code: with one of these nothing else can be relied on. */
const escapes: Readonly<Record<Language, RegExp>> = {
  python:
    /\b(?:eval|exec|compile|__import__|getattr|globals|locals|vars|importlib|ctypes|cffi|pickle|marshal|codeop|runpy|base64|codecs|zlib|socket|pty|telnetlib|ftplib|smtplib|paramiko|asyncio\.create_subprocess\w*)\b|\bchr\s*\(|\\x[\da-fA-F]{2}|__builtins__|__class__|__subclasses__/,
  javascript:
    /\b(?:eval|Function|vm|WebAssembly|atob|fromCharCode|process\.binding|globalThis\s*\[|import\s*\(|constructor\s*\[|Reflect|Proxy|dgram)\b|\bBuffer\.from\([^)]*(?:base64|hex)|\bnet\.(?:connect|createConnection)|\\x[\da-fA-F]{2}|\\u00|\brequire\s*\(\s*[^'"`)]|\]\s*\(/,
  perl: /\b(?:eval|require|do\s+['"]|pack|unpack|sprintf\s*\(\s*["']%c|IO::Socket|Socket|LWP|HTTP::Tiny|MIME::Base64|decode_base64|syscall|sysopen|fork)\b|\\x[\da-fA-F]{2}/,
  ruby: /\b(?:eval|instance_eval|class_eval|send|public_send|__send__|const_get|method|Kernel|Open3|PTY|IO\.popen|popen|Socket|TCPSocket|Base64|unpack1?|pack|Marshal|load|fork|syscall)\b|\\x[\da-fA-F]{2}/,
  php: /\b(?:eval|assert|create_function|call_user_func\w*|base64_decode|gzinflate|str_rot13|preg_replace\s*\(\s*['"].*e['"]|\$\w+\s*\()\b/,
  awk: /\|\s*getline|\|&|getline\s*<|\bprint(?:f)?\b[^;}\n]*(?:\||>)/,
  lua: /\b(?:load|loadstring|dofile|loadfile|require|debug|string\.char)\b/,
};

/**
 * Judges a program given on the command line: known calls with literal arguments become their effects, known calls with anything
 * else and ways to run text are opaque; code without any of them only computes. Never throws; linear in the code.
 */
export function judgeCode(code: string, language: Language, call: Invocation): void {
  const text = stripComments(code.slice(0, 64 * 1024), language);
  call.run.emit({ kind: 'execute', certainty: 'exact', act: 'code.inline', program: call.name });
  if (escapes[language].test(withoutStrings(text, language)) || (/\\x[\da-fA-F]{2}/.test(text) && language !== 'awk')) {
    if (language !== 'awk' || !awkOutput(text, call)) call.opaque(`${language} code that runs what it computes`);
  }
  let hits = 0;
  for (const rule of rules[language]) {
    rule.call.lastIndex = 0;
    for (const match of text.matchAll(rule.call)) {
      if (hits++ > 200) return;
      if (insideString(text, match.index)) continue;
      judgeCall(rule.sink, text, match.index + match[0].length, match[0], language, call);
    }
  }
}

function stripComments(code: string, language: Language): string {
  if (language === 'javascript') return code.replace(/\/\*[\s\S]*?\*\//g, ' ');
  return language === 'php' ? code : code.replace(/(^|\n)\s*#[^\n]*/g, '$1');
}

function withoutStrings(code: string, language: Language): string {
  // Ruby's and Perl's strings are looked into as well: they interpolate.
  if (language === 'ruby' || language === 'perl' || language === 'php') return code;
  return code.replace(/(["'])(?:\\.|(?!\1)[^\\\n])*\1/g, '""');
}

function insideString(code: string, index: number): boolean {
  let quote = '';
  for (let i = Math.max(0, code.lastIndexOf('\n', index - 1)); i < index; i++) {
    const c = code.charAt(i);
    if (quote === '') {
      if (c === '"' || c === "'") quote = c;
    } else if (c === '\\') i++;
    else if (c === quote) quote = '';
  }
  return quote !== '';
}

/** The literal at the start of an argument list, joined over `+`, `.` and white space; `undefined` where it is no literal. */
function literal(code: string, start: number, opened: string): { readonly text: string; readonly end: number } | undefined {
  if (/[`/|!{[(]$/.test(opened.trim()) && /(?:`|qx\s*\S|%x\S)$/.test(opened.trim())) {
    const closer =
      ({ '(': ')', '{': '}', '[': ']' } as Readonly<Record<string, string>>)[opened.trim().slice(-1)] ?? opened.trim().slice(-1);
    const end = code.indexOf(closer, start);
    const text = end < 0 ? '' : code.slice(start, end);
    return end < 0 || /\$\{|#\{|\$\w/.test(text) ? undefined : { text, end };
  }
  let at = start;
  let result: string | undefined;
  for (let guard = 0; guard < 100; guard++) {
    const match = new RegExp(
      `^\\s*${q}(?:"""([\\s\\S]*?)"""|"((?:\\\\.|[^"\\\\])*)"|'((?:\\\\.|[^'\\\\])*)'|\`((?:\\\\.|[^\`\\\\$])*)\`)\\s*`,
    ).exec(code.slice(at, at + 8192));
    if (!match) return undefined;
    const raw = match[1] ?? match[2] ?? match[3] ?? match[4] ?? '';
    if (/\$\{|#\{/.test(raw) && !match[3]) return undefined;
    result = (result ?? '') + raw.replace(/\\(["'`\\$])/g, '$1').replace(/\\n/g, '\n');
    at += match[0].length;
    if (!/^[+.](?!\w)/.test(code.slice(at, at + 2)) && !/^["']/.test(code.slice(at, at + 1))) break;
    if (/^[+.]/.test(code.charAt(at))) at += 1;
  }
  return result === undefined ? undefined : { text: result, end: at };
}

function judgeCall(sink: Sink, code: string, start: number, opened: string, language: Language, call: Invocation): void {
  if (sink === 'argv') {
    judgeArguments(code, start, call);
    return;
  }
  const first = literal(code, start, opened);
  if (!first) {
    if (isHomeExpression(code, start)) removeOrRead(sink, '~', call);
    else if (sink !== 'read' && sink !== 'network') call.opaque(`${language} code with arguments that cannot be known`);
    else if (sink === 'network') call.network(anyText);
    return;
  }
  if (sink === 'shell') {
    // `system("rm", "-rf", "/")` starts the program without a shell.
    const more = listAfter(code, first.end);
    if (more.length > 0) call.start([first.text, ...more]);
    else call.shell(first.text);
    return;
  }
  if (sink === 'read') judgeOpen(code, first, language, call);
  else if (sink === 'move') {
    const second = /^\s*,/.test(code.slice(first.end))
      ? literal(code, first.end + (/^\s*,/.exec(code.slice(first.end))?.[0].length ?? 0), '')
      : undefined;
    call.remove(first.text, { act: 'files.delete' });
    if (second) call.write(second.text);
    else call.opaque(`${language} code with a target that cannot be known`);
  } else removeOrRead(sink, first.text, call);
}

function removeOrRead(sink: Sink, path: string, call: Invocation): void {
  const target: Text = path === '~' ? call.run.places.home : path.startsWith('~/') ? call.run.places.home + path.slice(1) : path;
  if (sink === 'removeTree') call.remove(target, { recursive: true });
  else if (sink === 'remove') call.remove(target);
  else if (sink === 'write') call.write(target);
  else if (sink === 'chmod') call.change(target);
  else if (sink === 'network') call.network(target);
  else call.read(target);
}

/** Expressions for the home directory that everybody writes. */
function isHomeExpression(code: string, start: number): boolean {
  return /^\s*(?:os\.path\.expanduser\(\s*['"]~\/?['"]\s*\)|Path\.home\(\)|os\.homedir\(\)|require\(['"](?:node:)?os['"]\)\.homedir\(\)|os\.environ\[['"]HOME['"]\]|process\.env\.HOME|Dir\.home|ENV\[['"]HOME['"]\]|\$ENV\{['"]?HOME['"]?\})\s*[,)]/.test(
    code.slice(start, start + 200),
  );
}

/** `open(path, mode)`: reading or writing by the mode; `Path(x).unlink()` by what follows. */
function judgeOpen(code: string, first: { readonly text: string; readonly end: number }, language: Language, call: Invocation): void {
  const rest = code.slice(first.end, first.end + 120);
  const mode = /^\s*,\s*(?:mode\s*=\s*)?["']([^"']*)["']/.exec(rest)?.[1] ?? '';
  if (language === 'perl') {
    const target = listAfter(code, first.end)[0];
    if (/[>+]/.test(first.text)) call.write(target ?? first.text.replace(/^[+<>\s]+/, ''));
    else if (first.text.includes('|')) call.shell(first.text.replace(/^\s*\||\|\s*$/g, ''));
    else call.read(target ?? first.text.replace(/^[<\s]+/, ''));
    return;
  }
  if (/^\s*\)\s*\.(?:unlink|rmdir)\s*\(/.test(rest)) call.remove(first.text);
  else if (/^\s*\)\s*\.(?:write_\w+|touch|mkdir|chmod|rename|replace|symlink_to|hardlink_to)\s*\(/.test(rest)) call.write(first.text);
  else if (/[wax+]/.test(mode) && /^[rwxabt+]+$/.test(mode)) call.write(first.text);
  else call.read(first.text);
}

function listAfter(code: string, at: number): string[] {
  const result: string[] = [];
  let position = at;
  for (let guard = 0; guard < 50; guard++) {
    const comma = /^\s*,\s*/.exec(code.slice(position, position + 64));
    if (!comma) break;
    const next = literal(code, position + comma[0].length, '');
    if (!next) break;
    result.push(next.text);
    position = next.end;
  }
  return result;
}

/** `run(["rm", "-rf", "/"])`, `spawn("rm", ["-rf", "/"])`, `run("rm -rf /", shell=True)`. */
function judgeArguments(code: string, start: number, call: Invocation): void {
  const bracket = /^\s*[[(]\s*/.exec(code.slice(start, start + 64));
  if (bracket) {
    const first = literal(code, start + bracket[0].length, '');
    if (!first) {
      call.opaque('a program that cannot be known');
      return;
    }
    const more = listAfter(code, first.end);
    const closed = /^\s*,?\s*[\])]/.test(code.slice(endOfList(code, first.end, more.length)));
    call.start([first.text, ...more, ...(closed ? [] : [{ pieces: [{ hole: 'text' as const }], many: true }])]);
    return;
  }
  const first = literal(code, start, '');
  if (!first) {
    call.opaque('a program that cannot be known');
    return;
  }
  const list = /^\s*,\s*\[\s*/.exec(code.slice(first.end, first.end + 64));
  if (list) {
    const at = first.end + list[0].length;
    const second = literal(code, at, '');
    call.start([first.text, ...(second ? [second.text, ...listAfter(code, second.end)] : [])]);
    return;
  }
  if (/\s/.test(first.text)) call.shell(first.text);
  else call.start([first.text, ...listAfter(code, first.end)]);
}

function endOfList(code: string, at: number, count: number): number {
  let position = at;
  for (let i = 0; i < count; i++) {
    const comma = /^\s*,\s*/.exec(code.slice(position, position + 64));
    const next = comma ? literal(code, position + comma[0].length, '') : undefined;
    if (!next) break;
    position = next.end;
  }
  return position;
}

/** awk's pipes and redirections: to a literal file or command they are effects. True where all of them are. */
function awkOutput(code: string, call: Invocation): boolean {
  let all = true;
  for (const match of code.matchAll(/(\|&?|>>?)\s*(?:"((?:\\.|[^"\\])*)"|(\S))/g)) {
    const before = code.slice(Math.max(0, match.index - 200), match.index);
    if (match[1]?.startsWith('>') && !/\bprintf?\b[^;}\n]*$/.test(before)) continue;
    if (match[2] === undefined) {
      if (match[3] === '|' || match[3] === 'g') continue;
      all = false;
    } else if (match[1]?.startsWith('|')) call.shell(match[2]);
    else call.write(match[2]);
  }
  for (const match of code.matchAll(/"((?:\\.|[^"\\])*)"\s*\|\s*getline/g)) call.shell(match[1] ?? '');
  return all && !/[^"\s]\s*\|\s*getline/.test(code);
}
