import { PythonFloat } from '../../src/policy/python-str.ts';

/**
 * Reads JSON as Python's `json` does where it matters for {@link argumentsText}: `1.0` stays apart from `1`, whole numbers keep all
 * their digits. `undefined` where the text is no JSON.
 */
export function readPythonJson(text: string): { readonly value: unknown } | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  // The text is known to be valid, so that marking its numbers needs no parser: texts are skipped, numbers are the rest.
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs, (token) => {
    if (token.startsWith('"')) return `"t${token.slice(1)}`;
    return /[.eE]/.test(token) ? `"f${token}"` : `"i${token}"`;
  });
  return { value: revive(JSON.parse(marked)) };
}

function revive(value: unknown): unknown {
  if (typeof value === 'string') {
    const rest = value.slice(1);
    if (value.startsWith('t')) return rest;
    if (value.startsWith('f')) return new PythonFloat(Number(rest));
    const number = Number(rest);
    return Number.isSafeInteger(number) ? number : BigInt(rest);
  }
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value === 'object' && value !== null) {
    const result: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const [key, item] of Object.entries(value)) result[key.slice(1)] = revive(item);
    return result;
  }
  return value;
}
