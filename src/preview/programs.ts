import type { Analysis } from '../model/effect.ts';

/** Programs that the call starts; an empty name for one that cannot be known. */
export function programs({ effects }: Analysis): readonly string[] {
  const names = effects.flatMap((effect) => {
    if (effect.kind === 'unknown' || (effect.kind === 'execute' && effect.certainty === 'opaque')) return [effect.program ?? ''];
    return effect.kind === 'execute' ? [effect.program ?? ''] : [];
  });
  return [...new Set(names)];
}
