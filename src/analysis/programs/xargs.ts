import type { Invocation, Result } from '../shell/invocation.ts';
import type { Outcome } from '../shell/outcome.ts';
import { anyWords, concat, isMany, isOpen, known, originOf, type Text } from '../shell/value.ts';
import { grammar, parseOptions } from './options.ts';
import type { Program } from './registry.ts';

/** Programs that make commands of what they read. Source: xargs(1), parallel(1). */
export const xargsPrograms = (): Readonly<Record<string, Program>> => ({ xargs, gxargs: xargs, parallel });

const xargsOptions = grammar(
  '0,null a,arg-file= d,delimiter= E= e,eof? I= i,replace? L= l,max-lines? n,max-args= o,open-tty P,max-procs= p,interactive process-slot-var= r,no-run-if-empty s,max-chars= t,verbose x,exit J= R= S=',
  { stops: true },
);

/** More starts than this are taken for one with arguments that cannot be known. */
const mostStarts = 300;

/** `xargs`: the words of its input become arguments, where they are known. */
function xargs(call: Invocation): Result | Outcome | undefined {
  const parsed = parseOptions(call.args, xargsOptions);
  const first = parsed.positions[0];
  const words: readonly Text[] = first === undefined ? ['echo'] : call.args.slice(first);
  const replace = parsed.has('I')
    ? known(parsed.value('I') ?? '{}')
    : parsed.has('i')
      ? (known(parsed.value('i') ?? '{}') ?? '{}')
      : undefined;
  for (const file of parsed.values('a')) call.read(file);
  const file = parsed.value('a');
  const input = file !== undefined ? call.content(file)?.text : call.io.input?.text;
  const text = input === undefined ? undefined : known(input);
  const inputOrigin = input === undefined ? undefined : originOf(input);
  // Lines that a pattern tells, as find prints them, stay told: each argument fits it.
  const isTold =
    input !== undefined &&
    typeof input !== 'string' &&
    input.many &&
    input.pieces.every((piece) => !isOpen(piece) || 'glob' in piece || piece.hole !== 'text');
  const rest: Text = inputOrigin
    ? { pieces: [{ hole: 'text', origin: inputOrigin }], many: true }
    : isTold && typeof input !== 'string'
      ? { pieces: input.pieces, many: true }
      : anyWords;
  const io = { input: undefined, capture: call.io.capture };
  if (text === undefined) return withItems(words, replace, [rest], call, io, true);
  const items = splitInput(text, parsed.has('0'), known(parsed.value('d') ?? ''), replace !== undefined || parsed.has('L', 'l'));
  // A quote that is not closed is an error, before or after which programs may have started.
  if (!parsed.has('0', 'd') && /["']/.test(text.replace(/"[^"\n]*"|'[^'\n]*'|\\[\s\S]/g, '')))
    return withItems(words, replace, [anyWords], call, io, true);
  if (items.length === 0) return parsed.has('r') ? { out: '' } : withItems(words, replace, [], call, io, false);
  if (replace !== undefined) {
    if (items.length > mostStarts) return withItems(words, replace, [rest], call, io, true);
    for (const item of items)
      call.start(
        words.map((word) => substitute(word, replace, item)),
        { io },
      );
    return undefined;
  }
  const size = Number(known(parsed.value('n') ?? '') || items.length);
  if (items.length > mostStarts * size || !Number.isInteger(size) || size <= 0 || parsed.has('L', 'l', 's', 'E', 'e'))
    return withItems(words, undefined, [rest], call, io, true);
  for (let i = 0; i < items.length; i += size) call.start([...words, ...items.slice(i, i + size)], { io });
  return undefined;
}

function withItems(
  words: readonly Text[],
  replace: string | undefined,
  items: readonly Text[],
  call: Invocation,
  io: Invocation['io'],
  unknown: boolean,
): Outcome {
  const command =
    replace === undefined
      ? [...words, ...items]
      : words.map((word) => (items[0] === undefined ? word : substitute(word, replace, single(items[0]))));
  // A command that is itself unknown is said once, by whoever starts it.
  if (unknown) call.run.problem('arguments that cannot be known');
  return call.start(command, { io });
}

function single(text: Text): Text {
  return typeof text === 'string' ? text : { ...text, many: false };
}

function substitute(word: Text, token: string, item: Text): Text {
  const text = known(word);
  if (text === undefined || token === '' || !text.includes(token)) return word;
  return concat(...text.split(token).flatMap((part, i) => (i === 0 ? [part] : [item, part])));
}

function splitInput(text: string, nul: boolean, delimiter: string | undefined, byLine: boolean): string[] {
  const separator = nul ? '\0' : delimiter?.replace('\\n', '\n').replace('\\t', '\t').replace('\\0', '\0');
  if (separator !== undefined && separator !== '') {
    const items = text.split(separator);
    return items.at(-1) === '' ? items.slice(0, -1) : items;
  }
  if (byLine)
    return text
      .split('\n')
      .map((line) => line.replace(/^[ \t]+/, ''))
      .filter((line) => line !== '')
      .map(unquoteLine);
  return [...text.matchAll(/(?:"([^"]*)"|'([^']*)'|\\([\s\S])|([^\s"'\\]))+/g)].map((match) =>
    match[0].replace(/"([^"]*)"|'([^']*)'|\\([\s\S])/g, (_all, a?: string, b?: string, c?: string) => a ?? b ?? c ?? ''),
  );
}

function unquoteLine(line: string): string {
  return line.replace(/"([^"]*)"|'([^']*)'|\\([\s\S])/g, (_all, a?: string, b?: string, c?: string) => a ?? b ?? c ?? '');
}

/** GNU parallel: the words before `:::` with each of those behind it; a shell runs the result. */
function parallel(call: Invocation): Result | Outcome | undefined {
  const parsed = parseOptions(
    call.args,
    grammar(
      'j,jobs,P= n,max-args= N= k,keep-order q,quote X m I= a,arg-file= d= C,colsep= 0 u,ungroup group dry-run halt= joblog= results= tmpdir= S,sshlogin= timeout= delay= bar eta progress will-cite no-notice citation retries= load= nice= pipe block= L= shuf tag plus lb,line-buffer verbose t',
      { stops: true },
    ),
  );
  const first = parsed.positions[0];
  const words = first === undefined ? [] : call.args.slice(first);
  const at = words.findIndex((word) => /^:::\+?$/.test(known(word) ?? ''));
  const command = at < 0 ? words : words.slice(0, at);
  const items: readonly Text[] = at < 0 ? inputLines(call) : words.slice(at + 1).filter((word) => !/^:::/.test(known(word) ?? ''));
  // More than words: a shell runs it with what is put in.
  const isPlain = command.every((word) => !/[\s;&|<>`$()]/.test(known(word) ?? ' '));
  const template = concat(...command.flatMap((word, i) => (i === 0 ? [word] : [' ', word])));
  if (command.length === 0) {
    for (const item of items) call.shell(item);
    return undefined;
  }
  // Each command is printed instead of run.
  if (parsed.has('dry-run')) return undefined;
  if (items.length > mostStarts) call.opaque('more commands than can be followed');
  for (const item of items.slice(0, mostStarts)) {
    const text = known(template);
    const line = text !== undefined && /\{[^{}]*\}/.test(text) ? putIn(text, item) : concat(template, ' ', item);
    // It quotes what it puts in: of plain words each stays one.
    if (known(item) === undefined && text !== undefined && plainWords.test(text))
      call.start((/\{[^{}]*\}/.test(text) ? text : `${text} {}`).split(/\s+/).flatMap((word) => (word === '' ? [] : [putIn(word, item)])));
    else if (isMany(item) && isPlain) call.start([...command, item]);
    else call.shell(line);
  }
  return undefined;
}

const plainWords = /^[\w \t./{}#%=:,+@-]*$/;

// Puts an item in for `{}`, `{.}` and their like.
function putIn(word: string, item: Text): Text {
  return concat(...word.split(/\{(?:|\.|\/|\/\/|\/\.|#|%|\d+)\}/).flatMap((part, i) => (i === 0 ? [part] : [item, part])));
}

function inputLines(call: Invocation): readonly Text[] {
  const text = call.io.input ? known(call.io.input.text) : undefined;
  return text === undefined
    ? [call.io.input && originOf(call.io.input.text) ? call.io.input.text : anyWords]
    : text.split('\n').filter((line) => line !== '');
}
