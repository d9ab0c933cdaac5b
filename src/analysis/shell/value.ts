/**
 * Abstract text: what a word of a command can be, as far as it can be known. A plain string is known whole, and is the common
 * case; a `Partial` is a sequence of known and unknown pieces. "Unknown" is a value like any other here, so that no code has to
 * guess and nothing unknown is ever taken for harmless.
 */

/** Where a text came from, when that matters to whoever runs or sends it. */
export type Origin =
  | 'download'
  | 'decoded'
  | 'generated'
  | 'secret'
  | 'reference'
  | 'listed'
  | 'changes'
  | 'processes'
  | 'variables'
  | 'unknown-output';

/**
 * A place where any text may stand. `text`: anything; `word`: no white space and no pattern characters;
 * `name`: in addition no slash and never `.` or `..`, such as a number, a date or a random file name.
 */
export interface Hole {
  readonly hole: 'text' | 'word' | 'name';
  readonly origin?: Origin;
}

/** An active pattern as written (`*`, `?`, `[a-z]`, `+(a|b)`), not yet matched against any directory. */
export interface GlobPiece {
  readonly glob: string;
}

/** Known text with an origin. */
export interface Marked {
  readonly text: string;
  readonly origin: Origin;
}

export type Piece = string | Hole | GlobPiece | Marked;

export interface Partial {
  readonly pieces: readonly Piece[];
  /** It may be any number of words, none included: an unquoted expansion nobody can know. */
  readonly many: boolean;
}

export type Text = string | Partial;

export const anyText: Partial = { pieces: [{ hole: 'text' }], many: false };
export const anyWords: Partial = { pieces: [{ hole: 'text' }], many: true };
export const anyName: Partial = { pieces: [{ hole: 'name' }], many: false };
/** What git itself names: a branch, a tag, a commit. */
export const branchName: Partial = { pieces: [{ hole: 'word', origin: 'reference' }], many: false };
export const anyWord: Partial = { pieces: [{ hole: 'word' }], many: false };

/** Unknown text of a given origin. */
export function unknownFrom(origin: Origin): Partial {
  return { pieces: [{ hole: 'text', origin }], many: false };
}

/** The text, where all of it is known. */
export function known(text: Text): string | undefined {
  if (typeof text === 'string') return text;
  let result = '';
  for (const piece of text.pieces) {
    if (typeof piece === 'string') result += piece;
    else if ('text' in piece) result += piece.text;
    else return undefined;
  }
  return result;
}

/** Whether a piece stands for text nobody knows yet. */
export function isOpen(piece: Piece): piece is Hole | GlobPiece {
  return typeof piece !== 'string' && !('text' in piece);
}

/** One text of the pieces, with neighbouring literals joined. */
export function fromPieces(pieces: readonly Piece[], many = false): Text {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    if (piece === '') continue;
    const last = joined.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') joined[joined.length - 1] = last + piece;
    else joined.push(piece);
  }
  if (joined.length === 0) return '';
  const only = joined[0];
  if (joined.length === 1 && typeof only === 'string' && !many) return only;
  return { pieces: joined, many };
}

/** The pieces of a text. */
export function piecesOf(text: Text): readonly Piece[] {
  return typeof text === 'string' ? [text] : text.pieces;
}

/** The two texts one after the other. */
export function concat(...texts: readonly Text[]): Text {
  if (texts.every((text) => typeof text === 'string')) return texts.join('');
  return fromPieces(
    texts.flatMap((text) => piecesOf(text)),
    texts.some((text) => typeof text !== 'string' && text.many),
  );
}

/** The known beginning of a text. */
export function knownPrefix(text: Text): string {
  if (typeof text === 'string') return text;
  let result = '';
  for (const piece of text.pieces) {
    if (typeof piece === 'string') result += piece;
    else if ('text' in piece) result += piece.text;
    else break;
  }
  return result;
}

/** A text without the first characters of its known beginning. */
export function withoutStart(text: Text, count: number): Text {
  if (typeof text === 'string') return text.slice(count);
  let left = count;
  const pieces = text.pieces.map((piece) => {
    const literal = typeof piece === 'string' ? piece : 'text' in piece ? piece.text : '';
    const cut = Math.min(left, literal.length);
    left = cut < literal.length ? 0 : left - cut;
    if (cut === 0) return piece;
    return typeof piece === 'string' ? piece.slice(cut) : 'text' in piece ? { ...piece, text: piece.text.slice(cut) } : piece;
  });
  return fromPieces(pieces, text.many);
}

/** The known end of a text. */
export function knownSuffix(text: Text): string {
  if (typeof text === 'string') return text;
  let result = '';
  for (let i = text.pieces.length - 1; i >= 0; i--) {
    const piece = text.pieces[i];
    if (typeof piece === 'string') result = piece + result;
    else if (piece !== undefined && 'text' in piece) result = piece.text + result;
    else break;
  }
  return result;
}

/** Whether it may be any number of words. */
export function isMany(text: Text): boolean {
  return typeof text !== 'string' && text.many;
}

/** What is told of a text whose parts came from several places: what may be harm, else whatever is known, names of variables last. */
const weights: Readonly<Record<Origin, number>> = {
  download: 3,
  decoded: 3,
  secret: 3,
  generated: 2,
  reference: 2,
  listed: 2,
  changes: 2,
  processes: 2,
  'unknown-output': 2,
  variables: 1,
};

/** The origin that a text carries; of several the one that counts most, and the first of those. */
export function originOf(text: Text): Origin | undefined {
  if (typeof text === 'string') return undefined;
  let found: Origin | undefined;
  for (const piece of text.pieces) {
    if (typeof piece === 'string' || !('origin' in piece) || piece.origin === undefined) continue;
    if (found === undefined || weights[piece.origin] > weights[found]) found = piece.origin;
  }
  return found;
}

/**
 * Any text, of which some may be what one of these was: what is printed on some ways, or in some rounds. Origins by which a text is
 * trusted (`generated`, `reference`) are lost, since not all of it needs to be so.
 */
export function mixed(...texts: readonly Text[]): Text {
  const origins = texts.flatMap((text) => originOf(text) ?? []);
  const origin = mixing.find((each) => origins.includes(each));
  return origin ? unknownFrom(origin) : anyText;
}

/** Origins that some of a text is enough for. */
const mixing: readonly Origin[] = ['secret', 'download', 'decoded', 'processes', 'unknown-output', 'variables'];

/** The same text, remembered to come from `origin`. */
export function mark(text: Text, origin: Origin): Text {
  if (typeof text === 'string') return text === '' ? '' : { pieces: [{ text, origin }], many: false };
  return {
    many: text.many,
    pieces: text.pieces.map((piece) => {
      if (typeof piece === 'string') return { text: piece, origin };
      if ('glob' in piece || piece.origin !== undefined) return piece;
      return { ...piece, origin };
    }),
  };
}

/** Whether a text of that origin is names of git, perhaps with what `git branch` puts before them: none begins with a dash. */
export function isGitName(origin: Origin | undefined): boolean {
  return origin === 'reference' || origin === 'listed';
}

/** What became of a text that was changed: the same origin, another text. Changed, names of git and its patches are none any more. */
export function lost(text: Text): Text {
  const origin = originOf(text);
  return isGitName(origin) || origin === 'changes' ? anyText : linesOf(text);
}

/** Names of git from which some of what `git branch` puts before them was taken: one may stand there with a `+`. */
export function withoutMarks(text: Text): Text {
  return isGitName(originOf(text)) ? unknownFrom('listed') : lost(text);
}

/** Whether all that is in a text, besides white space, comes from there. */
export function isWhollyFrom(text: Text, origin: Origin): boolean {
  return piecesOf(text).every((piece) => (typeof piece === 'string' ? piece.trim() === '' : 'origin' in piece && piece.origin === origin));
}

/** Some lines of a text, each as it was: what was true of where they come from stays true. */
export function linesOf(text: Text): Text {
  const origin = originOf(text);
  return origin ? unknownFrom(origin) : anyText;
}

/** Whether a literal may stand at the start of the text, given what of it is known. */
export function mayStartWith(text: Text, start: string): boolean {
  const prefix = knownPrefix(text);
  if (known(text) !== undefined || prefix.length >= start.length) return prefix.startsWith(start);
  return start.startsWith(prefix);
}

/** For people and records: unknown parts as `…`, patterns as written. */
export function display(text: Text): string {
  if (typeof text === 'string') return text;
  return text.pieces
    .map((piece) => (typeof piece === 'string' ? piece : 'text' in piece ? piece.text : 'glob' in piece ? piece.glob : '…'))
    .join('');
}

/** Whether two texts are the same value. */
export function sameText(a: Text | undefined, b: Text | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || typeof a === 'string' || typeof b === 'string') return false;
  return a.many === b.many && a.pieces.length === b.pieces.length && a.pieces.every((piece, i) => samePiece(piece, b.pieces[i]));
}

function samePiece(a: Piece, b: Piece | undefined): boolean {
  if (a === b) return true;
  if (b === undefined || typeof a === 'string' || typeof b === 'string') return false;
  if ('glob' in a) return 'glob' in b && a.glob === b.glob;
  if ('glob' in b || a.origin !== b.origin) return false;
  return 'text' in a ? 'text' in b && a.text === b.text : 'hole' in b && a.hole === b.hole;
}

/** Whether an unknown text is a number for sure: what shells compute is. */
export function isNumeric(text: Text): boolean {
  return piecesOf(text).every((piece) => (typeof piece === 'string' ? /^\d+$/.test(piece) : 'hole' in piece && piece.hole === 'name'));
}
