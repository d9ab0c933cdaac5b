import type { Act } from '../model/act.ts';
import type { Effect, EffectKind } from '../model/effect.ts';
import type { Zone } from '../model/zone.ts';
import { absolute, isAbsolute, isWithin, resolve } from './paths.ts';
import type { Run } from './shell/run.ts';
import type { State } from './shell/state.ts';
import { known, type Partial, type Text } from './shell/value.ts';
import { nameZones, touchUnknown } from './touch-pattern.ts';
import { classify } from './zones.ts';

export interface TouchOptions {
  readonly act?: Act;
  readonly evidence?: string;
  /** A last link is itself meant, as when it is deleted or moved. */
  readonly keepLink?: boolean;
}

/** Where a known text points from each directory that may be the current one: as typed, and as the kernel resolves it. */
export function locations(text: string, state: State, run: Run, keepLink = false): { readonly typed: string; readonly real: string }[] {
  const cwds = isAbsolute(text) ? ['/'] : state.cwds;
  return cwds.map((cwd) => {
    const typed = absolute(text, cwd);
    const made = keepLink && !text.endsWith('/') ? besideMadeLinks(typed, state) : throughMadeLinks(typed, state);
    const unresolved = made === typed ? (isAbsolute(text) ? text.replaceAll('\\', '/') : `${cwd}/${text}`) : made;
    // A slash at the end means what a link leads to.
    return { typed, real: resolve(unresolved, cwd, run.world, !keepLink || text.endsWith('/')) };
  });
}

/** Follows links and copies that the command itself made before. */
export function throughMadeLinks(path: string, state: State): string {
  if (!state.hasLinks()) return path;
  let current = path;
  for (let i = 0; i < 8; i++) {
    let next: string | undefined;
    for (const [made, file] of state.files) {
      if (file.same !== undefined && isWithin(current, made)) next = file.same + current.slice(made.length);
    }
    if (next === undefined || next === current) return current;
    current = next;
  }
  return current;
}

// The last name is itself meant, wherever its folder is.
function besideMadeLinks(path: string, state: State): string {
  const end = path.lastIndexOf('/');
  return end <= 0 ? path : throughMadeLinks(path.slice(0, end), state) + path.slice(end);
}

/** Records that a file or folder may be read, written or deleted, with the zones it lies in and what that amounts to. */
export function touch(kind: EffectKind, target: Text, state: State, run: Run, options: TouchOptions = {}): void {
  if (run.isFull) return;
  const text = known(target);
  if (text === undefined) {
    touchUnknown(kind, target as Partial, state, run, options);
    return;
  }
  // What stands for a process substitution is a pipe, and no file.
  if (text === '' || run.virtual.has(text)) return;
  if (state.cwds.length === 0 && !isAbsolute(text)) {
    const zones = nameZones(text, run);
    emitPath(kind, { certainty: 'opaque', path: text, zones }, options, run);
    return;
  }
  const all = locations(text, state, run, options.keepLink);
  for (const { typed, real } of all) {
    const zones = new Set(classify(real, run.places));
    if (typed !== real) for (const zone of run.zonesAsWritten(typed)) if (zone !== 'build-output' && zone !== 'temp') zones.add(zone);
    if (run.world.madeBySession(real) || state.file(typed)?.directory) zones.add('session');
    emitPath(kind, { certainty: all.length > 1 ? 'approximate' : 'exact', path: real, zones: [...zones] }, options, run);
  }
}

/** Records what touching a path amounts to. */
export function emitPath(
  kind: EffectKind,
  {
    matched,
    ...found
  }: { readonly certainty: Effect['certainty']; readonly path: string; readonly zones: readonly Zone[]; readonly matched?: string },
  options: TouchOptions,
  run: Run,
): void {
  const byPlace = actOf(kind, matched ?? found.path, found.zones);
  const act = options.act ?? byPlace;
  run.emit({ kind, ...found, ...(act ? { act } : {}), ...(options.evidence ? { evidence: options.evidence } : {}) });
  // What a special act of the caller hides is said as well.
  const own = options.act === undefined ? undefined : byPlace;
  if (own !== undefined && own !== act && own !== 'files.delete' && !(own === 'secret.read' && options.act?.startsWith('secret.')))
    run.emit({ kind, ...found, act: own });
}

/** What touching a path amounts to by where it lies alone. */
function actOf(kind: EffectKind, path: string, zones: readonly Zone[]): Act | undefined {
  if (kind === 'read') return zones.includes('secret') ? 'secret.read' : undefined;
  if (kind !== 'write' && kind !== 'delete') return undefined;
  if (zones.includes('device')) return 'disk.write';
  if (kind === 'delete' && /\/(?:\.git\/hooks|\.husky)(?:\/|$)/.test(path)) return 'checks.skip';
  if (zones.includes('guard')) return 'guard.change';
  return kind === 'delete' ? 'files.delete' : undefined;
}
