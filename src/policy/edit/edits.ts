import type { Span } from '../../model/diagnostic.ts';
import type { TreeEntry, TreeNode } from './tree.ts';

/** A change of a text: what stands in the span becomes `text`. */
export interface Edit extends Span {
  readonly text: string;
}

/** The text after edits that do not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((result, { start, end, text: put }) => result.slice(0, start) + put + result.slice(end), text);
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Behind the last character of a line, before its end. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  const stop = end < 0 ? text.length : end;
  return text[stop - 1] === '\r' && stop > offset ? stop - 1 : stop;
}

/** Takes a key with its value out of a mapping; `undefined` where nothing would be left. */
export function removeEntry(text: string, map: TreeNode, entry: TreeEntry): Edit | undefined {
  const at = map.entries.indexOf(entry);
  if (at < 0 || map.entries.length < 2) return undefined;
  const end = entry.node?.end ?? text.indexOf(':', entry.end) + 1;
  const next = map.entries[at + 1];
  const before = map.entries[at - 1];
  if (next !== undefined) return { start: entry.start, end: next.start, text: '' };
  if (map.flow) return { start: before?.node?.end ?? text.lastIndexOf(',', entry.start), end, text: '' };
  return { start: lineStart(text, entry.start) - 1, end: Math.max(end, lineEnd(text, entry.start)), text: '' };
}

/** Takes an item out of a list; `undefined` where nothing would be left. */
export function removeItem(text: string, list: TreeNode, index: number): Edit | undefined {
  const item = list.items[index];
  if (item === undefined || list.items.length < 2) return undefined;
  const next = list.items[index + 1];
  if (list.flow) {
    const before = list.items[index - 1];
    return next === undefined
      ? { start: before?.end ?? item.start, end: item.end, text: '' }
      : { start: item.start, end: next.start, text: '' };
  }
  const start = lineStart(text, item.start);
  const dash = text.lastIndexOf('-', item.start);
  if (next === undefined) {
    const stop = text.slice(dash, item.end).trimEnd().length + dash;
    return { start: Math.max(0, start - 1), end: Math.max(stop, lineEnd(text, stop)), text: '' };
  }
  return { start, end: lineStart(text, next.start), text: '' };
}

/** Adds `key: value` to a mapping, before what is there or behind it. */
export function addEntry(text: string, map: TreeNode, entry: string, place: 'first' | 'last'): Edit {
  const [first] = map.entries;
  const last = map.entries.at(-1);
  if (map.flow) {
    if (place === 'first' || last === undefined) {
      const at = map.start + 1;
      return { start: at, end: at, text: ` ${entry}${first === undefined ? ' ' : ','}` };
    }
    const at = last.node?.end ?? text.indexOf(':', last.end) + 1;
    return { start: at, end: at, text: `, ${entry}` };
  }
  const column = first === undefined ? 0 : first.start - lineStart(text, first.start);
  const indent = ' '.repeat(column);
  if (place === 'first' || last === undefined) return { start: map.start, end: map.start, text: `${entry}\n${indent}` };
  const after = Math.max(last.end, last.node?.end ?? 0);
  const stop = lineEnd(text, text.slice(0, after).trimEnd().length);
  return { start: stop, end: stop, text: `\n${indent}${entry}` };
}
