import type { Analysis } from './effect.ts';
import type { ToolCall } from './tool-call.ts';

/** What a session has done so far, as the policy may ask for it. All counts start at 0. */
export interface SessionFacts {
  readonly toolCalls: number;
  readonly writes: number;
  readonly deletes: number;
  readonly bytesWritten: number;
  readonly costUsd: number;
  readonly denials: number;
  readonly approvals: number;
  /** Commands that ended with success, as typed, newest last; bounded. */
  readonly succeeded: readonly string[];
  /** Name of the workflow state, where the policy has a workflow. */
  readonly state?: string;
}

export const newSession: SessionFacts = {
  toolCalls: 0,
  writes: 0,
  deletes: 0,
  bytesWritten: 0,
  costUsd: 0,
  denials: 0,
  approvals: 0,
  succeeded: [],
};

/** Everything a policy may decide on: a plain value, so that every decision can be replayed. */
export interface PolicyRequest {
  readonly call: ToolCall;
  readonly analysis: Analysis;
  readonly subject: { readonly user: string; readonly groups: readonly string[] };
  readonly session: SessionFacts;
  readonly environment: {
    /** Milliseconds since 1970. */
    readonly now: number;
    /** The branch that is checked out in the workspace; empty where there is none, `undefined` where that cannot be known. */
    readonly branch?: string | undefined;
  };
}
