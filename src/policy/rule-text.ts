import { isSeq, parseDocument, stringify } from 'yaml';
import type { Proposal } from './propose.ts';

/** A call for which a rule is tested. */
export interface RuleTest {
  readonly name: string;
  readonly tool: string;
  readonly args: unknown;
}

/** The rule as it is written in a policy, for people to read. */
export function ruleText(proposal: Proposal, reason: string): string {
  return stringify([ruleValue(proposal, reason)], { lineWidth: 0 });
}

/** A policy that holds nothing but this rule. */
export function policyOf(proposal: Proposal, reason: string): string {
  return stringify({ version: 1, id: 'grants', default_action: 'approve', policies: [ruleValue(proposal, reason)] }, { lineWidth: 0 });
}

function ruleValue({ name, match, overrides, priority }: Proposal, reason: string): Readonly<Record<string, unknown>> {
  return { name, match, action: 'approve', reason, priority, overrides };
}

/**
 * The text of a policy with a rule and its scenario added at the end of their lists; everything else, comments too, stays. An empty text gives a new policy.
 * `undefined` where the text cannot be parsed or has something else in these places.
 */
export function withRule(text: string, proposal: Proposal, reason: string, test: RuleTest): string | undefined {
  const start = text.trim() === '' ? 'version: 1\nid: personal\npolicies: []\ntests: []\n' : text;
  const document = parseDocument(start);
  if (document.errors.length > 0) return undefined;
  const scenario = { ...test, expect: 'approve' };
  for (const [key, value] of [['policies', ruleValue(proposal, reason)] as const, ['tests', scenario] as const]) {
    const list = document.get(key);
    if (list === undefined || list === null) document.set(key, document.createNode([value]));
    else if (isSeq(list)) {
      list.flow = false;
      list.add(document.createNode(value));
    } else return undefined;
  }
  return document.toString({ lineWidth: 0 });
}
