import type { Invocation } from '../shell/invocation.ts';
import { display, isMany, known, knownPrefix, originOf, type Text } from '../shell/value.ts';
import type { GitCommand } from './git.ts';
import { checkGitSetting } from './git-config.ts';
import { grammar } from './options.ts';

const pushOptions = grammar(
  'all branches mirror d,delete tags follow-tags no-follow-tags signed? no-signed atomic no-atomic n,dry-run porcelain receive-pack= exec= f,force force-with-lease? no-force-with-lease force-if-includes no-force-if-includes repo= u,set-upstream thin no-thin q,quiet v,verbose progress recurse-submodules= no-recurse-submodules verify no-verify o,push-option= 4,ipv4 6,ipv6 prune',
);

/** What reaches other repositories, and what names them. */
export const remoteCommands: Readonly<Record<string, GitCommand>> = {
  push,
  fetch: (call, args) => {
    const parsed = call.parse(
      grammar(
        'a,append all depth= deepen= shallow-since= f,force k,keep p,prune P,prune-tags t,tags n,no-tags j,jobs= u,update-head-ok upload-pack= q v o= 4 6 multiple recurse-submodules? refmap= dry-run unshallow set-upstream atomic filter=',
      ),
      args,
    );
    for (const command of parsed.values('upload-pack')) call.shell(command);
    reach(parsed.operands[0], call);
    return undefined;
  },
  pull: (call, args) => {
    const parsed = call.parse(
      grammar(
        'q v r,rebase? no-rebase commit no-commit edit no-edit ff no-ff ff-only log? no-log n s,strategy= X= squash no-squash stat autostash no-autostash verify no-verify verify-signatures no-verify-signatures S,gpg-sign? no-gpg-sign allow-unrelated-histories all a,append depth= f,force k,keep p,prune t,tags upload-pack= recurse-submodules? set-upstream j= o=',
      ),
      args,
    );
    if (parsed.may('no-gpg-sign') && parsed.has('no-gpg-sign')) call.act('checks.skip', '--no-gpg-sign');
    if (parsed.has('no-verify')) call.act('checks.skip', '--no-verify');
    for (const command of parsed.values('upload-pack')) call.shell(command);
    reach(parsed.operands[0], call);
    return undefined;
  },
  clone: (call, args) => {
    const parsed = call.parse(
      grammar(
        'l,local no-hardlinks s,shared n,no-checkout bare mirror o,origin= b,branch= u,upload-pack= reference= depth= c,config= single-branch no-single-branch no-tags recurse-submodules? recursive separate-git-dir= j,jobs= q v progress filter= sparse template= shallow-since= dissociate',
      ),
      args,
    );
    for (const command of parsed.values('u')) call.shell(command);
    for (const setting of parsed.values('c')) {
      const [key = '', ...value] = (known(setting) ?? '').split('=');
      checkGitSetting(key, value.join('='), call.state, call.run);
    }
    if (parsed.value('template') !== undefined) call.opaque('hooks from a template');
    reach(parsed.operands[0], call);
    if (parsed.operands[1]) call.change(parsed.operands[1]);
    call.run.unpacked = true;
    call.state.touched = true;
    return undefined;
  },
  remote: (call, args) => {
    const name = known(args[0] ?? '');
    if (name === 'add' || name === 'set-url') for (const arg of args.slice(1)) reach(arg, call, true);
    if (name === 'add' && args.some((arg) => /^--mirror(?:=push)?$/.test(known(arg) ?? ''))) call.act('git.push.force', '--mirror');
    return undefined;
  },
  'send-pack': push,
  'fetch-pack': (call, args) => reach(args[0], call),
  credential: (call, args) => (known(args[0] ?? '') === 'fill' ? call.act('secret.print', 'git credential fill') : undefined),
  'credential-store': (call, args) =>
    args.some((arg) => known(arg) === 'get') ? call.act('secret.print', 'git credential-store get') : undefined,
  'credential-cache': (call, args) =>
    args.some((arg) => known(arg) === 'get') ? call.act('secret.print', 'git credential-cache get') : undefined,
  'credential-osxkeychain': (call, args) =>
    args.some((arg) => known(arg) === 'get') ? call.act('secret.print', 'git credential-osxkeychain get') : undefined,
  'send-email': (call, args) => {
    // A path in the place of a server is a program.
    for (const arg of args) {
      const program = /^--(?:smtp-server|sendmail-cmd|to-cmd|cc-cmd|header-cmd)=(.+)$/s.exec(known(arg) ?? '')?.[1];
      if (program !== undefined && (program.includes('/') || !known(arg)?.startsWith('--smtp-server'))) call.shell(program);
    }
    call.network('smtp://', 'net.upload');
    return undefined;
  },
  svn: (call, args) => (known(args[0] ?? '') === 'reset' ? call.act('git.discard', 'svn reset') : undefined),
};

function push(call: Invocation, args: readonly Text[]): undefined {
  const parsed = call.parse(pushOptions, args);
  for (const command of [...parsed.values('receive-pack'), ...parsed.values('exec')]) call.shell(command);
  reach(parsed.operands[0] ?? parsed.value('repo'), call);
  // A dry run is really dry, and still runs the hooks.
  if (parsed.has('no-verify')) call.act('checks.skip', '--no-verify');
  if (parsed.has('n')) return undefined;
  if (parsed.has('no-signed')) call.act('checks.skip', '--no-signed');
  if (parsed.has('mirror')) call.act('git.push.delete', '--mirror', 'write');
  if (parsed.has('prune')) call.act('git.push.delete', '--prune', 'write');
  if (parsed.has('d')) call.act('git.push.delete', '--delete', 'write');
  const lease = parsed.has('force-with-lease') && !parsed.has('no-force-with-lease');
  if (parsed.has('f')) call.act('git.push.force', '--force', 'write');
  else if (lease) call.act('git.push.lease', '--force-with-lease', 'write');
  let added = false;
  for (const refspec of parsed.operands.slice(parsed.value('repo') === undefined ? 1 : 0)) {
    const prefix = knownPrefix(refspec);
    if (prefix.startsWith('+')) call.act('git.push.force', display(refspec), 'write');
    else if (prefix.startsWith(':') && known(refspec) !== ':') call.act('git.push.delete', display(refspec), 'write');
    else if (known(refspec) === undefined && prefix === '' && (isMany(refspec) || originOf(refspec) !== 'reference'))
      call.act('git.push.force', display(refspec), 'write', 'opaque');
    else added = true;
  }
  if (parsed.uncertain && !parsed.has('f')) call.act('git.push.force', 'options that cannot be known', 'write', 'opaque');
  if (added || parsed.operands.length < 2) call.act('git.push', undefined, 'write');
  return undefined;
}

/** The repository that is named: a host that is reached, or a transport that runs a command. */
function reach(repository: Text | undefined, call: Invocation, namesOnly = false): undefined {
  if (repository === undefined) return;
  const text = known(repository);
  if (text === undefined) return;
  const helper = /^(ext|fd)::(.*)$/.exec(text);
  if (helper) {
    call.shell((helper[2] ?? '').replace(/%[SsGV]/g, ''));
    call.act('git.config.inject', `${helper[1]}::`);
    return;
  }
  if (namesOnly) return;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    if (!/^file:/i.test(text)) call.network(text);
  } else if (/^[\w.@-]+:(?!\\)/.test(text)) call.network(`ssh://${text.replace(':', '/')}`);
}
