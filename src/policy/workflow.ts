import type { PolicyRequest } from '../model/policy-request.ts';
import { testText } from './test-text.ts';
import type { CompiledPolicy, Workflow } from './compiled.ts';
import { MatchContext, matchAll } from './match.ts';
import { no, yes } from './truth.ts';

/** The state that a session is in; the initial one where it has none yet, or one that the workflow no longer has. */
export function stateOf(workflow: Workflow, stored: string | undefined): string {
  return stored !== undefined && Object.hasOwn(workflow.states, stored) ? stored : workflow.initial;
}

/** A request with the state that its session is in, whoever made the request. */
export function withState({ workflow }: CompiledPolicy, request: PolicyRequest): PolicyRequest {
  if (workflow === undefined) return request;
  const state = stateOf(workflow, request.session.state);
  return state === request.session.state ? request : { ...request, session: { ...request.session, state } };
}

/**
 * The state after a call that was let happen, for transitions with a `match`: what possibly matches does too. The first transition that fits
 * is taken; one step only.
 */
export function stateAfter({ workflow, layers }: CompiledPolicy, request: PolicyRequest): string | undefined {
  if (workflow === undefined) return undefined;
  const state = stateOf(workflow, request.session.state);
  const layer = layers.find((each) => each.layer === workflow.layer);
  if (layer === undefined) return state;
  const context = new MatchContext(request, () => undefined);
  const { effects } = request.analysis;
  for (const { match, to } of workflow.states[state] ?? []) {
    if (match === undefined) continue;
    const fits = (effects.length === 0 ? [undefined] : effects).some(
      (effect) => matchAll(match, { context, layer, effect, sure: false }) !== no,
    );
    if (fits) return to;
  }
  return state;
}

/** The state after a command ended with success, for transitions with an `after`. */
export function stateAfterSuccess(workflow: Workflow, stored: string | undefined, command: string): string {
  const state = stateOf(workflow, stored);
  // In `npm test || true`, success says nothing of the part before: patterns are for single commands.
  const single = !/[;&|<>`\n\r()]|\$[({]/.test(command);
  const fits = workflow.states[state]?.find(({ after }) =>
    after?.some(
      (test) => (single || test.is === 'equal') && testText(test.is === 'search' ? { ...test, is: 'whole' } : test, command) === yes,
    ),
  );
  return fits?.to ?? state;
}
