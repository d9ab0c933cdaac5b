import type * as Unbash from 'unbash';

/** Longest text that is looked at here: what is longer takes long enough with the parser loaded. */
const longest = 4096;

/** Words that begin a construct where a command may stand, and commands whose arguments may be assignments. Source: bash(1). */
const special: ReadonlySet<string> = new Set(
  (
    'if then else elif fi do done case esac while until for select in function time coproc ' +
    'declare typeset local export readonly alias let eval'
  ).split(' '),
);

/**
 * Parses what most commands are made of, and nothing else: words of plain letters, whole quotes, `&&`, `||`, `|`, `;`, ends of lines and the simplest
 * redirections. The result is what `unbash` makes of the text, to the last position; `undefined` for whatever else a text holds, which is the
 * parser's. It lets most calls do without the parser, which takes longer to load than all of them to interpret.
 */
export function parsePlain(text: string): Unbash.ParsedScript | undefined {
  if (text.length > longest) return undefined;
  const commands: Unbash.Statement[] = [];
  let at = skip(text, 0, true);
  while (at < text.length) {
    const node = andOr(text, at);
    if (node === undefined) return undefined;
    commands.push({ type: 'Statement', pos: node.pos, end: node.end, command: node, background: undefined });
    const end = skip(text, node.end, false);
    if (end < text.length && text.charAt(end) !== ';' && text.charAt(end) !== '\n') return undefined;
    at = skip(text, end + 1, true);
  }
  return { type: 'Script', pos: 0, end: text.length, shebang: undefined, commands, errors: undefined };
}

/** Past blanks, and ends of lines where they mean nothing. */
function skip(text: string, from: number, lines: boolean): number {
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 9 && !(lines && code === 10)) break;
  }
  return Math.min(at, text.length);
}

function andOr(text: string, from: number): Unbash.Command | Unbash.Pipeline | Unbash.AndOr | undefined {
  const commands: (Unbash.Command | Unbash.Pipeline)[] = [];
  const operators: ('&&' | '||')[] = [];
  for (let at = from; ; ) {
    const node = pipeline(text, at);
    if (node === undefined) return undefined;
    commands.push(node);
    at = skip(text, node.end, false);
    const operator = text.startsWith('&&', at) ? '&&' : text.startsWith('||', at) ? '||' : undefined;
    if (operator === undefined) return commands.length === 1 ? node : { type: 'AndOr', pos: from, end: node.end, commands, operators };
    operators.push(operator);
    at = skip(text, at + 2, false);
  }
}

function pipeline(text: string, from: number): Unbash.Command | Unbash.Pipeline | undefined {
  const commands: Unbash.Command[] = [];
  const operators: '|'[] = [];
  for (let at = from; ; ) {
    const node = command(text, at);
    if (node === undefined) return undefined;
    commands.push(node);
    at = skip(text, node.end, false);
    if (text.charAt(at) !== '|' || text.charAt(at + 1) === '|')
      return commands.length === 1 ? node : { type: 'Pipeline', pos: from, end: node.end, prefixes: [], commands, operators };
    operators.push('|');
    at = skip(text, at + 1, false);
  }
}

function command(text: string, from: number): Unbash.Command | undefined {
  const name = word(text, from);
  // What is assigned before a command, and a name in quotes, is the parser's.
  if (name === undefined || name.parts !== undefined || name.text.includes('=') || special.has(name.text)) return undefined;
  const args: Unbash.Word[] = [];
  const redirects: Unbash.Redirect[] = [];
  const suffix: (Unbash.Word | Unbash.Redirect)[] = [];
  let end = name.end;
  for (;;) {
    const at = skip(text, end, false);
    const digit = text.charCodeAt(at);
    const isDigit = digit >= 48 && digit <= 57;
    const operator = text.charCodeAt(isDigit ? at + 1 : at);
    if (operator === 60 /* < */ || operator === 62 /* > */) {
      // A number is the descriptor only where nothing stands before it.
      const found = at === end && isDigit ? undefined : redirect(text, at, isDigit);
      if (found === undefined) return undefined;
      redirects.push(found);
      suffix.push(found);
      end = found.end;
    } else if (at === text.length || digit === 38 || digit === 124 || digit === 59 || digit === 10) {
      return { type: 'Command', pos: from, end, name, prefix: [], suffix, args, redirects };
    } else {
      const found = at === end ? undefined : word(text, at);
      if (found === undefined) return undefined;
      args.push(found);
      suffix.push(found);
      end = found.end;
    }
  }
}

/** `>file`, `2>> file`, `<file`, `2>&1`. */
function redirect(text: string, pos: number, isDigit: boolean): Unbash.Redirect | undefined {
  const start = isDigit ? pos + 1 : pos;
  const operator = ['>>', '>&', '>', '<'].find((each) => text.startsWith(each, start));
  if (operator !== '>>' && operator !== '>&' && operator !== '>' && operator !== '<') return undefined;
  const at = operator === '>&' ? start + 2 : skip(text, start + operator.length, false);
  const target = word(text, at);
  if (target === undefined || target.parts !== undefined || (operator === '>&' && !/^[0-9]$/.test(target.text))) return undefined;
  const descriptor = isDigit ? { type: 'FileDescriptor' as const, pos, end: pos + 1, value: Number(text.charAt(pos)) } : undefined;
  return { type: 'Redirect', pos, end: target.end, operator, descriptor, target };
}

/** Letters that mean nothing to the shell in a word, wherever they stand in it. */
function isPlain(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || // a-z
    (code >= 65 && code <= 90) || // A-Z
    (code >= 43 && code <= 58) || // + , - . / 0-9 :
    code === 95 || // _
    code === 61 || // =
    code === 64 || // @
    code === 37 // %
  );
}

/** A word of plain letters and whole quotes that hold nothing to be expanded; `undefined` where none begins here, or one with anything else in it. */
function word(text: string, pos: number): Unbash.Word | undefined {
  // Most hold plain letters alone.
  let letters = pos;
  while (letters < text.length && isPlain(text.charCodeAt(letters))) letters += 1;
  if (letters > pos && endsWord(text, pos, letters)) {
    const plain = text.slice(pos, letters);
    return { type: 'Word', text: plain, value: plain, pos, end: letters, parts: undefined };
  }
  const parts: Unbash.WordPart[] = [];
  let value = '';
  let end = pos;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code === 34 || code === 39) {
      const close = text.indexOf(code === 34 ? '"' : "'", end + 1);
      if (close < 0) return undefined;
      const inside = text.slice(end + 1, close);
      if (code === 34 && /[$`\\]/.test(inside)) return undefined;
      const whole = { pos: end, end: close + 1, text: text.slice(end, close + 1) };
      const literal = { type: 'Literal' as const, pos: end + 1, end: close, value: inside, text: inside };
      parts.push(code === 39 ? { type: 'SingleQuoted', ...whole, value: inside } : { type: 'DoubleQuoted', ...whole, parts: [literal] });
      value += inside;
      end = close + 1;
    } else {
      const start = end;
      while (end < text.length && isPlain(text.charCodeAt(end))) end += 1;
      if (end === start) break;
      const literal = text.slice(start, end);
      parts.push({ type: 'Literal', pos: start, end, value: literal, text: literal });
      value += literal;
    }
  }
  if (end === pos || !endsWord(text, pos, end)) return undefined;
  const isBare = parts.length === 1 && parts[0]?.type === 'Literal';
  return { type: 'Word', text: text.slice(pos, end), value, pos, end, parts: isBare ? undefined : parts };
}

/** Whether a word may end before `end`. */
function endsWord(text: string, pos: number, end: number): boolean {
  if (end === text.length) return true;
  switch (text.charCodeAt(end)) {
    case 32: // blank
    case 9: // tab
    case 10: // end of line
    case 59: // ;
    case 38: // &
    case 124: // |
      return true;
    case 60: // <
    case 62: // >
      // `22>file` has a descriptor of two digits.
      return !/^[0-9]+$/.test(text.slice(pos, end));
    default:
      return false;
  }
}
