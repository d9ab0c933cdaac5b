// Paths of which a part is unknown.
import type { EffectKind } from '../model/effect.ts';
import type { Zone } from '../model/zone.ts';
import { absolute, basename, dirname, isAbsolute, resolve } from './paths.ts';
import { zonesOfPattern } from './glob-zones.ts';
import { nameTest } from './shell/glob.ts';
import type { Run } from './shell/run.ts';
import type { State } from './shell/state.ts';
import { display, isOpen, knownPrefix, knownSuffix, originOf, piecesOf, type Partial } from './shell/value.ts';
import { asBefore, emitPath, throughMadeLinks, type TouchOptions } from './touch.ts';
import { classify, mayBeSecretName } from './zones.ts';

const globOf = (text: Partial, hole: string): string =>
  text.pieces
    .map((piece) =>
      typeof piece === 'string' ? piece : 'text' in piece ? piece.text : 'glob' in piece ? piece.glob : piece.hole === 'name' ? '*' : hole,
    )
    .join('');

/** Records that what a partly known text names may be read, written or deleted. */
export function touchUnknown(kind: EffectKind, target: Partial, state: State, run: Run, options: TouchOptions): void {
  if (state.cwds.length < 2 || isAbsolute(knownPrefix(target))) touchPattern(kind, target, state.cwds[0], state, run, options);
  else for (const cwd of state.cwds) touchPattern(kind, target, cwd, state, run, options);
}

// The part before the first pattern may lead over links.
function throughLinks(pattern: string, state: State, run: Run): readonly string[] {
  const open = pattern.search(/[*?[]/);
  const end = pattern.lastIndexOf('/', open);
  if (open < 0 || end <= 0) return [pattern];
  return throughMadeLinks(pattern.slice(0, end), state).map((folder) => resolve(folder, '/', run.world) + pattern.slice(end));
}

function touchPattern(kind: EffectKind, target: Partial, cwd: string | undefined, state: State, run: Run, options: TouchOptions): void {
  // The same pattern again tells nothing new.
  const seen = `${kind} ${options.act ?? ''} ${cwd} ${JSON.stringify(target)}`;
  if (run.touched.has(seen)) return;
  run.touched.add(seen);
  const origin = originOf(target);
  if ((kind === 'write' || kind === 'delete') && (origin === 'decoded' || origin === 'download'))
    run.opaque('a file whose name was encoded or downloaded');
  const isBounded =
    piecesOf(target).every((piece) => !isOpen(piece) || 'glob' in piece || piece.hole === 'name') &&
    !(target.many && target.pieces.some((p) => typeof p !== 'string' && 'hole' in p && p.hole === 'text'));
  const pattern = globOf(target, '*');
  const rooted = isAbsolute(knownPrefix(target)) || (cwd !== undefined && isBounded);
  const paths = rooted ? throughLinks(absolute(pattern, cwd ?? '/'), state, run) : [pattern];
  for (const path of paths) emitPattern(kind, target, path, { cwd, rooted, isBounded }, state, run, options);
}

function emitPattern(
  kind: EffectKind,
  target: Partial,
  path: string,
  { cwd, rooted, isBounded }: { readonly cwd: string | undefined; readonly rooted: boolean; readonly isBounded: boolean },
  state: State,
  run: Run,
  options: TouchOptions,
): void {
  const prefix = knownPrefix(target);
  const zones = new Set<Zone>();
  if (rooted) {
    const folder = dirname(path);
    // Whatever the last name is, it is inside that folder; a name that can be anything means all of it.
    if (isBounded || prefix.lastIndexOf('/') > 0) {
      const folderText = isBounded ? folder : dirname(absolute(`${prefix}x`, cwd ?? '/'));
      if (!/[*?[]/.test(folderText))
        for (const zone of classify(`${resolve(folderText, '/', run.world)}/…`.replace(/\/+/g, '/'), run.places)) zones.add(zone);
      else for (const zone of classify(path, run.places)) zones.add(zone);
      if (isBounded && kind === 'delete' && /^[*?.[\]!]*$/.test(basename(path))) {
        const whole = classify(resolve(folder, '/', run.world), run.places);
        for (const zone of whole) zones.add(zone);
        // `/tmp/*` is what everybody else has put there, too.
        if (!whole.includes('temp')) zones.delete('temp');
      }
    }
  }
  for (const zone of nameZones(knownSuffix(target), run)) zones.add(zone);
  // What fits `*.o` is build output as each of them is.
  if (rooted && isBounded && classify(path.replace(/\*+|\?/g, 'x'), run.places).includes('build-output') && zones.delete('source'))
    zones.add('build-output');
  // The environment of a process, whichever it is.
  if (mayNameSecret(target) || (prefix.startsWith('/proc/') && knownSuffix(target).endsWith('/environ'))) zones.add('secret');
  if (kind === 'delete' && rooted && state.hasMoved()) asBefore(zones, /^[^*?[]*(?=\/)/.exec(path)?.[0] ?? '/', state);
  // What a pattern may match counts even where no folder can be listed: `/et*/hosts`, `.agent-pol*`.
  const matched = rooted && isBounded ? zonesOfPattern(path, run.places) : undefined;
  for (const zone of matched?.zones ?? []) if (zone !== 'workspace' && zone !== 'source') zones.add(zone);
  emitPath(
    kind,
    {
      certainty: isBounded && rooted ? 'approximate' : 'opaque',
      path,
      zones: [...zones],
      ...(matched?.path ? { matched: matched.path } : {}),
    },
    // Everything in a folder is as much as the folder.
    {
      evidence: display(target),
      ...(isBounded && kind === 'delete' && /^\*+$/.test(basename(path)) ? { act: 'files.delete.recursive' as const } : {}),
      ...options,
    },
    run,
  );
}

/** Where only the end of a path is known, its names still say something: `$DIR/.env`, `$ROOT/node_modules`. */
export function nameZones(suffix: string, run: Run): readonly Zone[] {
  const name = suffix.includes('/') ? suffix.slice(suffix.indexOf('/') + 1) : '';
  if (name === '') return [];
  return classify(`${run.places.workspace === '/' ? '' : run.places.workspace}/${name}`, run.places).filter(
    (zone) => zone === 'secret' || zone === 'guard' || zone === 'build-output',
  );
}

function mayNameSecret(target: Partial): boolean {
  const last: (typeof target.pieces)[number][] = [];
  for (const piece of [...target.pieces].reverse()) {
    const text = typeof piece === 'string' ? piece : 'text' in piece ? piece.text : undefined;
    if (text === undefined) {
      last.unshift(piece);
      continue;
    }
    const slash = text.lastIndexOf('/');
    const name = text.slice(slash + 1);
    if (name !== '') last.unshift(name);
    if (slash >= 0) break;
  }
  // A name nobody knows anything of could be a secret's, and everything else as well.
  if (last.some((piece) => typeof piece !== 'string' && 'hole' in piece)) return false;
  const first = last[0];
  // Neither does one that fits every name.
  if (last.length === 1 && first !== undefined && typeof first !== 'string' && 'glob' in first && first.glob === '*') return false;
  const dotted = typeof first === 'string' && first.startsWith('.');
  const test = nameTest(last);
  if (!test) return false;
  return mayBeSecretName((name) => (!name.startsWith('.') || dotted) && test(name));
}
