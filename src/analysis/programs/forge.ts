import type { Invocation, Result } from '../shell/invocation.ts';
import type { Outcome } from '../shell/outcome.ts';
import { display, known, unknownFrom } from '../shell/value.ts';
import type { Program } from './registry.ts';
import { type CommandLine, commandLine, judgeVerb, readNamedSecrets, verbProgram, verbs } from './verbs.ts';

/** Command lines of forges. Source: the manuals of gh(1) and glab(1). */

const table = verbs(`
  repo delete                            cloud.destroy
  repo sync --force                      git.push.force
  repo archive|unarchive|rename|edit|sync  cloud.change
  release delete|delete-asset            cloud.delete
  release create|edit|upload             package.publish
  auth token                             secret.print
  auth status --show-token|-t            secret.print
  auth git-credential                    secret.print
  issue delete                           cloud.delete
  gist delete                            cloud.delete
  cache delete                           cloud.delete
  run delete|cancel                      cloud.delete
  codespace delete                       cloud.delete
  project delete|item-delete|field-delete  cloud.delete
  label delete                           cloud.delete
  ssh-key|gpg-key delete|add             cloud.delete
  ruleset|rulesets delete                cloud.delete
  secret|variable delete|remove          cloud.delete
  workflow disable                       checks.skip
  secret|variable set                    cloud.change
  repo deploy-key add|delete             cloud.delete
  pr merge --admin                       checks.skip
  mr merge --admin                       checks.skip
  pr|mr merge|accept                     forge.merge
  pr|mr|issue close|create|edit|comment|review|reopen|ready|lock|update  cloud.change
  mr|snippet|release|repo|schedule|variable delete  cloud.delete
  extension install|upgrade              opaque
  alias import                           opaque
`);

const values =
  '-R --repo -t --title -b --body -F --body-file -f --raw-field --field -H --header -X --method -q --jq --template --hostname -B --base --head -l --label -a --assignee -r --reviewer -m --milestone -L --limit --json -n --notes --notes-file --target -c --codespace --input --cache -p --project --search -s --state -e --env -o --org -u --user -w --workflow --ref';

function forge(call: Invocation): Result | Outcome | undefined {
  const line = commandLine(call.args, { values });
  const [group, verb] = line.words.map((word) => known(word));
  readNamedSecrets(
    call,
    [...line.words.slice(2), ...line.all('-F', '--body-file', '--notes-file', '--input', '-f', '--field', '--env-file')],
    'secret.send',
  );
  if (group === 'api') return api(call, line);
  if (group === 'alias' && verb === 'set') {
    const text = line.words[3];
    if (text !== undefined && (line.has('-s', '--shell') || display(text).startsWith('!')))
      call.shell(known(text)?.replace(/^!/, '') ?? text);
    else if (text !== undefined) call.start(['gh', ...(known(text) ?? '').split(' ')]);
    return undefined;
  }
  if ((group === 'extension' || group === 'ext') && verb === 'exec') call.opaque('an extension of gh');
  if (group === 'codespace' && verb === 'ssh' && line.rest !== undefined) call.start(line.rest);
  if (/^(?:repo|gist|release|run)$/.test(group ?? '') && /^(?:clone|download)$/.test(verb ?? '')) return undefined;
  if (group === 'pr' && verb === 'diff') return { out: unknownFrom('download') };
  judgeVerb(call, line, table);
  return undefined;
}

function api(call: Invocation, line: CommandLine): Result {
  const method = known(line.value('-X', '--method') ?? '')?.toUpperCase();
  const path = display(line.words[1] ?? '');
  const query = line.all('-f', '--raw-field', '-F', '--field').map(display).join('\n');
  const sends = line.has('-f', '--raw-field', '-F', '--field', '--input');
  if (method === undefined) call.opaque('a request whose method cannot be known');
  else if (method === 'DELETE')
    call.act(/^\/?repos\/[^/]+\/[^/]+$/.test(path) ? 'cloud.destroy' : 'cloud.delete', `-X DELETE ${path}`, 'delete');
  else if (path === 'graphql' && /\bdelete\w+\s*\(/.test(query)) call.act('cloud.delete', 'a mutation that deletes', 'delete');
  else if (/\/merge$/.test(path) && method === 'PUT') call.act('forge.merge', path);
  else if (/\/git\/refs/.test(path) && method === 'PATCH' && /force/.test(query)) call.act('git.push.force', path);
  else if (/branches\/[^/]+\/protection/.test(path) && method !== '' && method !== 'GET') call.act('checks.skip', path);
  else if ((method !== '' && method !== 'GET' && method !== 'HEAD') || (sends && method === '' && path !== 'graphql'))
    call.act('cloud.change', `${method === '' ? 'POST' : method} ${path}`);
  return { out: unknownFrom('download') };
}

/** Settings of the command line that name programs. Source: hgrc(5), the Subversion book, "Runtime Configuration Area". */
function configured(call: Invocation): undefined {
  const line = commandLine(call.args, { values: '--config --config-option --config-dir -R --repository --cwd -m -r -u' });
  for (const setting of [...line.all('--config'), ...line.all('--config-option')]) {
    const text = known(setting);
    const program =
      /^(?:alias\.[\w-]+=!|hooks\.[\w.-]+=(?!$)|ui\.(?:ssh|editor|merge)=|(?:merge-tools|extdiff|pager)\.[\w.-]+=|config:(?:tunnels|helpers):[\w-]+=)([\s\S]+)$/.exec(
        text ?? '',
      )?.[1];
    if (program !== undefined) call.shell(program.replace(/^\$\w+\s+/, ''));
    else if (text === undefined || /^extensions\.[\w.-]+=.*[/.]/.test(text)) call.opaque(`code that ${call.name} loads`);
  }
  if (line.has('--config-dir')) call.opaque(`${call.name} is configured by ${display(line.value('--config-dir') ?? '')}`);
}

export const forgePrograms: Readonly<Record<string, Program>> = {
  hg: configured,
  svn: configured,
  gh: forge,
  glab: forge,
  tea: verbProgram('repo|repos|release|releases|issue|branch delete|rm  cloud.delete'),
  bkt: verbProgram('* delete  cloud.delete'),
  jira: verbProgram('issue delete  cloud.delete'),
};
