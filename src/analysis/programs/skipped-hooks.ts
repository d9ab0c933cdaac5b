import type { Invocation } from '../shell/invocation.ts';
import { display, known } from '../shell/value.ts';

/** What tools that commit hand on to git, or call so themselves. */
const skipsHooks = /^--no-(?:verify|commit-hooks|git-verify|git-commit-verify)$|^--commit-hooks=(?:false|0)$|^--[\w-]+=.*--no-verify\b/;

/** Says so where a tool that commits is told to do so past the hooks: `npm version patch --no-commit-hooks`. */
export function judgeSkippedHooks(call: Invocation): void {
  const option = call.args.find((arg) => skipsHooks.test(known(arg) ?? ''));
  if (option !== undefined) call.act('checks.skip', `${call.name} ${display(option)}`);
}
