import type { Span } from '../../model/diagnostic.ts';
import { conditionFields, conditionNames } from '../condition-scope.ts';
import type { JsonSchema } from '../schema.ts';
import { type Cursor, cursorAt } from './cursor.ts';
import { argumentNames, type KnownNames, namesIn, toolNames } from './names.ts';
import { alternatives, isSchema, propertiesOf, schemasAt, wordsOf } from './schema-at.ts';

/** Something that an editor may write for a person. */
export interface Suggestion {
  readonly label: string;
  readonly kind: 'key' | 'value' | 'name' | 'new';
  /** Text; with `isSnippet` in the syntax of snippets. Lines after the first have their whole indentation. */
  readonly insert: string;
  readonly isSnippet: boolean;
  readonly documentation: string;
  /** Text of a policy file rather than ours. */
  readonly foreign?: string;
  readonly isRequired: boolean;
  /** Whether suggestions for what follows are wanted at once. */
  readonly again: boolean;
}

/** What is suggested, and what it replaces. */
export interface Suggestions {
  readonly span: Span;
  readonly items: readonly Suggestion[];
}

/** What may be written at an offset of a policy file. `undefined` where nothing is suggested. */
export function complete(text: string, offset: number, root: JsonSchema, known: KnownNames): Suggestions | undefined {
  const cursor = cursorAt(text, offset);
  if (cursor === undefined) return undefined;
  const schemas = schemasAt(root, cursor.path);
  if (schemas.some((schema) => schema['x-names'] === 'condition') && cursor.role !== 'key') return condition(cursor, offset);
  const keys = cursor.role === 'value' ? [] : schemas.flatMap((schema) => keysOf(schema, cursor, root, text, offset));
  const items = cursor.role === 'node' ? newItems(schemas, cursor, root) : [];
  const values = cursor.role === 'key' ? [] : schemas.flatMap((schema) => valuesOf(schema, cursor, text, known));
  const all = [...items, ...keys, ...values];
  const unique = [...new Map(all.map((item) => [`${item.kind} ${item.label}`, item])).values()];
  return unique.length === 0 ? undefined : { span: cursor.span, items: unique };
}

function keysOf(schema: JsonSchema, cursor: Cursor, root: JsonSchema, text: string, offset: number): readonly Suggestion[] {
  if (cursor.quote !== '' && cursor.role !== 'key') return [];
  // In brackets of a list a mapping has brackets of its own.
  if (cursor.role === 'node' && cursor.flow) return [];
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const properties = propertiesOf(schema).map(([key, inner]) =>
    suggestion(key, 'key', cursor.hasColon ? key : key + keyTail(inner, cursor, root), {
      documentation: description(inner),
      isRequired: required.includes(key),
      again: !cursor.hasColon,
    }),
  );
  const names = isSchema(schema['propertyNames']) ? schema['propertyNames'] : schema;
  const more =
    names['x-names'] === 'roles'
      ? namesIn(text, 'roles')
      : schema['x-names'] === 'arguments'
        ? (argumentNames[toolBefore(text, offset)] ?? [])
        : [];
  const named = more.map((name) => suggestion(name, 'name', cursor.hasColon ? name : `${name}: `, { again: false }));
  return [...properties, ...named].filter(({ label }) => !cursor.siblings.includes(label));
}

/** The tool of the scenario whose arguments are written. */
function toolBefore(text: string, offset: number): string {
  const before = text.slice(Math.max(0, offset - 2000), offset);
  return [...before.matchAll(/\btool:\s*["']?([a-z]+)/g)].at(-1)?.[1] ?? 'bash';
}

/** What follows a key: a space before a value, or the line that a list or mapping begins with. */
function keyTail(schema: JsonSchema, { flow, column }: Cursor, root: JsonSchema): string {
  const ways = alternatives(root, schema);
  const isScalar = ways.some((way) => way['type'] !== 'object' && way['type'] !== 'array');
  if (flow || isScalar) return ': ';
  const isList = !ways.some((way) => way['type'] === 'object');
  return `:\n${' '.repeat(column + 2)}${isList ? '- ' : ''}`;
}

/** A whole rule or scenario. */
function newItems(schemas: readonly JsonSchema[], cursor: Cursor, root: JsonSchema): readonly Suggestion[] {
  if (cursor.flow || cursor.quote !== '') return [];
  const made = (schema: JsonSchema, dash: string): readonly Suggestion[] => {
    const lines = schema['x-new'];
    if (!Array.isArray(lines)) return [];
    const indent = `\n${' '.repeat(cursor.column + dash.length)}`;
    const documentation = description(schema);
    return [suggestion(`${dash}name: …`, 'new', dash + lines.join(indent), { documentation, isSnippet: true, isRequired: true })];
  };
  return schemas.flatMap((schema) => {
    const { items } = schema;
    return [...made(schema, ''), ...(isSchema(items) ? alternatives(root, items).flatMap((each) => made(each, '- ')) : [])];
  });
}

function valuesOf(schema: JsonSchema, cursor: Cursor, text: string, known: KnownNames): readonly Suggestion[] {
  if (schema['type'] === 'object' || schema['type'] === 'array') return [];
  const words = wordsOf(schema).map(([word, documentation]) =>
    suggestion(word, 'value', scalar(word, cursor, schema['type'] === 'boolean'), { documentation }),
  );
  const names = namedValues(schema['x-names'], text, known).map(({ name, documentation, foreign }) =>
    suggestion(name, 'name', scalar(name, cursor), { documentation, ...(foreign === undefined ? {} : { foreign }) }),
  );
  return [...words, ...names];
}

interface NamedValue {
  readonly name: string;
  readonly documentation: string;
  readonly foreign?: string;
}

function namedValues(what: unknown, text: string, known: KnownNames): readonly NamedValue[] {
  const plain = (names: readonly string[], documentation = ''): readonly NamedValue[] => names.map((name) => ({ name, documentation }));
  switch (what) {
    case 'agents':
      return plain(known.agents);
    case 'tools':
      return plain(toolNames);
    case 'templates':
      return plain(known.templates);
    case 'roles':
    case 'states':
      return plain(namesIn(text, what));
    case 'rules': {
      const others = known.rules.map(({ name, layer, action, reason }) => ({
        name,
        documentation: [action, layer === undefined ? undefined : `${layer} policy`].filter((part) => part !== undefined).join(', '),
        ...(reason === undefined || reason === '' ? {} : { foreign: reason }),
      }));
      const there = new Set(others.map(({ name }) => name));
      return [...others, ...plain(namesIn(text, 'rules').filter((name) => !there.has(name)))];
    }
    default:
      return [];
  }
}

/** What a condition may name, for the word before the cursor. */
function condition({ span, typed }: Cursor, offset: number): Suggestions | undefined {
  const [, of, word = ''] = /(?:\b([a-z]+)\.)?([a-z_]*)$/.exec(typed) ?? [];
  const start = Math.max(span.start, offset - word.length);
  if (of === undefined) {
    const items = Object.entries(conditionNames).map(([name, type]) => suggestion(name, 'name', name, { documentation: type }));
    return { span: { start, end: offset }, items };
  }
  if (of !== 'session' && of !== 'env' && of !== 'resource') return undefined;
  return { span: { start, end: offset }, items: conditionFields[of].map((name) => suggestion(name, 'name', name, {})) };
}

/** A text as it may stand at the cursor. */
function scalar(word: string, { quote, flow }: Cursor, isPlain = false): string {
  if (quote === "'") return word.replaceAll("'", "''");
  if (quote === '"') return word.replace(/["\\]/g, '\\$&');
  const isSafe =
    isPlain ||
    (/^[A-Za-z_./][^\n]*[^\s:]$|^[A-Za-z_]$/.test(word) &&
      !/: | #/.test(word) &&
      !(flow && /[,[\]{}]/.test(word)) &&
      !/^(?:true|false|null|yes|no|on|off)$/i.test(word));
  return isSafe ? word : `"${word.replace(/["\\]/g, '\\$&')}"`;
}

export const description = (schema: JsonSchema): string => (typeof schema['description'] === 'string' ? schema['description'] : '');

function suggestion(label: string, kind: Suggestion['kind'], insert: string, options: Partial<Suggestion>): Suggestion {
  return { label, kind, insert, isSnippet: false, documentation: '', isRequired: false, again: false, ...options };
}
