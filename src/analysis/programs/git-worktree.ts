import type { Invocation } from '../shell/invocation.ts';
import { display, isMany, known, type Text } from '../shell/value.ts';
import type { GitCommand } from './git.ts';
import { nameRefs } from './git-ref-name.ts';
import { grammar } from './options.ts';
import { applyPatch } from './patches.ts';

const checkoutOptions = grammar(
  'q,quiet progress no-progress f,force ours theirs b= B= t,track? no-track guess no-guess l d,detach orphan= ignore-skip-worktree-bits m,merge conflict= p,patch ignore-other-worktrees overwrite-ignore no-overwrite-ignore recurse-submodules no-recurse-submodules overlay no-overlay pathspec-from-file= pathspec-file-nul',
);
const switchOptions = grammar(
  'c,create= C,force-create= d,detach guess no-guess f,force discard-changes m,merge conflict= q,quiet progress no-progress t,track? no-track orphan= ignore-other-worktrees recurse-submodules no-recurse-submodules',
);
const restoreOptions = grammar(
  's,source= p,patch W,worktree S,staged q,quiet progress no-progress ours theirs m,merge conflict= ignore-unmerged ignore-skip-worktree-bits recurse-submodules no-recurse-submodules overlay no-overlay pathspec-from-file= pathspec-file-nul',
);

/** What changes the work tree and the index, and so can lose work that was never committed. */
export const worktreeCommands: Readonly<Record<string, GitCommand>> = {
  add: (call, args) => {
    const parsed = call.parse(
      grammar(
        'n,dry-run v f,force i p,patch e A,all no-all u,update N,intent-to-add refresh ignore-errors ignore-missing sparse renormalize chmod= pathspec-from-file= pathspec-file-nul',
      ),
      args,
    );
    if (!parsed.has('n'))
      for (const file of parsed.operands)
        if (call.isSecret(file)) call.read(file, { act: 'secret.copy', evidence: `git add ${display(file)}` });
    return undefined;
  },
  rm: (call, args) => {
    const parsed = call.parse(grammar('f,force n,dry-run r cached ignore-unmatch q,quiet sparse pathspec-from-file='), args);
    if (!parsed.has('n', 'cached')) for (const file of parsed.operands) call.remove(file, { recursive: parsed.has('r') });
    return undefined;
  },
  mv: (call, args) => {
    const parsed = call.parse(grammar('v f,force k n,dry-run sparse'), args);
    if (!parsed.has('n')) {
      for (const file of parsed.operands.slice(0, -1)) call.remove(file, { act: 'files.delete' });
      const target = parsed.operands.at(-1);
      if (target) call.write(target);
    }
    return undefined;
  },
  reset: (call, args) => {
    const parsed = call.parse(
      grammar(
        'q,quiet refresh no-refresh p,patch mixed N soft hard merge keep recurse-submodules no-recurse-submodules pathspec-from-file= pathspec-file-nul',
      ),
      args,
    );
    for (const mode of ['hard', 'merge', 'keep']) if (parsed.has(mode)) call.act('git.discard', `--${mode}`, 'delete');
    if (parsed.uncertain) call.act('git.discard', 'options that cannot be known', 'delete', 'opaque');
    return undefined;
  },
  clean: (call, args) => {
    const parsed = call.parse(grammar('d f,force i,interactive n,dry-run q,quiet e,exclude= x X'), args);
    if (parsed.has('n')) return undefined;
    const forced = parsed.has('f') || parsed.uncertain || args.some(isMany);
    const setting = call.args.some((arg) => /^clean\.requireforce=(?:false|no|0|off)$/i.test(known(arg) ?? ''));
    if (forced || setting || parsed.has('d', 'x', 'X'))
      call.act('git.clean', forced ? '-f' : 'clean', 'delete', parsed.has('f') ? 'exact' : 'approximate');
    return undefined;
  },
  checkout: (call, args) => {
    checkout(call, args);
    return undefined;
  },
  switch: (call, args) => {
    const parsed = call.parse(switchOptions, args);
    if (parsed.has('f', 'discard-changes')) call.act('git.discard', parsed.has('f') ? '--force' : '--discard-changes', 'delete');
    if (parsed.has('C')) call.act('git.ref.delete', '--force-create', 'write');
    nameRefs(call, [...parsed.values('c'), ...parsed.values('C'), ...parsed.values('orphan')]);
    return undefined;
  },
  restore: (call, args) => {
    const parsed = call.parse(restoreOptions, args);
    // Without --worktree, --staged only takes files out of the index.
    if (!parsed.has('p') && (!parsed.has('S') || parsed.has('W')))
      call.act('git.discard', parsed.operands.map(display).join(' ') || 'restore', 'delete');
    for (const file of parsed.operands) if (!parsed.has('S') || parsed.has('W')) guardRestore(file, call);
    return undefined;
  },
  stash: (call, args) => {
    const name = known(args[0] ?? '');
    if (args[0] !== undefined && name === undefined) call.opaque('a subcommand of git stash that cannot be known');
    if (name === 'show') for (const arg of args.slice(1)) if (call.isSecret(arg)) call.read(arg);
    if (name === 'drop' || name === 'clear') call.act('git.stash.drop', `stash ${name}`, 'delete');
    // What is stashed goes back to what was committed.
    if (name === 'push' || name === 'save') for (const path of args.slice(1)) if (call.isIn(path, 'guard')) call.change(path);
    return undefined;
  },
  worktree: (call, args) => {
    const [verb, ...rest] = args;
    const name = known(verb ?? '');
    const parsed = call.parse(
      grammar('f,force b= B= d,detach checkout no-checkout guess-remote track lock reason= orphan q n,dry-run v expire= porcelain z'),
      rest,
    );
    if (name === 'remove' && parsed.has('f')) call.act('git.worktree.remove', '--force', 'delete');
    if (name === 'add' && parsed.has('B')) call.act('git.ref.delete', '-B', 'write');
    if (name === 'add') nameRefs(call, [...parsed.values('b'), ...parsed.values('B')]);
    if (name === 'add' && parsed.operands[0]) call.change(parsed.operands[0]);
    return undefined;
  },
  'checkout-index': (call, args) => {
    const parsed = call.parse(grammar('u q f,force a,all n prefix= stage= temp stdin z'), args);
    if (parsed.has('f') && parsed.value('prefix') === undefined) call.act('git.discard', '--force', 'delete');
    return undefined;
  },
  'read-tree': (call, args) => {
    const parsed = call.parse(
      grammar('m reset u i n,dry-run v trivial aggressive prefix= index-output= no-sparse-checkout empty q recurse-submodules'),
      args,
    );
    if (!parsed.has('n') && ((parsed.has('reset') && parsed.has('u')) || (parsed.has('m') && parsed.has('u'))))
      call.act('git.discard', '--reset -u', 'delete');
    else if (!parsed.has('n') && parsed.has('reset')) call.act('git.discard', '--reset', 'delete');
    return undefined;
  },
  'update-index': () => undefined,
  'sparse-checkout': () => undefined,
  apply: (call, args) => {
    const parsed = call.parse(
      grammar(
        'stat numstat summary check index cached 3,3way build-fake-ancestor= R,reverse reject z p= C= unidiff-zero apply no-add allow-binary-replacement binary exclude= include= ignore-space-change whitespace= inaccurate-eof v q recount directory= unsafe-paths allow-empty intent-to-add',
      ),
      args,
    );
    call.readAll(parsed.operands);
    const isLooking = parsed.has('stat', 'numstat', 'summary', 'check') && !parsed.has('apply');
    if (!isLooking) applyPatch(call, parsed.operands, parsed.value('directory'), parsed.has('R'));
    if (parsed.has('unsafe-paths')) call.run.emit({ kind: 'write', certainty: 'opaque', evidence: '--unsafe-paths' });
    return undefined;
  },
  submodule: (call, args) => {
    const [verb, ...rest] = args.filter((arg) => !/^(?:-q|--quiet|--cached)$/.test(known(arg) ?? ''));
    const name = known(verb ?? '');
    if (name === 'foreach') {
      const words = rest.filter((arg) => known(arg) !== '--recursive' && known(arg) !== '--quiet');
      if (words.length === 1 && words[0] !== undefined) call.shell(words[0]);
      else if (words.length > 1) call.start(words);
    }
    const parsed = call.parse(
      grammar('f,force all init recursive remote N,no-fetch rebase merge checkout reference= depth= jobs= b= name=  q'),
      rest,
    );
    if (name === 'add' || name === 'update') call.run.unpacked = true;
    if ((name === 'update' || name === 'deinit') && parsed.has('f')) call.act('git.discard', `submodule ${name} --force`, 'delete');
    return undefined;
  },
  bisect: (call, args) => {
    if (known(args[0] ?? '') === 'run') call.start(args.slice(1));
    return undefined;
  },
  difftool: (call, args) => {
    const parsed = call.parse(grammar('d g y,no-prompt prompt t,tool= x,extcmd= gui no-symlinks cached staged'), args);
    for (const command of parsed.values('x')) call.shell(command);
    return undefined;
  },
  maintenance: () => undefined,
  hook: () => undefined,
  lfs: (call, args) => (known(args[0] ?? '') === 'uninstall' ? call.act('checks.skip', 'lfs uninstall') : undefined),
};

/** `checkout` of a branch keeps changes; of paths, or with force, it throws them away. */
function checkout(call: Invocation, args: readonly Text[]): void {
  const parsed = call.parse(checkoutOptions, args);
  if (parsed.has('f')) call.act('git.discard', '--force', 'delete');
  if (parsed.has('B')) call.act('git.ref.delete', '-B', 'write');
  nameRefs(call, [...parsed.values('b'), ...parsed.values('B'), ...parsed.values('orphan')]);
  if (parsed.has('p', 'b', 'orphan')) return;
  const dashes = args.findIndex((arg) => known(arg) === '--');
  const paths =
    dashes >= 0
      ? args.slice(dashes + 1)
      : parsed.operands.filter((operand, index) => looksLikePath(operand, index, parsed.operands.length, call));
  if (parsed.has('ours', 'theirs', 'pathspec-from-file') || paths.length > 0) {
    call.act('git.discard', paths.map(display).join(' ') || 'paths', 'delete');
    for (const path of paths) guardRestore(path, call);
  }
}

// Without `--` git takes a word for a branch first, and for a path where there is no such branch.
function looksLikePath(operand: Text, index: number, count: number, call: Invocation): boolean {
  const text = known(operand);
  if (text === undefined) return false;
  if (/^(?:\.{1,2}|:\/|:\(.*\).*|\*.*|\.\/.*|\.\.\/.*)$/.test(text) || /[*?]/.test(text)) return true;
  if (index > 0 && count > 1) return true;
  const [cwd] = call.state.cwds;
  if (cwd === undefined || text.startsWith('-') || text.startsWith('@')) return false;
  const kind = call.run.world.kind(text.startsWith('/') ? text : `${cwd}/${text}`);
  return kind !== undefined || /\.(?:[cm]?[jt]sx?|py|rs|go|java|c|h|cpp|md|json|ya?ml|toml|txt|css|html|rb|php|sh|lock)$/.test(text);
}

/** Bringing an old version of the policy or of hook settings back changes them. */
function guardRestore(path: Text, call: Invocation): void {
  call.change(path);
}
