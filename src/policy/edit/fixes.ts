import type { Diagnostic } from '../../model/diagnostic.ts';
import { addEntry, applyEdits, type Edit, lineEnd, removeEntry, removeItem } from './edits.ts';
import { lintCandidates } from './lint-fixes.ts';
import { nodeAt, nodesAround, type TreeNode } from './tree.ts';
import { quoted, yamlCandidates } from './yaml-fixes.ts';

/** What a fix does, for its title; `parts` of the fix are what the title names. */
export type FixKind =
  | 'replace'
  | 'remove-key'
  | 'remove-rule'
  | 'remove-name'
  | 'add-key'
  | 'wrap-list'
  | 'quote'
  | 'spaces'
  | 'space'
  | 'close'
  | 'indent'
  | 'rename'
  | 'define-role'
  | 'begin'
  | 'ask-instead'
  | 'exact-names'
  | 'move-first';

/** A change that may mend something. */
export interface Candidate {
  readonly does: FixKind;
  readonly parts: readonly string[];
  readonly edits: readonly Edit[];
}

/** How many ways are tried for one diagnostic: each is a whole check of the file. */
const mostTried = 12;

/**
 * The ways to mend a diagnostic, each of them tried: after it, the diagnostic is gone and nothing as bad has come instead. `diagnoseText`
 * checks a text as the file would be checked.
 */
export function fixesFor(
  text: string,
  diagnostic: Diagnostic,
  tree: TreeNode | undefined,
  diagnoseText: (text: string) => readonly Diagnostic[],
): readonly Candidate[] {
  const before = diagnoseText(text);
  const grade = gradeOf(diagnostic);
  const same = (each: Diagnostic) => each.code === diagnostic.code && each.message === diagnostic.message;
  const count = (all: readonly Diagnostic[], wanted: (each: Diagnostic) => boolean) => all.filter(wanted).length;
  const asBad = (each: Diagnostic) => gradeOf(each) <= grade;
  return candidates(text, diagnostic, tree)
    .slice(0, mostTried)
    .filter(({ edits }) => {
      const after = diagnoseText(applyEdits(text, edits));
      return count(after, same) < count(before, same) && count(after, asBad) < count(before, asBad);
    });
}

/** What hides what: an unreadable file, one that is not of the format, one that cannot be compiled, one that means something strange. */
function gradeOf({ code, severity }: Diagnostic): number {
  if (code === 'bad-yaml' || code === 'too-large') return 0;
  if (severity === 'warning') return 3;
  return [
    'unknown-key',
    'unknown-word',
    'unknown-act',
    'unknown-zone',
    'unknown-alias',
    'missing-key',
    'duplicate-key',
    'wrong-type',
    'empty-policy',
  ].includes(code)
    ? 1
    : 2;
}

function candidates(text: string, diagnostic: Diagnostic, tree: TreeNode | undefined): readonly Candidate[] {
  const { code, span } = diagnostic;
  if (code === 'empty-policy')
    return [
      {
        does: 'begin',
        parts: [],
        edits: [
          { start: 0, end: text.length, text: `${text.trimEnd()}${text.trim() === '' ? '' : '\n'}version: 1\nextends: [safe_coding]\n` },
        ],
      },
    ];
  if (code === 'bad-yaml') return yamlCandidates(text, diagnostic);
  if (span === undefined) return [];
  const meant = replacements(text, diagnostic);
  const around = nodesAround(tree, span.start);
  const named = (name: string): Candidate => ({ does: 'rename', parts: [name], edits: [{ ...span, text: name }] });
  switch (code) {
    case 'unknown-key':
    case 'duplicate-key':
      return [...meant, ...removeKey(text, around, span.start)];
    case 'missing-key':
      return addMissing(text, diagnostic, around);
    case 'wrong-type':
      return rightType(text, diagnostic, around);
    case 'unknown-alias':
      return [{ does: 'quote', parts: [], edits: [{ ...span, text: quoted(text.slice(span.start, span.end)) }] }];
    case 'unknown-version':
      return [{ does: 'replace', parts: ['1'], edits: [{ ...span, text: '1' }] }];
    case 'duplicate-rule':
    case 'replaces-rule':
    case 'bad-name':
      return [named(freeName(tree, code === 'bad-name' ? 'rule' : text.slice(span.start, span.end).replace(/^["']|["']$/g, '')))];
    case 'bad-date':
      return date(text, span);
    case 'unknown-role':
      return [...meant, ...defineRole(text, tree, diagnostic)];
    case 'bad-regex':
    case 'bad-glob':
    case 'bad-condition':
      return rewritten(text.slice(span.start, span.end), code).map((put) => ({
        does: 'replace',
        parts: [put],
        edits: [{ ...span, text: put }],
      }));
    case 'unknown-risk':
      return ['low', 'medium', 'high', 'critical', '">=high"'].map((risk) => ({
        does: 'replace',
        parts: [risk],
        edits: [{ ...span, text: risk }],
      }));
    case 'missing-file':
    case 'unknown-template':
    case 'cycle':
      return [...meant, ...removeName(text, around, tree, span.start)];
    default:
      return diagnostic.severity === 'warning' ? lintCandidates(text, diagnostic, tree) : meant;
  }
}

/** What the diagnostic says was meant, in place of the word it is about. */
function replacements(text: string, { message, suggestion, span }: Diagnostic): readonly Candidate[] {
  const meant = suggestion ?? /Did you mean “(.+?)”\?/.exec(message)?.[1];
  if (meant === undefined || span === undefined) return [];
  const whole = text.slice(span.start, span.end);
  const words = [...message.matchAll(/“(.+?)”/g)].map((match) => match[1] ?? '').filter((word) => word !== meant);
  if (words.some((word) => whole.replace(/^["']|["']$/g, '') === word)) {
    return [{ does: 'replace', parts: [meant], edits: [{ ...span, text: meant }] }];
  }
  return words.flatMap((word) =>
    [...whole.matchAll(new RegExp(`(?<![\\w-])${word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?![\\w-])`, 'g'))].map((match): Candidate => {
      const start = span.start + match.index;
      return { does: 'replace', parts: [meant], edits: [{ start, end: start + word.length, text: meant }] };
    }),
  );
}

function removeKey(text: string, around: readonly TreeNode[], offset: number): readonly Candidate[] {
  for (const map of around) {
    const entry = map.entries.find(({ start }) => start === offset);
    const edit = entry === undefined ? undefined : removeEntry(text, map, entry);
    if (entry !== undefined && edit !== undefined) return [{ does: 'remove-key', parts: [entry.key], edits: [edit] }];
  }
  return [];
}

const firstValues: Readonly<Record<string, string>> = { name: 'new-rule', tool: 'bash', expect: 'escalate' };

function addMissing(text: string, { message }: Diagnostic, around: readonly TreeNode[]): readonly Candidate[] {
  const key = /“([^”]+)”\.$/.exec(message)?.[1] ?? '';
  const map = around.findLast(({ kind }) => kind === 'map');
  if (map === undefined) return [];
  const states = map.entries.find((entry) => entry.key === 'states')?.node?.entries.map((entry) => entry.key) ?? [];
  const value = key === 'initial' ? states[0] : firstValues[key];
  if (value === undefined) return [];
  return [{ does: 'add-key', parts: [key], edits: [addEntry(text, map, `${key}: ${value}`, key === 'name' ? 'first' : 'last')] }];
}

/** A value of another type that says the same. */
function rightType(text: string, { message, span }: Diagnostic, around: readonly TreeNode[]): readonly Candidate[] {
  if (span === undefined) return [];
  const here = text.slice(span.start, span.end);
  const put = (value: string): readonly Candidate[] => [{ does: 'replace', parts: [value], edits: [{ ...span, text: value }] }];
  const bare = here.replace(/^["']|["']$/g, '');
  if (message.includes('must be true or false')) {
    if (/^(?:true|yes|on|1)$/i.test(bare)) return put('true');
    if (/^(?:false|no|off|0)$/i.test(bare)) return put('false');
  }
  if (/must be a (?:whole )?number/.test(message)) {
    if (/^\d+(?:\.\d+)?$/.test(bare)) return put(message.includes('whole') ? String(Math.round(Number(bare))) : bare);
    const digits = bare.replace(/[_,\s]/g, '');
    if (/^\d+$/.test(digits)) return put(digits);
  }
  if (message.includes('must be a list')) return wrapList(text, span.start, around);
  if (message.endsWith('is nothing.')) {
    const map = around.findLast(({ kind }) => kind === 'map');
    const entry = map?.entries.find(
      ({ node, end }) => (node?.start ?? end) >= end && span.start >= end && span.start <= (node?.end ?? end) + 1,
    );
    const edit = map === undefined || entry === undefined ? undefined : removeEntry(text, map, entry);
    return edit === undefined || entry === undefined ? [] : [{ does: 'remove-key', parts: [entry.key], edits: [edit] }];
  }
  return [];
}

/** One thing where a list of things is wanted; a mapping by names becomes a list of what is named. */
function wrapList(text: string, offset: number, around: readonly TreeNode[]): readonly Candidate[] {
  const node = around.findLast(({ start }) => start === offset);
  if (node === undefined) return [];
  if (node.flow || node.kind === 'scalar') {
    return [{ does: 'wrap-list', parts: [], edits: [{ start: node.start, end: node.end, text: `[${text.slice(node.start, node.end)}]` }] }];
  }
  const indented = (entry: { readonly start: number }, end: number) =>
    [...text.slice(entry.start, end).matchAll(/\n(?=[^\n])/g)].map(({ index }): Edit => {
      const at = entry.start + index + 1;
      return { start: at, end: at, text: '  ' };
    });
  const whole: Candidate = {
    does: 'wrap-list',
    parts: [],
    edits: [{ start: node.start, end: node.start, text: '- ' }, ...indented(node, node.end)],
  };
  const byName = node.entries.every((entry) => entry.node?.kind === 'map' && !entry.node.flow)
    ? node.entries.flatMap((entry): readonly Edit[] => {
        const inner = entry.node?.start ?? entry.end;
        const indent = ' '.repeat(inner - text.lastIndexOf('\n', inner - 1) - 1);
        return [
          { start: entry.start, end: entry.start, text: '- name: ' },
          { start: entry.end, end: inner, text: `\n${indent}` },
        ];
      })
    : [];
  return [whole, ...(byName.length === 0 ? [] : [{ does: 'wrap-list' as const, parts: [], edits: byName }])];
}

function freeName(tree: TreeNode | undefined, base: string): string {
  const names = (nodeAt(tree, ['policies'])?.items ?? []).map((rule) => String(nodeAt(rule, ['name'])?.value ?? ''));
  for (let number = 2; ; number++) if (!names.includes(`${base}-${number}`)) return `${base}-${number}`;
}

function date(text: string, span: { readonly start: number; readonly end: number }): readonly Candidate[] {
  const written = text.slice(span.start, span.end).replace(/^["']|["']$/g, '');
  const two = (part: string | undefined) => (part ?? '').padStart(2, '0');
  const [, y, m, d] = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(written) ?? [];
  const [, day, month, year] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(written) ?? [];
  const put = y !== undefined ? `${y}-${two(m)}-${two(d)}` : year !== undefined ? `${year}-${two(month)}-${two(day)}` : undefined;
  return put === undefined ? [] : [{ does: 'replace', parts: [put], edits: [{ ...span, text: put }] }];
}

function defineRole(text: string, tree: TreeNode | undefined, { message }: Diagnostic): readonly Candidate[] {
  const role = /“([^”]+)”/.exec(message)?.[1];
  if (role === undefined || tree?.kind !== 'map') return [];
  const entry = `${/^[\w-]+$/.test(role) ? role : quoted(role)}: { users: [] }`;
  const roles = nodeAt(tree, ['roles']);
  const edit =
    roles?.kind === 'map'
      ? addEntry(text, roles, entry, 'last')
      : addEntry(text, tree, tree.flow ? `roles: { ${entry} }` : `roles:\n  ${entry}`, 'last');
  return [{ does: 'define-role', parts: [role], edits: [edit] }];
}

/** What people write who know other languages. */
function rewritten(written: string, code: string): readonly string[] {
  if (code === 'bad-condition') {
    const operators = written
      .replace(/\band\b/g, '&&')
      .replace(/\bor\b/g, '||')
      .replace(/\bnot\s+/g, '!')
      .replace(/([^=!<>])=([^=])/g, '$1==$2')
      .replace(/===+/g, '==')
      .replace(/!==/g, '!=');
    return operators === written ? [] : [operators];
  }
  const bare = written.replace(/^["']|["']$/g, '');
  // A glob with the sign of a regex before it; the workspace, which a path begins with.
  const ways = [bare.replace(/^~/, ''), bare.replace(/^.+(?=\$\{workspace\})/, '')];
  return [...new Set(ways)].filter((way) => way !== bare && way !== '').map(quoted);
}

/** A name out of a list, or the key with the list where it is the only one. */
function removeName(text: string, around: readonly TreeNode[], tree: TreeNode | undefined, offset: number): readonly Candidate[] {
  const list = around.findLast(({ kind }) => kind === 'seq');
  const index = list?.items.findIndex(({ start, end }) => offset >= start && offset <= end) ?? -1;
  const edit = list === undefined ? undefined : removeItem(text, list, index);
  if (edit !== undefined) return [{ does: 'remove-name', parts: [], edits: [edit] }];
  const entry = tree?.entries.find(({ key }) => key === 'extends');
  const whole = tree === undefined || entry === undefined ? undefined : removeEntry(text, tree, entry);
  return whole === undefined ? [] : [{ does: 'remove-key', parts: ['extends'], edits: [whole] }];
}

/** Adds the format's version to a file that has none; `undefined` where there is one, or nothing to add it to. */
export function addVersion(text: string, tree: TreeNode | undefined): Candidate | undefined {
  if (tree?.kind !== 'map' || tree.entries.some(({ key }) => key === 'version')) return undefined;
  if (lineEnd(text, tree.start) < tree.start) return undefined;
  return { does: 'add-key', parts: ['version'], edits: [addEntry(text, tree, 'version: 1', 'first')] };
}
