import type { Act } from '../../model/act.ts';
import { basename, isAbsolute } from '../paths.ts';
import type { Invocation, Result } from '../shell/invocation.ts';
import { concat, isMany, known, type Text } from '../shell/value.ts';
import { locations } from '../touch.ts';
import { contentOf, madeFile } from '../shell/files.ts';
import { grammar, type Parsed } from './options.ts';
import type { Program } from './registry.ts';

/** Programs that make, copy, move, change and delete files. Source: GNU coreutils and BSD manuals. */
export const filePrograms: Readonly<Record<string, Program>> = {
  rm: remove,
  unlink: (call) => each(call, call.args, (file) => call.remove(file)),
  rmdir: (call) => each(call, call.parse(grammar('p,parents v ignore-fail-on-non-empty')).operands, (file) => call.remove(file)),
  shred: (call) => {
    const parsed = call.parse(grammar('f n= u,remove? v x z s= random-source= iterations= zero force'));
    return each(call, parsed.operands, (file) => call.remove(file));
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
    return each(call, parsed.operands, (file) => {
      call.change(file);
      for (const { typed } of known(file) === undefined ? [] : locations(known(file) ?? '', call.state, call.run))
        call.state.setFile(typed, { text: undefined, directory: true });
    });
  },
  mkfifo: (call) => each(call, call.parse(grammar('m,mode=')).operands, (file) => call.write(file)),
  mknod: (call) => each(call, call.parse(grammar('m,mode=')).operands.slice(0, 1), (file) => call.write(file)),
  truncate: (call) => each(call, call.parse(grammar('c o r,reference= s,size=')).operands, (file) => call.write(file)),
  fallocate: (call) => each(call, call.parse(grammar('c d i l,length= n o,offset= p x z')).operands, (file) => call.write(file)),
  split: (call) => {
    const { operands } = call.parse(grammar('a= b= C= d e l= n= t= x additional-suffix= filter= verbose'));
    if (operands[0]) call.read(operands[0]);
    if (operands[1]) call.write(concat(operands[1], 'aa'));
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
  tar,
  bsdtar: tar,
  cpio: (call) => {
    const parsed = call.parse(grammar('i,extract o,create p,pass-through F= d m u v H= O= I= D='));
    if (parsed.has('i', 'p'))
      call.write(parsed.has('D') ? (parsed.value('D') ?? '.') : parsed.has('p') ? (parsed.operands.at(-1) ?? '.') : '.');
    for (const file of parsed.values('O')) call.write(file);
    return undefined;
  },
  zip: (call) => {
    const parsed = call.parse(grammar('r q v m,move u d= 1 9 0 j y e P= x= i= o T TT= b= unzip-command='));
    const [archive, ...files] = parsed.operands;
    if (archive) call.write(archive);
    for (const file of files) {
      call.read(file, secretCopy(file, call));
      if (parsed.has('m')) call.remove(file, { recursive: parsed.has('r') });
    }
    for (const command of parsed.values('TT')) call.shell(command);
    return undefined;
  },
  unzip: (call) => {
    const parsed = call.parse(grammar('d= o n q u l t p c v j a b C L X Z x= P='));
    if (parsed.operands[0]) call.read(parsed.operands[0]);
    if (!parsed.has('l', 't', 'p', 'c', 'v', 'Z')) call.change(parsed.value('d') ?? '.');
    return undefined;
  },
  '7z': archive7,
  '7za': archive7,
  '7zr': archive7,
  unrar: (call) => {
    if (call.args[1]) call.read(call.args[1]);
    return undefined;
  },
  ar: (call) => each(call, call.args.slice(1, 2), (file) => call.write(file)),
  patch: (call) => {
    const parsed = call.parse(grammar('p,strip= i,input= d,directory= o,output= b R,reverse N f s t E u c n l F= r= dry-run backup z= V='));
    for (const file of parsed.values('i')) call.read(file);
    if (parsed.has('dry-run')) return undefined;
    for (const file of parsed.values('o')) call.write(file);
    if (parsed.operands[0]) call.write(parsed.operands[0]);
    return undefined;
  },
  sed,
  gsed: sed,
  sponge: (call) =>
    each(call, call.parse(grammar('a')).operands, (file) => call.write(file, call.io.input ? { content: call.io.input.text } : {})),
  ed: editor,
  ex: editor,
  vi: editor,
  vim: editor,
  nvim: editor,
  view: editor,
  emacs: editor,
  nano: editor,
  diff: (call) => {
    call.readAll(
      call.parse(grammar('u U= c C= r q N a b w B i y s x= X= W= F= I= p t brief recursive unified? color? strip-trailing-cr side-by-side'))
        .operands,
    );
    return undefined;
  },
  diff3: (call) => (call.readAll(call.parse(grammar('')).operands), undefined),
  stat: () => undefined,
  file: (call) => (call.readAll(call.parse(grammar('b i f= m= L z s mime mime-type brief')).operands), undefined),
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
  csplit: (call) => (call.readAll(call.parse(grammar('b= f= k n= q s z')).operands.slice(0, 1)), undefined),
  mount: (call) => {
    const { operands } = call.parse(grammar('t= o= a B,bind R,rbind M,move r,ro w n v L= U='));
    if (operands.length > 0) call.act('privilege.raise', 'mount');
    if (call.args.some((arg) => /^(?:--?(?:bind|rbind|B|R))$/.test(known(arg) ?? '')) && operands[0]) call.read(operands[0]);
    if (operands[1]) call.change(operands[1]);
    return undefined;
  },
  umount: (call) => (call.act('privilege.raise', 'umount'), undefined),
  rename: (call) => (each(call, call.args.slice(2), (file) => call.write(file)), undefined),
};

function each(_call: Invocation, targets: readonly Text[], run: (target: Text) => void): undefined {
  for (const target of targets) run(target);
  return undefined;
}

// An empty file, where there was none; what is there keeps what it holds.
function make(call: Invocation, file: Text): void {
  call.change(file);
  const path = known(file);
  if (path === undefined) return;
  for (const { typed, real } of locations(path, call.state, call.run))
    if (call.run.world.kind(real) === undefined && !madeFile(typed, real, call.state)) call.state.setFile(typed, { text: '' });
}

const rmGrammar = grammar('r,R,recursive f,force i I d,dir v,verbose P W x one-file-system no-preserve-root preserve-root? interactive?');

function remove(call: Invocation): Result | undefined {
  const parsed = call.parse(rmGrammar);
  const recursive = parsed.has('r') || (parsed.uncertain && !parsed.has('d'));
  for (const target of parsed.operands) {
    // An argument that may be an option is not also a target nobody knows.
    if (recursive && !parsed.has('r') && isMany(target) && parsed.operands.length > 1) continue;
    call.remove(target, { recursive });
    forget(target, call);
  }
  return undefined;
}

function forget(target: Text, call: Invocation): void {
  const path = known(target);
  if (path === undefined || !call.state.hasFiles()) return;
  for (const { typed } of locations(path, call.state, call.run, true))
    if (call.state.file(typed)) call.state.setFile(typed, { text: undefined });
}

/** Copying a secret is its own act; a copy of a harmless file is a read. */
function secretCopy(target: Text, call: Invocation): { readonly act?: Act } {
  return call.isSecret(target) ? { act: 'secret.copy' } : {};
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
    const intoFolder = folder !== undefined || sources.length > 1 || isFolder(target, call);
    const name = known(from);
    return {
      from,
      to:
        intoFolder && !parsed.has('T')
          ? name === undefined
            ? concat(target, '/', from)
            : concat(target, known(target)?.endsWith('/') ? '' : '/', basename(name.replace(/\/+$/, '')))
          : target,
    };
  });
}

function isFolder(target: Text, call: Invocation): boolean {
  const path = known(target);
  if (path === undefined) return false;
  if (path.endsWith('/') || /^(?:~|\.{1,2})$/.test(path) || /\/\.{1,2}$/.test(path)) return true;
  return locations(path, call.state, call.run).some(
    ({ typed, real }) => call.run.world.kind(real) === 'directory' || call.state.file(typed)?.directory === true,
  );
}

function copy(call: Invocation): Result | undefined {
  const parsed = call.parse(copyGrammar);
  for (const { from, to } of pairs(call, parsed)) {
    call.read(from, secretCopy(from, call));
    call.write(to);
    if (known(to) !== undefined) copyKnowledge(from, to, call, parsed.has('s', 'l') || isProgram(from));
  }
  return undefined;
}

function isProgram(from: Text): boolean {
  return /^\/(?:usr\/)?(?:local\/)?s?bin\//.test(known(from) ?? '');
}

/** What is known of a file is known of its copy. */
function copyKnowledge(from: Text, to: Text, call: Invocation, isSame: boolean): void {
  const path = known(from);
  const target = known(to);
  if (path === undefined || target === undefined) return;
  const [source] = locations(path, call.state, call.run);
  const content = isSame ? undefined : contentOf(from, call.state, call.run, call.io.input);
  for (const { typed } of locations(target, call.state, call.run, true)) {
    const made = source ? madeFile(source.typed, source.real, call.state) : undefined;
    call.state.setFile(typed, {
      text: content?.text ?? made?.text,
      ...(made?.origin ? { origin: made.origin } : {}),
      ...(isSame && source ? { same: source.typed } : made?.same ? { same: made.same } : {}),
    });
  }
}

function move(call: Invocation): Result | undefined {
  const parsed = call.parse(
    grammar(
      'b f,force i,interactive n,no-clobber S,suffix= t,target-directory= T,no-target-directory u,update? v,verbose Z backup? strip-trailing-slashes exchange',
    ),
  );
  for (const { from, to } of pairs(call, parsed)) {
    const lost = known(to)?.startsWith('/dev/null') ?? false;
    call.remove(
      from,
      lost ? { recursive: true } : call.isRecursiveTarget(from) ? { recursive: true, evidence: 'mv' } : { act: 'files.delete' },
    );
    if (call.isSecret(from)) call.read(from, { act: 'secret.copy' });
    if (!lost) {
      call.write(to);
      copyKnowledge(from, to, call, isProgram(from));
    }
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
    call.change(to, { keepLink: true });
    if (place === undefined) continue;
    const sources = known(source) === undefined ? [] : locations(known(source) ?? '', call.state, call.run);
    for (const { typed } of locations(place, call.state, call.run, true))
      call.state.setFile(typed, { text: undefined, ...(sources[0] ? { same: sources[0].typed } : {}) });
  }
  return undefined;
}

function installFiles(call: Invocation): Result | undefined {
  const parsed = call.parse(
    grammar('b c C d,directory D g,group= m,mode= o,owner= p s S,suffix= t,target-directory= T v Z backup? strip-program='),
  );
  if (parsed.has('d')) return each(call, parsed.operands, (folder) => call.change(folder));
  for (const { from, to } of pairs(call, parsed)) {
    call.read(from, secretCopy(from, call));
    call.write(to);
    copyKnowledge(from, to, call, isProgram(from));
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
  if (remote(target)) call.network(concat('rsync://', target), 'net.upload');
  else if (deletes) call.remove(target, { recursive: true, evidence: '--delete' });
  if (!remote(target)) call.change(target);
  return undefined;
}

function dd(call: Invocation): Result | undefined {
  for (const arg of call.args) {
    const text = known(arg);
    const match = text === undefined ? null : /^(if|of)=(.*)$/.exec(text);
    if (match?.[1] === 'if') call.read(match[2] ?? '');
    if (match?.[1] === 'of') call.write(match[2] ?? '');
    if (text === undefined) call.run.problem('an argument of dd that cannot be known');
  }
  return undefined;
}

const tarGrammar = grammar(
  'c,create x,extract,get t,list r,append u,update A d f,file= C,directory= z,gzip j J v,verbose p k O,to-stdout h a b= T,files-from= X,exclude-from= I,use-compress-program= K= N= M L= F,info-script,new-volume-script= H= V= W S g= P,absolute-names m o q s= exclude= strip-components= transform,xform= remove-files checkpoint? checkpoint-action= to-command= rsh-command= rmt-command= delete owner= group= mode= mtime= wildcards no-same-owner overwrite one-file-system recursive-unlink unlink-first null warning= keep-old-files zstd xz bzip2',
);

function tar(call: Invocation): Result | undefined {
  // `tar xzf a.tgz` leaves the dash out.
  const first = known(call.args[0] ?? '');
  const args: readonly Text[] = first !== undefined && /^[a-zA-Z]+$/.test(first) ? [...bundle(first), ...call.args.slice(1)] : call.args;
  const parsed = call.parse(tarGrammar, first !== undefined && /^[a-zA-Z]+$/.test(first) ? reorder(first, call.args.slice(1)) : args);
  for (const name of ['I', 'to-command', 'F', 'rsh-command', 'rmt-command']) for (const command of parsed.values(name)) call.shell(command);
  for (const action of parsed.values('checkpoint-action')) {
    const text = known(action);
    if (text === undefined) call.opaque('a checkpoint action that cannot be known');
    else if (text.startsWith('exec=')) call.shell(text.slice(5));
  }
  const archive = parsed.value('f');
  const folder = parsed.value('C');
  const inFolder = (file: Text): Text => (folder !== undefined && !isAbsolute(known(file) ?? '') ? concat(folder, '/', file) : file);
  if (parsed.has('x')) {
    if (archive !== undefined && known(archive) !== '-') call.read(archive);
    if (!parsed.has('O', 'to-command')) {
      call.change(folder ?? '.', { evidence: 'extraction' });
      if (parsed.has('P')) call.run.emit({ kind: 'write', certainty: 'opaque', evidence: 'paths inside the archive' });
      if (parsed.has('recursive-unlink')) call.remove(folder ?? '.', { recursive: true });
    }
    call.state.touched = true;
  } else if (parsed.has('c', 'r', 'u')) {
    if (archive !== undefined && known(archive) !== '-') call.write(archive);
    for (const file of parsed.operands) {
      call.read(inFolder(file), secretCopy(inFolder(file), call));
      if (parsed.has('remove-files')) call.remove(inFolder(file), { recursive: true, evidence: '--remove-files' });
    }
  } else if (parsed.has('delete') && archive !== undefined) call.write(archive);
  else if (parsed.has('t') && archive !== undefined) call.read(archive);
  return undefined;
}

function bundle(letters: string): string[] {
  return [...letters].map((letter) => `-${letter}`);
}

/** Old-style letters take their values in order from the words that follow. */
function reorder(letters: string, rest: readonly Text[]): Text[] {
  const result: Text[] = [];
  let next = 0;
  for (const letter of letters) {
    result.push(`-${letter}`);
    if ('fCbTXIKNLFHVgs'.includes(letter) && next < rest.length) result.push(rest[next++] ?? '');
  }
  return [...result, ...rest.slice(next)];
}

function archive7(call: Invocation): Result | undefined {
  const [command, archive, ...files] = call.args.filter((arg) => !/^-/.test(known(arg) ?? ''));
  const kind = known(command ?? '');
  if (archive === undefined) return undefined;
  if (kind === 'a' || kind === 'u' || kind === 'd') {
    call.write(archive);
    for (const file of files) call.read(file, secretCopy(file, call));
    if (call.args.some((arg) => /^-sdel$/.test(known(arg) ?? ''))) for (const file of files) call.remove(file, { recursive: true });
  } else call.read(archive);
  return undefined;
}

const sedGrammar = grammar(
  'n,quiet,silent e,expression= f,file= i,in-place? E,r,regexp-extended s,separate u z,null-data l= b posix follow-symlinks sandbox debug',
);

function sed(call: Invocation): Result | undefined {
  // BSD's `-i ''` takes a word of its own.
  const args = call.args.filter((arg, i) => !(known(arg) === '' && known(call.args[i - 1] ?? '') === '-i'));
  const parsed = call.parse(sedGrammar, args);
  const scripts = parsed.has('e', 'f') ? parsed.values('e') : parsed.operands.slice(0, 1);
  const files = parsed.has('e', 'f') ? parsed.operands : parsed.operands.slice(1);
  for (const script of scripts) sedScript(script, call);
  for (const file of parsed.values('f')) call.read(file);
  for (const file of files) {
    call.read(file);
    if (parsed.has('i')) call.write(file);
  }
  return undefined;
}

/** `e` runs a command, `w` writes a file, `r` reads one. Source: sed(1), GNU extensions. */
function sedScript(script: Text, call: Invocation): void {
  const text = known(script);
  if (text === undefined) return;
  const address = String.raw`(?:^|[;{}\n])\s*(?:(?:\d+|\$|\/(?:\\.|[^/\\])*\/|\\(.)(?:(?!\1).)*\1)(?:[IM])?(?:,(?:\d+|\$|[+~]\d+|\/(?:\\.|[^/\\])*\/))?)?\s*!?\s*`;
  for (const match of text.matchAll(new RegExp(`${address}e(?:\\s+([^\\n]*))?(?=\\n|$|[;}])`, 'g')))
    call.shell(match[2] === undefined || match[2] === '' ? (call.io.input?.text ?? { pieces: [{ hole: 'text' }], many: false }) : match[2]);
  for (const match of text.matchAll(new RegExp(`${address}([wWrR])\\s+([^\\n;}]+)`, 'g')))
    match[2]?.toLowerCase() === 'w' ? call.write((match[3] ?? '').trim()) : call.read((match[3] ?? '').trim());
  // The flags of `s`: `s/x/y/e` runs what the line became, `s/x/y/w file` writes it.
  for (const match of text.matchAll(
    /(?:^|[;{}\n\s\d$/!,])s([^\w\s\\;{}])((?:\\.|(?!\1)[^\\])*)\1((?:\\.|(?!\1)[^\\])*)\1([gpiImM0-9]*)(e|w\s*([^\n;}]+))/g,
  )) {
    if (match[5] === 'e') call.opaque('sed runs the lines it makes');
    else call.write((match[6] ?? '').trim());
  }
}

/** Editors that run commands without a person: `vim -c '!cmd'`, `ex -s +'wq'`, `emacs --eval`. */
function editor(call: Invocation): Result | undefined {
  const parsed = call.parse(
    grammar('c= s= S= u= e E R n b N es eval= batch script= l,load= f,funcall= Q nw q cmd= headless T= i= r= p? o? O? clean', {
      singleDash: false,
    }),
  );
  const commands = [
    ...parsed.values('c'),
    ...parsed.values('cmd'),
    ...call.args.filter((arg) => known(arg)?.startsWith('+')).map((arg) => (known(arg) ?? '').slice(1)),
  ];
  for (const command of commands) {
    const text = known(command);
    if (text === undefined) call.opaque('an editor command that cannot be known');
    else {
      const shell =
        /(?:^|\|)\s*(?:silent!?\s+)?(?:\d+|%|\.)?(?:[rw]\s*)?!\s*(.*)$/s.exec(text) ??
        /\b(?:system|systemlist)\(\s*['"](.*?)['"]/s.exec(text) ??
        /^(?:terminal|term)\s+(.*)$/s.exec(text);
      if (shell) call.shell(shell[1] ?? '');
      const target = /^\s*(?:%|\d[\d,]*)?(?:w|write|saveas|sav|wq|x)!?\s+(?!!)(\S+)/.exec(text);
      if (target) call.write(target[1] ?? '');
      const removed = /\bdelete\(\s*['"](.*?)['"](?:\s*,\s*['"](rf?)['"])?/.exec(text);
      if (removed) call.remove(removed[1] ?? '', { recursive: removed[2] === 'rf' });
    }
  }
  for (const code of parsed.values('eval')) {
    const text = known(code) ?? '';
    const shell = /\((?:shell-command|call-process-shell-command|shell-command-to-string|compile)\s+"((?:\\.|[^"\\])*)"/.exec(text);
    if (shell) call.shell(shell[1] ?? '');
    else if (/delete-(?:file|directory)|call-process|start-process|write-region|load/.test(text))
      call.opaque('editor code that changes files or starts programs');
  }
  const writes = commands.some((command) => /^\s*(?:x|wq|w|update|%?s\W|g\W|\d*d\b|normal)/.test(known(command) ?? ''));
  for (const file of parsed.operands.filter((operand) => !known(operand)?.startsWith('+'))) call.read(file);
  if (writes) for (const file of parsed.operands.filter((operand) => !known(operand)?.startsWith('+'))) call.write(file);
  if (call.io.input && (call.name === 'ed' || call.name === 'ex')) {
    const text = known(call.io.input.text);
    const shell = text === undefined ? undefined : /^\s*(?:[rwe]\s*)?!(.*)$/m.exec(text);
    if (shell) call.shell(shell[1] ?? '');
    if (text === undefined || /^(?:w|wq|x)\b/m.test(text)) for (const file of parsed.operands) call.write(file);
  }
  return undefined;
}
