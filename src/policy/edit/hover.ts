import type { Span } from '../../model/diagnostic.ts';
import type { JsonSchema } from '../schema.ts';
import { description } from './complete.ts';
import { cursorAt } from './cursor.ts';
import type { KnownNames } from './names.ts';
import { alternatives, schemaOfKey, schemasAt, wordsOf } from './schema-at.ts';

/** What is known of the word at an offset. */
export interface Explained {
  readonly span: Span;
  readonly word: string;
  /** A sentence of ours. */
  readonly about: string;
  /** What may stand there, with what each means. */
  readonly words: readonly (readonly [word: string, meaning: string])[];
  /** Text of a policy file rather than ours. */
  readonly foreign?: string;
}

/** Explains a key or a value of a policy file; `undefined` where there is nothing to say. */
export function explainWord(text: string, offset: number, root: JsonSchema, known: KnownNames): Explained | undefined {
  const cursor = cursorAt(text, offset);
  if (cursor === undefined || cursor.word === '') return undefined;
  const { span, word, path, role } = cursor;
  if (role === 'key') {
    const schema = schemaOfKey(root, path, word);
    if (schema === undefined) return undefined;
    const ways = alternatives(root, schema);
    const lists = ways.flatMap(({ items }) => (typeof items === 'object' && items !== null ? alternatives(root, items as JsonSchema) : []));
    const words = [...ways, ...lists].flatMap(wordsOf).filter(([, meaning]) => meaning !== '');
    const about = description(schema) || ways.map(description).find((each) => each !== '') || '';
    return about === '' && words.length === 0 ? undefined : { span, word, about, words: [...new Map(words)] };
  }
  const schemas = schemasAt(root, path);
  const meaning = schemas.flatMap(wordsOf).find(([each]) => each === word)?.[1] ?? '';
  if (meaning !== '') return { span, word, about: meaning, words: [] };
  if (schemas.some((schema) => schema['x-names'] === 'rules')) {
    const rule = known.rules.find(({ name }) => name === word);
    if (rule === undefined) return undefined;
    const about = [rule.action, rule.layer === undefined ? undefined : `${rule.layer} policy`]
      .filter((part) => part !== undefined)
      .join(', ');
    return { span, word, about, words: [], ...(rule.reason === undefined || rule.reason === '' ? {} : { foreign: rule.reason }) };
  }
  const acts = word.endsWith('.*') ? schemas.flatMap(wordsOf).filter(([each]) => each.startsWith(word.slice(0, -1))) : [];
  if (acts.length > 0) return { span, word, about: '', words: [...new Map(acts)] };
  const about = schemas.map(description).find((each) => each !== '') ?? '';
  return about === '' ? undefined : { span, word, about, words: [] };
}
