import type { Decision } from '../model/decision.ts';
import type { CompiledPolicy, CompiledRule } from '../policy/compiled.ts';

/** Keys of a match that do not depend on what a tool is called with. */
const fixedKeys: ReadonlySet<string> = new Set(['tool', 'mcp', 'agent', 'role']);

function isFixed({ match }: CompiledRule): boolean {
  return Object.keys(match).every((key) => fixedKeys.has(key)) && match.mcp?.args === undefined;
}

/**
 * Whether a decision on a call without arguments holds for every other call of that tool: it denies by a rule, or a default, that looks
 * at no arguments, and no rule of that layer that does look at them allows something.
 */
export function isNeverAllowed(policy: CompiledPolicy, decision: Decision): boolean {
  if (decision.verdict !== 'deny') return false;
  const layer = policy.layers.find((candidate) => candidate.layer === decision.layer);
  if (layer === undefined) return false;
  if (layer.rules.some((rule) => rule.action !== 'deny' && rule.shadow !== true && !isFixed(rule))) return false;
  if (decision.rule === '' || decision.rule === 'default') return true;
  const rule = layer.rules.find(({ name }) => name === decision.rule);
  const isRelaxed = policy.layers.some(({ rules }) => rules.some(({ overrides }) => overrides?.includes(decision.rule)));
  return rule !== undefined && isFixed(rule) && !isRelaxed;
}
