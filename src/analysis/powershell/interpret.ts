import type { Outcome } from '../shell/outcome.ts';
import { anyText, concat, display, known, originOf, type Text, unknownFrom } from '../shell/value.ts';
import { cmdletName, program, runCmdlet } from './cmdlets.ts';
import { type CommandText, lex, type PipelineText, type Word } from './lexer.ts';
import type { Session } from './session.ts';

const keywords =
  /^(?:if|elseif|else|foreach|for|while|do|until|switch|try|catch|finally|trap|function|filter|param|begin|process|end|return|throw|break|continue|exit|class|enum|using|workflow|data)$/i;

/**
 * Follows PowerShell conservatively: commands, pipes, script blocks and literal variables are understood, expressions are looked through
 * for what reaches the machine, and everything else is unknown. What it prints, with its origin.
 */
export function runPowerShell(source: string, session: Session, input?: Text): Text {
  if (session.depth > 24) {
    session.call.opaque('code that is nested too deeply');
    return anyText;
  }
  session.depth += 1;
  let out: Text = '';
  const parsed = lex(
    source,
    (name) => lookup(name, session, input),
    (pipeline) => {
      out = runPipeline(pipeline, session, input);
    },
  );
  session.depth -= 1;
  if (!parsed) session.call.opaque('PowerShell code that cannot be parsed');
  return parsed ? out : anyText;
}

function lookup(name: string, session: Session, input: Text | undefined): Text | undefined {
  const lower = name.toLowerCase();
  if (lower === '_' || lower === 'psitem' || lower === 'input') return input;
  if (lower.startsWith('env:')) return session.environment(name.slice(4));
  const set = session.variables.get(lower.replace(/^(?:global|script|local|private):/, ''));
  if (set !== undefined) return set;
  switch (lower) {
    case 'home':
      return session.home;
    case 'pwd':
      return session.call.state.cwds.length === 1 ? session.call.state.cwds[0] : undefined;
    case 'null':
    case 'true':
    case 'false':
      return '';
    case 'profile':
      return `${session.home}/Documents/PowerShell/Microsoft.PowerShell_profile.ps1`;
    default:
      return undefined;
  }
}

function runPipeline(pipeline: PipelineText, session: Session, outer: Text | undefined): Text {
  const start = session.call.run.beginPipe();
  let value: Text | undefined;
  for (const [index, command] of pipeline.entries()) {
    if (!session.spend()) return anyText;
    value =
      runCommand(command, session, index === 0 ? undefined : (value ?? anyText), outer) ??
      (index < pipeline.length - 1 ? anyText : undefined);
  }
  session.call.run.endPipe(start);
  return value ?? '';
}

function runCommand(command: CommandText, session: Session, input: Text | undefined, outer: Text | undefined): Text | undefined {
  for (const file of command.writes)
    if (!/^\$?null$/i.test(display(file.text)))
      session.call.write(session.target(file.text), input === undefined ? {} : { content: input });
  const [first, ...rest] = command.words;
  if (first === undefined) return input;
  const assigned = assignment(command, session, outer);
  if (assigned) return undefined;
  expressionEffects(command.source, session);
  const name = known(first.text);
  if (name !== undefined && keywords.test(name) && !first.quoted) {
    for (const word of rest) if (word.block !== undefined) runPowerShell(word.block, session, outer);
    if (/^foreach$/i.test(name))
      for (const word of rest) for (const code of word.code) runPowerShell(code.replace(/^\s*\$\w+\s+in\s/i, ''), session, outer);
    else for (const word of rest) evaluateWord(word, session, outer);
    const at = rest.findIndex((word) => word.block === undefined && word.code.length === 0);
    if (/^(?:return|throw|exit)$/i.test(name) && at >= 0) return runWords(rest, session, input, outer);
    return undefined;
  }
  // What stands on the line of `param(…)` is a command of its own.
  if (/^\s*param\s*\(/i.test(command.source)) return runWords(rest.slice(name === undefined ? 0 : 1), session, input, outer);
  // Code inside of words runs before the command does.
  const evaluated = command.words.map((word) => evaluateWord(word, session, outer));
  return runWords(evaluated, session, input, outer);
}

/** A word whose code was run: where all it is is that code, its value is what the code gave. */
function evaluateWord(word: Word, session: Session, outer: Text | undefined): Word {
  if (word.code.length === 0) return word;
  let value: Text = anyText;
  for (const code of word.code) value = joinedLiterals(code) ?? runPowerShell(code, session, outer);
  const whole = typeof word.text !== 'string' && word.text.pieces.length === 1;
  const origin = originOf(value);
  return { ...word, text: whole ? value : origin === undefined ? word.text : unknownFrom(origin) };
}

/** `'Remove' + '-Item'`: what it makes; other sums cannot be known. `undefined` where it is no sum. */
function joinedLiterals(code: string): Text | undefined {
  const parts = code.match(/^\s*(?:'[^']*'|"[^"$`]*")(?:\s*\+\s*(?:'[^']*'|"[^"$`]*"))+\s*$/);
  if (parts) return [...code.matchAll(/'([^']*)'|"([^"]*)"/g)].map((match) => match[1] ?? match[2] ?? '').join('');
  return /^\s*(?:'[^']*'|"[^"]*"|\$\w+)\s*(?:\+|-(?:f|join|replace|split|bxor)\b)/i.test(code) && !/FromBase64String|Download/i.test(code)
    ? anyText
    : undefined;
}

/** `$x = …`, `$env:X = …`. */
function assignment(command: CommandText, session: Session, outer: Text | undefined): boolean {
  const match = /^\s*(?:\[[\w.[\]]+\]\s*)?\$(?:\{([^}]+)\}|((?:\w+:)?\w+))\s*([+\-*/]?=)\s*([\s\S]*)$/.exec(command.source);
  if (!match) return false;
  const name = (match[1] ?? match[2] ?? '').toLowerCase();
  const right = match[4] ?? '';
  const all: PipelineText[] = [];
  lex(
    right,
    (variable) => lookup(variable, session, outer),
    (one) => all.push(one),
  );
  const [pipeline, ...more] = all;
  const [only, ...others] = pipeline?.[0]?.words ?? [];
  let value: Text;
  if (
    pipeline?.length === 1 &&
    more.length === 0 &&
    only !== undefined &&
    others.length === 0 &&
    only.block === undefined &&
    (only.quoted || only.code.length > 0 || /^[$\d]/.test(right.trim()))
  ) {
    expressionEffects(right, session);
    value = evaluateWord(only, session, outer).text;
    if (/\.Download(?:String|Data)\b/i.test(right)) value = unknownFrom('download');
    if (/FromBase64String/i.test(right)) value = unknownFrom('decoded');
  } else {
    session.depth += 1;
    value = runPowerShell(right, session, outer);
    session.depth -= 1;
  }
  session.variables.set(name, match[3] === '=' ? value : anyText);
  if (name === 'env:path' && /(?:\/tmp|\\temp)\b/i.test(display(value)))
    session.call.opaque('programs are searched in a folder for temporary files');
  if (/^env:(?:husky|lefthook)$/.test(name) && /^(?:0|false)$/i.test(known(value) ?? ''))
    session.call.act('checks.skip', `$${name}=${display(value)}`);
  return true;
}

function runWords(words: readonly Word[], session: Session, input: Text | undefined, outer: Text | undefined): Text | undefined {
  const [first, ...rest] = words;
  if (first === undefined) return input;
  const name = known(first.text);
  if ((name === '&' || name === '.') && !first.quoted) {
    const [called, ...args] = rest;
    if (called !== undefined && called.block === undefined && known(called.text) === undefined) return unknownProgram(called, session);
    return runWords(called === undefined ? [] : [{ ...called, quoted: false }, ...args], session, input, outer);
  }
  if (first.block !== undefined) {
    const value = runPowerShell(first.block, session, input ?? outer);
    for (const word of rest) if (word.block !== undefined) runPowerShell(word.block, session, outer);
    return value;
  }
  // A branch of `switch`, a method of a class: what it is for, then what it does.
  if (first.quoted || name === undefined || isExpression(name))
    for (const word of rest) if (word.block !== undefined) runPowerShell(word.block, session, outer);
  if (first.quoted) return words.length === 1 ? first.text : concatWords(words);
  if (name === undefined) return expressionOrUnknown(first, rest, session);
  if (isExpression(name)) return expressionValue(words);
  const cmdlet = cmdletName(name);
  const result = runCmdlet({
    session,
    name: cmdlet,
    words: rest,
    input,
    run: (code, item) => runPowerShell(code, session, item ?? input ?? outer),
  });
  if (result) return result.out;
  const file = session.path(first.text);
  const args = rest.map((word) => word.text);
  if (/\.ps1$/i.test(display(file))) {
    runScript(file, session);
    return anyText;
  }
  const io = { input: input === undefined ? undefined : { id: 0, text: input }, capture: true };
  const outcome: Outcome = session.call.start([program(session, file), ...args], { io });
  return outcome.out;
}

const isExpression = (name: string): boolean => /^(?:[[$\d(@!-]|"|')/.test(name) && !/^-?[A-Za-z]/.test(name);

function concatWords(words: readonly Word[]): Text {
  const decoded = words.some((word) => /FromBase64String/i.test(display(word.text)));
  return decoded
    ? unknownFrom('decoded')
    : words.some((word) => originOf(word.text) !== undefined)
      ? concat(...words.map((word) => word.text))
      : anyText;
}

function expressionValue(words: readonly Word[]): Text {
  const text = words.map((word) => display(word.text)).join(' ');
  if (/FromBase64String/i.test(text)) return unknownFrom('decoded');
  return concatWords(words);
}

/** A value that stands where a command does: an expression when it is a variable alone, else a command nobody knows. */
function expressionOrUnknown(first: Word, rest: readonly Word[], session: Session): Text {
  if (rest.length === 0 || first.code.length > 0 || /^[-+*/=.]|^\[/.test(display(rest[0]?.text ?? ''))) {
    if (/\.Download(?:String|Data|File)|OpenRead/i.test(display(first.text))) return unknownFrom('download');
    return first.text;
  }
  return unknownProgram(first, session);
}

function unknownProgram(first: Word, session: Session): Text {
  if (originOf(first.text) === 'download') session.call.act('code.remote', 'downloaded code', 'execute', 'opaque');
  else session.call.opaque(`the program ${display(first.text).slice(0, 80)} cannot be known`);
  return anyText;
}

/** A script file: followed where it can be read. */
export function runScript(file: Text, session: Session): void {
  session.call.read(file);
  const content = session.call.content(file);
  const source = content === undefined ? undefined : known(content.text);
  if (content && originOf(content.text) === 'download') session.call.act('code.remote', display(file));
  else if (source !== undefined) {
    if (!content?.fresh) session.call.run.lenient += 1;
    runPowerShell(source, session);
    if (!content?.fresh) session.call.run.lenient -= 1;
  } else if (session.call.isIn(file, 'workspace'))
    session.call.run.emit({ kind: 'unknown', certainty: 'opaque', evidence: `${display(file)} cannot be read` });
  else session.call.opaque(`the script ${display(file)} cannot be known`);
}

/** Calls of .NET that reach the machine, by what they do with their first literal argument. */
const members: readonly (readonly [RegExp, 'remove' | 'removeTree' | 'write' | 'read' | 'network' | 'opaque' | 'start'])[] = [
  [/\[(?:System\.)?IO\.Directory\]::Delete\s*\(/gi, 'removeTree'],
  [/\[(?:System\.)?IO\.File\]::(?:Delete|Move)\s*\(/gi, 'remove'],
  [/\[(?:System\.)?IO\.File\]::(?:Write\w*|Append\w*|Create\w*|Open(?:Write)?|Copy|Replace|Set\w*)\s*\(/gi, 'write'],
  [/\[(?:System\.)?IO\.File\]::(?:Read\w*|OpenRead|OpenText)\s*\(/gi, 'read'],
  [/\.(?:DownloadString|DownloadData|OpenRead|DownloadFile|UploadString|UploadFile|UploadData|GetStringAsync|PostAsync)\s*\(/gi, 'network'],
  [/\[(?:System\.)?Diagnostics\.Process\]::Start\s*\(/gi, 'start'],
  [
    /\[(?:System\.)?Reflection\.Assembly\]::Load\w*|\[(?:System\.Management\.Automation\.)?ScriptBlock\]::Create|\.InvokeScript\s*\(|\bReflection\.Emit\b|\bDllImport\b|\[(?:System\.)?Runtime\.InteropServices|\.Invoke\s*\(|New-Object\s+(?:-ComObject|-com)\b|\bWScript\.Shell\b|\[PowerShell\]::Create/gi,
    'opaque',
  ],
];

function expressionEffects(source: string, session: Session): void {
  if (!/[[.(]/.test(source)) return;
  for (const [pattern, sink] of members) {
    for (const match of source.matchAll(pattern)) {
      if (insideLiteral(source, match.index)) continue;
      const literal = /^\s*(?:'(?:''|[^'])*'|"[^"]*"|\$(?:\w+:)?\w+)/.exec(source.slice(match.index + match[0].length));
      const argument = literal ? literalText(literal[0], session) : anyText;
      const path = session.path(argument);
      if (sink === 'opaque') session.call.opaque(`what ${match[0].trim().slice(0, 60)} does cannot be known`);
      else if (sink === 'network') session.call.network(argument, /upload|post/i.test(match[0]) ? 'net.upload' : undefined);
      else if (sink === 'start')
        known(argument) === undefined
          ? session.call.opaque('a program that cannot be known')
          : session.call.start([program(session, argument)]);
      else if (sink === 'remove' || sink === 'removeTree') session.call.remove(path, { recursive: sink === 'removeTree' });
      else if (sink === 'write') session.call.write(path);
      else session.call.read(path);
    }
  }
}

function literalText(source: string, session: Session): Text {
  let text: Text = anyText;
  lex(
    source,
    (name) => lookup(name, session, undefined),
    ([command]) => {
      text = command?.words[0]?.text ?? anyText;
    },
  );
  return text;
}

/** Whether a place lies in single quotes, or in a here-string's or comment's text. */
function insideLiteral(source: string, index: number): boolean {
  let single = false;
  let double = false;
  for (let i = 0; i < index; i++) {
    const c = source.charAt(i);
    if (c === '`') i += 1;
    else if (c === "'" && !double) single = !single;
    else if (c === '"' && !single) double = !double;
  }
  return single || (double && !source.slice(0, index).includes('$('));
}
