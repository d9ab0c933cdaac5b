import type { Effect } from '../model/effect.ts';
import type { PolicyRequest } from '../model/policy-request.ts';
import { runProgram } from './automaton.ts';
import { testText } from './test-text.ts';
import type { Work } from './work.ts';
import type { PathTest, Program } from './compiled.ts';
import { parseGlob } from './glob.ts';
import { overlap } from './overlap.ts';
import { toProgram } from './pattern.ts';
import { allOf, anyOf, no, possible, type Truth, yes } from './truth.ts';

/** The folders that patterns may start from. */
export interface Places {
  readonly workspace: string;
  readonly home: string;
}

/** Workspace and home where paths of effects lie in them. */
export const placesOf = ({ call, analysis }: PolicyRequest): Places => analysis.places ?? call;

/** Acts that reach everything below their path. */
const recursive: ReadonlySet<string | undefined> = new Set(['files.delete.recursive', 'files.permissions.recursive']);

/**
 * Whether an effect's path passes any of the tests. `sure`: the whole of what the effect touches must pass (the question when
 * approving); else it is enough that a part of it does.
 */
export function matchPaths(tests: readonly PathTest[], effect: Effect, places: Places, sure: boolean, work: Work): Truth {
  const { path } = effect;
  if (path === undefined) return effect.certainty === 'opaque' && isOfFiles(effect) ? possible : no;
  if (effect.certainty === 'approximate' && /[*?[{]/.test(path)) return anyOf(tests, (test) => matchGlob(test, path, places, work));
  return anyOf(tests, (test) => {
    const rest = relativeTo(test.base, path, places);
    const itself = rest === undefined ? no : testText(test.test, rest, work);
    if (!recursive.has(effect.act)) return itself;
    if (sure)
      return rest === undefined || test.test.is === 'equal'
        ? itself
        : allOf([rest, ...below(rest)], (each) => testText(test.test, each, work));
    // Deleting a folder deletes what a rule protects deep inside of it.
    return itself === yes ? yes : isInside(test, path, places) ? yes : itself;
  });
}

/** Whether an effect is on something in the file system, named or not. */
export const isOfFiles = (effect: Effect): boolean => effect.kind === 'write' || effect.kind === 'delete' || effect.kind === 'read';

/** The part of a path below a base; `undefined` where it does not lie there. */
export function relativeTo(base: PathTest['base'], path: string, places: Places): string | undefined {
  if (base === 'root') return path;
  const folder = (base === 'workspace' ? places.workspace : places.home).replace(/\/+$/, '');
  if (path === folder) return '';
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}

/** Stand-ins for whatever a folder may contain. */
const below = (folder: string): readonly string[] => {
  const start = folder === '' ? '' : `${folder}/`;
  return [`${start}\u{10fffd}`, `${start}\u{10fffd}/\u{10fffd}`, `${start}.\u{10fffd}`];
};

/** Whether the constant folder of a test lies inside of the path. */
function isInside(test: PathTest, path: string, places: Places): boolean {
  const folder = constantOf(test, places);
  return folder !== undefined && (path === '/' || folder === path || folder.startsWith(`${path}/`));
}

function constantOf(test: PathTest, places: Places): string | undefined {
  const base = test.base === 'root' ? '' : test.base === 'workspace' ? places.workspace : places.home;
  const inner = test.test.is === 'equal' ? test.test.text : test.prefix;
  if (inner === undefined || inner === '') return test.base === 'root' ? undefined : base;
  return test.base === 'root' ? inner : `${base}/${inner}`;
}

function matchGlob(test: PathTest, glob: string, places: Places, work: Work): Truth {
  const rest = relativeTo(test.base, glob, places);
  if (rest === undefined) {
    // `/ho*/x` may still lie in a base whose name it does not spell out.
    const start = glob.slice(0, glob.search(/[*?[{]/));
    const folder = test.base === 'workspace' ? places.workspace : places.home;
    return folder.startsWith(start) ? possible : no;
  }
  if (test.test.is === 'any') return yes;
  if (test.test.is === 'search') return possible;
  const program = globProgram(rest);
  if (program === undefined) return possible;
  if (test.test.is === 'equal') return runProgram(program, test.test.text, false, work) === false ? no : possible;
  const { some, all } = overlap(program, test.test.program, work);
  return all ? yes : some ? possible : no;
}

/** The last globs of calls: many rules are compared with the same. */
const programs = new Map<string, Program | undefined>();
const mostPrograms = 10;

/** A path glob as a program; `undefined` where it is none that could be matched. */
export function globProgram(glob: string): Program | undefined {
  if (programs.has(glob)) return programs.get(glob);
  const parsed = parseGlob(glob);
  const result = 'problem' in parsed ? parsed : toProgram(parsed.pattern);
  const program = 'program' in result ? result.program : undefined;
  if (programs.size >= mostPrograms) programs.clear();
  programs.set(glob, program);
  return program;
}
