import type { Span } from '../model/diagnostic.ts';

/** A piece of a command; `isPointedOut`: it is what the rule is about. */
export interface CommandPiece {
  readonly text: string;
  readonly isPointedOut: boolean;
}

/** A text in pieces, by ranges that may overlap, lie outside, or come in any order. The pieces put together are the text. */
export function piecesOf(text: string, ranges: readonly Span[]): readonly CommandPiece[] {
  const inside = ranges
    .map(({ start, end }) => ({ start: Math.max(0, start), end: Math.min(text.length, end) }))
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start - b.start);
  const pieces: CommandPiece[] = [];
  let at = 0;
  for (const { start, end } of inside) {
    if (end <= at) continue;
    const from = Math.max(at, start);
    if (from > at) pieces.push({ text: text.slice(at, from), isPointedOut: false });
    pieces.push({ text: text.slice(from, end), isPointedOut: true });
    at = end;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isPointedOut: false });
  return pieces;
}
