import type { Diagnostic } from '../../model/diagnostic.ts';
import { lintPolicy } from '../lint.ts';
import type { LayerSource, loadPolicy, ReadExtended } from '../load.ts';
import type { readTree } from './read-tree.ts';
import { nodeAt, type TreeNode } from './tree.ts';

/** What reads policy texts: passed in, since it lies in a bundle of its own. */
export interface EditCompiler {
  readonly loadPolicy: typeof loadPolicy;
  readonly readTree: typeof readTree;
}

/** A policy file as it is being written, with what it stands under. */
export interface EditedPolicy extends LayerSource {
  /** Layers that hold whatever the file says. */
  readonly stronger: readonly LayerSource[];
  readonly read: ReadExtended;
  /** Milliseconds since 1970: a policy may hold for a time only. */
  readonly now: number;
}

/** Everything that is wrong with a file, or that its writer can hardly have meant, at the place where it is written. */
export function diagnose(file: EditedPolicy, compiler: EditCompiler): readonly Diagnostic[] {
  const { stronger, read, now, ...own } = file;
  const { policy, diagnostics } = compiler.loadPolicy([...stronger, own], read);
  const others = new Set(stronger.map(({ name }) => name));
  const errors = diagnostics.filter(({ source }) => source === undefined || !others.has(source));
  const tree = compiler.readTree(own.text);
  const warnings = policy === undefined ? [] : lintPolicy(policy, now).filter(({ source }) => source === own.name);
  return [...errors, ...warnings].map((each) => placed(each, own.name, own.text, tree));
}

/** Where a diagnostic without a place is at home. */
const placesOf: Readonly<Record<string, readonly string[]>> = {
  'unknown-version': ['version'],
  expired: ['metadata', 'effective_until'],
  'expires-soon': ['metadata', 'effective_until'],
  'not-yet-in-force': ['metadata', 'effective_from'],
};

/** What has a line only is shown at the name of the rule there, and what has no place at the key that it is about. */
function placed(diagnostic: Diagnostic, name: string, text: string, tree: TreeNode | undefined): Diagnostic {
  if (diagnostic.span !== undefined || (diagnostic.source !== undefined && diagnostic.source !== name)) return diagnostic;
  const { code, position } = diagnostic;
  const path = Object.hasOwn(placesOf, code) ? placesOf[code] : undefined;
  const found =
    path === undefined ? position && ruleNames(tree).find(({ start }) => lineOf(text, start) === position.line) : nodeAt(tree, path);
  return found === undefined ? diagnostic : { ...diagnostic, span: { start: found.start, end: found.end } };
}

/** The names of all rules, as nodes. */
function ruleNames(tree: TreeNode | undefined): readonly TreeNode[] {
  return (nodeAt(tree, ['policies'])?.items ?? []).flatMap((rule) => nodeAt(rule, ['name']) ?? []);
}

/** The line of an offset, from 1. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
