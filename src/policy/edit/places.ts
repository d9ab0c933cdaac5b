import type { Span } from '../../model/diagnostic.ts';
import { nodeAt, type TreeNode } from './tree.ts';

/** A rule or scenario of a file, with where it is written. */
export interface PlacedItem {
  readonly name: string;
  /** The item as a whole. */
  readonly span: Span;
  /** Where its name is. */
  readonly at: Span;
}

/** A scenario, with where it says what it expects. */
export interface PlacedScenario extends PlacedItem {
  readonly expect: Span;
  readonly rule?: Span;
}

/** The rules that a file lists, in its order. */
export function placedRules(tree: TreeNode | undefined): readonly PlacedItem[] {
  return itemsOf(tree, 'policies').map(({ item, name }) => ({ name: String(name.value), span: spanOf(item), at: spanOf(name) }));
}

/** The scenarios that a file lists, in its order. */
export function placedScenarios(tree: TreeNode | undefined): readonly PlacedScenario[] {
  return itemsOf(tree, 'tests').map(({ item, name }) => {
    const rule = nodeAt(item, ['rule']);
    const expect = nodeAt(item, ['expect']) ?? name;
    return {
      name: String(name.value),
      span: spanOf(item),
      at: spanOf(name),
      expect: spanOf(expect),
      ...(rule === undefined ? {} : { rule: spanOf(rule) }),
    };
  });
}

function itemsOf(tree: TreeNode | undefined, key: string): readonly { readonly item: TreeNode; readonly name: TreeNode }[] {
  return (nodeAt(tree, [key])?.items ?? []).flatMap((item) => {
    const name = nodeAt(item, ['name']);
    return name === undefined || name.value === undefined ? [] : [{ item, name }];
  });
}

const spanOf = ({ start, end }: TreeNode): Span => ({ start, end });
