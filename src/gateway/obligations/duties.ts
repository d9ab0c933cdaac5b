import type { Decision, Obligation } from '../../model/decision.ts';
import type { Analysis } from '../../model/effect.ts';
import type { PolicyRequest } from '../../model/policy-request.ts';
import type { ToolCall } from '../../model/tool-call.ts';
import type { CompiledPolicy } from '../../policy/compiled.ts';

/** The call whose obligations are to be kept. */
export interface DutiesOf {
  readonly call: ToolCall;
  readonly analysis: Analysis;
  readonly decision: Decision;
  readonly policy: CompiledPolicy;
  readonly request: PolicyRequest;
}

/** What keeping the obligations of one call comes to. */
export interface Duties {
  /** Why the call must not run, before anybody is asked about it. */
  readonly refusal?: string;
  /** Texts that must not be shown or stored. */
  readonly hidden: readonly string[];
  /** Whether a person who allows the call must say why. */
  readonly needsReason: boolean;
  /** What was done, for the record. */
  readonly kept: readonly string[];
  /** Does what is due when the call is about to run: counts, logs, changes its arguments; or says why it must not run. */
  readonly keep: (approval: { readonly message?: string } | undefined) => Kept;
}

/** What was done for a call that is about to run. */
export type Kept =
  | { readonly refusal: string; readonly kept: readonly string[] }
  | { readonly input?: Readonly<Record<string, unknown>>; readonly kept: readonly string[] };

/** What an obligation may use of the machine. */
export interface DutyMachine {
  /** Where this user's state lies. */
  readonly state: string;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether the agent runs changed arguments instead of its own. */
  readonly canRewrite: boolean;
  /** Title of the agent for people. */
  readonly agent: string;
}

/** One obligation of one call. */
export interface Duty extends DutiesOf {
  readonly params: Obligation['params'];
  readonly machine: DutyMachine;
}

/** One kind of obligation. Each function that gives a text refuses: the text says why the call must not run. */
export interface Obligator {
  /** Whether the call must not run; asked before a person is. */
  readonly refuses?: (duty: Duty) => string | undefined;
  /** Texts that must not be shown or stored. */
  readonly hides?: (duty: Duty) => readonly string[];
  /** Whether a person who allows the call must say why. */
  readonly needsReason?: (duty: Duty) => boolean;
  /** Does what is due when the call is about to run. */
  readonly keep?: (duty: Duty, approval: { readonly message?: string } | undefined) => string | undefined;
  /** The command in the form in which alone it may run. Commands are changed in the order of the index of obligations. */
  readonly wrap?: (duty: Duty, command: string) => { readonly command: string; readonly how: string } | { readonly refusal: string };
}

/** A parameter that is a whole number, at least 1. */
export function countParam(params: Obligation['params'], name: string): number | undefined {
  const value = params[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

/** A parameter that is a text, or a list of texts. */
export function textsParam(params: Obligation['params'], name: string): readonly string[] | undefined {
  const value = params[name];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;
}
