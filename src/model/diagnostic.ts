/** A half-open range `[start, end)` of UTF-16 code units in a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place in a file, for people: line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something wrong with an input, as a value: code for programs, message for people, place in the text. */
export interface Diagnostic {
  /** A stable kebab-case word, the thing tests and quick fixes go by. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** What is wrong, where, and what to do: one sentence. */
  readonly message: string;
  /** The file or template the text came from. */
  readonly source?: string;
  readonly position?: Position;
  readonly span?: Span;
  /** What the writer probably meant. */
  readonly suggestion?: string;
}
