import type { Act } from '../model/act.ts';
import type { Effect, EffectKind } from '../model/effect.ts';
import type { Zone } from '../model/zone.ts';
import { absolute, dirname, isAbsolute, isWithin, longestPath, resolve } from './paths.ts';
import type { Run } from './shell/run.ts';
import type { State } from './shell/state.ts';
import { known, type Partial, type Text } from './shell/value.ts';
import type { MadeFile } from './shell/join.ts';
import { nameZones, touchUnknown } from './touch-pattern.ts';
import { classify } from './zones.ts';

export interface TouchOptions {
  readonly act?: Act;
  readonly evidence?: string;
  /** A last link is itself meant, as when it is deleted or moved. */
  readonly keepLink?: boolean;
}

/** Where a known text points from each directory that may be the current one, over links that may lead here or there: as typed, and resolved. */
export function locations(text: string, state: State, run: Run, keepLink = false): { readonly typed: string; readonly real: string }[] {
  const isComplete = isAbsolute(text);
  const cwds = isComplete ? ['/'] : state.cwds;
  // A slash at the end means what a link leads to.
  const keeps = keepLink && !text.endsWith('/');
  const onDisk = (typed: string, cwd: string) => {
    if (typed.length > longestPath) return { typed, real: typed };
    const unresolved = isComplete ? text.replaceAll('\\', '/') : `${cwd}/${text}`;
    return { typed, real: resolve(unresolved, cwd, run.world, !keeps) };
  };
  if (!state.hasLinks()) return cwds.map((cwd) => onDisk(absolute(text, cwd), cwd));
  return cwds.flatMap((cwd) => {
    const typed = absolute(text, cwd);
    const paths = upwards.test(text) ? afterDots(isComplete ? text : `${cwd}/${text}`, state, run) : [typed];
    const ends = paths.flatMap((path) => (keeps ? besideMadeLinks(path, state) : throughMadeLinks(path, state)));
    return ends.map((made) => (made === typed ? onDisk(typed, cwd) : { typed, real: resolve(made, cwd, run.world, !keeps) }));
  });
}

const upwards = /(?:^|\/)\.\.(?:\/|$)/;

// What `..` means is where a link before it leads: `ln -s ~/a l; rm -rf l/../b`.
function afterDots(path: string, state: State, run: Run): readonly string[] {
  // No file has a longer one.
  if (path.length > longestPath) return [absolute(path, '/')];
  const [, before = '', rest = ''] = /^(.*?)\/\.\.(?=\/|$)(.*)$/s.exec(path) ?? [];
  if (before === '') return rest === '' ? [absolute(path, '/')] : afterDots(rest, state, run);
  const folders = throughMadeLinks(absolute(before, '/'), state).map((end) => dirname(resolve(end, '/', run.world)));
  return [...new Set(folders)].flatMap((folder) => afterDots(`${folder === '/' ? '' : folder}${rest}`, state, run)).slice(0, mostEnds);
}

/** Ends of links that are told apart. */
const mostEnds = 8;

/** Where links that the command itself made before lead; the path itself where there is none, and where there may be none. */
export function throughMadeLinks(path: string, state: State): readonly string[] {
  if (!state.hasLinks()) return [path];
  let open = [path];
  const ends = new Set<string>();
  for (let i = 0; i < 8 && open.length > 0; i++) {
    const next: string[] = [];
    for (const current of open) {
      const link = linkAt(current, state);
      if (!link || link.file.unsure) ends.add(current);
      for (const target of link?.file.same ?? []) next.push(target + current.slice(link?.made.length));
    }
    open = next.filter((each) => !ends.has(each)).slice(0, mostEnds);
  }
  return ends.size > 0 ? [...ends].slice(0, mostEnds) : [path];
}

function linkAt(path: string, state: State): { readonly made: string; readonly file: MadeFile } | undefined {
  let found: { readonly made: string; readonly file: MadeFile } | undefined;
  for (const [made, file] of state.files) if (file.same && !file.copy && isWithin(path, made)) found = { made, file };
  return found;
}

// The last name is itself meant, wherever its folder is.
function besideMadeLinks(path: string, state: State): readonly string[] {
  const end = path.lastIndexOf('/');
  return end <= 0 ? [path] : throughMadeLinks(path.slice(0, end), state).map((folder) => folder + path.slice(end));
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
    if (kind === 'delete' && state.hasMoved()) asBefore(zones, typed, state);
    emitPath(kind, { certainty: all.length > 1 ? 'approximate' : 'exact', path: real, zones: [...zones] }, options, run);
  }
}

/**
 * What was moved is what it was where it lay: `mv src dist; rm -rf dist` deletes source, and `mv dist dist.old; rm -rf dist.old` what was built.
 */
export function asBefore(zones: Set<Zone>, path: string, state: State): void {
  const own = state.file(path)?.moved;
  if (own?.includes('build-output') && zones.delete('source')) zones.add('build-output');
  for (const [inside, { moved }] of state.files) {
    if (!moved || !isWithin(inside, path) || moved.some((zone) => zone === 'build-output' || zone === 'temp' || zone === 'session'))
      continue;
    for (const zone of ['build-output', 'temp', 'session'] as const) zones.delete(zone);
    for (const zone of moved) zones.add(zone);
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
