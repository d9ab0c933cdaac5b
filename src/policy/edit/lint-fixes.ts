import type { Diagnostic } from '../../model/diagnostic.ts';
import { addEntry, removeEntry, removeItem } from './edits.ts';
import type { Candidate } from './fixes.ts';
import { nodeAt, type TreeEntry, type TreeNode } from './tree.ts';

/** Ways to mend what a rule can hardly mean. */
export function lintCandidates(text: string, { code, message, span }: Diagnostic, tree: TreeNode | undefined): readonly Candidate[] {
  const rules = nodeAt(tree, ['policies']);
  const index = rules?.items.findIndex(({ start, end }) => span !== undefined && span.start >= start && span.start < end) ?? -1;
  const rule = rules?.items[index];
  if (rules === undefined || rule === undefined) return [];
  const removed = removeItem(text, rules, index);
  const remove: readonly Candidate[] = removed === undefined ? [] : [{ does: 'remove-rule', parts: [nameOf(rule)], edits: [removed] }];
  switch (code) {
    case 'no-reason':
      return [{ does: 'add-key', parts: ['reason'], edits: [addEntry(text, rule, 'reason: What is wrong with it', 'last')] }];
    case 'shadowed':
      return [...moveFirst(text, message, rule, rules), ...remove];
    case 'contradicts':
    case 'never-matches':
      return remove;
    case 'too-broad':
      return [...exactNames(rule), ...askInstead(rule)];
    case 'overrides-nothing':
      return lessRelaxed(text, message, rule);
    default:
      return [];
  }
}

const nameOf = (rule: TreeNode): string => String(nodeAt(rule, ['name'])?.value ?? '');

const entryOf = (map: TreeNode, key: string): TreeEntry | undefined => map.entries.find((entry) => entry.key === key);

/** A number before that of the rule that covers it. */
function moveFirst(text: string, message: string, rule: TreeNode, rules: TreeNode): readonly Candidate[] {
  const other = /“([^”]+)” comes first/.exec(message)?.[1];
  const earlier = rules.items.find((each) => nameOf(each) === other);
  const priority = earlier === undefined ? undefined : (nodeAt(earlier, ['priority'])?.value ?? 100);
  if (typeof priority !== 'number') return [];
  const own = nodeAt(rule, ['priority']);
  const value = String(priority - 1);
  const edit = own === undefined ? addEntry(text, rule, `priority: ${value}`, 'last') : { start: own.start, end: own.end, text: value };
  return [{ does: 'move-first', parts: [other ?? ''], edits: [edit] }];
}

function askInstead(rule: TreeNode): readonly Candidate[] {
  const action = nodeAt(rule, ['action']);
  return action === undefined
    ? []
    : [{ does: 'ask-instead', parts: [], edits: [{ start: action.start, end: action.end, text: 'escalate' }] }];
}

/** Names in place of a regex that only lists some. */
function exactNames(rule: TreeNode): readonly Candidate[] {
  const tool = nodeAt(rule, ['match', 'tool']);
  const nodes = tool === undefined ? [] : tool.kind === 'seq' ? tool.items : [tool];
  const edits = nodes.flatMap((node) => {
    const { value } = node;
    if (typeof value !== 'string' || !value.startsWith('~')) return [];
    const names = value
      .slice(1)
      .replace(/^\^|\$$/g, '')
      .replace(/^\((?:\?:)?(.*)\)$/, '$1')
      .split('|');
    if (!names.every((name) => /^[\w:/-]+$/.test(name))) return [];
    const list = names.join(', ');
    return [{ start: node.start, end: node.end, text: tool?.kind === 'seq' || names.length === 1 ? list : `[${list}]` }];
  });
  return edits.length === 0 ? [] : [{ does: 'exact-names', parts: [edits.map(({ text }) => text).join(', ')], edits }];
}

function lessRelaxed(text: string, message: string, rule: TreeNode): readonly Candidate[] {
  const name = /relaxes “([^”]+)”/.exec(message)?.[1];
  const entry = entryOf(rule, 'overrides');
  const list = entry?.node;
  if (name === undefined || entry === undefined || list === undefined) return [];
  const index = list.items.findIndex(({ value }) => value === name);
  const removed = index < 0 ? undefined : (removeItem(text, list, index) ?? removeEntry(text, rule, entry));
  const whole = removed ?? (list.kind === 'scalar' ? removeEntry(text, rule, entry) : undefined);
  return whole === undefined ? [] : [{ does: 'remove-name', parts: [name], edits: [whole] }];
}
