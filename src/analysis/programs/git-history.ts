import type { Invocation } from '../shell/invocation.ts';
import { branchName, concat, display, isMany, known, type Text } from '../shell/value.ts';
import type { GitCommand } from './git.ts';
import { checkGitSetting } from './git-config.ts';
import { listedNames, nameRefs } from './git-ref-name.ts';
import { grammar } from './options.ts';
import { applyPatch } from './patches.ts';

const commitOptions = grammar(
  'a,all p,patch C,reuse-message= c,reedit-message= fixup= squash= reset-author short branch porcelain long z,null F,file= author= date= m,message= t,template= s,signoff no-signoff trailer= n,no-verify verify allow-empty allow-empty-message cleanup= e,edit no-edit amend no-post-rewrite i,include o,only pathspec-from-file= pathspec-file-nul u,untracked-files? v,verbose q,quiet dry-run status no-status S,gpg-sign? no-gpg-sign',
);
const mergeOptions = grammar(
  'commit no-commit e,edit no-edit cleanup= ff no-ff ff-only S,gpg-sign? no-gpg-sign log? no-log signoff no-signoff stat n,no-stat compact-summary squash no-squash verify no-verify s,strategy= X,strategy-option= verify-signatures no-verify-signatures q v progress no-progress autostash no-autostash allow-unrelated-histories m= F,file= into-name= rerere-autoupdate overwrite-ignore abort quit continue',
);
const rebaseOptions = grammar(
  'onto= keep-base continue abort quit apply empty= keep-empty no-keep-empty reapply-cherry-picks allow-empty-message skip edit-todo show-current-patch m,merge s,strategy= X,strategy-option= rerere-autoupdate S,gpg-sign? no-gpg-sign q,quiet v,verbose stat n,no-stat no-verify verify C= no-ff force-rebase f fork-point ignore-whitespace whitespace= committer-date-is-author-date ignore-date reset-author-date signoff i,interactive r,rebase-merges? x,exec= root autosquash no-autosquash autostash no-autostash reschedule-failed-exec update-refs',
);

const mailOptions = grammar(
  's k keep-non-patch scissors no-scissors c quoted-cr= u 3 ignore-space-change ignore-whitespace whitespace= C= p= directory= exclude= include= reject patch-format= i no-verify,n interactive rerere-autoupdate S,gpg-sign? no-gpg-sign continue skip abort quit resolved r show-current-patch? allow-empty retry',
);

/** What makes commits, rewrites them, or deletes what would bring them back. */
export const historyCommands: Readonly<Record<string, GitCommand>> = {
  commit: (call, args) => {
    const parsed = call.parse(commitOptions, args);
    if (parsed.has('n')) call.act('checks.skip', '--no-verify');
    if (parsed.has('no-gpg-sign')) call.act('checks.skip', '--no-gpg-sign');
    if (parsed.uncertain && args.some((arg) => isMany(arg))) call.act('checks.skip', 'options that cannot be known', 'execute', 'opaque');
    for (const file of parsed.values('F')) if (call.isSecret(file)) call.read(file);
    return undefined;
  },
  merge: checked(mergeOptions),
  am: (call, args) => {
    checked(mailOptions)(call, args);
    const parsed = call.parse(mailOptions, args);
    if (!parsed.has('continue', 'skip', 'abort', 'quit', 'show-current-patch'))
      applyPatch(call, parsed.operands, parsed.value('directory'));
    return undefined;
  },
  'cherry-pick': checked(
    grammar(
      'e,edit cleanup= x r m,mainline= n,no-commit s,signoff S,gpg-sign? no-gpg-sign ff allow-empty allow-empty-message keep-redundant-commits strategy= X= rerere-autoupdate continue skip quit abort',
    ),
  ),
  revert: checked(
    grammar(
      'e,edit no-edit m= n,no-commit S,gpg-sign? no-gpg-sign s strategy= X= rerere-autoupdate reference continue skip quit abort cleanup=',
    ),
  ),
  tag: (call, args) => {
    const parsed = call.parse(
      grammar(
        'a,annotate s,sign no-sign u,local-user= f,force d,delete v,verify n? l,list sort= i color? m,message= F,file= e cleanup= column? contains= no-contains= merged= no-merged= points-at= create-reflog',
      ),
      args,
    );
    if (parsed.has('no-sign')) call.act('checks.skip', '--no-sign');
    if (parsed.has('d')) call.act('git.ref.delete', 'tag -d', 'delete');
    else if (!parsed.has('l', 'v')) nameRefs(call, parsed.operands);
    return undefined;
  },
  rebase: (call, args) => {
    const parsed = call.parse(rebaseOptions, args);
    if (parsed.has('no-verify')) call.act('checks.skip', '--no-verify');
    if (parsed.has('no-gpg-sign')) call.act('checks.skip', '--no-gpg-sign');
    for (const command of parsed.values('x')) call.shell(command);
    return undefined;
  },
  // Plumbing makes a commit that no hook has seen.
  'commit-tree': (call) => call.act('checks.skip', 'commit-tree'),
  'fast-import': (call) => call.act('git.history.rewrite', 'fast-import'),
  'filter-branch': (call, args) => {
    call.act('git.history.rewrite', 'filter-branch');
    for (const [index, arg] of args.entries())
      if (/^--(?:tree|index|msg|env|commit|parent|tag-name)-filter$/.test(known(arg) ?? '') && args[index + 1] !== undefined)
        call.shell(args[index + 1] ?? '');
    return undefined;
  },
  'filter-repo': filterRepo,
  replace: (call) => call.act('git.history.rewrite', 'replace'),
  reflog: (call, args) => {
    const name = known(args[0] ?? '');
    if ((name === 'expire' || name === 'delete' || name === 'drop') && !args.some((arg) => /^(?:-n|--dry-run)$/.test(known(arg) ?? '')))
      call.act('git.history.rewrite', `reflog ${name}`);
    return undefined;
  },
  gc: (call, args) => {
    const prune = args.find((arg) => /^--prune(?:=(?:now|all|.*seconds?.*|0.*))?$/.test(known(arg) ?? ''));
    if (prune !== undefined && known(prune) !== '--prune') call.act('git.history.rewrite', `gc ${display(prune)}`);
    return undefined;
  },
  prune: (call, args) =>
    args.some((arg) => /^(?:-n|--dry-run)$/.test(known(arg) ?? '')) ? undefined : call.act('git.history.rewrite', 'prune'),
  repack: () => undefined,
  'update-ref': (call, args) => {
    const parsed = call.parse(grammar('d m= stdin z create-reflog no-deref'), args);
    nameRefs(call, parsed.operands);
    call.act('git.ref.delete', parsed.has('d') ? 'update-ref -d' : 'update-ref', parsed.has('d') ? 'delete' : 'write');
    return undefined;
  },
  'symbolic-ref': (call, args) => {
    const parsed = call.parse(grammar('d,delete q short recurse no-recurse m='), args);
    if (parsed.has('d')) call.act('git.ref.delete', 'symbolic-ref --delete', 'delete');
    nameRefs(call, parsed.operands.slice(1));
    return parsed.operands.length === 1 ? { out: concat(branchName, '\n') } : undefined;
  },
  branch: (call, args) => {
    const parsed = call.parse(
      grammar(
        'd,delete D m,move M c,copy C l,list show-current a,all r,remotes v,verbose vv q,quiet f,force u,set-upstream-to= unset-upstream t,track? no-track edit-description contains= no-contains= merged? no-merged? column? sort= points-at= format= color? abbrev? i recurse-submodules create-reflog',
      ),
      args,
    );
    if (parsed.has('show-current')) return { out: concat(branchName, '\n') };
    const forced = parsed.has('D') || (parsed.has('d') && parsed.has('f'));
    if (forced || (parsed.uncertain && args.some(isMany))) call.act('git.branch.delete', '-D', 'delete', forced ? 'exact' : 'opaque');
    else if (parsed.has('f') && parsed.operands.length > 0) call.act('git.ref.delete', 'branch --force', 'write');
    if (!parsed.has('d', 'D', 'l')) nameRefs(call, parsed.operands);
    return listedNames(args);
  },
  config: (call, args) => {
    config(call, args);
    return undefined;
  },
  notes: () => undefined,
  init: (call, args) => {
    const parsed = call.parse(
      grammar('q,quiet bare template= separate-git-dir= object-format= ref-format= b,initial-branch= shared?'),
      args,
    );
    if (parsed.value('template') !== undefined && known(parsed.value('template') ?? '') !== '') call.opaque('hooks from a template');
    nameRefs(call, [parsed.value('b')]);
    return call.change(parsed.operands[0] ?? '.');
  },
  'update-server-info': () => undefined,
};

/** `--analyze` and `--help` only look. */
export function filterRepo(call: Invocation, args: readonly Text[]): undefined {
  if (args.some((arg) => /^(?:--analyze|--help|-h|--version|--dry-run)$/.test(known(arg) ?? ''))) return;
  call.act('git.history.rewrite', 'filter-repo');
}

function checked(options: () => ReturnType<ReturnType<typeof grammar>>): GitCommand {
  return (call, args) => {
    const parsed = call.parse(options, args);
    if (parsed.has('no-verify')) call.act('checks.skip', '--no-verify');
    if (parsed.has('no-gpg-sign')) call.act('checks.skip', '--no-gpg-sign');
    if (parsed.has('no-verify-signatures')) call.act('checks.skip', '--no-verify-signatures');
    // Giving up a merge or pick puts the work tree back, and with it what was done to solve conflicts.
    return undefined;
  };
}

const configOptions = grammar(
  'global system local worktree f,file= blob= get get-all get-regexp get-urlmatch add replace-all unset unset-all rename-section remove-section l,list e,edit z,null name-only show-origin show-scope type= bool int bool-or-int path expiry-date no-type includes no-includes default= fixed-value comment= all value= regexp',
);

/** `git config`, in the old form with options and the new one with words. Source: git-config(1). */
function config(call: Invocation, args: readonly Text[]): void {
  const parsed = call.parse(configOptions, args);
  let words = parsed.operands;
  const verb = known(words[0] ?? '');
  const isVerb = verb !== undefined && /^(?:get|set|unset|list|edit|rename-section|remove-section)$/.test(verb);
  if (isVerb) words = words.slice(1);
  const key = words[0];
  const name = key === undefined ? undefined : known(key);
  for (const file of parsed.values('f')) call.change(file);
  if (parsed.has('get', 'get-all', 'get-regexp', 'get-urlmatch', 'l') || verb === 'get' || verb === 'list') {
    return;
  }
  if (parsed.has('e') || verb === 'edit') return;
  if (parsed.has('unset', 'unset-all', 'remove-section') || verb === 'unset' || verb === 'remove-section') {
    // Taking a hooks path away switches hooks off as surely as pointing it elsewhere.
    if (name !== undefined && /^core\.hookspath$|^hook\.|^commit\.gpgsign$|^tag\.gpgsign$|^core$/i.test(name))
      call.act('checks.skip', `config --unset ${name}`);
    return;
  }
  const value = words[1];
  if (key === undefined) return;
  if (name === undefined) {
    if (value !== undefined) call.opaque('a setting of git that cannot be known');
    return;
  }
  if (value === undefined) return;
  if (parsed.has('system')) call.change('/etc/gitconfig');
  checkGitSetting(name, value, call.state, call.run);
  rememberAlias(name, value, call);
}

/** An alias set here is used by what follows. */
function rememberAlias(name: string, value: Text, call: Invocation): void {
  const alias = /^alias\.([\w-]+)$/i.exec(name)?.[1];
  if (alias === undefined) return;
  const file = `${call.run.places.home}/.gitconfig`;
  const before = call.state.file(file)?.text ?? call.run.world.readText(file, 64 * 1024) ?? '';
  const text = known(before);
  const line = known(value);
  call.state.setFile(file, {
    text: text === undefined || line === undefined ? undefined : `${text}\n[alias]\n${alias} = "${line.replace(/["\\]/g, '\\$&')}"\n`,
  });
}
