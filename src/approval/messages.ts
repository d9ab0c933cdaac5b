import type { Act } from '../model/act.ts';
import type { Action } from '../model/tool-call.ts';
import type { Span } from '../model/diagnostic.ts';
import type { EffectKind, Risk } from '../model/effect.ts';

/**
 * What passes between a waiting call and a window: one JSON object on each line.
 * The call's side has two messages, the request and its cancellation. No message of that side approves anything: whoever can
 * reach the socket, the agent included, can only ask.
 */
export const protocolVersion = 1;

/** Largest line from a call: the content of a write tool travels in it, so that the person sees all of it. */
export const largestRequest = 8 * 1024 * 1024;

/** Largest line from a window. */
export const largestAnswer = 64 * 1024;

/** An effect in few words, for the list "what it would do". */
export interface EffectSummary {
  readonly kind: EffectKind;
  /** Path, program, URL … resolved; never a secret's value. */
  readonly target: string;
  /** Whether the target is all that is known, or only where it lies. */
  readonly certainty: 'exact' | 'approximate' | 'opaque';
}

/** A question to a person: everything that the window shows. All texts come from an agent or from a policy and are not to be trusted. */
export interface ApprovalRequest {
  readonly type: 'request';
  readonly version: typeof protocolVersion;
  readonly id: string;
  /** Title of the agent, such as `Claude Code`. */
  readonly agent: string;
  readonly session?: string;
  readonly callId?: string;
  readonly cwd: string;
  readonly workspace: string;
  /** Canonical tool and the agent's own name of it. */
  readonly tool: string;
  readonly nativeTool: string;
  /** What is asked for, unabridged: the exact command, or path with content or replacements. Usually one. */
  readonly actions: readonly Action[];
  /** The agent's own words about the call: a claim. */
  readonly description?: string;
  readonly rule: string;
  /** Layer of the rule, such as `workspace`. */
  readonly layer: string;
  /** Where the rule is written: a path, or `template NAME`. Absent where no written rule asks, as in confirm mode. */
  readonly source?: { readonly file: string; readonly line: number };
  readonly reason: string;
  readonly advice?: string;
  readonly risk: Risk;
  /** The dangerous part: what was found and, in a command, where (in the text of the action with that index). */
  readonly danger?: { readonly evidence: string; readonly act?: Act; readonly action?: number; readonly span?: Span };
  /** At most 50. */
  readonly effects: readonly EffectSummary[];
  /** Milliseconds since 1970 at which the call is denied without an answer. */
  readonly deadline: number;
  /** Allowing takes the person's reason, as the message of the answer. */
  readonly needsReason?: true;
}

/** The call's process no longer waits. */
export interface ApprovalCancellation {
  readonly type: 'cancel';
  readonly id: string;
}

export type ClientMessage = ApprovalRequest | ApprovalCancellation;

/** What a person answered. `session`: the same action under the same rule is not asked again in this session. */
export type ApprovalAnswer =
  | { readonly answer: 'allow'; readonly scope: 'once' | 'session'; readonly message?: string }
  | { readonly answer: 'deny'; readonly message?: string };

/** The window's one message. */
export type ServerMessage = { readonly type: 'answer'; readonly id: string } & ApprovalAnswer;

/** Longest message of a person to the agent, in characters. */
export const longestMessage = 2000;
