import type { CompiledLayer, CompiledPolicy, LayerName, Mode } from './compiled.ts';

/** Whether a layer applies at a time, in milliseconds since 1970. */
export function isInForce(
  { effectiveFrom, effectiveUntil }: Pick<CompiledLayer, 'effectiveFrom' | 'effectiveUntil'>,
  now: number,
): boolean {
  return now >= (effectiveFrom ?? Number.NEGATIVE_INFINITY) && now < (effectiveUntil ?? Number.POSITIVE_INFINITY);
}

/**
 * The policy as it is at a time: its layers that are in force, and the mode and name that these give. Nothing becomes laxer by the
 * passing of a date: where a policy of the administrator or the user has expired, or none of them has begun, the fallback holds,
 * and says so in its reasons. What comes out can be passed in again.
 */
export function policyAt(policy: CompiledPolicy, now: number): CompiledPolicy {
  if (policy.fallback === undefined && policy.layers.every((layer) => isInForce(layer, now))) return policy;
  const { fallback, ...rest } = policy;
  const inForce = policy.layers.filter((layer) => isInForce(layer, now));
  const lapsed = policy.layers.find((layer) => isOfPerson(layer) && now >= (layer.effectiveUntil ?? Number.POSITIVE_INFINITY));
  const missing = lapsed ?? (inForce.some(isOfPerson) ? undefined : policy.layers.find(isOfPerson));
  const above = inForce.filter(({ layer }) => layer === 'built-in');
  const layers =
    missing === undefined || fallback === undefined
      ? inForce
      : // Above all others, so that those may name what they relax.
        [...above, inStead(fallback, missing, now), ...inForce.slice(above.length)];
  const ref = { ...(layers.at(-1)?.ref ?? policy.ref), hash: policy.ref.hash };
  return { ...rest, ref, mode: modeOf(layers), layers };
}

const isOfPerson = ({ layer }: { readonly layer: LayerName }): boolean => layer === 'managed' || layer === 'user';

function inStead(fallback: CompiledLayer, missing: CompiledLayer, now: number): CompiledLayer {
  const { effectiveFrom = now, effectiveUntil = now } = missing;
  const when = now < effectiveFrom ? `is in force from ${dayOf(effectiveFrom)} on` : `expired on ${dayOf(effectiveUntil)}`;
  const why = `The ${missing.layer} policy “${missing.ref.id}” ${when}, so ${fallback.ref.id} holds.`;
  return { ...fallback, rules: fallback.rules.map((rule) => ({ ...rule, reason: `${rule.reason} (${why})`.trim() })) };
}

/** The day of a moment in UTC, such as 2026-11-01, with the time of day where it is not midnight. */
export function dayOf(moment: number): string {
  return new Date(moment).toISOString().replace(/(?:T00:00)?:00\.000Z$|\.\d+Z$/, (end) => (end.startsWith('T') ? '' : 'Z'));
}

/** How strict a mode is. */
const strictness: Readonly<Record<Mode, number>> = { shadow: 0, enforce: 1, confirm: 2, locked: 3 };

/** The strongest layer that states a mode sets it, if it is trusted; weaker ones, and ones that are not, can only make it stricter. */
export function modeOf(layers: readonly Pick<CompiledLayer, 'mode' | 'trusted'>[]): Mode {
  let current: Mode | undefined;
  for (const { mode, trusted } of layers) {
    if (mode === undefined) continue;
    if (current === undefined && trusted) current = mode;
    else if (strictness[mode] > strictness[current ?? 'enforce']) current = mode;
  }
  return current ?? 'enforce';
}
