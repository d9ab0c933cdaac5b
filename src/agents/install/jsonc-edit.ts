import type { JsonNode } from './jsonc.ts';
import { parseJsonc } from './jsonc.ts';

/** Thrown where a file's content leaves no place for an entry. The caller has seen that the text parses. */
export class NoPlaceError extends Error {}

interface Child {
  readonly start: number;
  readonly end: number;
}

/**
 * Adds `value` to the list at `path`, making the objects and the list that are missing. Comments, order, indentation, line ends,
 * the byte order mark and the end of the text stay as they are.
 */
export function appendTo(text: string, path: readonly string[], value: unknown): string {
  let node = rootOf(text);
  for (const [index, key] of path.entries()) {
    if (node.members === undefined) throw new NoPlaceError(`"${path.slice(0, index).join('.') || 'the whole file'}" is not an object`);
    const member = node.members.findLast((candidate) => candidate.key === key);
    if (member === undefined) {
      const nested = path.slice(index + 1).reduceRight<unknown>((inner, name) => ({ [name]: inner }), [value]);
      return insert(text, node, node.members.map(whole), `${JSON.stringify(key)}: `, nested);
    }
    node = member.node;
  }
  if (node.items === undefined) throw new NoPlaceError(`"${path.join('.')}" is not a list`);
  return insert(text, node, node.items, '', value);
}

/** Sets the value at `path` where there is none yet; a value that is there stays. */
export function setMissing(text: string, path: readonly string[], value: unknown): string {
  let node = rootOf(text);
  for (const [index, key] of path.entries()) {
    if (node.members === undefined) throw new NoPlaceError(`"${path.slice(0, index).join('.') || 'the whole file'}" is not an object`);
    const member = node.members.findLast((candidate) => candidate.key === key);
    if (member === undefined) {
      const nested = path.slice(index + 1).reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
      return insert(text, node, node.members.map(whole), `${JSON.stringify(key)}: `, nested);
    }
    node = member.node;
  }
  return text;
}

/** Sets the value at `path` to what `change` makes of it, where there is one; the text itself where there is none. */
export function changeValue(text: string, path: readonly string[], change: (value: unknown) => unknown): string {
  let node = rootOf(text);
  for (const key of path) {
    const member = node.members?.findLast((candidate) => candidate.key === key);
    if (member === undefined) return text;
    node = member.node;
  }
  const next = change(node.value);
  return next === node.value ? text : text.slice(0, node.start) + JSON.stringify(next) + text.slice(node.end);
}

/** Removes the member at `path`, and then the objects that are empty for it; the text itself where there is none. */
export function removeMember(text: string, path: readonly string[]): string {
  const place: number[] = [];
  let node = rootOf(text);
  for (const key of path) {
    const index = node.members?.findLastIndex((candidate) => candidate.key === key) ?? -1;
    const member = node.members?.[index];
    if (member === undefined) return text;
    place.push(index);
    node = member.node;
  }
  let result = text;
  do {
    result = cutAt(result, place);
    place.pop();
  } while (place.length > 0 && isEmpty(nodeAt(result, place)));
  return result;
}

/** Removes every list item that `isOurs` accepts, and then the lists and objects that are empty for it: they were most likely made for it. */
export function removeItems(text: string, isOurs: (value: unknown) => boolean): string {
  let result = text;
  for (let bound = 0; bound < 1000; bound += 1) {
    let place = findItem(rootOf(result), isOurs);
    if (place === undefined) break;
    result = cutAt(result, place);
    for (place = place.slice(0, -1); place.length > 0 && isEmpty(nodeAt(result, place)); place = place.slice(0, -1))
      result = cutAt(result, place);
  }
  return result;
}

/** A node's place in the tree: the index of a child at each level. */
type Place = readonly number[];

function childrenOf(node: JsonNode): readonly { readonly start: number; readonly node: JsonNode }[] {
  return node.members ?? node.items?.map((item) => ({ start: item.start, node: item })) ?? [];
}

function findItem(node: JsonNode, isOurs: (value: unknown) => boolean): Place | undefined {
  for (const [index, child] of childrenOf(node).entries()) {
    if (node.items !== undefined && isOurs(child.node.value)) return [index];
    const inner = findItem(child.node, isOurs);
    if (inner !== undefined) return [index, ...inner];
  }
  return undefined;
}

function nodeAt(text: string, place: Place): JsonNode {
  return place.reduce((node, index) => childrenOf(node)[index]?.node ?? node, rootOf(text));
}

function isEmpty(node: JsonNode): boolean {
  return (node.items !== undefined || node.members !== undefined) && childrenOf(node).length === 0;
}

/** The text without the child at a place, with the comma that belonged to it. */
function cutAt(text: string, place: Place): string {
  const parent = nodeAt(text, place.slice(0, -1));
  return cut(text, parent, childrenOf(parent).map(whole), place.at(-1) ?? 0);
}

function cut(text: string, parent: JsonNode, children: readonly Child[], index: number): string {
  const child = children[index];
  if (child === undefined) return text;
  const previous = children[index - 1];
  const next = children[index + 1];
  const comma = /^(?:\s|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*,/.exec(text.slice(child.end))?.[0].length ?? 0;
  if (next !== undefined) {
    // Up to the next one: what stands between belongs to it.
    const gap = /^\s*/.exec(text.slice(child.end + comma))?.[0].length ?? 0;
    return text.slice(0, child.start) + text.slice(child.end + comma + gap);
  }
  const before = text.slice(0, child.start).replace(/\s+$/, '');
  if (previous !== undefined) {
    const between = before.slice(previous.end).replace(',', '');
    const tail = comma > 0 ? ',' : '';
    return before.slice(0, previous.end) + tail + between + text.slice(child.end + comma);
  }
  const close = parent.end - 1;
  const rest = text.slice(child.end + comma, close);
  return before + (rest.trim() === '' ? '' : rest) + text.slice(close);
}

function whole(member: { readonly start: number; readonly node: JsonNode }): Child {
  return { start: member.start, end: member.node.end };
}

function rootOf(text: string): JsonNode {
  const parsed = parseJsonc(text);
  if ('problem' in parsed) throw new NoPlaceError(parsed.problem);
  return parsed.root;
}

/** Puts a new last child into a container. */
function insert(text: string, parent: JsonNode, children: readonly Child[], prefix: string, value: unknown): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const unit = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  const last = children.at(-1);
  const close = parent.end - 1;
  const lineIndent = (offset: number): string => /(?:^|[\r\n])([ \t]*)[^\r\n]*$/.exec(text.slice(0, offset))?.[1] ?? '';
  const outer = lineIndent(parent.start);
  const inner = last === undefined || lineIndent(last.start) === outer ? outer + unit : lineIndent(last.start);
  const body = (prefix + JSON.stringify(value, undefined, unit)).replaceAll('\n', eol + inner);

  const head = last?.end ?? parent.start + 1;
  // After the last comment or trailing comma; a comment to the end of the line is followed by a new line anyway.
  const tail = text.slice(head, close).replace(/\s+$/, '');
  const hasComma = last === undefined || /^(?:\s|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*,/.test(tail);
  const rest = text.slice(head + tail.length, close);
  const end = /[\r\n]/.test(rest) ? rest : eol + outer;
  return `${text.slice(0, head)}${hasComma ? '' : ','}${tail}${eol}${inner}${body}${end}${text.slice(close)}`;
}
