import { isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { isNestedTooDeeply } from '../read-document.ts';
import type { TreeEntry, TreeNode } from './tree.ts';

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
