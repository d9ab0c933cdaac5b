// What is known where two ways through a script meet, and what a shell hands to another.
import {
  joinCwds,
  joinFile,
  joinOptions,
  joinTraps,
  joinVariable,
  joinWays,
  joinWritten,
  sameFile,
  sameMap,
  samePositional,
  sameVariable,
  sameWays,
} from './join.ts';
import { isOwnByShell } from './special-variables.ts';
import { State } from './state.ts';
import { joinUnsettled, leftBehind } from './unsettled.ts';
import { sameText } from './value.ts';
import { unknownVariable, type Variable } from './variable.ts';

/** Takes over what a shell that ended has done to files, which is all that it leaves behind. */
export function absorb(state: State, ended: State): void {
  state.touched ||= ended.touched;
  state.stirred ||= ended.stirred;
  state.written = joinWritten(state.written, ended.written);
  state.removed = joinWritten(state.removed, ended.removed);
  if (ended.files !== state.files) for (const [path, file] of ended.files) if (state.files.get(path) !== file) state.setFile(path, file);
  if (ended.unsettled !== state.unsettled) state.unsettled = leftBehind(state.unsettled, ended.unsettled);
}

/** What a program that a shell starts gets to see: exported variables, and nothing else of the shell. */
export function childOf(state: State): State {
  const exported = new Map<string, Variable>();
  for (const [name, variable] of state.variables)
    if (variable.exported && variable.ref === undefined)
      exported.set(name, variable.unsure ? { ...variable, values: [undefined, ...variable.values] } : variable);
  const result = new State(state.cwds, exported);
  // Only Bash takes up functions, and what is started may be another shell.
  for (const [name, ways] of state.functions)
    if (ways.some((fn) => fn?.exported)) result.setFunction(name, ...new Set([...ways, undefined]));
  result.takeFiles(state);
  result.touched = state.touched;
  result.stirred = state.stirred;
  result.written = state.written;
  result.removed = state.removed;
  result.unsettled = state.unsettled;
  result.ambiguous = state.ambiguous;
  return result;
}

/** Whether running the same commands again from the other state can do nothing new. */
export function repeats(state: State, other: State): boolean {
  return knowSame(state, other) && state.files === other.files;
}

/** Whether both know the same. */
export function knowSame(a: State, b: State): boolean {
  if (
    a.cwds.join('\0') !== b.cwds.join('\0') ||
    a.touched !== b.touched ||
    a.stirred !== b.stirred ||
    a.written.length !== b.written.length ||
    a.removed.length !== b.removed.length ||
    !sameMap(a.unsettled, b.unsettled, (mine, theirs) => mine === theirs) ||
    (a.positional !== b.positional && !samePositional(a.positional, b.positional)) ||
    !sameMap(a.options, b.options, () => true) ||
    !sameMap(a.traps, b.traps, sameText) ||
    !sameMap(a.functions, b.functions, sameWays) ||
    !sameMap(a.aliases, b.aliases, (mine, theirs) => mine.length === theirs.length && mine.every((text, i) => sameText(text, theirs[i]))) ||
    !sameMap(a.files, b.files, sameFile)
  )
    return false;
  return sameMap(a.variables, b.variables, sameVariable);
}

/** A state with everything that the other has otherwise called unknown: what many rounds of a loop may have done. */
export function widened(state: State, other: State): State {
  const result = joined(state, other).fork();
  for (const [name, theirs] of other.variables) {
    const mine = state.own(name);
    if (mine === theirs) continue;
    if (mine?.ref !== undefined || theirs.ref !== undefined) {
      if (mine?.ref !== theirs.ref) result.setReference(name, null);
      continue;
    }
    if (mine && sameVariable(mine, theirs)) continue;
    const { exported = false, fixed = false, attribute } = joinVariable(mine, theirs);
    const elements = (mine?.elements ?? theirs.elements) === undefined ? {} : ({ elements: 'unknown' } as const);
    result.setOwn(name, { ...unknownVariable, ...elements, exported, ...(fixed ? { fixed } : {}), ...(attribute ? { attribute } : {}) });
  }
  if (state.cwds.join('\0') !== other.cwds.join('\0')) result.cwds = [];
  return result;
}

/** A state that may be one or the other: the join of what is known. The first of them where that is all. */
export function joined(a: State, b: State): State {
  if (a === b || shareAll(a, b)) return a;
  const result = a.fork();
  result.ambiguous = true;
  result.cwds = joinCwds(a.cwds, b.cwds);
  result.touched ||= b.touched;
  result.stirred ||= b.stirred;
  result.written = joinWritten(a.written, b.written);
  result.removed = joinWritten(a.removed, b.removed);
  result.unsettled = joinUnsettled(a.unsettled, b.unsettled);
  if (b.options !== a.options) result.options = joinOptions(a.options, b.options);
  if (b.positional !== a.positional) result.positional = samePositional(a.positional, b.positional) ? a.positional : undefined;
  if (b.traps !== a.traps) result.traps = joinTraps(a.traps, b.traps);
  if (b.variables !== a.variables) joinVariables(a, b, result);
  if (b.functions !== a.functions)
    for (const name of new Set([...a.functions.keys(), ...b.functions.keys()])) {
      const mine = a.functionsNamed(name);
      const theirs = b.functionsNamed(name);
      if (mine !== theirs) result.setFunction(name, ...joinWays(mine, theirs));
    }
  for (const [name, values] of b.aliases)
    for (const value of values) if (!a.aliases.get(name)?.includes(value)) result.setAlias(name, value);
  joinFiles(a, b, result);
  return result;
}

/** What was assigned since a state was forked may not have been. */
export function doubt(state: State, before: State): void {
  if (before.variables === state.variables) return;
  state.ambiguous = true;
  joinVariables(state, before, state);
}

function joinVariables(a: State, b: State, result: State): void {
  const [ours, others] = [a.variables, b.variables];
  for (const [name, mine] of ours) {
    const theirs = others.get(name);
    if (mine === theirs) continue;
    const both = joinVariable(mine, theirs);
    if (both !== mine || isOwnByShell(name, a.zsh)) result.setOwn(name, both);
  }
  for (const [name, theirs] of others) if (!ours.has(name)) result.setOwn(name, joinVariable(undefined, theirs));
}

function joinFiles(a: State, b: State, result: State): void {
  if (b.files === a.files) return;
  for (const [path, mine] of a.files) {
    const theirs = b.files.get(path);
    if (mine === theirs || (theirs && sameFile(mine, theirs))) continue;
    const both = joinFile(mine, theirs);
    if (!sameFile(both, mine)) result.setFile(path, both);
  }
  for (const [path, theirs] of b.files) if (!a.files.has(path)) result.setFile(path, joinFile(theirs, undefined));
}

function shareAll(a: State, b: State): boolean {
  return (
    a.variables === b.variables &&
    a.functions === b.functions &&
    a.aliases === b.aliases &&
    a.files === b.files &&
    a.cwds === b.cwds &&
    a.positional === b.positional &&
    a.traps === b.traps &&
    a.options === b.options &&
    a.touched === b.touched &&
    a.stirred === b.stirred &&
    a.written === b.written &&
    a.removed === b.removed &&
    a.unsettled === b.unsettled
  );
}
