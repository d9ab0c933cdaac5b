import { anyText, concat, display, fromPieces, known, type Piece, type Text, unknownFrom } from '../shell/value.ts';
import { program } from './cmdlets.ts';
import type { Session } from './session.ts';

interface CmdCommand {
  readonly words: readonly Text[];
  readonly writes: readonly Text[];
  readonly reads: readonly Text[];
  readonly appends: boolean;
}

const maxLength = 64 * 1024;

/**
 * Follows a command line of cmd.exe: `&`, `&&`, `||` and `|`, carets, quotes, `%VARIABLES%`, redirections, its built-in commands; other
 * programs are those that every shell starts. Source: `cmd /?` and the command reference of Windows.
 */
export function runCmd(source: string, session: Session, input?: Text): Text {
  if (source.length > maxLength || session.depth > 24) {
    session.call.opaque('a command of cmd that is too long or nested too deeply');
    return anyText;
  }
  session.depth += 1;
  let out: Text = '';
  for (const pipeline of split(source, session)) {
    const start = session.call.run.beginPipe();
    let value: Text | undefined = input;
    for (const command of pipeline) {
      if (!session.spend()) break;
      value = runCommand(command, session, value);
    }
    session.call.run.endPipe(start);
    out = value ?? '';
  }
  session.depth -= 1;
  return out;
}

function split(source: string, session: Session): readonly (readonly CmdCommand[])[] {
  const pipelines: CmdCommand[][] = [[]];
  let words: Text[] = [];
  let writes: Text[] = [];
  let reads: Text[] = [];
  let appends = false;
  let pieces: Piece[] = [];
  let started = false;
  let target: 'word' | 'write' | 'read' = 'word';
  let inQuotes = false;
  const endWord = (): void => {
    if (!started) return;
    const text = fromPieces(pieces);
    if (target === 'write') writes.push(text);
    else if (target === 'read') reads.push(text);
    else words.push(text);
    pieces = [];
    started = false;
    target = 'word';
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0 || writes.length > 0) pipelines.at(-1)?.push({ words, writes, reads, appends });
    words = [];
    writes = [];
    reads = [];
    appends = false;
  };
  for (let i = 0; i < source.length; i++) {
    const c = source.charAt(i);
    const variable =
      c === '%' || c === '!'
        ? /^(?:%%?~?\w*[A-Za-z](?![\w%])|%([^%\s:]+)(?::[^%]*)?%|!([^!\s:]+)(?::[^!]*)?!)/.exec(source.slice(i, i + 200))
        : null;
    if (variable) {
      started = true;
      const name = variable[1] ?? variable[2];
      const value =
        name === undefined || variable[0].includes(':')
          ? anyText
          : (session.variables.get(name.toLowerCase()) ?? session.environment(name));
      pieces.push(...(typeof value === 'string' ? [value] : value.pieces));
      i += variable[0].length - 1;
    } else if (c === '"') {
      inQuotes = !inQuotes;
      started = true;
    } else if (inQuotes) {
      pieces.push(c);
    } else if (c === '^') {
      i += 1;
      if (source.charAt(i) === '\r') i += 1;
      if (source.charAt(i) !== '\n') {
        pieces.push(source.charAt(i));
        started = true;
      }
    } else if (c === '&' || c === '\n' || source.startsWith('||', i)) {
      endCommand();
      pipelines.push([]);
      if (source.startsWith('&&', i) || source.startsWith('||', i)) i += 1;
    } else if (c === '|') {
      endCommand();
    } else if (c === '>' || c === '<') {
      if (/^\d$/.test(pieces.join('')) && pieces.length === 1) {
        pieces = [];
        started = false;
      }
      endWord();
      target = c === '>' ? 'write' : 'read';
      if (source.startsWith('>>', i)) {
        appends = true;
        i += 1;
      }
      if (/^&\d/.test(source.slice(i + 1))) {
        target = 'word';
        i += 2;
      }
    } else if (/[\s,;]/.test(c)) {
      endWord();
    } else if (c === '(' && /^for$/i.test(known(words[0] ?? '') ?? '') && !words.some((word) => known(word)?.toLowerCase() === 'do')) {
      endWord();
      const end = source.indexOf(')', i);
      words.push(source.slice(i, end < 0 ? source.length : end + 1));
      i = end < 0 ? source.length : end;
    } else if ((c === '(' || c === ')') && !started) {
      // Groups run like what stands in them.
      endWord();
      if (c === '(' && words.length === 0) continue;
      if (c === ')') {
        endCommand();
        pipelines.push([]);
      } else if (words.some((word) => /^(?:do|else)$/i.test(known(word) ?? '')) || /^if$/i.test(known(words[0] ?? '') ?? ''))
        words.push('(');
    } else if (c === ')' && started) {
      endCommand();
      pipelines.push([]);
    } else {
      pieces.push(c);
      started = true;
    }
  }
  endCommand();
  return pipelines;
}

/** Options `/s`, `/s/q` and `/S` of a built-in command; everything else is an operand. */
function sorted(words: readonly Text[], home: string): { readonly flags: ReadonlySet<string>; readonly operands: readonly Text[] } {
  const flags = new Set<string>();
  const operands: Text[] = [];
  for (const word of words) {
    const text = known(word);
    if (text !== undefined && /^(?:\/[A-Za-z?][A-Za-z:+-]*)+$/.test(text) && text.length < 12 && text !== home)
      for (const flag of text.split('/')) flags.add(flag.toLowerCase().replace(/:.*$/, ''));
    else operands.push(word);
  }
  return { flags, operands };
}

function runCommand({ words, writes, reads, appends }: CmdCommand, session: Session, input: Text | undefined): Text | undefined {
  const { call } = session;
  for (const file of reads) if (!/^nul$/i.test(display(file))) call.read(session.path(file));
  const out = runWords(words, session, input ?? (reads[0] === undefined ? undefined : call.content(session.path(reads[0]))?.text));
  for (const file of writes)
    if (!/^(?:nul|con|&\d)$/i.test(display(file)))
      call.write(session.path(file), { ...(out === undefined ? {} : { content: out }), append: appends });
  return writes.length > 0 ? '' : out;
}

function runWords(all: readonly Text[], session: Session, input: Text | undefined): Text | undefined {
  const [first, ...rest] = all.filter((word, i) => !(i === 0 && known(word) === '('));
  if (first === undefined) return input;
  const { call } = session;
  const name = known(first)?.replace(/^@/, '');
  if (name === undefined) {
    call.opaque(`the program ${display(first).slice(0, 80)} cannot be known`);
    return anyText;
  }
  // `del/s/q folder`: options may follow the name without a blank.
  const glued = /^(del|erase|rd|rmdir|md|mkdir|copy|move|ren|type|cd|dir)([/\\.].*)$/i.exec(name);
  if (glued) return runWords([glued[1] ?? '', glued[2] ?? '', ...rest], session, input);
  const { flags, operands } = sorted(rest, session.home);
  const paths = operands.map((operand) => session.target(operand));
  switch (name.toLowerCase()) {
    case 'del':
    case 'erase':
      for (const path of paths) call.remove(path, { recursive: flags.has('s') });
      return '';
    case 'rd':
    case 'rmdir':
      for (const path of paths) call.remove(path, { recursive: flags.has('s') });
      return '';
    case 'move':
    case 'ren':
    case 'rename':
      for (const path of paths.slice(0, -1)) call.remove(path, { recursive: call.isRecursiveTarget(path) });
      if (paths.length > 1 && name.toLowerCase() === 'move') call.write(paths.at(-1) ?? '');
      return '';
    case 'copy':
    case 'xcopy':
    case 'robocopy': {
      for (const path of paths.slice(0, 1)) call.read(path, call.isSecret(path) ? { act: 'secret.copy' } : {});
      if (paths[1] !== undefined) call.write(paths[1]);
      if ((flags.has('mir') || flags.has('purge')) && paths[1] !== undefined)
        call.remove(paths[1], { recursive: true, evidence: 'robocopy /MIR' });
      if ((flags.has('move') || flags.has('mov')) && paths[0] !== undefined) call.remove(paths[0], { recursive: true });
      return '';
    }
    case 'type':
    case 'more':
      for (const path of paths) call.read(path);
      return paths.length === 1 ? (call.content(paths[0] ?? '')?.text ?? anyText) : (input ?? anyText);
    case 'mklink':
      if (paths[1] !== undefined && call.isSecret(paths[1])) call.read(paths[1], { act: 'secret.copy' });
      if (paths[0] !== undefined) call.write(paths[0]);
      return '';
    case 'md':
    case 'mkdir':
      for (const path of paths) call.change(path);
      return '';
    case 'cd':
    case 'chdir':
    case 'pushd':
      if (operands[0] !== undefined) session.cd(operands[0]);
      return '';
    case 'echo':
    case 'echo.':
      return concat(...rest.flatMap((word, i) => (i === 0 ? [word] : [' ', word])), '\n');
    case 'set':
    case 'setx':
      return setVariable(rest, session, name.toLowerCase() === 'setx');
    case 'rem':
    case 'goto':
    case 'title':
    case 'cls':
    case 'pause':
    case 'exit':
    case 'setlocal':
    case 'endlocal':
    case 'shift':
    case 'ver':
    case 'vol':
    case 'dir':
    case 'popd':
    case 'assoc':
    case 'ftype':
      return anyText;
    case 'if':
    case 'for': {
      for (const word of rest) {
        const command = /^\(\s*['`]([\s\S]*)['`]\s*\)$/.exec(known(word) ?? '')?.[1];
        if (command !== undefined) runCmd(command, session);
      }
      const at = rest.findIndex((word) => /^(?:do|\()$/i.test(known(word) ?? ''));
      const command = name.toLowerCase() === 'for' ? rest.slice(at + 1) : at >= 0 ? rest.slice(at + 1) : afterCondition(rest);
      return command.length === 0 ? undefined : runWords(command, session, input);
    }
    case 'call':
    case 'start': {
      // Its own options come before the command, and a title before them; what follows is the command's.
      const isTitle = (word: Text, i: number): boolean => i === 0 && name.toLowerCase() === 'start' && /^$|\s/.test(known(word) ?? 'x');
      const first = rest.findIndex((word, i) => !/^\//.test(known(word) ?? '') && !isTitle(word, i));
      const words = first < 0 ? [] : rest.slice(first);
      return words.length === 0 ? undefined : runWords(words, session, input);
    }
    case 'else':
      return runWords(rest, session, input);
  }
  const io = { input: input === undefined ? undefined : { id: 0, text: input }, capture: true };
  return call.start([program(session, name), ...rest], { io }).out;
}

/** `if exist x command`, `if "a"=="b" command`, `if not errorlevel 1 command`. */
function afterCondition(words: readonly Text[]): readonly Text[] {
  let i = 0;
  while (/^(?:not|\/i)$/i.test(known(words[i] ?? '') ?? '')) i += 1;
  const test = (known(words[i] ?? '') ?? '').toLowerCase();
  if (/^(?:exist|defined|errorlevel|cmdextversion)$/.test(test)) return words.slice(i + 2);
  if (test.includes('==')) return words.slice(i + (test.endsWith('==') ? 2 : 1));
  return words.slice(i + 3);
}

function setVariable(words: readonly Text[], session: Session, lasting: boolean): Text | undefined {
  if (words.length === 0) {
    session.call.act('secret.print', 'the environment', 'read');
    return unknownFrom('secret');
  }
  if (lasting) {
    if (/^path$/i.test(known(words[0] ?? '') ?? '')) session.call.act('service.change', 'setx PATH');
    return '';
  }
  const text = known(concat(...words.flatMap((word, i) => (i === 0 ? [word] : [' ', word]))));
  const match = text === undefined ? null : /^(?:\/[ap]\s+)?([^=]+)=([\s\S]*)$/i.exec(text);
  if (match && !/^\/[ap]/i.test(text ?? '')) session.variables.set((match[1] ?? '').toLowerCase(), match[2] ?? '');
  else {
    const name = /^(?:\/[ap]\s+)?([\w.]+)/i.exec(display(words[0] ?? ''))?.[1];
    if (name !== undefined) session.variables.set(name.toLowerCase(), anyText);
  }
  return '';
}
