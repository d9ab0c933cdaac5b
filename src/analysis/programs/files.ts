import { basename, isAbsolute, withoutEnd } from '../paths.ts';
import type { Invocation, Result } from '../shell/invocation.ts';
import { anyName, anyText, concat, fromPieces, isMany, known, knownPrefix, piecesOf, type Text, withoutStart } from '../shell/value.ts';
import { locations } from '../touch.ts';
import { madeFile, remember } from '../shell/files.ts';
import type { MadeFile } from '../shell/join.ts';
import { backUp } from './backups.ts';
import { bringInside } from './brought-folders.ts';
import { knowledgeOf, linkTo, merged, setKnowledge, takeAlong, wasRemoved, withFolder, zonesBefore } from './copied-files.ts';
import { grammar, type Parsed } from './options.ts';
import { isProjectHook } from '../hook-content.ts';
import { applyPatch, applyPatchText } from './patches.ts';
import type { Program } from './registry.ts';
import { secretCopy } from './secret-copy.ts';

/** Programs that make, copy, move, change and delete files. Source: GNU coreutils and BSD manuals. */
export const filePrograms = (): Readonly<Record<string, Program>> => ({
  rm: remove,
  unlink: (call) => each(call, call.args, (file) => call.remove(file)),
  rmdir: (call) => each(call, call.parse(grammar('p,parents v ignore-fail-on-non-empty')).operands, (file) => call.remove(file)),
  shred: (call) => {
    const parsed = call.parse(grammar('f n= u,remove? v x z s= random-source= iterations= zero force'));
    return each(call, parsed.operands, (file) => {
      // What a link leads to is overwritten, and the link removed.
      call.write(file);
      call.remove(file);
    });
  },
  srm: (call) => each(call, call.parse(grammar('r,R,recursive f v')).operands, (file) => call.remove(file, { recursive: true })),
  trash: (call) => each(call, call.parse(grammar('r f v')).operands, (file) => call.remove(file, { recursive: true })),
  'trash-put': (call) => each(call, call.parse(grammar('r f v')).operands, (file) => call.remove(file, { recursive: true })),
  cp: copy,
  gcp: copy,
  mv: move,
  ln: link,
  link,
  install: installFiles,
  touch: (call) => each(call, call.parse(grammar('a c m d= r= t= date= reference= no-create h')).operands, (file) => make(call, file)),
  mkdir: (call) => {
    const parsed = call.parse(grammar('p,parents m,mode= v Z context?'));
    return each(call, parsed.operands, (folder) => makeFolder(call, folder));
  },
  mkfifo: (call) => each(call, call.parse(grammar('m,mode=')).operands, (file) => call.write(file)),
  mknod: (call) => each(call, call.parse(grammar('m,mode=')).operands.slice(0, 1), (file) => call.write(file)),
  truncate: (call) => each(call, call.parse(grammar('c o r,reference= s,size=')).operands, (file) => call.write(file)),
  fallocate: (call) => each(call, call.parse(grammar('c d i l,length= n o,offset= p x z')).operands, (file) => call.write(file)),
  split: (call) => {
    const parsed = call.parse(grammar('a= b= C= d e l= n= t= x additional-suffix= filter= verbose'));
    const { operands } = parsed;
    if (operands[0]) call.read(operands[0]);
    const part = concat(operands[1] ?? 'x', anyName);
    call.write(part);
    for (const filter of parsed.values('filter')) {
      const { state } = call;
      const before = state.own('FILE');
      state.set('FILE', part, true);
      // Each piece is the input of a shell of its own.
      call.shell(filter, 'sh', [], { input: { id: 0, text: anyText }, capture: call.io.capture });
      if (before) state.setOwn('FILE', before);
      else state.unset('FILE');
    }
    return undefined;
  },
  chmod: permissions('R,recursive c f v quiet changes verbose reference= no-preserve-root preserve-root', 1),
  chown: permissions('R,recursive c f v h H L P from= reference= no-preserve-root preserve-root no-dereference quiet', 1),
  chgrp: permissions('R,recursive c f v h H L P reference= no-preserve-root preserve-root', 1),
  chattr: permissions('R,recursive V f v= p=', 1),
  chflags: permissions('R,recursive f h v H L P', 1),
  setfacl: permissions('R,recursive m,modify= x,remove= M= X= b k d L P n restore= set= set-file= b,remove-all k,remove-default', 0),
  setfattr: permissions('n= v= x= h', 0),
  chcon: permissions('R,recursive h t= u= r= l= reference= v', 1),
  rsync,
  dd,
  apply_patch: patchTool,
  applypatch: patchTool,
  patch: (call) => {
    const parsed = call.parse(grammar('p,strip= i,input= d,directory= o,output= b R,reverse N f s t E u c n l F= r= dry-run backup z= V='));
    for (const file of parsed.values('i')) call.read(file);
    if (parsed.has('dry-run')) return undefined;
    for (const file of parsed.values('o')) call.write(file);
    if (parsed.operands[0]) call.write(parsed.operands[0]);
    else if (!parsed.has('o')) applyPatch(call, [...parsed.values('i'), ...parsed.operands.slice(1)], parsed.value('d'), parsed.has('R'));
    return undefined;
  },
  sponge: (call) =>
    each(call, call.parse(grammar('a')).operands, (file) => call.write(file, call.io.input ? { content: call.io.input.text } : {})),
  diff: (call) => {
    call.readAll(
      call.parse(grammar('u U= c C= r q N a b w B i y s x= X= W= F= I= p t brief recursive unified? color? strip-trailing-cr side-by-side'))
        .operands,
    );
    return undefined;
  },
  diff3: (call) => call.readAll(call.parse(grammar('')).operands),
  stat: () => undefined,
  file: (call) => call.readAll(call.parse(grammar('b i f= m= L z s mime mime-type brief')).operands),
  du: () => undefined,
  df: () => undefined,
  ls: () => undefined,
  dir: () => undefined,
  tree: () => undefined,
  exa: () => undefined,
  eza: () => undefined,
  lsd: () => undefined,
  vdir: () => undefined,
  pathchk: () => undefined,
  sync: () => undefined,
  getfacl: () => undefined,
  lsof: () => undefined,
  csplit: (call) => call.readAll(call.parse(grammar('b= f= k n= q s z')).operands.slice(0, 1)),
  mount: (call) => {
    const { operands } = call.parse(grammar('t= o= a B,bind R,rbind M,move r,ro w n v L= U='));
    if (operands.length > 0) call.act('privilege.raise', 'mount');
    // The whole machine is written to, or cannot be any more.
    if (known(operands.at(-1) ?? '') === '/') call.act('service.change', 'mount /');
    if (call.args.some((arg) => /^(?:--?(?:bind|rbind|B|R))$/.test(known(arg) ?? '')) && operands[0]) call.read(operands[0]);
    if (operands[1]) call.change(operands[1]);
    return undefined;
  },
  umount: (call) => call.act(call.args.some((arg) => known(arg) === '/') ? 'service.change' : 'privilege.raise', 'umount'),
  rename: (call) => {
    // That of Perl takes code, that of util-linux two texts.
    const code = known(call.args.find((arg) => !known(arg)?.startsWith('-')) ?? '') ?? '`';
    if (/[`;{]|\b(?:system|exec|eval|unlink|open)\b/.test(code) || /^(?:s|y|tr)(\W)(?:(?!\1).)*\1(?:(?!\1).)*\1\w*e/s.test(code))
      call.opaque('rename runs Perl code');
    return each(call, call.args.slice(2), (file) => call.write(file));
  },
});

/** The patch program that some agents bring: a patch as its argument or its input. */
function patchTool(call: Invocation): undefined {
  if (call.args.length === 0) applyPatch(call, []);
  else for (const text of call.args) applyPatchText(call, text);
}

function each(_call: Invocation, targets: readonly Text[], run: (target: Text) => void): undefined {
  for (const target of targets) run(target);
  return undefined;
}

function makeFolder(call: Invocation, folder: Text): void {
  call.change(folder);
  if (known(folder) === undefined) remember(folder, undefined, call.state, call.run);
  for (const { typed } of known(folder) === undefined ? [] : locations(known(folder) ?? '', call.state, call.run))
    call.state.setFile(typed, { ...kept(call.state.file(typed)), text: undefined, directory: true });
}

// Of a folder that is there already making it changes nothing.
function kept(file: MadeFile | undefined): Partial<MadeFile> {
  if (file === undefined || file.gone) return {};
  const { from, origin, moved, same } = file;
  return { ...(from === undefined ? {} : { from }), ...(origin ? { origin } : {}), ...(moved ? { moved } : {}), ...(same ? { same } : {}) };
}

// An empty file, where there was none; what is there keeps what it holds.
function make(call: Invocation, file: Text): void {
  call.change(file);
  const path = known(file);
  if (path === undefined) {
    remember(file, undefined, call.state, call.run);
    return;
  }
  for (const { typed, real } of locations(path, call.state, call.run))
    if (call.run.world.kind(real) === undefined && !madeFile(typed, real, call.state)) call.state.setFile(typed, { text: '' });
}

const rmGrammar = grammar('r,R,recursive f,force i I d,dir v,verbose P W x one-file-system no-preserve-root preserve-root? interactive?');

/** `rm -rf dist package-lock.json`: what nobody can look at and is named like a file is one. */
function isFileByName(target: Text, call: Invocation): boolean {
  const text = known(target);
  if (text === undefined || !fileName.test(text) || !call.isIn(target, 'workspace')) return false;
  return locations(text, call.state, call.run).every(({ real }) => call.run.world.kind(real) === undefined);
}

const fileName =
  /[\w-]\.(?:json|lock|log|txt|md|ya?ml|toml|[cm]?[jt]sx?|py|rb|go|rs|c|h|cc|cpp|java|kt|css|scss|html?|sql|sh|map|t?gz|zip|db|sqlite3?|xml|csv|tmp|bak|orig|pid|snap|info|tsbuildinfo|sum|cfg|ini|out)$/;

function remove(call: Invocation): Result | undefined {
  const parsed = call.parse(rmGrammar);
  const recursive = parsed.has('r') || (parsed.uncertain && !parsed.has('d'));
  for (const target of parsed.operands) {
    // An argument that may be an option is not also a target nobody knows.
    if (recursive && !parsed.has('r') && isMany(target) && parsed.operands.length > 1) continue;
    call.remove(target, { recursive: isBelow(target) || (recursive && !isFileByName(target, call)) });
    forget(target, call);
  }
  return undefined;
}

// Names that find prints are of files at any depth: `find src -name '*.ts' | xargs rm` leaves as little as `-delete`.
function isBelow(target: Text): boolean {
  return (
    typeof target !== 'string' &&
    target.many &&
    target.pieces.some((piece) => typeof piece !== 'string' && 'hole' in piece && piece.hole === 'name')
  );
}

function forget(target: Text, call: Invocation): void {
  const path = known(target);
  if (path === undefined || !call.state.hasFiles()) return;
  for (const { typed } of locations(path, call.state, call.run, true))
    if (call.state.file(typed)) call.state.setFile(typed, { text: undefined });
}

const copyGrammar = grammar(
  'a,archive b d f,force i,interactive H l,link L,dereference n,no-clobber P p R,r,recursive s,symbolic-link S,suffix= t,target-directory= T,no-target-directory u,update? v,verbose x Z backup? no-preserve= preserve? parents reflink? remove-destination sparse= strip-trailing-slashes attributes-only c X',
);

/** Sources and the targets they become. */
function pairs(call: Invocation, parsed: Parsed): { readonly from: Text; readonly to: Text }[] {
  const folder = parsed.value('t');
  const sources = folder === undefined ? parsed.operands.slice(0, -1) : parsed.operands;
  const target = folder ?? parsed.operands.at(-1);
  if (target === undefined) return [];
  return sources.map((from) => {
    // The folders that it lies in are made below the target.
    if (parsed.has('parents')) return { from, to: concat(target, '/', from) };
    const intoFolder = folder !== undefined || sources.length > 1 || call.isFolder(target);
    const name = known(from);
    return {
      from,
      to:
        intoFolder && !parsed.has('T')
          ? name === undefined
            ? fromPieces([...piecesOf(target), '/', { glob: '*' }])
            : concat(target, known(target)?.endsWith('/') ? '' : '/', basename(withoutEnd(name)))
          : target,
    };
  });
}

function isAbsent(target: Text, call: Invocation): boolean {
  const path = known(target);
  const places = path?.endsWith('/') ? locations(path, call.state, call.run) : [];
  return places.length > 0 && places.every(({ typed, real }) => call.run.world.kind(real) === undefined && !call.state.file(typed));
}

function copy(call: Invocation): Result | undefined {
  const parsed = call.parse(copyGrammar);
  for (const { from, to } of pairs(call, parsed)) {
    call.read(from, secretCopy(from, call));
    const file = parsed.has('s', 'l') ? linkTo(from, call) : knowledgeOf(from, call, parsed.has('a', 'd', 'P', 'R', 'H'));
    if (parsed.has('remove-destination')) call.change(to, { keepLink: true });
    backUp(to, parsed, call);
    const isFolder = parsed.has('a', 'R') && !parsed.has('s', 'l');
    const folder = isFolder ? merged(withFolder(file, from, call), to, call) : file;
    call.write(to);
    setKnowledge(to, folder, call);
    if (isFolder) takeAlong(from, to, call);
    if (isFolder && folder?.from !== undefined) bringInside(to, folder.from, call, 'cp');
    // Where `out` is not there, `cp -r lib out/` makes it.
    const target = parsed.operands.at(-1);
    if (isFolder && parsed.operands.length === 2 && target !== undefined && isAbsent(target, call)) {
      call.change(target);
      setKnowledge(target, withFolder(file, from, call), call);
      takeAlong(from, target, call);
    }
  }
  return undefined;
}

function move(call: Invocation): Result | undefined {
  const parsed = call.parse(
    grammar(
      'b f,force i,interactive n,no-clobber S,suffix= t,target-directory= T,no-target-directory u,update? v,verbose Z backup? strip-trailing-slashes exchange',
    ),
  );
  for (const { from, to } of pairs(call, parsed)) {
    const lost = known(to)?.startsWith('/dev/null') ?? false;
    const moved = lost ? undefined : knowledgeOf(from, call, true);
    const folder = withFolder(moved, from, call);
    const isGone = wasRemoved(from, call);
    const zones = zonesBefore(from, call);
    if (call.isSecret(from)) call.read(from, { act: 'secret.copy' });
    call.remove(
      from,
      lost ? { recursive: true } : call.isRecursiveTarget(from) ? { recursive: true, evidence: 'mv' } : { act: 'files.delete' },
    );
    if (lost) continue;
    // Where something is there already, or nobody says yes, it stays where it is.
    const source = known(from);
    if (source !== undefined && parsed.has('n', 'i', 'u'))
      for (const { typed } of locations(source, call.state, call.run, true)) call.state.setFile(typed, { text: undefined, unsure: true });
    if (isGone) {
      // What was moved away before cannot be moved once more: the target stays what it is.
      call.change(to, { keepLink: true });
      continue;
    }
    backUp(to, parsed, call);
    call.write(to, { keepLink: true });
    setKnowledge(to, { ...folder, moved: zones }, call);
    takeAlong(from, to, call);
    if (folder.from !== undefined) bringInside(to, folder.from, call, 'mv');
  }
  return undefined;
}

function link(call: Invocation): Result | undefined {
  const parsed = call.parse(
    grammar(
      'b f,force i L n,no-dereference P r,relative s,symbolic S,suffix= t,target-directory= T,no-target-directory v d F h backup? verbose',
    ),
  );
  const target = parsed.value('t');
  const all =
    target === undefined && parsed.operands.length === 1
      ? [{ from: parsed.operands[0] ?? '', to: basename(known(parsed.operands[0] ?? '') ?? 'link') as Text }]
      : pairs(call, parsed);
  for (const { from, to } of all) {
    // A link's text counts from the folder the link is in.
    const path = known(from);
    const place = known(to);
    const source: Text =
      path !== undefined && place !== undefined && parsed.has('s') && !isAbsolute(path) && place.includes('/')
        ? `${place.slice(0, place.lastIndexOf('/'))}/${path}`
        : from;
    if (call.isSecret(source)) call.read(source, { act: 'secret.copy' });
    backUp(to, parsed, call);
    call.change(to, { keepLink: true });
    if (place === undefined) {
      remember(to, undefined, call.state, call.run);
      continue;
    }
    const sources = known(source) === undefined ? [] : locations(known(source) ?? '', call.state, call.run);
    bringInside(to, sources.length === 1 ? (sources[0]?.real ?? '') : '', call, 'ln');
    const link = parsed.has('s') && path !== undefined && !isAbsolute(path) ? { link: path } : {};
    for (const [i, { typed }] of locations(place, call.state, call.run, true).entries()) {
      // Each from its own folder, where that may be one of several.
      const same = (sources[i] ?? sources[0])?.typed;
      call.state.setFile(typed, { text: undefined, ...(same === undefined ? {} : { same: [same] }), ...link });
    }
  }
  return undefined;
}

function installFiles(call: Invocation): Result | undefined {
  const parsed = call.parse(
    grammar('b c C d,directory D g,group= m,mode= o,owner= p s S,suffix= t,target-directory= T v Z backup? strip-program='),
  );
  if (parsed.has('d')) return each(call, parsed.operands, (folder) => makeFolder(call, folder));
  for (const { from, to } of pairs(call, parsed)) {
    call.read(from, secretCopy(from, call));
    // The file is replaced, and a link with it.
    const file = knowledgeOf(from, call, false);
    backUp(to, parsed, call);
    call.write(to, { keepLink: true });
    setKnowledge(to, file, call);
  }
  for (const program of parsed.values('strip-program')) call.start([program]);
  return undefined;
}

function permissions(line: string, skip: number): Program {
  const options = grammar(line);
  return (call) => {
    const parsed = call.parse(
      options,
      call.args.filter((arg) => !(call.name === 'chmod' && /^-[rwxXst,=+ugoa]+$/.test(known(arg) ?? '') && !/^-R$/.test(known(arg) ?? ''))),
    );
    const minusMode = call.name === 'chmod' && call.args.some((arg) => /^-[rwxXst]/.test(known(arg) ?? '')) ? 0 : skip;
    const targets = parsed.operands.slice(parsed.has('reference', 'restore') ? 0 : minusMode);
    const recursive = parsed.has('R');
    for (const target of targets) call.change(target, { act: recursive ? 'files.permissions.recursive' : 'files.permissions' });
    // Git leaves a hook out that cannot be started.
    const takesAway = call.name === 'chmod' && call.args.some((arg) => /^[ugoa]*-[rw]*x|^0?[0246]{3}$/.test(known(arg) ?? ''));
    for (const target of targets)
      if (takesAway && isProjectHook(`/${known(target) ?? ''}`)) call.act('checks.skip', `chmod ${known(target) ?? ''}`);
    return undefined;
  };
}

function rsync(call: Invocation): Result | undefined {
  const parsed = call.parse(
    grammar(
      'v q a,archive r,recursive R b u l L k p t o g D H A X S n,dry-run W x e,rsh= z h P i C F 0 4 6 c m I K T= B= f,filter= M= exclude= include= exclude-from= include-from= files-from= delete del,delete-before delete-during delete-delay delete-after delete-excluded remove-source-files remove-sent-files backup-dir= suffix= partial progress stats info= chmod= chown= rsync-path= port= bwlimit= link-dest= compare-dest= copy-dest= log-file= temp-dir= timeout= ignore-existing existing inplace append verbose quiet update',
    ),
  );
  for (const command of parsed.values('e')) call.shell(command);
  for (const command of parsed.values('rsync-path')) call.shell(command);
  if (parsed.has('n')) return undefined;
  const target = parsed.operands.at(-1);
  const deletes = parsed.has('delete', 'del', 'delete-during', 'delete-delay', 'delete-after', 'delete-excluded');
  const remote = (text: Text): boolean => /^(?:[\w.@-]+:(?!\/\/$)|rsync:\/\/)/.test(known(text) ?? '');
  for (const source of parsed.operands.slice(0, -1)) {
    if (remote(source)) call.network(concat('rsync://', source));
    else if (call.isSecret(source)) call.read(source, { act: target !== undefined && remote(target) ? 'secret.send' : 'secret.copy' });
    else call.read(source);
    if (parsed.has('remove-source-files', 'remove-sent-files') && !remote(source)) call.remove(source, { recursive: true });
  }
  if (target === undefined || parsed.operands.length < 2) return undefined;
  if (remote(target)) {
    call.network(concat('rsync://', target), 'net.upload');
    if (deletes) call.act('files.delete.recursive', '--delete', 'delete', 'opaque');
  } else if (deletes) call.remove(target, { recursive: true, evidence: '--delete' });
  if (remote(target)) return undefined;
  call.change(target);
  for (const source of parsed.operands.slice(0, -1)) {
    const name = known(source);
    const to = name === undefined || name.endsWith('/') || !known(target) ? target : concat(target, '/', basename(name));
    const file: MadeFile = remote(source)
      ? { text: undefined, origin: 'download', from: '' }
      : merged(withFolder(undefined, source, call), to, call);
    setKnowledge(to, file, call);
    takeAlong(source, to, call);
    if (file.from !== undefined) bringInside(to, file.from, call, 'rsync');
  }
  return undefined;
}

function dd(call: Invocation): Result | undefined {
  for (const arg of call.args) {
    const text = known(arg);
    const match = text === undefined ? null : /^(if|of)=(.*)$/.exec(text);
    if (match?.[1] === 'if') call.read(match[2] ?? '');
    if (match?.[1] === 'of') call.write(match[2] ?? '');
    if (text !== undefined) continue;
    call.run.problem('an argument of dd that cannot be known');
    const prefix = knownPrefix(arg);
    if (prefix.startsWith('of=')) call.write(withoutStart(arg, 3));
    if (isMany(arg) || (!prefix.includes('=') && 'of='.startsWith(prefix))) call.write(anyText);
  }
  return undefined;
}
