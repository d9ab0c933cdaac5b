import type { Text } from '../shell/value.ts';
import type { Invocation } from '../shell/invocation.ts';
import type { GitCommand } from './git.ts';
import { filterRepo, historyCommands } from './git-history.ts';
import { worktreeCommands } from './git-worktree.ts';

/** The subcommand of git of that name that changes what is here: history, index or files. */
export function changingCommand(name: string): GitCommand | undefined {
  for (const commands of [historyCommands, worktreeCommands]) if (Object.hasOwn(commands, name)) return commands[name];
  return undefined;
}

/** `git-filter-repo` by its own name. */
export function rewriteHistory(call: Invocation, args: readonly Text[]): undefined {
  return filterRepo(call, args);
}
