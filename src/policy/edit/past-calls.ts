import type { DecisionRecord } from '../../model/audit-record.ts';
import { newSession, type PolicyRequest } from '../../model/policy-request.ts';
import type { CompiledPolicy } from '../compiled.ts';
import type { ConditionRunner } from '../evaluate.ts';
import { MatchContext, matchAll } from '../match.ts';
import { no } from '../truth.ts';

/**
 * Which recorded calls a rule of a policy would have matched, by what was recorded of their effects: arguments are cut and without secrets
 * there, and what a session had done before is not known.
 */
export function matchedCalls(
  policy: CompiledPolicy,
  { name, file }: { readonly name: string; readonly file: string },
  records: readonly DecisionRecord[],
  conditions: ConditionRunner,
): readonly DecisionRecord[] {
  const layer = policy.layers.find(({ rules }) => rules.some((rule) => rule.name === name && rule.source.file === file));
  const rule = layer?.rules.find((each) => each.name === name && each.source.file === file);
  if (layer === undefined || rule === undefined) return [];
  return records.filter((record) => {
    const context = new MatchContext(requestOf(record), () => conditions);
    const { effects } = record;
    return (effects.length === 0 ? [undefined] : effects).some(
      (effect) => matchAll(rule.match, { context, layer, effect, sure: false }) !== no,
    );
  });
}

function requestOf(record: DecisionRecord): PolicyRequest {
  const { tool, native_tool, input, agent, cwd, workspace, effects, risk, user, timestamp } = record;
  return {
    call: { tool, nativeTool: native_tool, args: input, actions: [], agent, cwd, workspace, home: '' },
    analysis: { effects, risk, problems: [] },
    subject: { user, groups: [] },
    session: newSession,
    environment: { now: Date.parse(timestamp) },
  };
}
