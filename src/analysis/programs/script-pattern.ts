// Scripts that only a pattern names: `for f in tests/*.sh; do bash "$f"; done` behind a build that may have made more of them.
import { absolute, dirname, isWithin } from '../paths.ts';
import { mayFit } from '../shell/files.ts';
import { expandGlob } from '../shell/glob.ts';
import { isWhollyIn } from '../shell/invocation.ts';
import type { Run } from '../shell/run.ts';
import type { State } from '../shell/state.ts';
import { display, piecesOf, type Text } from '../shell/value.ts';

/** Files of the project that are followed; of more only those that the session has made. */
const mostFollowed = 20;

// Whatever was written to the folder, or around it, may be one of them: a copy, a link, what came from another machine. A folder that was only made is empty.
function isMade(pattern: string, folder: string, state: State, run: Run): boolean {
  const depth = dirname(pattern);
  return run.effects.some(({ kind, path }) => {
    if (kind !== 'write' || path === undefined) return false;
    const file = state.file(path);
    if (file?.directory === true && file.from === undefined) return false;
    if (isWithin(folder, path) || (/[*?[]/.test(path) && mayFit([path], folder))) return true;
    return isWithin(path, folder) && (/[*?[]/.test(path) || mayFit([pattern, depth], path) || isWithin(depth, path));
  });
}

/**
 * Runs the files that a pattern names by `follow` (a path as it is written), where all of them lie in the project and the command itself has made none of
 * them. What a build makes of the project's sources is a program like any other there. Returns whether that is so.
 */
export function runPattern(
  file: Text,
  { state, run }: { readonly state: State; readonly run: Run },
  follow: (path: string) => void,
): boolean {
  const pieces = piecesOf(file);
  const shown = display(file);
  const [cwd] = state.cwds;
  const isWhole = pieces.every((piece) => typeof piece === 'string' || 'text' in piece || 'glob' in piece);
  if (!isWhole || cwd === undefined || state.cwds.length > 1 || shown.split('/').includes('..')) return false;
  const folder = shown.slice(0, shown.search(/[^/]*[*?[]/)) || '.';
  if (
    !isWhollyIn(folder, 'workspace', state, run) ||
    state.written.length > 0 ||
    isMade(absolute(shown, cwd), absolute(folder, cwd), state, run)
  )
    return false;
  const matches = expandGlob(pieces, cwd, run.world, state.options);
  if (matches === undefined && run.world.list(absolute(folder, cwd)) !== undefined) return false;
  for (const [index, path] of (matches ?? []).entries())
    if (index < mostFollowed || run.world.madeBySession(absolute(path, cwd))) follow(path);
  run.problem(`the script ${shown} cannot be known`);
  if (run.unpacked) run.reportOrigin('download');
  run.emit({ kind: 'unknown', certainty: 'opaque', evidence: `the script ${shown} cannot be known` });
  state.touched = true;
  return true;
}
