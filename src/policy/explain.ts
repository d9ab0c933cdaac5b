import type { Effect } from '../model/effect.ts';
import type { PolicyRequest } from '../model/policy-request.ts';
import type { Verdict } from '../model/verdict.ts';
import type { CompiledLayer, CompiledPolicy, CompiledRule, LayerName, Match } from './compiled.ts';
import type { EvaluateOptions } from './evaluate.ts';
import { isInForce, policyAt } from './in-force.ts';
import { MatchContext, matchKey, matchKeys } from './match.ts';
import { possible, yes } from './truth.ts';
import { withState } from './workflow.ts';

/** What one key of a rule came to. */
export interface ExplainedKey {
  readonly key: string;
  readonly holds: 'yes' | 'no' | 'possibly';
}

/** One rule, for one effect. */
export interface ExplainedRule {
  readonly layer: LayerName;
  readonly rule: string;
  readonly action: Verdict;
  readonly priority: number;
  readonly file: string;
  readonly line: number;
  readonly shadow: boolean;
  readonly matches: 'yes' | 'no' | 'possibly';
  /** Why it did or did not match, as one sentence. */
  readonly because: string;
  readonly keys: readonly ExplainedKey[];
}

/** All rules of all layers, in the order they are asked, for one effect or for the call as a whole. */
export interface ExplainedEffect {
  readonly effect?: Effect;
  readonly rules: readonly ExplainedRule[];
}

/** Every rule that was considered for a call, and why it did or did not match. */
export function explain(policy: CompiledPolicy, request: PolicyRequest, options: EvaluateOptions = {}): readonly ExplainedEffect[] {
  const context = new MatchContext(withState(policy, request), () => options.conditions?.(), options.owners);
  const { effects } = request.analysis;
  const { now } = request.environment;
  const layers = [...policyAt(policy, now).layers, ...policy.layers.filter((layer) => !isInForce(layer, now))];
  return (effects.length === 0 ? [undefined] : effects).map((effect) => ({
    ...(effect === undefined ? {} : { effect }),
    rules: layers.flatMap((layer) => layer.rules.map((rule) => explainRule(rule, layer, context, effect, isInForce(layer, now)))),
  }));
}

function explainRule(
  rule: CompiledRule,
  layer: CompiledLayer,
  context: MatchContext,
  effect: Effect | undefined,
  inForce: boolean,
): ExplainedRule {
  const sure = rule.action === 'approve';
  const question = { context, layer, effect, sure };
  const names: Readonly<Record<number, ExplainedKey['holds']>> = { 0: 'no', [possible]: 'possibly', [yes]: 'yes' };
  const keys = matchKeys(rule.match).map((key) => ({ key: documentKey(key), holds: names[matchKey(rule.match, key, question)] ?? 'no' }));
  const base = {
    layer: layer.layer,
    rule: rule.name,
    action: rule.action,
    priority: rule.priority,
    file: rule.source.file,
    line: rule.source.line,
    shadow: rule.shadow === true,
    keys,
  };
  const failed = keys.filter(({ holds }) => holds === 'no').map(({ key }) => key);
  const unclear = keys.filter(({ holds }) => holds === 'possibly').map(({ key }) => key);
  if (!inForce) return { ...base, matches: 'no', because: 'The layer is not in force at this time.' };
  if (sure && rule.textOnly === true && (effect?.certainty === 'opaque' || effect?.kind === 'unknown')) {
    return { ...base, matches: 'no', because: 'The effect cannot be known, and a rule that looks at texts or kinds cannot approve it.' };
  }
  if (failed.length > 0) return { ...base, matches: 'no', because: `${listed(failed)} ${failed.length > 1 ? 'do' : 'does'} not hold.` };
  if (unclear.length > 0) {
    return {
      ...base,
      matches: sure ? 'no' : 'possibly',
      because: `Whether ${listed(unclear)} ${unclear.length > 1 ? 'hold' : 'holds'} cannot be known.`,
    };
  }
  return { ...base, matches: 'yes', because: keys.length === 0 ? 'The rule matches every call.' : 'Everything in its match holds.' };
}

const listed = (keys: readonly string[]): string => keys.map((key) => `“${key}”`).join(' and ');

/** The key as it stands in the file. */
function documentKey(key: keyof Match): string {
  if (key === 'args') return 'args_pattern';
  if (key === 'otherMethod') return 'methods';
  return key === 'paths' ? 'paths or path_patterns' : key;
}
