import type { WordPart } from './front.ts';

/** The name in `$name`. */
export function simpleName(text: string): string {
  return text.slice(1);
}

/** Whether an expansion may become several words even in quotes: `$@`, `${a[@]}` and slices of them. */
export function isListExpansion(part: WordPart): boolean {
  if (part.type === 'SimpleExpansion') return part.text === '$@' || part.text === '$*';
  if (part.type !== 'ParameterExpansion' || part.prefix === '#') return false;
  if (part.parameter === '@' || part.parameter === '*') return true;
  if (part.prefix === '!' && (part.operation?.type === 'Names' || part.index !== undefined)) return true;
  return part.index?.text === '@' || part.index?.text === '*';
}

/** Whether such an expansion is one word in quotes: `"$*"`, `"${a[*]}"`. */
export function isJoined(part: WordPart): boolean {
  if (part.type === 'SimpleExpansion') return part.text === '$*';
  return (
    part.type === 'ParameterExpansion' &&
    (part.parameter === '*' || part.index?.text === '*' || (part.operation?.type === 'Names' && part.operation.operator !== '@'))
  );
}
