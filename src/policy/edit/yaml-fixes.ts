import type { Diagnostic } from '../../model/diagnostic.ts';
import { type Edit, lineEnd, lineStart } from './edits.ts';
import type { Candidate } from './fixes.ts';

/** Ways to make a text readable as YAML, the likeliest first. Which of them works is seen by trying. */
export function yamlCandidates(text: string, { span, position }: Diagnostic): readonly Candidate[] {
  const offset = span?.start ?? 0;
  const start = lineStart(text, Math.max(0, offset));
  const end = lineEnd(text, start);
  const before = start === 0 ? undefined : { start: lineStart(text, start - 1), end: lineEnd(text, lineStart(text, start - 1)) };
  const lines = [{ start, end }, ...(before === undefined ? [] : [before])];
  return [
    ...tabs(text),
    ...lines.flatMap((line) => [...spaceAfterColon(text, line), ...closers(text, line), ...quotes(text, line)]),
    ...(position === undefined ? [] : indentation(text, start, end)),
  ];
}

interface Line {
  readonly start: number;
  readonly end: number;
}

/** Tabs before the text of a line, all over the file. */
function tabs(text: string): readonly Candidate[] {
  const edits: readonly Edit[] = [...text.matchAll(/^[ \t]*\t[ \t]*/gm)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    text: match[0].replaceAll('\t', '  '),
  }));
  return edits.length === 0 ? [] : [{ does: 'spaces', parts: [], edits }];
}

function spaceAfterColon(text: string, { start, end }: Line): readonly Candidate[] {
  const found = /^[ \t]*(?:- +)?[\w-]+:(?=\S)/.exec(text.slice(start, end));
  if (found === null) return [];
  const at = start + found[0].length;
  return [{ does: 'space', parts: [], edits: [{ start: at, end: at, text: ' ' }] }];
}

/** A value that YAML cannot take as it stands. */
function quotes(text: string, { start, end }: Line): readonly Candidate[] {
  const line = text.slice(start, end);
  const found = /^([ \t]*(?:- +)*(?:[\w-]+: +)?)(.*\S)/.exec(line);
  const [, head = '', value = ''] = found ?? [];
  if (value === '') return [];
  const bare = /^(["']).*$/.test(value) && value.length > 1 ? value.replace(/^["']|["']$/g, '') : value;
  const at = start + head.length;
  return [{ does: 'quote', parts: [], edits: [{ start: at, end: at + value.length, text: quoted(bare) }] }];
}

export function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** What a line opens and does not close. */
function closers(text: string, { start, end }: Line): readonly Candidate[] {
  const open: string[] = [];
  let quote = '';
  for (const char of text.slice(start, end)) {
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === '[') open.push(']');
    else if (char === '{') open.push('}');
    else if (open.at(-1) === char) open.pop();
  }
  const last = text.slice(start, end).trimEnd();
  const missing = quote + open.reverse().join('');
  // A bracket of the other kind stands where one was to be closed.
  const swapped =
    open.length > 0 && /[\]}]$/.test(last) ? [{ start: start + last.length - 1, end: start + last.length, text: open[0] ?? '' }] : [];
  return [
    ...(swapped.length === 0 ? [] : [{ does: 'close' as const, parts: [open[0] ?? ''], edits: swapped }]),
    ...(missing === ''
      ? []
      : [{ does: 'close' as const, parts: [missing], edits: [{ start: start + last.length, end: start + last.length, text: missing }] }]),
  ];
}

/** The line where other lines before it begin, the nearest first. */
function indentation(text: string, start: number, end: number): readonly Candidate[] {
  const line = text.slice(start, end);
  const now = line.length - line.trimStart().length;
  const before = text
    .slice(Math.max(0, start - 4000), start)
    .split('\n')
    .slice(-40, -1)
    .reverse();
  const columns = before.flatMap((each) => {
    const indent = each.length - each.trimStart().length;
    if (each.trim() === '') return [];
    return /^\s*- +\S/.test(each) ? [indent + (/^\s*(- +)/.exec(each)?.[1]?.length ?? 2), indent] : [indent];
  });
  return [...new Set(columns)]
    .filter((column) => column !== now)
    .sort((a, b) => Math.abs(a - now) - Math.abs(b - now))
    .slice(0, 5)
    .map((column) => ({ does: 'indent', parts: [], edits: [{ start, end: start + now, text: ' '.repeat(column) }] }));
}
