import { type Act, isAct } from '../model/act.ts';
import type { Action } from '../model/tool-call.ts';
import type { Translate } from './translate.ts';

/** What an act comes to, after "… wants to". Written as translated sentences, so that a language may order the words its own way. */
export function actSentence(act: string | undefined, agent: string, t: Translate): string | undefined {
  if (act === undefined || !isAct(act)) return undefined;
  return sentences[act]?.(agent, t);
}

/** What an action comes to where no act names it. */
export function actionSentence(action: Action | undefined, agent: string, t: Translate): string {
  switch (action?.kind) {
    case 'bash':
      return t('{0} wants to run a command', agent);
    case 'write':
      return t('{0} wants to write a file', agent);
    case 'edit':
    case 'patch':
      return t('{0} wants to change a file', agent);
    case 'delete':
      return t('{0} wants to delete a file', agent);
    case 'read':
      return t('{0} wants to read a file', agent);
    case 'fetch':
      return t('{0} wants to fetch from the network', agent);
    case 'sql':
      return t('{0} wants to run a database statement', agent);
    case 'mcp':
      return t('{0} wants to use the tool {1} of {2}', agent, action.tool, action.server);
    default:
      return t('{0} wants to use a tool', agent);
  }
}

const sentences: Readonly<Partial<Record<Act, (agent: string, t: Translate) => string>>> = {
  'git.push': (a, t) => t('{0} wants to push to a remote', a),
  'git.push.force': (a, t) => t('{0} wants to overwrite remote history', a),
  'git.push.lease': (a, t) => t('{0} wants to overwrite remote history, unless somebody else has pushed', a),
  'git.push.delete': (a, t) => t('{0} wants to delete remote branches or tags', a),
  'git.discard': (a, t) => t('{0} wants to throw away uncommitted work', a),
  'git.clean': (a, t) => t('{0} wants to delete untracked files', a),
  'git.branch.delete': (a, t) => t('{0} wants to delete a branch that may not be merged', a),
  'git.worktree.remove': (a, t) => t('{0} wants to delete a work tree with its changes', a),
  'git.stash.drop': (a, t) => t('{0} wants to throw away stashed work', a),
  'git.history.rewrite': (a, t) => t('{0} wants to rewrite history so that it cannot be recovered', a),
  'git.ref.delete': (a, t) => t('{0} wants to delete or move branches directly', a),
  'git.config.inject': (a, t) => t('{0} wants git to run a program through its configuration', a),
  'checks.skip': (a, t) => t('{0} wants to skip hooks or checks', a),
  'files.delete': (a, t) => t('{0} wants to delete files', a),
  'files.delete.recursive': (a, t) => t('{0} wants to delete a folder with all it contains', a),
  'files.permissions': (a, t) => t('{0} wants to change permissions', a),
  'files.permissions.recursive': (a, t) => t('{0} wants to change the permissions of a whole folder', a),
  'secret.read': (a, t) => t('{0} wants to read a secret', a),
  'secret.copy': (a, t) => t('{0} wants to copy a secret', a),
  'secret.print': (a, t) => t('{0} wants to print a secret', a),
  'secret.send': (a, t) => t('{0} wants to send a secret off this machine', a),
  'net.upload': (a, t) => t('{0} wants to send local data off this machine', a),
  'net.internal': (a, t) => t('{0} wants to reach an internal address', a),
  'net.metadata': (a, t) => t('{0} wants to reach a cloud metadata service', a),
  'net.file-url': (a, t) => t('{0} wants to read a local file through a URL', a),
  'code.remote': (a, t) => t('{0} wants to run downloaded code that nobody has read', a),
  'code.decoded': (a, t) => t('{0} wants to run code that was encoded', a),
  'code.unknown': (a, t) => t('{0} wants to run something that cannot be known beforehand', a),
  'code.inline': (a, t) => t('{0} wants to run code given on the command line', a),
  'disk.write': (a, t) => t('{0} wants to write to a disk or device', a),
  'machine.power': (a, t) => t('{0} wants to shut down or restart this machine', a),
  'machine.exhaust': (a, t) => t('{0} wants to use up this machine', a),
  'process.kill-all': (a, t) => t('{0} wants to end processes that are not its own', a),
  'service.change': (a, t) => t('{0} wants to change services or scheduled jobs', a),
  'guard.change': (a, t) => t('{0} wants to change what guards it', a),
  'guard.bypass': (a, t) => t('{0} wants to start something with its guards off', a),
  'package.publish': (a, t) => t('{0} wants to publish a package', a),
  'cloud.delete': (a, t) => t('{0} wants to delete cloud resources', a),
  'cloud.destroy': (a, t) => t('{0} wants to destroy cloud resources', a),
  'forge.merge': (a, t) => t('{0} wants to merge into a shared branch', a),
  'system.install': (a, t) => t('{0} wants to install or remove software of this machine', a),
  'cloud.change': (a, t) => t('{0} wants to change cloud resources', a),
  'db.drop': (a, t) => t('{0} wants to drop a database object', a),
  'db.truncate': (a, t) => t('{0} wants to empty a table', a),
  'db.delete-all': (a, t) => t('{0} wants to delete rows without a condition', a),
  'db.update-all': (a, t) => t('{0} wants to update rows without a condition', a),
  'db.flush': (a, t) => t('{0} wants to empty a data store', a),
  'db.write': (a, t) => t('{0} wants to change a database', a),
  'privilege.raise': (a, t) => t('{0} wants to use another user’s rights', a),
};
