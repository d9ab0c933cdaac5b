// Scripts as trees, so that one that fails can be made small by taking parts away.

/** A part of a script: statements in a row, or something built around other parts. */
export interface Part {
  readonly children: readonly Part[];
  readonly isList: boolean;
  readonly render: (texts: readonly string[]) => string;
}

export const textOf = (part: Part): string => part.render(part.children.map(textOf));

export const leaf = (text: string): Part => ({ children: [], isList: false, render: () => text });
export const list = (children: readonly Part[], separator = '\n'): Part => ({
  children,
  isList: true,
  render: (texts) => (texts.length === 0 ? ':' : texts.join(separator)),
});
export const around = (children: readonly Part[], render: (texts: readonly string[]) => string): Part => ({
  children,
  isList: false,
  render,
});

export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Smaller versions of a tree, the boldest first. */
export function* smaller(tree: Part): Generator<Part> {
  for (const child of tree.children) yield child;
  if (tree.isList && tree.children.length > 1) {
    const half = tree.children.length >> 1;
    if (half > 1) {
      yield { ...tree, children: tree.children.slice(0, half) };
      yield { ...tree, children: tree.children.slice(half) };
    }
    for (let i = tree.children.length - 1; i >= 0; i--) yield { ...tree, children: tree.children.filter((_, j) => j !== i) };
  }
  for (const [i, child] of tree.children.entries())
    for (const less of smaller(child)) yield { ...tree, children: tree.children.map((other, j) => (j === i ? less : other)) };
}
