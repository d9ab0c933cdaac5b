/**
 * JSON in the one spelling of RFC 8785 (JCS): keys sorted by UTF-16 code units, no blanks, numbers and strings as ECMAScript writes them.
 * `undefined` members are left out; what JSON cannot say (functions, `NaN`) becomes `null`. Lone surrogates, which are not Unicode text,
 * become U+FFFD, so that the bytes written are the bytes hashed.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return scalar(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = (value as Readonly<Record<string, unknown>>)[key];
    if (member !== undefined) members.push(`${scalar(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed());
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : 'null';
  return typeof value === 'boolean' ? String(value) : 'null';
}
