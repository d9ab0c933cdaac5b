import type { Decision } from '../model/decision.ts';
import type { ToolCall } from '../model/tool-call.ts';
import type { Verdict } from '../model/verdict.ts';
import type { GatewayDeps } from './deps.ts';

/** What becomes of a call. */
export interface Outcome {
  /** `approve` or `deny`; never `escalate`, as the question has been asked by then. */
  readonly verdict: Verdict;
  /** For the agent and the developer: why. Empty where approved. */
  readonly reason: string;
  /** What to do instead. */
  readonly advice?: string;
  /** What the policy said. */
  readonly decision: Decision;
  /** Id of the audit record; absent where nothing could be written. */
  readonly decisionId?: string;
  /** Who answered, where someone was asked. */
  readonly approval?: { readonly by: string; readonly answer: string; readonly message?: string };
  /** What the guard could not do. */
  readonly degraded?: string;
}

/** Decides one call, all the way: analyse, evaluate, mode, obligations, approval, record. Never rejects. */
export function handle(_call: ToolCall, _deps: GatewayDeps): Promise<Outcome> {
  return Promise.reject(new Error('not here'));
}
