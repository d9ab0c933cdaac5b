import type { Duty, Obligator } from './duties.ts';

/** Somebody says why: the agent in its description of the call, or (`from: person`) the person who allows it. */
export const requireReason: Obligator = {
  refuses: (duty) => {
    const { params, call, decision } = duty;
    const from = fromOf(duty);
    if (from === undefined) return `the policy's "from" must be agent or person`;
    if (from === 'person') return decision.verdict === 'approve' ? 'nobody is asked about this call, so no person can say why' : undefined;
    const least = typeof params['min'] === 'number' ? params['min'] : 1;
    return (call.description?.trim().length ?? 0) >= least ? undefined : 'say why: give the call a description that tells what it is for';
  },
  needsReason: (duty) => fromOf(duty) === 'person',
  keep: (duty, approval) =>
    fromOf(duty) === 'person' && (approval?.message?.trim() ?? '') === '' ? 'the person who allowed it did not say why' : undefined,
};

function fromOf({ params }: Duty): 'agent' | 'person' | undefined {
  const from = params['from'] ?? params['value'] ?? 'agent';
  return from === 'agent' || from === 'person' ? from : undefined;
}
