import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import '../../src/analysis/analyze.ts';
import { archivePrograms } from '../../src/analysis/programs/archives.ts';
import { editorPrograms } from '../../src/analysis/programs/editors.ts';
import { builders } from '../../src/analysis/programs/builders.ts';
import { builderNames, changingNames, fileNames, runnerNames } from '../../src/analysis/programs/everyday-names.ts';
import { filePrograms } from '../../src/analysis/programs/files.ts';
import { findPrograms } from '../../src/analysis/programs/find.ts';
import { historyCommands } from '../../src/analysis/programs/git-history.ts';
import { worktreeCommands } from '../../src/analysis/programs/git-worktree.ts';
import { interpreterPrograms } from '../../src/analysis/programs/interpreters.ts';
import { networkPrograms } from '../../src/analysis/programs/network.ts';
import { outputPrograms } from '../../src/analysis/programs/output.ts';
import { findProgram } from '../../src/analysis/programs/registry.ts';
import { searchPrograms } from '../../src/analysis/programs/search.ts';
import { shellPrograms } from '../../src/analysis/programs/shells.ts';
import { wrapperPrograms } from '../../src/analysis/programs/wrappers.ts';
import { xargsPrograms } from '../../src/analysis/programs/xargs.ts';
import { builtinNames } from '../../src/analysis/shell/builtin-names.ts';
import { builtins } from '../../src/analysis/shell/builtins.ts';

const check = (names: string, known: readonly string[]) => {
  assert.ok(names.startsWith(' ') && names.endsWith(' '));
  assert.deepEqual(names.trim().split(' ').toSorted(), [...new Set(known)].toSorted());
};

describe('names by which parts of the analysis are loaded', () => {
  it('are those of the tables', () => {
    const files = [outputPrograms, filePrograms, searchPrograms, editorPrograms, findPrograms];
    const runners = [interpreterPrograms, shellPrograms, wrapperPrograms, networkPrograms, xargsPrograms, archivePrograms];
    const namesOf = (families: readonly (() => object)[]) => families.flatMap((make) => Object.keys(make()));
    check(fileNames, namesOf(files));
    check(runnerNames, namesOf(runners));
    check(builderNames, Object.keys(builders));
    check(changingNames, [...Object.keys(historyCommands), ...Object.keys(worktreeCommands)]);
    check(builtinNames, [...builtins.keys()]);
  });

  it('lead to each program', () => {
    for (const name of `${fileNames}${runnerNames}${builderNames}git hub kubectl `.trim().split(/ +/)) assert.ok(findProgram(name), name);
    for (const name of ['', ' ', 'cat tee', 'constructor', 'nosuchprogram']) assert.equal(findProgram(name), undefined, name);
  });
});
