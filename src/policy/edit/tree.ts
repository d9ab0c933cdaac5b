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
