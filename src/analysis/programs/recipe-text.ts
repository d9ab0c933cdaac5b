// What stands in the recipes of makefiles and justfiles, with the variables put in that are known.
import { anyWords, fromPieces, type Piece, type Text } from '../shell/value.ts';

/** A line with what `value` gives in the place of each match; what it does not know is unknown words. */
export function interpolated(line: string, pattern: RegExp, value: (name: string, match: string) => Text | undefined): Text {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of line.matchAll(pattern)) {
    pieces.push(line.slice(end, match.index));
    const found = value((match[1] ?? match[2] ?? match[3] ?? '').trim(), match[0]) ?? anyWords;
    if (typeof found === 'string') pieces.push(found);
    else pieces.push(...found.pieces);
    end = match.index + match[0].length;
  }
  pieces.push(line.slice(end));
  return fromPieces(pieces);
}
