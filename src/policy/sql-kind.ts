/** What a statement is: its first word, in lower case, and whether a WHERE stands in it. */
export interface SqlKind {
  readonly kind: string;
  readonly where: boolean;
}

/** The statements of a text. Texts in quotes and comments do not count. */
export function sqlKinds(text: string): readonly SqlKind[] {
  const bare = text
    .replace(
      /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|`[^`]*(?:`|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)/g,
      (token) => (token.startsWith('-') || token.startsWith('/') ? ' ' : ' x '),
    )
    .toLowerCase();
  return bare
    .split(';')
    .map((statement) => ({ kind: kindOf(statement), where: /\bwhere\b/.test(statement) }))
    .filter(({ kind }) => kind !== '');
}

/** Of `with … delete` and `explain analyze delete` it is the changing word that counts. */
function kindOf(statement: string): string {
  const first = /[a-z]+/.exec(statement)?.[0] ?? '';
  if (first !== 'with' && first !== 'explain') return first;
  return /\b(?:insert|update|delete|merge|truncate|drop)\b/.exec(statement)?.[0] ?? 'select';
}
