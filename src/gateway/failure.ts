import type { Analysis, Effect } from '../model/effect.ts';

/**
 * Programs that only read what their arguments name. The analysis lists what else a command does (redirections, `find -delete`) as
 * effects of their own.
 */
const readers: ReadonlySet<string> = new Set(['cat', 'head', 'tail', 'ls', 'pwd', 'wc', 'echo', 'grep', 'stat', 'file', 'cd', 'true']);

/**
 * Whether a call is a low-risk read: what may pass when the guard cannot do its work (C11), and what confirm mode does not ask about. Whatever changes
 * something, sends something, reads secrets or is not known is none.
 */
export function isLowRiskRead(analysis: Analysis, hasActions: boolean): boolean {
  if (analysis.risk !== 'low' || analysis.problems.length > 0) return false;
  // Actions in which nothing was found have not been understood.
  return analysis.effects.length === 0 ? !hasActions : analysis.effects.every(isHarmless);
}

function isHarmless(effect: Effect): boolean {
  if (effect.certainty === 'opaque' || effect.act !== undefined) return false;
  if (effect.zones?.some((zone) => zone === 'secret' || zone === 'secret-dir' || zone === 'device')) return false;
  return effect.kind === 'read' || (effect.kind === 'execute' && effect.program !== undefined && readers.has(effect.program));
}

/** Whether a call would change or go around what governs agents: denied in every mode, shadow too. */
export function touchesGuard(analysis: Analysis): boolean {
  return analysis.effects.some(
    ({ act, kind, zones }) =>
      act === 'guard.change' || act === 'guard.bypass' || ((kind === 'write' || kind === 'delete') && zones?.includes('guard') === true),
  );
}

/** What is assumed of a call whose analysis failed. */
export const nothingKnown: Analysis = {
  effects: [{ kind: 'unknown', certainty: 'opaque' }],
  risk: 'high',
  problems: [{ message: 'The analysis failed.', pos: 0 }],
};
