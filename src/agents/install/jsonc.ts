import type { Position } from '../../model/diagnostic.ts';

/** A value in a JSON text with comments, with its place: half-open offsets in UTF-16 code units. */
export interface JsonNode {
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
  /** Members of an object, in order. */
  readonly members?: readonly { readonly key: string; readonly start: number; readonly node: JsonNode }[];
  /** Items of a list. */
  readonly items?: readonly JsonNode[];
}

export type JsonText = { readonly root: JsonNode } | { readonly problem: string; readonly position: Position };

class SyntaxProblem extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Line and column, both from 1, of an offset. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/**
 * Reads JSON as agents' settings have it: with comments, trailing commas and a byte order mark. The text is read strictly
 * otherwise, as a program that reads it more loosely than the agent would edit what the agent does not see.
 */
export function parseJsonc(text: string): JsonText {
  const reader = new Reader(text);
  try {
    reader.blank();
    const root = reader.value(0);
    reader.blank();
    if (reader.at < text.length) throw new SyntaxProblem('there is text after the end', reader.at);
    return { root };
  } catch (error) {
    if (error instanceof SyntaxProblem) return { problem: error.message, position: positionAt(text, error.offset) };
    throw error;
  }
}

const maxDepth = 200;

class Reader {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    if (text.startsWith('\ufeff')) this.at = 1;
  }

  /** Skips white space and comments. */
  blank(): void {
    const pattern = /(?:[ \t\r\n]+|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*/y;
    pattern.lastIndex = this.at;
    pattern.exec(this.#text);
    this.at = pattern.lastIndex;
  }

  value(depth: number): JsonNode {
    if (depth > maxDepth) throw new SyntaxProblem('it is nested too deeply', this.at);
    const first = this.#text[this.at];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#list(depth);
    const pattern =
      /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw new SyntaxProblem(first === undefined ? 'it ends too early' : 'a value is expected here', this.at);
    const start = this.at;
    this.at += found.length;
    return { start, end: this.at, value: JSON.parse(found) };
  }

  #object(depth: number): JsonNode {
    const start = this.at++;
    const members: { key: string; start: number; node: JsonNode }[] = [];
    this.#parts('}', () => {
      const key = this.value(depth + 1);
      if (typeof key.value !== 'string') throw new SyntaxProblem('a name in double quotes is expected here', key.start);
      this.blank();
      if (this.#text[this.at] !== ':') throw new SyntaxProblem('":" is expected here', this.at);
      this.at += 1;
      this.blank();
      members.push({ key: key.value, start: key.start, node: this.value(depth + 1) });
    });
    return { start, end: this.at, value: Object.fromEntries(members.map(({ key, node }) => [key, node.value])), members };
  }

  #list(depth: number): JsonNode {
    const start = this.at++;
    const items: JsonNode[] = [];
    this.#parts(']', () => items.push(this.value(depth + 1)));
    return { start, end: this.at, value: items.map((item) => item.value), items };
  }

  #parts(close: string, part: () => void): void {
    for (;;) {
      this.blank();
      if (this.#text[this.at] === close) break;
      part();
      this.blank();
      if (this.#text[this.at] === ',') this.at += 1;
      else if (this.#text[this.at] !== close) throw new SyntaxProblem(`"," or "${close}" is expected here`, this.at);
    }
    this.at += 1;
  }
}
