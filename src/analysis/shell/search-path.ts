import { locations } from '../touch.ts';
import { runFile } from './execute-file.ts';
import { madeFile } from './files.ts';
import type { Io, Outcome } from './outcome.ts';
import type { Run } from './run.ts';
import { anyOf, startProgram, startWords } from './simple.ts';
import type { State } from './state.ts';
import { piecesOf, type Text } from './value.ts';

/**
 * Runs a program by its name. Where the script has put folders of its own before the system's, a file that lies there may be meant:
 * `echo 'rm -rf ~' > git; PATH=.:$PATH; git status` runs it. Source: POSIX 2.9.1.4 "Command Search and Execution".
 */
export function startByName(name: string, args: readonly Text[], state: State, io: Io, run: Run): Outcome {
  const ways: Outcome[] = [];
  for (const folder of ownFolders(state, run)) {
    const path = `${folder === '' ? '.' : folder}/${name}`;
    const isThere = locations(path, state, run).some(
      ({ typed, real }) => madeFile(typed, real, state) !== undefined || run.world.kind(real) === 'file',
    );
    const ran = isThere ? runFile(path, args, state.fork(), io, run) : undefined;
    if (ran) ways.push(ran);
  }
  // What `hash -p` said of the name counts until the shell forgets it.
  for (const file of state.alias(hashed(name)) ?? []) ways.push(startWords([file, ...args], state.fork(), io, run));
  return ways.length === 0 ? startProgram(name, args, state, io, run) : anyOf([...ways, startProgram(name, args, state.fork(), io, run)]);
}

/** The alias that stands for where a name was said to be found. */
export function hashed(name: string): string {
  return `\0hash ${name}`;
}

/** More folders are not looked into. */
const mostFolders = 20;

/** Folders that the script itself named for programs to be found in, as far as they are known. */
function ownFolders(state: State, run: Run): readonly string[] {
  const variable = state.variable('PATH');
  if (!variable) return [];
  const usual = new Set(run.world.variable('PATH')?.split(':'));
  const folders = new Set<string>();
  for (const value of variable.values) {
    if (value === undefined) continue;
    const text = piecesOf(value)
      .map((piece) => (typeof piece === 'string' ? piece : '\0'))
      .join('');
    for (const folder of text.split(':')) if (!folder.includes('\0') && !usual.has(folder)) folders.add(folder);
  }
  return [...folders].slice(0, mostFolders);
}
