import { zonesOfPattern } from '../glob-zones.ts';
import { absolute, dirname, isAbsolute } from '../paths.ts';
import { locations } from '../touch.ts';
import { mayFit } from './files.ts';
import { setElements } from './assign.ts';
import type { Invocation } from './invocation.ts';
import { failed, succeeded, type Outcome } from './outcome.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';
import type { Variable } from './variable.ts';
import { anyText, display, known, type Text } from './value.ts';

/** The builtin `cd`. */
export function changeDirectory(call: Invocation): Outcome {
  const { state, run } = call;
  const operands = call.args.filter((arg) => !/^-[LPe@]+$/.test(known(arg) ?? ''));
  const target = operands.find((arg) => known(arg) !== '--');
  const home = state.variable('HOME');
  const text =
    target !== undefined
      ? known(target)
      : home === undefined
        ? run.stated.home
        : home.values.length === 1
          ? known(home.values[0] ?? '')
          : undefined;
  const old = state.cwds;
  if (text === '') return succeeded(state);
  const back = text === '-' ? state.variable('OLDPWD')?.values : undefined;
  const destination = text === '-' ? (back?.length === 1 && back[0] !== undefined ? known(back[0]) : undefined) : text;
  if (destination === undefined) {
    const before = state.fork();
    moveTo(target === undefined ? [] : protectedFolders(target, old, run), old, state);
    return { ok: state, fail: before, out: '' };
  }
  const searched = state.variable('CDPATH') !== undefined && !isAbsolute(destination) && !/^\.\.?(?:\/|$)/.test(destination);
  const next = isPhysical(call)
    ? locations(destination, state, run).map(({ real }) => real)
    : isAbsolute(destination)
      ? [absolute(destination, '/')]
      : searched
        ? []
        : old.map((cwd) => absolute(destination, cwd));
  const exists = next.map((path) => existence(path, call));
  const before = exists.some((e) => e !== 'yes') || next.length === 0 ? state.fork() : undefined;
  moveTo(next, old, state);
  // Where nothing can be known of the disk, `cd` is taken to succeed: a script that goes on in the wrong folder is a mistake
  // nobody can rule out by looking at its text. Where the disk says that it may fail, both ways are followed.
  return exists.some((e) => e === 'maybe') ? { ok: state, fail: before, out: '' } : succeeded(state);
}

// Links are followed, and `..` is the folder above where they lead.
function isPhysical({ args, state }: Invocation): boolean {
  const flags = args
    .map((arg) => known(arg) ?? '')
    .filter((arg) => /^-[LPe@]+$/.test(arg))
    .join('');
  return flags.includes('P') || flags.includes('L') ? flags.lastIndexOf('P') > flags.lastIndexOf('L') : state.options.has('physical');
}

// `cd .hus*` where no folder can be listed: those that count and that it fits.
function protectedFolders(target: Text, cwds: readonly string[], run: Run): readonly string[] {
  if (typeof target === 'string' || target.many || !target.pieces.every((piece) => typeof piece === 'string' || 'glob' in piece)) return [];
  return cwds.flatMap((cwd) => {
    const pattern = absolute(display(target), cwd);
    const { path } = zonesOfPattern(pattern, run.places);
    return path === undefined ? [] : [pattern, path];
  });
}

function moveTo(next: readonly string[], old: readonly string[], state: Invocation['state']): void {
  state.set('OLDPWD', old.length === 1 ? (old[0] ?? anyText) : anyText);
  state.cwds = next;
}

/**
 * Whether a folder is there to change into. That it is missing now is no proof that it will be: a call that runs beside this one can make
 * it in between, so a missing folder makes both ways possible and never takes away what follows.
 */
function existence(path: string, { state, run }: Pick<Invocation, 'state' | 'run'>): 'yes' | 'maybe' | 'unknown' {
  const kind = run.world.kind(path);
  let isChanged = false;
  const isStirred = state.hasFiles() || state.removed.length > 0;
  for (let made = path; made !== '/' && isStirred; made = dirname(made)) {
    const file = state.file(made);
    if ((file && (file.gone || !file.directory)) || mayFit(state.removed, made)) isChanged = true;
  }
  // What a link leads to may be gone.
  if (kind === 'link' && state.hasFiles() && !isChanged) {
    const [only] = locations(path, state, run);
    if (only && only.real !== path) return existence(only.real, { state, run }) === 'yes' ? 'yes' : 'maybe';
  }
  if ((kind === 'directory' || kind === 'link') && !isChanged) return 'yes';
  if (state.file(path)?.directory) return 'yes';
  if (state.touched || isChanged) return 'maybe';
  if (kind === 'file') return 'maybe';
  // The nearest folder that is there tells that what should lie in it is not; where none can be seen, nothing can be told.
  for (let parent = dirname(path); parent !== '/'; parent = dirname(parent)) {
    const found = run.world.kind(parent);
    if (found !== undefined) return found === 'directory' || found === 'link' ? 'maybe' : 'unknown';
  }
  return dirname(path) === '/' && run.world.kind('/') === 'directory' ? 'maybe' : 'unknown';
}

/** The variable that remembers the folders of `pushd`. */
const pushedFolders = '\0pushed';

// A script may change them by assigning to DIRSTACK.
const stackOf = (state: State): Variable['elements'] => (state.own('DIRSTACK') ? 'unknown' : state.own(pushedFolders)?.elements);

/** The builtin `pushd`. */
export function pushDirectory(call: Invocation): Outcome {
  const { state } = call;
  if (call.args.length === 0) return popDirectory(call);
  const stack = stackOf(state);
  const items = stack === undefined || stack === 'unknown' ? [] : [...stack.values()];
  const [current] = state.cwds;
  const pushed = state.cwds.length === 1 && current !== undefined && stack !== 'unknown' ? [current, ...items] : undefined;
  const outcome = changeDirectory(call);
  if (outcome.ok) setElements(pushedFolders, pushed, outcome.ok);
  return outcome;
}

/** The builtin `popd`. */
export function popDirectory(call: Invocation): Outcome {
  const { state } = call;
  const stack = stackOf(state);
  if (stack !== 'unknown' && (stack === undefined || stack.size === 0)) return failed(state);
  const [top, ...rest] = stack === 'unknown' ? [] : [...stack.values()];
  const path = top === undefined ? undefined : known(top);
  moveTo(path === undefined ? [] : [path], state.cwds, state);
  setElements(pushedFolders, stack === 'unknown' ? undefined : rest, state);
  return succeeded(state);
}
