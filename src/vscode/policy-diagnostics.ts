import type { Uri } from 'vscode';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Directories } from '../platform/directories.ts';
import { diagnose } from '../policy/edit/diagnose.ts';
import { editedPolicy } from './edited-policy.ts';
import { policyCompiler } from './policy-compiler.ts';

/** What is wrong with a policy, or hardly meant, as it is being written. What is wrong in a file that it extends is shown there. */
export async function check(uri: Uri, text: string, directories: Directories): Promise<readonly Diagnostic[]> {
  const found = await editedPolicy(uri, text, directories);
  if (found === undefined) return [];
  const { edited, extended, kind } = found;
  const all = diagnose(edited, policyCompiler());
  const own = all.filter(({ source }) => source === undefined || source === edited.name || !extended.has(source));
  // A file of scenarios says nothing of its own: its rules are those of the file that it extends.
  return kind === 'scenarios' ? own.filter(({ severity }) => severity === 'error') : own;
}
