import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';
import type { Diagnostic, Position, Span } from '../model/diagnostic.ts';
import { didYouMean } from './did-you-mean.ts';

/** Where something was written. */
export interface Place {
  readonly source: string;
  readonly position?: Position;
  readonly span?: Span;
}

/** A value with its place, for what is only found wrong later. */
export interface Located<T> {
  readonly value: T;
  readonly place: Place;
}

/** One way to read a part of a document: gives the value, reports what is wrong, and writes itself as JSON Schema. */
export interface Schema<T> {
  /** `undefined` after something was reported. `path` names the place for people, such as `policies[2].match`. */
  read(node: Node | null | undefined, reader: Reader, path: string): T | undefined;
  readonly json: JsonSchema;
}

export type JsonSchema = Readonly<Record<string, unknown>>;
/** The type that a schema reads. */
export type Read<S> = S extends Schema<infer T> ? T : never;

/** Nodes that one document may have, and aliases that are followed in it: bounds what a few lines of YAML can grow to. */
const maxNodes = 1_000_000;
const maxAliases = 1_000;
const maxDepth = 40;

/** Goes over one document and keeps what was found. */
export class Reader {
  readonly diagnostics: Diagnostic[] = [];
  readonly source: string;
  readonly #document: Document;
  readonly #lines: LineCounter | undefined;
  #nodes = 0;
  #aliases = 0;
  #full = false;
  #depth = 0;

  constructor(source: string, document: Document, lines?: LineCounter) {
    this.source = source;
    this.#document = document;
    this.#lines = lines;
  }

  /** Follows aliases and counts. `undefined` where the document is too large or refers to itself. */
  enter<T>(node: Node | null | undefined, path: string, read: (node: Node | null | undefined) => T | undefined): T | undefined {
    if (this.#full) return undefined;
    if (isAlias(node)) this.#aliases++;
    if (++this.#nodes > maxNodes || this.#aliases > maxAliases || this.#depth > maxDepth) {
      this.#full = true;
      return this.report('too-large', node, `${path} is nested too deeply, or the file repeats too much by aliases.`);
    }
    const resolved = isAlias(node) ? node.resolve(this.#document) : node;
    if (isAlias(node) && resolved === undefined) {
      const name = `*${node.source}`;
      return this.report(
        'unknown-alias',
        node,
        `${path} is ${name}, which YAML takes for a reference, and there is no “&${node.source}”: put it in quotes.`,
      );
    }
    this.#depth++;
    try {
      return read(resolved);
    } finally {
      this.#depth--;
    }
  }

  place(node: Node | null | undefined): Place {
    const range = node?.range;
    if (range === null || range === undefined) return { source: this.source };
    const at = this.#lines?.linePos(range[0]);
    return {
      source: this.source,
      ...(at === undefined ? {} : { position: { line: at.line, column: at.col } }),
      span: { start: range[0], end: range[1] },
    };
  }

  report(code: string, node: Node | null | undefined, message: string, suggestion?: string): undefined {
    this.diagnostics.push({
      code,
      severity: 'error',
      message: suggestion === undefined ? message : `${message} Did you mean “${suggestion}”?`,
      ...this.place(node),
      ...(suggestion === undefined ? {} : { suggestion }),
    });
    return undefined;
  }
}

function describe(node: Node | null | undefined): string {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node) || node.value === null) return 'nothing';
  if (typeof node.value === 'string') return 'a text';
  return typeof node.value === 'boolean' ? 'true or false' : `a ${typeof node.value}`;
}

const wrong = (reader: Reader, node: Node | null | undefined, path: string, expected: string): undefined =>
  reader.report('wrong-type', node, `${path} must be ${expected}, and is ${describe(node)}.`);

/** A schema from its reading function and JSON Schema. */
export function schema<T>(
  json: JsonSchema,
  read: (node: Node | null | undefined, reader: Reader, path: string) => T | undefined,
): Schema<T> {
  return { json, read: (node, reader, path) => reader.enter(node, path, (resolved) => read(resolved, reader, path)) };
}

/** A text; numbers and truth values are taken as they are written, since YAML makes them of unquoted words. */
export function text(description: string, extra: JsonSchema = {}): Schema<string> {
  return schema({ type: 'string', description, ...extra }, (node, reader, path) => {
    if (isScalar(node) && typeof node.value === 'string') return node.value;
    if (isScalar(node) && (typeof node.value === 'number' || typeof node.value === 'boolean')) return node.source ?? String(node.value);
    return wrong(reader, node, path, 'a text');
  });
}

/** A text with its place. */
export function locatedText(description: string, extra: JsonSchema = {}): Schema<Located<string>> {
  const inner = text(description, extra);
  return schema(inner.json, (node, reader, path) => {
    const value = inner.read(node, reader, path);
    return value === undefined ? undefined : { value, place: reader.place(node) };
  });
}

/** A number that is not negative. */
export function amount(description: string): Schema<number> {
  return schema({ type: 'number', minimum: 0, description }, (node, reader, path) => {
    if (isScalar(node) && typeof node.value === 'number' && node.value >= 0 && Number.isFinite(node.value)) return node.value;
    return wrong(reader, node, path, 'a number that is not negative');
  });
}

export function wholeNumber(description: string): Schema<number> {
  return schema({ type: 'integer', description }, (node, reader, path) => {
    if (isScalar(node) && typeof node.value === 'number' && Number.isSafeInteger(node.value)) return node.value;
    return wrong(reader, node, path, 'a whole number');
  });
}

export function truthValue(description: string): Schema<boolean> {
  return schema({ type: 'boolean', description }, (node, reader, path) =>
    isScalar(node) && typeof node.value === 'boolean' ? node.value : wrong(reader, node, path, 'true or false'),
  );
}

/** Words with what each of them means, as editors show it beside the word. */
export function described(words: readonly string[], meanings: Readonly<Record<string, string>>): JsonSchema {
  return { enum: words, enumDescriptions: words.map((word) => meanings[word] ?? '') };
}

/** One of some words; upper and lower case do not matter. */
export function oneOf<const T extends string>(words: readonly T[], description: string, meanings: Readonly<Record<T, string>>): Schema<T> {
  return schema({ ...described(words, meanings), description }, (node, reader, path) => {
    const value = isScalar(node) ? String(node.value) : undefined;
    const found = words.find((word) => word === value?.toLowerCase());
    if (found !== undefined) return found;
    if (value === undefined) return wrong(reader, node, path, `one of ${words.join(', ')}`);
    return reader.report('unknown-word', node, `${path} is “${value}”, and must be one of ${words.join(', ')}.`, didYouMean(value, words));
  });
}

/** A text that `isValid` accepts. */
export function checkedText<T extends string>(
  description: string,
  code: string,
  isValid: (value: string) => value is T,
  known: readonly string[],
  json: JsonSchema = {},
): Schema<T> {
  const inner = text(description, json);
  return schema(inner.json, (node, reader, path) => {
    const value = inner.read(node, reader, path);
    if (value === undefined || isValid(value)) return value;
    return reader.report(code, node, `${path} is “${value}”, which is not known.`, didYouMean(value, known));
  });
}

/** A list; a single item may stand for a list of one. */
export function listOf<T>(item: Schema<T>, description: string): Schema<readonly T[]> {
  const json = { description, anyOf: [item.json, { type: 'array', items: item.json }] };
  return schema(json, (node, reader, path) => {
    if (!isSeq(node)) {
      const one = item.read(node, reader, path);
      return one === undefined ? undefined : [one];
    }
    const values = node.items.map((each, index) => item.read(each as Node, reader, `${path}[${index}]`));
    return values.flatMap((value) => (value === undefined ? [] : [value]));
  });
}

/** A list and nothing else, each item with its place. */
export function strictListOf<T>(item: Schema<T>, description: string): Schema<readonly Located<T>[]> {
  return schema({ type: 'array', description, items: item.json }, (node, reader, path) => {
    if (!isSeq(node)) return wrong(reader, node, path, 'a list');
    return node.items.flatMap((each, index) => {
      const value = item.read(each as Node, reader, `${path}[${index}]`);
      return value === undefined ? [] : [{ value, place: reader.place(each as Node) }];
    });
  });
}

/** A mapping with keys of the writer's choice. */
export function mapOf<T>(item: Schema<T>, description: string, extra: JsonSchema = {}): Schema<Readonly<Record<string, T>>> {
  return schema({ type: 'object', description, additionalProperties: item.json, ...extra }, (node, reader, path) => {
    if (!isMap(node)) return wrong(reader, node, path, 'a mapping');
    const entries: [string, T][] = [];
    for (const pair of node.items) {
      const key = keyOf(pair.key);
      const value = item.read(pair.value as Node, reader, `${path}.${key}`);
      if (value !== undefined) entries.push([key, value]);
    }
    return Object.assign(Object.create(null) as Record<string, T>, Object.fromEntries(entries));
  });
}

/** Any value of JSON. */
export function anything(description: string, extra: JsonSchema = {}): Schema<Located<unknown>> {
  const plain = (node: Node | null | undefined, reader: Reader, path: string): unknown =>
    reader.enter(node, path, (resolved) => {
      if (isMap(resolved)) {
        return Object.fromEntries(resolved.items.map((pair) => [keyOf(pair.key), plain(pair.value as Node, reader, path)]));
      }
      if (isSeq(resolved)) return resolved.items.map((item) => plain(item as Node, reader, path));
      return isScalar(resolved) ? resolved.value : null;
    });
  return schema({ description, ...extra }, (node, reader, path) => ({ value: plain(node, reader, path), place: reader.place(node) }));
}

type Fields = Readonly<Record<string, Schema<unknown>>>;
/** The value of a mapping with known keys; `at` gives the place of each key that is there, under its own name. */
export type ReadObject<F extends Fields, R extends keyof F> = { readonly [K in R]: Read<F[K]> } & {
  readonly [K in Exclude<keyof F, R>]?: Read<F[K]>;
};

/** A mapping with known keys; any other is an error. */
export function object<F extends Fields, R extends keyof F & string = never>(
  description: string,
  fields: F,
  required: readonly R[] = [],
  extra: JsonSchema = {},
): Schema<ReadObject<F, R>> {
  const json = {
    ...extra,
    type: 'object',
    description,
    additionalProperties: false,
    properties: Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value.json])),
    ...(required.length > 0 ? { required } : {}),
  };
  const names = Object.keys(fields);
  return schema(json, (node, reader, path) => {
    if (!isMap(node)) return wrong(reader, node, path, 'a mapping');
    const result: Record<string, unknown> = {};
    let complete = true;
    for (const pair of node.items) {
      const key = keyOf(pair.key);
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (field === undefined) {
        reader.report('unknown-key', pair.key as Node, `${path} has no key “${key}”.`, didYouMean(key, names));
        continue;
      }
      const value = field.read(pair.value as Node, reader, path === documentName ? key : `${path}.${key}`);
      if (value !== undefined) result[key] = value;
      else if ((required as readonly string[]).includes(key)) complete = false;
    }
    for (const key of required) {
      if (node.items.some((pair) => keyOf(pair.key) === key)) continue;
      reader.report('missing-key', node, `${path} needs the key “${key}”.`);
      complete = false;
    }
    return complete ? (result as ReadObject<F, R>) : undefined;
  });
}

/** How the whole document is called in messages. */
export const documentName = 'The policy';

/** Chooses between two schemas by the node. */
export function either<A, B>(
  isFirst: (node: Node | null | undefined) => boolean,
  first: Schema<A>,
  second: Schema<B>,
  json: JsonSchema = { anyOf: [first.json, second.json] },
): Schema<A | B> {
  return schema<A | B>(json, (node, reader, path) => (isFirst(node) ? first.read(node, reader, path) : second.read(node, reader, path)));
}

/** A schema that refers to itself: it is looked up when it is read. */
export function recursive<T>(name: string, get: () => Schema<T>): Schema<T> {
  return schema({ $ref: `#/$defs/${name}` }, (node, reader, path) => get().read(node, reader, path));
}

function keyOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}
