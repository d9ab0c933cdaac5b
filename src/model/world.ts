/** What a path is, without following a last link. */
export type EntryKind = 'file' | 'directory' | 'link' | 'other';

/**
 * The machine as an analysis may see it: bounded and read-only, so that an analysis can be replayed elsewhere.
 * Every answer may be "not known" (`undefined`), and the analysis is the less certain for it. No method throws.
 */
export interface World {
  /** What is there; `undefined` where nothing is, or where it cannot be known. */
  kind(path: string): EntryKind | undefined;
  /** Text of a link's target as stored, possibly relative. */
  readLink(path: string): string | undefined;
  /** Names in a directory, at most some thousands; `undefined` where it is none or too large. */
  list(path: string): readonly string[] | undefined;
  /** Text of a file of at most `maxBytes`; `undefined` where it is missing, larger, or not UTF-8. */
  readText(path: string, maxBytes: number): string | undefined;
  /** Value of a variable of the agent's environment, where it is safe to assume that the command sees it too. */
  variable(name: string): string | undefined;
  /** Whether this session made that file or folder. */
  madeBySession(path: string): boolean;
  /** Whether names that differ by case only are the same file. */
  readonly ignoresCase: boolean;
}
