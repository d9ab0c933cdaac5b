import type { Effect, Risk } from './effect.ts';
import type { Verdict } from './verdict.ts';

/** The policy that decided: named in every decision and audit record. */
export interface PolicyRef {
  readonly id: string;
  readonly revision: string;
  /** `sha256:` and the hex digest of the sources. */
  readonly hash: string;
}

/** Something that must be done with an approved call, else it is denied. */
export interface Obligation {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What the policy says of one call. */
export interface Decision {
  readonly verdict: Verdict;
  /** Name of the determining rule; empty where no rule matched, `default` where a default action other than approve decided. */
  readonly rule: string;
  /** For the developer and the agent: what is wrong with it. One or two sentences. */
  readonly reason: string;
  /** What to do instead. */
  readonly advice?: string;
  readonly risk: Risk;
  readonly policy: PolicyRef;
  /** Layer of the determining rule, such as `built-in` or `workspace`. */
  readonly layer: string;
  /** The effect that the determining rule matched: what a prompt points at. */
  readonly effect?: Effect;
  readonly obligations: readonly Obligation[];
  /** All rules, over the effects and layers, that came to this verdict; at most 20. */
  readonly rules?: readonly { readonly layer: string; readonly rule: string }[];
  /** Verdicts of shadow rules, recorded and not enforced. */
  readonly shadow?: readonly { readonly rule: string; readonly verdict: Verdict }[];
  /** Set where the guard could not do its work and a failure rule decided: what failed. */
  readonly degraded?: string;
}
