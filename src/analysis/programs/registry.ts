import type { Invocation, Result } from '../shell/invocation.ts';
import type { Outcome } from '../shell/outcome.ts';
import { archivePrograms } from './archives.ts';
import { editorPrograms } from './editors.ts';
import { filePrograms } from './files.ts';
import { findPrograms } from './find.ts';
import { gitPrograms } from './git.ts';
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

const families: readonly Readonly<Record<string, Program>>[] = [
  archivePrograms,
  editorPrograms,
  xargsPrograms,
  outputPrograms,
  filePrograms,
  findPrograms,
  gitPrograms,
  interpreterPrograms,
  networkPrograms,
  searchPrograms,
  shellPrograms,
  wrapperPrograms,
];

const programs = new Map<string, Program>();
for (const family of families) for (const [name, program] of Object.entries(family)) programs.set(name, program);

/** The table of a program, by its name without folder; versions at the end of a name (`python3.12`) do not matter. */
export function findProgram(given: string): Program | undefined {
  const name = given.replace(/\.exe$/i, '');
  const everyday = programs.get(name) ?? (/\d$/.test(name) ? programs.get(name.replace(/-?\d+(?:\.\d+)*$/, '')) : undefined);
  return everyday ?? (/^[\w.+-]{1,40}$/.test(name) ? moreProgram(name) : undefined);
}

/** Whether a word names a program that runs others. */
export function isRunner(name: string): boolean {
  return /^(?:sudo|doas|env|xargs|sh|bash|zsh|dash|nohup|timeout)$/.test(name);
}
