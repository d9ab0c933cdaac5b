import { loadBeside, stampOf } from '../platform/beside.ts';
import type { Directories } from '../platform/directories.ts';
import type { Compiler } from './compile-policy.ts';
import { type FoundPolicy, findPolicy } from './policy-source.ts';
import { rare } from './rare.ts';
import { trustedHashes } from './trust.ts';

/** The policy of this machine for a workspace. Throws only where the compiler is needed and cannot be loaded. */
export function localPolicy(directories: Directories, platform: NodeJS.Platform, workspace: string): FoundPolicy {
  return findPolicy({
    directories,
    workspace,
    platform,
    compile: (files, trusted) => rare().compilePolicy(files, trusted, loadCompiler),
    compilerStamp: stampOf('compiler'),
    trusted: () => trustedHashes(directories),
  });
}

/** What compiles policies, from the bundle beside this one. Throws where it is missing. */
export function loadCompiler(): Compiler {
  const loaded = loadBeside('compiler');
  if (typeof loaded !== 'object' || loaded === null || !('loadPolicy' in loaded))
    throw new Error('The policy compiler is broken: install Agent Policy again.');
  return loaded as Compiler;
}
