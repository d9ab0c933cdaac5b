import type { Invocation, Result } from '../shell/invocation.ts';
import type { Outcome } from '../shell/outcome.ts';
import { archivePrograms } from './archives.ts';
import { editorPrograms } from './editors.ts';
import { builder } from './builders.ts';
import { builderNames, fileNames, runnerNames } from './everyday-names.ts';
import { filePrograms } from './files.ts';
import { findPrograms } from './find.ts';
import { gitProgram, gitPrograms } from './git.ts';
import { interpreterPrograms } from './interpreters.ts';
import { moreProgram } from './more.ts';
import { networkPrograms } from './network.ts';
import { outputPrograms } from './output.ts';
import { searchPrograms } from './search.ts';
import { shellPrograms } from './shells.ts';
import { wrapperPrograms } from './wrappers.ts';
import { xargsPrograms } from './xargs.ts';

/** What a program does, said through the invocation; what it prints and whether it succeeds, where known. */
export type Program = (call: Invocation) => Result | Outcome | undefined;

type Family = Readonly<Record<string, Program>>;

/** Families by what they are loaded with. Each table is made when one of the names is met, as most calls need one or two of them. */
const groups: readonly (readonly [names: string, families: readonly (() => Family)[]])[] = [
  [fileNames, [outputPrograms, filePrograms, searchPrograms, editorPrograms, findPrograms]],
  [runnerNames, [interpreterPrograms, shellPrograms, wrapperPrograms, networkPrograms, xargsPrograms, archivePrograms]],
];
const made = new Map<() => Family, Family>();

function programIn(make: () => Family, name: string): Program | undefined {
  const family = made.get(make) ?? make();
  made.set(make, family);
  return Object.hasOwn(family, name) ? family[name] : undefined;
}

function everydayProgram(name: string): Program | undefined {
  const ofGit = programIn(gitPrograms, name);
  if (ofGit) return ofGit;
  for (const [names, families] of groups) {
    if (!names.includes(` ${name} `)) continue;
    for (const make of families) {
      const program = programIn(make, name);
      if (program) return program;
    }
  }
  return builderNames.includes(` ${name} `) ? builder(name) : gitProgram(name);
}

/** Programs that were asked for before. Scripts start the same few again and again; a name that is no program's is remembered as well. */
const asked = new Map<string, Program | undefined>();
const mostAsked = 500;

/** The table of a program, by its name without folder; versions at the end of a name (`python3.12`) do not matter. */
export function findProgram(given: string): Program | undefined {
  const before = asked.get(given);
  if (before !== undefined || asked.has(given)) return before;
  const found = lookUp(given);
  if (asked.size >= mostAsked) asked.clear();
  if (given.length <= 100) asked.set(given, found);
  return found;
}

function lookUp(given: string): Program | undefined {
  const name = given.replace(/\.exe$/i, '');
  const everyday = everydayProgram(name) ?? (/\d$/.test(name) ? everydayProgram(name.replace(/-?\d+(?:\.\d+)*$/, '')) : undefined);
  return everyday ?? (/^[\w.+-]{1,40}$/.test(name) ? moreProgram(name) : undefined);
}

/** Whether a word names a program that runs others. */
export function isRunner(name: string): boolean {
  return /^(?:sudo|doas|env|xargs|sh|bash|zsh|dash|nohup|timeout)$/.test(name);
}
