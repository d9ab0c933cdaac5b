import { doesNothing, isProjectHook } from '../hook-content.ts';
import { absolute, dirname, longestPath } from '../paths.ts';
import { locations, throughMadeLinks } from '../touch.ts';
import { isCostly, patternSource } from './glob.ts';
import type { Input } from './outcome.ts';
import type { Run } from './run.ts';
import type { MadeFile } from './join.ts';
import type { State } from './state.ts';
import { known, originOf, unknownFrom, type Origin, type Text } from './value.ts';
import { classify } from '../zones.ts';

/** Names of what a program reads from. */
export const stdinPaths: ReadonlySet<string> = new Set(['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);

/** Whether an operand means standard input. */
export function isInput(file: Text): boolean {
  const path = known(file);
  return path !== undefined && (path === '-' || stdinPaths.has(path));
}

/** Longest file that is read to find out what it would do: the longest script the parser takes. */
const maxFile = 64 * 1024;

export interface Content {
  readonly text: Text;
  /** The command itself, or this session, made the file: nobody has read it yet. */
  readonly fresh: boolean;
  /** Where it is, resolved. */
  readonly path: string;
  /** It was made on some ways only, and may not be there. */
  readonly isUnsure?: boolean;
}

/** What is in a file, as far as it can be known: from the command itself, else from the disk. `undefined`: nothing is known of it. */
export function contentOf(target: Text, state: State, run: Run, input?: Input): Content | undefined {
  const path = known(target);
  if (path === undefined) return undefined;
  const virtual = run.virtual.get(path);
  if (virtual) return { text: virtual.text ?? unknownFrom(virtual.origin ?? 'unknown-output'), fresh: true, path };
  if (stdinPaths.has(path)) return { text: input?.text ?? unknownFrom('unknown-output'), fresh: true, path };
  if (path === '/dev/null') return { text: '', fresh: false, path };
  const found = locations(path, state, run);
  const only = found[0];
  if (found.length !== 1 || !only) return undefined;
  const made = madeFile(only.typed, only.real, state);
  if (made?.unsure && run.world.kind(only.real) !== undefined)
    return { text: unknownFrom(made.origin ?? 'unknown-output'), fresh: true, path: only.real };
  if (made)
    return {
      text: made.text ?? unknownFrom(made.origin ?? 'unknown-output'),
      fresh: true,
      path: only.real,
      ...(made.unsure ? { isUnsure: true } : {}),
    };
  const isLinked = only.real !== only.typed;
  const copied =
    contentInCopy(only.typed, only.real, state, run) ?? (isLinked ? contentInCopy(only.real, only.real, state, run) : undefined);
  if (copied) return copied;
  if (mayFit(state.written, only.typed, only.real)) return { text: unknownFrom('unknown-output'), fresh: true, path: only.real };
  const text = run.world.readText(only.real, maxFile);
  return text === undefined ? undefined : { text, fresh: run.world.madeBySession(only.real), path: only.real };
}

/**
 * What is in a file below a folder that the command has copied or moved there, and that it has not made itself: what the disk has in the
 * folder it comes from. What comes from outside the project and cannot be read is nothing that anybody has read:
 * `cp -r /tmp/x lib; sh lib/a.sh`.
 */
function contentInCopy(typed: string, real: string, state: State, run: Run): Content | undefined {
  const copy = state.hasCopies() ? copyAround(typed, state) : undefined;
  if (!copy) return undefined;
  const unread: Content = { text: unknownFrom(copy.origin ?? 'unknown-output'), fresh: true, path: real };
  if (copy.from === '') return unread;
  const path = copy.from + typed.slice(copy.folder.length);
  const inside = classify(path, run.places).includes('workspace');
  if (mayFit(state.written, path)) return unread;
  const text = run.world.readText(path, maxFile);
  if (text !== undefined) return { text, fresh: !inside || run.world.madeBySession(path), path: real };
  return inside ? undefined : unread;
}

/** Where on the disk a folder comes from, through copies of copies. */
export function sourceOf(folder: string, state: State): string {
  const copy = state.hasCopies() ? copyAround(`${folder}/x`, state) : undefined;
  return copy === undefined ? folder : copy.from === '' ? '' : copy.from + folder.slice(copy.folder.length);
}

interface Copy {
  readonly folder: string;
  readonly from: string;
  readonly origin?: Origin;
}

/** The nearest folder around a path that was copied or moved there. */
function copyAround(path: string, state: State): Copy | undefined {
  if (path.length > longestPath) return undefined;
  for (let folder = dirname(path); folder !== '/' && folder !== '.'; folder = dirname(folder)) {
    const file = state.file(folder);
    if (file?.from !== undefined) return { folder, from: file.from, ...(file.origin ? { origin: file.origin } : {}) };
  }
  return undefined;
}

/** Says so where a file that is read command by command became another one while it was read: shells find what was appended meanwhile. */
export function noticeChange(path: string, before: MadeFile | undefined, end: State | undefined, run: Run): void {
  const now = end?.files.get(path);
  if (now && now !== before && !now.gone) run.opaque(`${path} is changed while it is read`);
}

/** Whether one of the patterns that something was done to may be a path: `sed -i … *.sh` may have changed it, `rm -r sub/*` may have removed it. */
export function mayFit(patterns: readonly string[], ...paths: readonly string[]): boolean {
  return patterns.some((pattern) => {
    if (pattern === '*') return true;
    const source = patternSource(pattern);
    if (source === undefined) return true;
    const expression = new RegExp(`^(?:${source.replace(/(?:\[\^\]\*){2,}/g, '[^]*')})$`);
    return paths.some((path) => isCostly(expression.source, path.length) || expression.test(path));
  });
}

/** What the command itself made at a path. */
export function madeFile(typed: string, real: string, state: State): MadeFile | undefined {
  if (!state.hasFiles()) return undefined;
  const direct = state.file(typed) ?? state.file(real);
  if (!state.hasLinks() || (direct && (!direct.same || direct.copy))) return direct;
  const ends = throughMadeLinks(typed, state);
  const made = ends.map((end) => state.file(end));
  // Where it may be one of several files, what is in it is not known.
  return ends.length === 1 ? made[0] : made.some((file) => file) ? { text: undefined } : undefined;
}

/** More files are not tried one by one against a pattern. */
const mostTried = 200;

// What the command has made before may have been written to by that name.
function forgetFitting(pattern: string, state: State): void {
  const mayBeAny = state.files.size > mostTried;
  for (const [path, file] of state.files)
    if ((file.text !== undefined || file.copy) && file.gone !== true && (mayBeAny || mayFit([pattern], path))) {
      // A copy of a program is none any more, a link still is one.
      const { same, copy, ...rest } = file;
      state.setFile(path, { ...rest, ...(same && !copy ? { same } : {}), text: undefined });
    }
}

/** Patterns with that of a text of which a part is unknown. */
export function withPattern(patterns: readonly string[], target: Text, state: State): readonly string[] {
  const pattern = patternOf(target, state);
  return patterns.includes(pattern) ? patterns : patterns.length < 20 ? [...patterns, pattern] : ['*'];
}

function patternOf(target: Text, state: State): string {
  const parts = typeof target === 'string' ? [target] : target.pieces;
  const shown = parts.map((piece) => (typeof piece === 'string' ? piece : 'glob' in piece ? piece.glob : '*')).join('');
  const first = parts[0];
  const isNamed = typeof first === 'string' || (first !== undefined && !('hole' in first));
  const isPlaced = shown.startsWith('/') || (state.cwds.length === 1 && isNamed);
  return isPlaced ? absolute(shown, state.cwds[0] ?? '/') : '*';
}

/** Remembers what the command wrote. */
export function remember(target: Text, content: Text | undefined, state: State, run: Run, append = false): void {
  const path = known(target);
  if (path === undefined) {
    state.written = withPattern(state.written, target, state);
    forgetFitting(patternOf(target, state), state);
    return;
  }
  if (run.virtual.has(path)) return;
  const kept = content === undefined || append ? undefined : known(content);
  for (const { typed, real } of locations(path, state, run)) {
    if (real.startsWith('/dev/')) {
      if (/^\/dev\/(?:stderr|fd\/)/.test(real)) run.astray += 1;
      continue;
    }
    if (kept !== undefined && isProjectHook(real) && doesNothing(kept))
      run.emit({ kind: 'write', certainty: 'exact', path: real, act: 'checks.skip', evidence: 'a hook that does nothing' });
    const before = append
      ? (state.file(typed)?.text ?? (run.world.kind(real) === undefined && !state.touched ? '' : run.world.readText(real, maxFile)))
      : '';
    const text = content === undefined || before === undefined ? undefined : join(before, content);
    const origin = content === undefined ? undefined : originOf(content);
    state.setFile(typed, { text, ...(origin ? { origin } : {}) });
    if (real !== typed) state.setFile(real, { text, ...(origin ? { origin } : {}) });
  }
}

function join(a: Text, b: Text): Text {
  if (a === '') return b;
  const first = known(a);
  const second = known(b);
  return first !== undefined && second !== undefined && originOf(a) === undefined && originOf(b) === undefined
    ? first + second
    : { pieces: [...pieces(a), ...pieces(b)], many: false };
}

function pieces(text: Text): readonly Exclude<Text, string>['pieces'][number][] {
  return typeof text === 'string' ? [text] : text.pieces;
}
