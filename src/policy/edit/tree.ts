import { isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { isNestedTooDeeply } from '../read-document.ts';
import type { NodePath } from './cursor.ts';

/** A node of a YAML text with its place: offsets of UTF-16 units, `end` behind the last. */
export interface TreeNode {
  readonly kind: 'map' | 'seq' | 'scalar';
  readonly start: number;
  readonly end: number;
  /** Whether it is written in brackets. */
  readonly flow: boolean;
  readonly value?: unknown;
  readonly items: readonly TreeNode[];
  readonly entries: readonly TreeEntry[];
}

export interface TreeEntry {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly node?: TreeNode;
}

/** Larger files are read by the policy's loader, and not taken apart for an editor. */
const largestEdited = 300_000;

/** Takes a YAML text apart, as far as it can be read; `undefined` for nothing, and for what is too large or too deep. Never throws. */
export function readTree(text: string): TreeNode | undefined {
  if (text.length > largestEdited || isNestedTooDeeply(text)) return undefined;
  try {
    const { contents } = parseDocument(text, { version: '1.2', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
    return contents === null ? undefined : toTree(contents as Node);
  } catch {
    return undefined;
  }
}

/** The node at a path; `undefined` where there is none. */
export function nodeAt(root: TreeNode | undefined, path: NodePath): TreeNode | undefined {
  let node = root;
  for (const step of path) {
    node = typeof step === 'number' ? node?.items[step] : node?.entries.find(({ key }) => key === step)?.node;
  }
  return node;
}

/** The nodes that an offset lies in, the innermost last. */
export function nodesAround(root: TreeNode | undefined, offset: number): readonly TreeNode[] {
  if (root === undefined || offset < root.start || offset > root.end) return [];
  const inner = [...root.items, ...root.entries.flatMap(({ node }) => (node === undefined ? [] : [node]))];
  const next = inner.find((node) => offset >= node.start && offset <= node.end);
  return [root, ...(next === undefined ? [] : nodesAround(next, offset))];
}

function toTree(node: Node): TreeNode {
  const [start, end] = node.range ?? [0, 0];
  const base = { start, end, flow: 'flow' in node && node.flow === true };
  if (isMap(node)) {
    const entries = node.items.flatMap(({ key, value }): TreeEntry[] => {
      const range = isScalar(key) ? key.range : undefined;
      if (range === undefined || range === null || !isScalar(key)) return [];
      const inner = value === null ? undefined : toTree(value as Node);
      return [{ key: String(key.value), start: range[0], end: range[1], ...(inner === undefined ? {} : { node: inner }) }];
    });
    return { ...base, kind: 'map', items: [], entries };
  }
  if (isSeq(node)) return { ...base, kind: 'seq', items: node.items.map((item) => toTree(item as Node)), entries: [] };
  return { ...base, kind: 'scalar', items: [], entries: [], ...(isScalar(node) ? { value: node.value } : {}) };
}
