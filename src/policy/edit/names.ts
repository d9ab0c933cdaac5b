import type { Verdict } from '../../model/verdict.ts';
import type { CompiledPolicy } from '../compiled.ts';

/** A rule that a file may refer to, with what is known of it. */
export interface KnownRule {
  readonly name: string;
  readonly layer?: string;
  readonly action?: Verdict;
  readonly reason?: string;
}

/** Names that the file itself does not give. */
export interface KnownNames {
  readonly agents: readonly string[];
  readonly templates: readonly string[];
  readonly rules: readonly KnownRule[];
}

/** Tools by their canonical names. */
export const toolNames = ['bash', 'write', 'edit', 'delete', 'read', 'fetch', 'sql', 'patch', 'mcp:server/tool'] as const;

/** Arguments of each, as scenarios give them. */
export const argumentNames: Readonly<Record<string, readonly string[]>> = {
  bash: ['command'],
  write: ['path', 'content'],
  edit: ['path', 'old_string', 'new_string'],
  delete: ['path'],
  read: ['path'],
  fetch: ['url', 'method'],
  sql: ['query'],
};

/** The rules of a policy. */
export function rulesOf({ layers }: CompiledPolicy): readonly KnownRule[] {
  return layers.flatMap(({ layer, rules }) => rules.map(({ name, action, reason }) => ({ name, layer, action, reason })));
}

/** Names of a kind that stand in a text, found without parsing it, since it may be half-typed. */
export function namesIn(text: string, what: 'rules' | 'roles' | 'states'): readonly string[] {
  const found =
    what === 'rules' ? itemNames(section(text, 'policies')) : keysIn(section(text, what === 'roles' ? 'roles' : 'workflow'), what);
  return [...new Set(found)].slice(0, mostNames);
}

const mostNames = 2000;

/** The lines of a key at the left margin, without the key. */
function section(text: string, key: string): string {
  const start = new RegExp(`^${key}:`, 'm').exec(text);
  if (start === null) return '';
  const from = start.index + start[0].length;
  const end = /\n(?=[A-Za-z_"'])/.exec(text.slice(from));
  return text.slice(from, end === null ? text.length : from + end.index);
}

function itemNames(text: string): readonly string[] {
  return [...text.matchAll(/(?:^|\n)[ \t]*-[ \t]+(?:\{[ \t]*)?name:[ \t]*("[^"\n]*"|'[^'\n]*'|[^\s,}#][^,}\n#]*)/g)].map((match) =>
    (match[1] ?? '').trim().replace(/^["']|["']$/g, ''),
  );
}

/** Keys of the outermost mapping, or of that in `states`. */
function keysIn(text: string, what: 'roles' | 'states'): readonly string[] {
  const inner = what === 'roles' ? text : text.slice(Math.max(0, text.search(/\n[ \t]+states:/)));
  const lines = inner.split('\n').slice(what === 'roles' ? 1 : 2);
  const first = lines.find((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  const indent = first === undefined ? 0 : first.length - first.trimStart().length;
  if (indent === 0) return [];
  const key = new RegExp(`^ {${indent}}("[^"]*"|'[^']*'|[^\\s#"'-][^:]*):(?:\\s|$)`);
  return lines.flatMap((line) => {
    const name = key.exec(line)?.[1];
    return name === undefined ? [] : [name.trim().replace(/^["']|["']$/g, '')];
  });
}
