import type { JsonSchema } from '../schema.ts';
import type { NodePath } from './cursor.ts';

/** What may stand at a place, as alternatives without `anyOf` and references. */
export function schemasAt(root: JsonSchema, path: NodePath): readonly JsonSchema[] {
  let found = alternatives(root, root);
  for (const step of path) {
    found = found.flatMap((schema) => {
      const next = typeof step === 'number' ? schema['items'] : (property(schema, step) ?? schema['additionalProperties']);
      return isSchema(next) ? alternatives(root, next) : [];
    });
  }
  return found;
}

/** The schema of a key, with its own description, before alternatives are told apart. */
export function schemaOfKey(root: JsonSchema, path: NodePath, key: string): JsonSchema | undefined {
  for (const schema of schemasAt(root, path)) {
    const found = property(schema, key) ?? schema['additionalProperties'];
    if (isSchema(found)) return found;
  }
  return undefined;
}

/** The keys that a mapping may have, with their schemas. */
export function propertiesOf(schema: JsonSchema): readonly (readonly [string, JsonSchema])[] {
  const { properties } = schema;
  return isSchema(properties) ? Object.entries(properties).flatMap(([key, value]) => (isSchema(value) ? [[key, value] as const] : [])) : [];
}

/** A schema without `anyOf` and references: each way in which it can be met. */
export function alternatives(root: JsonSchema, schema: JsonSchema, depth = 0): readonly JsonSchema[] {
  if (depth > 10) return [];
  const { $ref, anyOf } = schema;
  if (typeof $ref === 'string') {
    const definitions = root['$defs'];
    const target = isSchema(definitions) ? definitions[$ref.replace('#/$defs/', '')] : undefined;
    return isSchema(target) ? alternatives(root, target, depth + 1) : [];
  }
  if (!Array.isArray(anyOf)) return [schema];
  const { anyOf: _, ...rest } = schema;
  const inner = anyOf.filter(isSchema).flatMap((each) => alternatives(root, each, depth + 1));
  // What is said beside the alternatives is true of each.
  return inner.map((each) => ({ ...rest, ...each }));
}

/** The words that a value may be, with what each means, as far as that is said. */
export function wordsOf(schema: JsonSchema): readonly (readonly [string, string])[] {
  if (schema['type'] === 'boolean') {
    return [
      ['true', ''],
      ['false', ''],
    ];
  }
  const words = Array.isArray(schema['enum']) ? schema['enum'] : Array.isArray(schema['examples']) ? schema['examples'] : [];
  const meanings: readonly unknown[] = Array.isArray(schema['enumDescriptions']) ? schema['enumDescriptions'] : [];
  return words.map((word, index) => {
    const meaning = meanings[index];
    return [String(word), typeof meaning === 'string' ? meaning : ''] as const;
  });
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function property(schema: JsonSchema, key: string): JsonSchema | undefined {
  const { properties } = schema;
  const found = isSchema(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
  return isSchema(found) ? found : undefined;
}
