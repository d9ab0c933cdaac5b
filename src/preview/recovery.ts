import { dirname, relative, sep } from 'node:path';
import type { Budget } from './budget.ts';
import { blobId, rootOf, treeOf, type Tree } from './git-trees.ts';
import type { FileChange } from '../model/preview.ts';

/** Says of files whether git could give their present content back. */
export class Recovery {
  readonly #cwd: string;
  readonly #budget: Budget;

  constructor(cwd: string, budget: Budget) {
    this.#cwd = cwd;
    this.#budget = budget;
  }

  /** The same changes, each with its recovery. A file that is made anew has nothing to recover. */
  async of(changes: readonly FileChange[]): Promise<readonly FileChange[]> {
    const lost = changes.filter(({ change }) => change !== 'create');
    const first = lost[0];
    if (first === undefined) return changes;
    const root = (await rootOf(this.#cwd, this.#budget)) ?? (await rootOf(dirname(first.path), this.#budget));
    const tree = root === undefined ? undefined : await treeOf('HEAD', root, this.#budget);
    return changes.map((each) => (each.change === 'create' ? each : { ...each, recovery: this.#one(each.path, root, tree) }));
  }

  #one(path: string, root: string | undefined, tree: Tree | undefined): NonNullable<FileChange['recovery']> {
    if (root === undefined || tree === undefined || !path.startsWith(root + sep)) return 'untracked';
    const name = relative(root, path).replaceAll(sep, '/');
    const committed = tree.get(name);
    if (committed === undefined) return 'untracked';
    // Out of time counts as lost: what is not known to be safe is not called so.
    return !this.#budget.isSpent && blobId(root, name, committed) === committed ? 'committed' : 'changed';
  }
}
