import type { Decision, Obligation } from '../model/decision.ts';
import type { Effect } from '../model/effect.ts';
import type { PolicyRequest } from '../model/policy-request.ts';
import { isStricter, join, type Verdict } from '../model/verdict.ts';
import type { CompiledLayer, CompiledPolicy, CompiledRule } from './compiled.ts';
import { policyAt } from './in-force.ts';
import { MatchContext, matchAll } from './match.ts';
import { candidates } from './rule-index.ts';
import { possible, type Truth, yes } from './truth.ts';
import { withState } from './workflow.ts';

/** Evaluates `when:` conditions; `undefined` for one that has no value. */
export type ConditionRunner = (expression: string, scope: Readonly<Record<string, unknown>>) => boolean | undefined;

/**
 * Who owns the path of an effect, by each version of CODEOWNERS that counts: all the lists of owners that there may be, or `undefined` where
 * that cannot be known. Names are in lower case.
 */
export type OwnersOf = (effect: Effect) => readonly (readonly (readonly string[])[] | undefined)[];

/** What an evaluation may use besides policy and request. */
export interface EvaluateOptions {
  /** Called when the first `when:` is reached. `undefined`: conditions cannot be evaluated; they then hold possibly. */
  readonly conditions?: () => ConditionRunner | undefined;
  /** Called when the first `owner:` is reached. `undefined`: owners cannot be known; what asks for them then holds possibly. */
  readonly owners?: () => OwnersOf | undefined;
}

/**
 * What the policy says of a call. Pure. The mode is not applied here.
 *
 * For each effect, in each layer, the first rule by priority that certainly matches decides; a rule against something that
 * possibly matches makes it an escalation and the search goes on. The strictest over effects and layers is the verdict, except
 * where the deciding rule of a trusted layer names the rule of a stronger layer that it relaxes.
 */
export function evaluate(policy: CompiledPolicy, request: PolicyRequest, options: EvaluateOptions = {}): Decision {
  let runner: { readonly run: ConditionRunner | undefined } | undefined;
  const conditions = (): ConditionRunner | undefined => {
    runner ??= { run: options.conditions?.() };
    return runner.run;
  };
  const context = new MatchContext(withState(policy, request), conditions, options.owners);
  const { effects } = request.analysis;
  const { layers, ref } = policyAt(policy, request.environment.now);
  let best: Found | undefined;
  const obligations = new Map<string, Obligation>();
  const shadow = new Map<string, { rule: string; verdict: Verdict }>();
  const all: Found[] = [];
  for (const effect of effects.length === 0 ? [undefined] : effects) {
    for (const found of judgeEffect(layers, context, effect)) {
      if (best === undefined || isBetter(found, best)) best = found;
      all.push(found);
      for (const obligation of found.verdict === 'deny' ? [] : (found.rule?.obligations ?? [])) {
        obligations.set(JSON.stringify(obligation), obligation);
      }
      for (const rule of found.shadow) shadow.set(rule.name, { rule: rule.name, verdict: rule.action });
    }
  }
  return {
    ...describe(best),
    risk: request.analysis.risk,
    policy: ref,
    obligations: best?.verdict === 'deny' ? [] : [...obligations.values()],
    ...determining(all, best),
    ...(shadow.size > 0 ? { shadow: [...shadow.values()] } : {}),
  };
}

const mostDetermining = 20;

/** The rules that came to the verdict, the one that is named first. */
function determining(all: readonly Found[], best: Found | undefined): Pick<Decision, 'rules'> {
  const rules = new Map<string, { layer: string; rule: string }>();
  for (const { verdict, rule, layer } of best === undefined ? [] : [best, ...all]) {
    if (rules.size < mostDetermining && verdict === best?.verdict && rule !== undefined)
      rules.set(`${layer.layer} ${rule.name}`, { layer: layer.layer, rule: rule.name });
  }
  return rules.size === 0 ? {} : { rules: [...rules.values()] };
}

/** What one layer says of one effect. */
interface Found {
  readonly layer: CompiledLayer;
  /** How strong the layer is: 0 for the strongest. */
  readonly rank: number;
  readonly verdict: Verdict;
  /** Absent where the layer's default decided. */
  readonly rule?: CompiledRule;
  /** Position of the rule in its layer. */
  readonly position: number;
  readonly truth: Truth;
  readonly effect: Effect | undefined;
  readonly shadow: readonly CompiledRule[];
}

/** Judges an effect by all layers, the weakest first, since its rules may name what they relax in stronger ones. */
function judgeEffect(layers: readonly CompiledLayer[], context: MatchContext, effect: Effect | undefined): Found[] {
  const relaxed = new Map<string, Verdict>();
  const result: Found[] = [];
  for (let rank = layers.length - 1; rank >= 0; rank--) {
    const layer = layers[rank];
    if (layer === undefined) continue;
    const found = judgeByLayer(layer, rank, context, effect, relaxed);
    result.push(found);
    if (!layer.trusted || found.rule === undefined || found.truth !== yes) continue;
    for (const name of found.rule.overrides ?? []) {
      // Where several rules relax the same one, the strictest of them counts.
      relaxed.set(name, join(relaxed.get(name) ?? 'approve', found.verdict));
    }
  }
  return result.reverse();
}

function judgeByLayer(
  layer: CompiledLayer,
  rank: number,
  context: MatchContext,
  effect: Effect | undefined,
  relaxed: ReadonlyMap<string, Verdict>,
): Found {
  const shadow: CompiledRule[] = [];
  const base = { layer, rank, effect, shadow };
  let suspected: Found | undefined;
  const strictestOf = (found: Found): Found => {
    if (suspected === undefined || !isStricter(suspected.verdict, found.verdict)) return found;
    return suspected;
  };
  for (const position of candidates(layer.index, context.request, effect)) {
    const rule = layer.rules[position];
    if (rule === undefined) continue;
    const allowed = relaxed.get(rule.name);
    if (allowed !== undefined && isStricter(rule.action, allowed)) continue;
    const truth = matchRule(rule, layer, context, effect);
    if (truth === 0) continue;
    if (rule.shadow === true) shadow.push(rule);
    else if (truth === yes) return strictestOf({ ...base, verdict: rule.action, rule, position, truth });
    // What only may be so is put to a person, whatever the rule would do with it for certain.
    else if (rule.action !== 'approve') suspected ??= { ...base, verdict: 'escalate', rule, position, truth };
  }
  const allowed = relaxed.get('default');
  const verdict = allowed !== undefined && isStricter(layer.defaultAction, allowed) ? allowed : layer.defaultAction;
  return strictestOf({ ...base, verdict, position: layer.rules.length, truth: yes });
}

/** Whether a rule matches an effect; a rule that approves does so only where that is certain and it can vouch for the effect. */
function matchRule(rule: CompiledRule, layer: CompiledLayer, context: MatchContext, effect: Effect | undefined): Truth {
  const sure = rule.action === 'approve';
  if (sure && rule.textOnly === true && (effect?.certainty === 'opaque' || effect?.kind === 'unknown')) return 0;
  const truth = matchAll(rule.match, { context, layer, effect, sure });
  return sure && truth === possible ? 0 : truth;
}

/** Whether one finding says more than another: the stricter, the more certain, one with a rule, of the stronger layer, the earlier rule. */
function isBetter(a: Found, b: Found): boolean {
  if (a.verdict !== b.verdict) return isStricter(a.verdict, b.verdict);
  if (a.truth !== b.truth) return a.truth > b.truth;
  if ((a.rule === undefined) !== (b.rule === undefined)) return a.rule !== undefined;
  if (a.rank !== b.rank) return a.rank < b.rank;
  return a.position < b.position;
}

function describe(found: Found | undefined): Pick<Decision, 'verdict' | 'rule' | 'reason' | 'advice' | 'layer' | 'effect'> {
  if (found === undefined) return { verdict: 'approve', rule: '', reason: '', layer: '' };
  const { verdict, rule, layer, effect, truth } = found;
  const about = effect === undefined ? {} : { effect };
  if (rule === undefined) {
    if (verdict === 'approve') return { verdict, rule: '', reason: '', layer: layer.layer };
    return { verdict, rule: 'default', reason: defaultReasons[verdict], layer: layer.layer, ...about };
  }
  const reason = truth === yes ? rule.reason : `It cannot be known whether this applies here: ${rule.reason || rule.name}`;
  return { verdict, rule: rule.name, reason, ...(rule.advice === undefined ? {} : { advice: rule.advice }), layer: layer.layer, ...about };
}

const defaultReasons: Readonly<Record<Exclude<Verdict, 'approve'>, string>> = {
  deny: 'No rule of the policy approves this, and what no rule approves is denied.',
  escalate: 'No rule of the policy approves this, and what no rule approves is put to a person.',
};
