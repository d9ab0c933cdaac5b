import { canonicalJson } from '../audit/canonical.ts';
import { looksLikeSecret, redactText, redactValue } from '../audit/redact.ts';
import type { DecisionRecord } from '../model/audit-record.ts';
import type { Decision } from '../model/decision.ts';
import type { Analysis, Effect } from '../model/effect.ts';
import type { ToolCall } from '../model/tool-call.ts';
import type { Verdict } from '../model/verdict.ts';
import { isoTime } from '../platform/iso-time.ts';
import { sha256 } from '../platform/sha256.ts';

/** Everything that happened with a call. */
export interface Happened {
  readonly id: string;
  readonly call: ToolCall;
  /** The call's own arguments, where those of `call` are already without what may not be stored. */
  readonly args?: unknown;
  readonly analysis: Analysis;
  readonly decision: Decision;
  readonly outcome: Verdict;
  readonly mode: string;
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly latencyMs: number;
  readonly approval?: DecisionRecord['approval'];
  readonly breakGlass?: string | undefined;
  /** What became of the obligations. */
  readonly kept?: readonly string[];
  readonly degraded?: string;
}

/** Most characters of the arguments that are kept, as JSON. */
const longestInput = 4096;
const mostEffects = 30;

/** The audit record of a call: bounded, and without secrets. */
export function decisionRecord(happened: Happened): DecisionRecord {
  const { call, decision, analysis, approval } = happened;
  const input = boundedInput(call.args);
  return {
    type: 'decision',
    decision_id: happened.id,
    timestamp: isoTime(happened.now),
    agent: cut(call.agent),
    ...(call.session === undefined ? {} : { session: cut(call.session) }),
    ...(call.callId === undefined ? {} : { call_id: cut(call.callId) }),
    user: cut(happened.user),
    cwd: cut(call.cwd),
    workspace: cut(call.workspace),
    tool: cut(call.tool),
    native_tool: cut(call.nativeTool),
    input: input.value,
    input_hash: `sha256:${sha256(canonicalJson(happened.args ?? call.args))}`,
    ...(input.masked.length === 0 ? {} : { masked: input.masked.slice(0, 50) }),
    effects: boundedEffects(analysis.effects),
    risk: decision.risk,
    verdict: decision.verdict,
    outcome: happened.outcome,
    rule: cut(decision.rule),
    layer: decision.layer,
    reason: redactText(cut(decision.reason)),
    policy: decision.policy,
    mode: happened.mode,
    ...(decision.obligations.length === 0 ? {} : { obligations: decision.obligations.slice(0, 20) }),
    ...(decision.shadow === undefined ? {} : { shadow: decision.shadow.slice(0, 20) }),
    ...(decision.rules === undefined || decision.rules.length < 2 ? {} : { rules: decision.rules }),
    ...(happened.kept === undefined || happened.kept.length === 0 ? {} : { kept: happened.kept.map((each) => redactText(cut(each))) }),
    ...(happened.breakGlass === undefined ? {} : { break_glass: happened.breakGlass }),
    ...(approval === undefined ? {} : { approval }),
    latency_ms: Math.round(happened.latencyMs * 1000) / 1000,
    ...(happened.degraded === undefined ? {} : { degraded: redactText(cut(happened.degraded)) }),
  };
}

function cut(text: string): string {
  return text.length <= 1000 ? text : `${text.slice(0, 1000)}…`;
}

/** Characters of a value as JSON. */
function lengthOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}

function boundedInput(args: unknown): { readonly value: unknown; readonly masked: readonly string[] } {
  for (const limits of [
    { text: 3000, members: 100, depth: 8 },
    { text: 700, members: 30, depth: 6 },
    { text: 150, members: 10, depth: 4 },
  ]) {
    const input = redactValue(args, limits);
    if (lengthOf(input.value) <= longestInput) return input;
  }
  return { value: '[too large]', masked: [] };
}

function boundedEffects(effects: readonly Effect[]): readonly Effect[] {
  const first = effects.slice(0, mostEffects);
  const isClean = !looksLikeSecret(JSON.stringify(first));
  const kept = redactValue(first, { text: 500, members: mostEffects, depth: 5, isClean }).value as readonly Effect[];
  return lengthOf(kept) <= 24_000 ? kept : kept.slice(0, 5);
}
