import type { Effect, Risk } from './effect.ts';
import type { Obligation, PolicyRef } from './decision.ts';
import type { Verdict } from './verdict.ts';

/** What happened with one call, as it is written to the audit log. Field names follow OPA's decision log where it has one. */
export interface DecisionRecord {
  readonly type: 'decision';
  readonly decision_id: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly timestamp: string;
  readonly agent: string;
  readonly session?: string;
  readonly call_id?: string;
  readonly user: string;
  readonly cwd: string;
  readonly workspace: string;
  readonly tool: string;
  readonly native_tool: string;
  /** The arguments with secrets replaced, cut to a bounded length. */
  readonly input: unknown;
  /** sha-256 of the arguments before redaction. */
  readonly input_hash: string;
  /** JSON pointers of what was replaced in `input`. */
  readonly masked?: readonly string[];
  readonly effects: readonly Effect[];
  readonly risk: Risk;
  /** What the policy said. */
  readonly verdict: Verdict;
  /** What was done in the end: after a person's answer, a mode or a failure rule. */
  readonly outcome: Verdict;
  readonly rule: string;
  readonly layer: string;
  readonly reason: string;
  readonly policy: PolicyRef;
  readonly mode: string;
  readonly obligations?: readonly Obligation[];
  readonly shadow?: readonly { readonly rule: string; readonly verdict: Verdict }[];
  /** Who answered an escalation and how: `window`, `terminal`, `expired`, `no-window`, `grant` … */
  readonly approval?: { readonly by: string; readonly answer: string; readonly waited_ms: number; readonly message?: string };
  /** Id of the break-glass under which a call ran that the policy would have stopped; its reason is the approval's message. */
  readonly break_glass?: string;
  /** All rules that came to the verdict, where there are several. */
  readonly rules?: readonly { readonly layer: string; readonly rule: string }[];
  /** What was done to keep the obligations, or why one could not be kept. */
  readonly kept?: readonly string[];
  readonly latency_ms: number;
  readonly degraded?: string;
}

/** Anything else worth a line: mode and policy changes, installs, break-glass, tampering. */
export interface EventRecord {
  readonly type: 'event';
  readonly event: string;
  readonly timestamp: string;
  readonly user: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export type AuditRecord = DecisionRecord | EventRecord;
