import type { Span } from '../model/diagnostic.ts';
import { english, type Translate } from './translate.ts';

/** How much of a text is shown. */
export interface Room {
  readonly lines: number;
  readonly characters: number;
}

// What joins or redirects commands: an abridged command must not look like one command where it is several.
const operators = /\|\||&&|\|&?|;|&|>>?|<<?|\$\(|`/g;

/**
 * A text cut to a room by leaving out the middle: head, tail, and the part in `keep` (where the danger lies) stay. What was left
 * out is counted, and the shell operators in it are named, so that a long command cannot hide a second one.
 * The result may be longer than the room by the length of its marks.
 */
export function elide(text: string, room: Room, keep?: Span, t: Translate = english): string {
  const lines = text.split('\n');
  if (text.length <= room.characters && lines.length <= room.lines) return text;
  const kept = ranges(text, room, keep);
  let result = '';
  let from = 0;
  for (const { start, end } of kept) {
    if (start > from) result += mark(text.slice(from, start), t);
    result += text.slice(start, end);
    from = end;
  }
  return from < text.length ? result + mark(text.slice(from), t) : result;
}

function mark(left: string, t: Translate): string {
  const found = [...new Set(left.match(operators) ?? [])];
  return found.length > 0
    ? t(' […{0} characters left out, with {1} in them…] ', left.length, found.join(' '))
    : t(' […{0} characters left out…] ', left.length);
}

/** Ranges that stay, ascending and apart: head, the part to keep, tail. */
function ranges(text: string, room: Room, keep: Span | undefined): readonly Span[] {
  const third = Math.max(1, Math.floor(room.characters / (keep ? 3 : 2)));
  const rows = Math.max(1, Math.floor(room.lines / (keep ? 3 : 2)));
  const head = { start: 0, end: cut(text, third, rows) };
  const tailLength = cut([...text].reverse().join(''), third, rows);
  const tail = { start: Math.max(head.end, text.length - tailLength), end: text.length };
  const middle = keep ? around(text, keep, third, rows) : undefined;
  const all = [head, ...(middle ? [middle] : []), tail].sort((a, b) => a.start - b.start || a.end - b.end);
  const apart: { start: number; end: number }[] = [];
  for (const span of all) {
    const start = boundary(text, span.start);
    const end = boundary(text, span.end);
    const last = apart.at(-1);
    // A gap shorter than its own mark is not worth leaving out.
    if (last && start - last.end < 24 && !text.slice(last.end, start).includes('\n')) last.end = Math.max(last.end, end);
    else if (end > start) apart.push({ start, end });
  }
  return apart;
}

/** How many characters of the text's start fit. */
function cut(text: string, characters: number, lines: number): number {
  let at = -1;
  for (let line = 0; line < lines; line += 1) {
    const next = text.indexOf('\n', at + 1);
    if (next < 0) return Math.min(characters, text.length);
    at = next;
  }
  return Math.min(characters, at);
}

function around(text: string, keep: Span, characters: number, lines: number): Span {
  const length = Math.min(keep.end - keep.start, characters);
  const spare = Math.floor((characters - length) / 2);
  const end = keep.start + cut(text.slice(keep.start, keep.start + length + spare), length + spare, lines);
  const before = text.lastIndexOf('\n', keep.start - 1) + 1;
  return { start: Math.max(before, keep.start - spare, 0), end: Math.max(end, Math.min(keep.start + 1, text.length)) };
}

/** A place that does not split a surrogate pair. */
function boundary(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff && at > 0 ? at - 1 : at;
}
