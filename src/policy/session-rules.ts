import type { CompiledPolicy, Match } from './compiled.ts';

/** Whether any rule asks what the session has done before: by a budget, a workflow or a condition. */
export function looksAtSession({ workflow, layers }: CompiledPolicy): boolean {
  return workflow !== undefined || layers.some(({ rules }) => rules.some(({ match }) => asks(match)));
}

function asks({ session, state, when, not }: Match): boolean {
  return session !== undefined || state !== undefined || (when !== undefined && /\bsession\b/.test(when)) || (not?.some(asks) ?? false);
}
