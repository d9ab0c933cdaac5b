/**
 * What an effect amounts to, beyond touching a resource: the vocabulary in which the analysis tells the policy
 * that `git push origin +main`, `git push -f` and `git -c alias.p='push --force' p` are the same act.
 * A rule names acts by these words or by a prefix with a star (`git.push.*`).
 */
export const acts = {
  'git.push': 'sends commits to a remote, adding only',
  'git.push.force': 'overwrites remote history',
  'git.push.lease': 'overwrites remote history unless somebody else has pushed',
  'git.push.delete': 'deletes remote branches or tags, or mirrors deletions',
  'git.discard': 'throws away uncommitted work',
  'git.clean': 'deletes untracked files',
  'git.branch.delete': 'deletes a branch whether or not it is merged',
  'git.worktree.remove': 'deletes a work tree with its changes',
  'git.stash.drop': 'throws away stashed work',
  'git.history.rewrite': 'rewrites or expires history so that it cannot be recovered',
  'git.ref.delete': 'deletes or moves references directly',
  'git.config.inject': 'makes git run a program through its configuration',
  'checks.skip': 'skips or disables hooks, signing or other checks',
  'files.delete': 'deletes single files',
  'files.delete.recursive': 'deletes a folder with all it contains',
  'files.permissions': 'changes owner or permissions',
  'files.permissions.recursive': 'changes owner or permissions of a whole folder',
  'secret.read': 'reads a secret',
  'secret.copy': 'copies, links or archives a secret',
  'secret.print': 'prints a secret or token',
  'secret.send': 'sends a secret off the machine',
  'net.upload': 'sends local data off the machine',
  'net.internal': 'reaches a loopback, private or link-local address',
  'net.metadata': 'reaches a cloud metadata service',
  'net.file-url': 'reads a local file through a URL',
  'code.remote': 'runs code that was downloaded and not read',
  'code.decoded': 'runs code that was encoded',
  'code.unknown': 'runs a program or code that cannot be known',
  'code.inline': 'runs code given on the command line',
  'code.inline.acts': 'runs code given on the command line that starts programs, deletes, connects or writes elsewhere',
  'disk.write': 'writes to a device, makes a file system, partitions or wipes',
  'machine.power': 'shuts down or restarts the machine',
  'machine.exhaust': 'uses up the machine, as a fork bomb does',
  'process.kill-all': 'ends processes that are not its own',
  'service.change': 'changes services, scheduled jobs or start-up',
  'guard.change': 'changes what governs agents: policy, hooks, agent or editor settings',
  'guard.bypass': 'starts an agent or a program with its guards off',
  'forge.merge': 'merges into a shared branch on a forge',
  'system.install': 'installs or removes software of the whole machine',
  'package.publish': 'publishes a package or release',
  'cloud.delete': 'deletes cloud, cluster or forge resources',
  'cloud.destroy': 'destroys cloud, cluster or forge resources for good, or many at once',
  'cloud.change': 'changes cloud, cluster or forge resources',
  'db.drop': 'drops a database object',
  'db.truncate': 'empties a table',
  'db.delete-all': 'deletes rows without a condition',
  'db.update-all': 'updates rows without a condition',
  'db.flush': 'empties a data store',
  'db.write': 'changes rows or schema',
  'privilege.raise': 'runs with another user’s rights',
} as const satisfies Readonly<Record<string, string>>;

/** One of the words of {@link acts}. */
export type Act = keyof typeof acts;

/** Whether `value` is a known act. */
export function isAct(value: string): value is Act {
  return Object.hasOwn(acts, value);
}
