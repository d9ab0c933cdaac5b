import { effectKinds } from '../model/effect.ts';
import type { CompiledRule, Match, RuleSource, Transition } from './compiled.ts';
import { compileMatch, type MatchCompiler, textTest } from './compile-match.ts';
import { didYouMean } from './did-you-mean.ts';
import type { PolicyDocument } from './document.ts';
import { sectionPriority } from './sections.ts';
import type { Located } from './schema.ts';

/** A workflow without the layer that it belongs to. */
export interface CompiledWorkflow {
  readonly initial: string;
  readonly states: Readonly<Record<string, readonly Transition[]>>;
}

/** The section `workflow`: its states with the ways out of them, and rules for what each state lets happen. */
export function compileWorkflow(
  { workflow }: PolicyDocument,
  file: string,
  compiler: MatchCompiler,
): { readonly workflow?: CompiledWorkflow; readonly rules: readonly CompiledRule[] } {
  if (workflow === undefined) return { rules: [] };
  const names = Object.keys(workflow.states);
  const source: RuleSource = { file, line: workflow.initial.place.position?.line ?? 1 };
  const known = ({ value, place }: Located<string>): string => {
    if (!names.includes(value)) compiler.report('unknown-state', place, `The workflow has no state “${value}”.`, didYouMean(value, names));
    return value;
  };
  const rules: CompiledRule[] = [];
  const states: Record<string, readonly Transition[]> = Object.create(null) as Record<string, readonly Transition[]>;
  for (const [name, state] of Object.entries(workflow.states)) {
    const add = (what: string, match: Match): void => {
      const reason = state.reason ?? `The session is in the state “${name}”, in which the policy does not let this happen.`;
      const advice = state.advice === undefined ? {} : { advice: state.advice };
      rules.push({
        name: `workflow.${name}.${what}`,
        action: 'deny',
        match: { ...match, state: [name] },
        reason,
        ...advice,
        priority: sectionPriority,
        source,
      });
    };
    if (state.allow !== undefined) add('allow', { effects: effectKinds, not: state.allow.map((each) => compileMatch(each, compiler)) });
    for (const [index, each] of (state.deny ?? []).entries()) add(index === 0 ? 'deny' : `deny-${index + 1}`, compileMatch(each, compiler));
    states[name] = (state.to ?? []).map(({ value: { state: to, after, match }, place }): Transition => {
      if ((after === undefined) === (match === undefined))
        compiler.report(
          'bad-transition',
          place,
          'A transition has either “after”, a command that succeeded, or “match”, a call that happens.',
        );
      return {
        to: known(to),
        ...(after === undefined ? {} : { after: after.flatMap((item) => textTest(item, compiler) ?? []) }),
        ...(match === undefined ? {} : { match: compileMatch(match, compiler) }),
      };
    });
  }
  return { workflow: { initial: known(workflow.initial), states }, rules };
}
