import { isStricter, type Verdict } from '../model/verdict.ts';
import { type CompiledPolicy, type CompiledRule, type LayerName, type Mode, modes } from './compiled.ts';

/** One thing that a policy would loosen once a person approves its content. */
export type Loosening =
  | {
      readonly kind: 'rule';
      /** The rule that loosens, and where it was written. */
      readonly rule: string;
      readonly file: string;
      readonly line: number;
      /** What it does to the calls that it matches. */
      readonly action: Verdict;
      /** The rule that it relaxes, or `default`, with what that does and whose it is. */
      readonly relaxes: string;
      readonly relaxedAction: Verdict;
      readonly relaxedLayer: LayerName;
      /** Whether it keeps agents from changing what governs them: a person should know. */
      readonly guardsGuard: boolean;
    }
  | { readonly kind: 'mode'; readonly from: Mode; readonly to: Mode };

/**
 * What approving a content changes: `before` is the policy without the approval, `after` with it. Everything else that a layer says can
 * only tighten (see `evaluate.ts`), so these are all.
 */
export function loosenings(before: CompiledPolicy, after: CompiledPolicy): readonly Loosening[] {
  const found: Loosening[] = [];
  for (const [rank, layer] of after.layers.entries()) {
    if (!layer.trusted || before.layers[rank]?.trusted !== false) continue;
    const stronger = after.layers.slice(0, rank);
    for (const rule of layer.rules) {
      if (rule.shadow === true) continue;
      for (const name of rule.overrides ?? []) {
        for (const { layer: relaxedLayer, action } of relaxed(stronger, name)) {
          if (!isStricter(action, rule.action)) continue;
          const { file, line } = rule.source;
          const guardsGuard = relaxedLayer === 'built-in';
          found.push({
            kind: 'rule',
            rule: rule.name,
            file,
            line,
            action: rule.action,
            relaxes: name,
            relaxedAction: action,
            relaxedLayer,
            guardsGuard,
          });
        }
      }
    }
  }
  if (modes.indexOf(after.mode) < modes.indexOf(before.mode)) found.push({ kind: 'mode', from: before.mode, to: after.mode });
  return found;
}

function relaxed(stronger: CompiledPolicy['layers'], name: string): { readonly layer: LayerName; readonly action: Verdict }[] {
  return stronger.flatMap(({ layer, rules, defaultAction }) =>
    name === 'default'
      ? [{ layer, action: defaultAction }]
      : rules.filter((rule: CompiledRule) => rule.name === name).map(({ action }) => ({ layer, action })),
  );
}

/** A loosening as one line. The same loosening gives the same line wherever in the file it stands. */
export function looseningLine(loosening: Loosening): string {
  if (loosening.kind === 'mode') return `mode: ${loosening.from} becomes ${loosening.to}`;
  const { rule, action, relaxes, relaxedAction, relaxedLayer, guardsGuard } = loosening;
  const what = relaxes === 'default' ? `the default of the ${relaxedLayer} layer` : `"${relaxes}" of the ${relaxedLayer} layer`;
  return `rule "${rule}": ${action} what ${what} would ${relaxedAction}${guardsGuard ? ' (it protects what governs agents)' : ''}`;
}
