import { isAbsolute } from '../paths.ts';
import type { Invocation, Result } from '../shell/invocation.ts';
import { anyText, concat, fromPieces, known, knownPrefix, originOf, type Piece, type Text, withoutStart } from '../shell/value.ts';
import { bringInside } from './brought-folders.ts';
import { grammar } from './options.ts';
import type { Program } from './registry.ts';
import { secretCopy } from './secret-copy.ts';

/** Programs that pack files and unpack them. Source: tar(1), zip(1), cpio(1), 7z(1). */
export const archivePrograms = (): Readonly<Record<string, Program>> => ({
  tar,
  gtar: tar,
  bsdtar: tar,
  cpio: (call) => {
    const parsed = call.parse(
      grammar(
        'i,extract o,create p,pass-through F= d m u v H= O= I= D,directory= no-absolute-filenames make-directories preserve-modification-time',
      ),
    );
    if (parsed.has('i', 'p'))
      extractInto(parsed.has('D') ? (parsed.value('D') ?? '.') : parsed.has('p') ? (parsed.operands.at(-1) ?? '.') : '.', call);
    for (const file of parsed.values('O')) call.write(file);
    return undefined;
  },
  zip: (call) => {
    const parsed = call.parse(grammar('r q v m,move u d= 1 9 0 j y e P= x= i= o T b= unzip-command='));
    const [archive, ...files] = parsed.operands;
    if (archive) addTo(archive, files, call);
    for (const file of files) {
      call.read(file, secretCopy(file, call));
      if (parsed.has('m')) call.remove(file, { recursive: parsed.has('r') });
    }
    // A name of two letters behind one dash.
    for (const [i, arg] of call.args.entries()) if (known(arg) === '-TT') call.shell(call.args[i + 1] ?? '');
    for (const command of parsed.values('unzip-command')) call.shell(command);
    return undefined;
  },
  unzip: (call) => {
    const parsed = call.parse(grammar('d= o n q u l t p c v j a b C L X Z x= P='));
    const [archive, ...names] = parsed.operands;
    if (archive === undefined) return undefined;
    call.read(archive);
    const content = call.content(archive)?.text;
    noteOrigin(content, call);
    if (!parsed.has('l', 't', 'p', 'c', 'v', 'Z')) extractInto(parsed.value('d') ?? '.', call, names.length > 0 ? names : namesIn(content));
    return undefined;
  },
  '7z': archive7,
  '7za': archive7,
  '7zr': archive7,
  unrar: (call) => {
    if (call.args[1]) call.read(call.args[1]);
    return undefined;
  },
  ar: (call) => {
    if (call.args[1]) call.write(call.args[1]);
    return undefined;
  },
});

/** Names in an archive that are looked at. */
const mostNames = 100;

const tarGrammar = grammar(
  'c,create x,extract,get t,list r,append u,update A d f,file= C,directory= z,gzip j J v,verbose p k O,to-stdout h a b= T,files-from= X,exclude-from= I,use-compress-program= K= N= M L= F,info-script,new-volume-script= H= V= W S g= P,absolute-names m o q s= exclude= strip-components= one-top-level? transform,xform= remove-files checkpoint? checkpoint-action= to-command= rsh-command= rmt-command= delete owner= group= mode= mtime= wildcards no-same-owner overwrite one-file-system recursive-unlink unlink-first null warning= keep-old-files zstd xz bzip2',
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
  const isFile = archive !== undefined && known(archive) !== '-';
  const folder = parsed.value('C');
  const inFolder = (file: Text): Text => (folder !== undefined && !isAbsolute(known(file) ?? '') ? concat(folder, '/', file) : file);
  if (parsed.has('x')) {
    if (isFile) call.read(archive);
    const content = isFile ? call.content(archive)?.text : call.io.input?.text;
    noteOrigin(content, call);
    if (!parsed.has('O', 'to-command')) {
      const names = parsed.operands.length > 0 ? parsed.operands : namesIn(content);
      const stripped = Number(known(parsed.value('strip-components') ?? '0'));
      extractInto(
        parsed.has('one-top-level') ? (parsed.value('one-top-level') ?? folder ?? '.') : (folder ?? '.'),
        call,
        stripped > 0 ? names.map((name) => withoutFolders(name, stripped)) : names,
      );
      if (parsed.has('P')) call.act('code.unknown', 'paths inside the archive', 'write', 'opaque');
      if (parsed.has('recursive-unlink')) call.remove(folder ?? '.', { recursive: true });
    }
    call.state.touched = true;
  } else if (parsed.has('c', 'r', 'u')) {
    if (isFile && parsed.has('c')) call.write(archive, { content: archiveOf(parsed.operands) });
    else if (isFile) addTo(archive, parsed.operands, call);
    for (const list of parsed.values('T')) readListed(list, call);
    for (const file of parsed.operands) {
      call.read(inFolder(file), secretCopy(inFolder(file), call));
      if (parsed.has('remove-files')) call.remove(inFolder(file), { recursive: true, evidence: '--remove-files' });
    }
    if (!isFile) return { out: archiveOf(parsed.operands) };
  } else if (parsed.has('delete') && archive !== undefined) call.write(archive);
  else if (parsed.has('t') && archive !== undefined) call.read(archive);
  return undefined;
}

/** `-T list`: the files that are named there, or by what comes from standard input. */
function readListed(list: Text, call: Invocation): void {
  const text = known(list) === '-' ? call.io.input?.text : call.content(list)?.text;
  if (text === undefined) return;
  const names = known(text);
  for (const file of names === undefined ? [text] : names.split(/[\n\0]/).slice(0, 500)) call.read(file, secretCopy(file, call));
}

/** What comes out of a download is one. */
function noteOrigin(content: Text | undefined, call: Invocation): void {
  if (content !== undefined && originOf(content) === 'download') call.run.unpacked = true;
}

/** An archive of these: bytes that nobody knows, and among them the names. */
function archiveOf(names: readonly Text[]): Text {
  return concat(anyText, ...names.slice(0, mostNames).flatMap((name) => [name, anyText]));
}

/** Names that an archive is known to hold: `tar -c -C /tmp/new .claude | tar -x`. The text of one on the disk tells none. */
function namesIn(content: Text | undefined): readonly Text[] {
  const [first, ...pieces] = content === undefined || typeof content === 'string' ? [] : content.pieces;
  if (first === undefined || !isGap(first)) return [];
  const names: Piece[][] = [[]];
  for (const piece of pieces) isGap(piece) ? names.push([]) : names.at(-1)?.push(piece);
  return names
    .filter((name) => name.length > 0)
    .map((name) => fromPieces(name))
    .slice(0, mostNames);
}

function isGap(piece: Piece): boolean {
  return typeof piece !== 'string' && 'hole' in piece && piece.hole === 'text';
}

/** An archive to which these are added. */
function addTo(archive: Text, files: readonly Text[], call: Invocation): void {
  call.write(archive, { content: archiveOf([...namesIn(call.content(archive)?.text), ...files]) });
}

/** A name in an archive after `--strip-components`; everything where it has no more folders. */
function withoutFolders(name: Text, count: number): Text {
  const text = known(name);
  return text === undefined
    ? name
    : text
        .replace(/^(?:\.?\/)+/, '')
        .split('/')
        .slice(count)
        .join('/');
}

/** What an archive holds lands in the folder, and so may what counts there; `names` are of things that it holds. */
function extractInto(folder: Text, call: Invocation, names: readonly Text[] = []): void {
  call.change(folder, { evidence: 'extraction' });
  for (const name of names) {
    // A slash at the beginning is left out.
    const inside = withoutStart(name, /^\/*/.exec(knownPrefix(name))?.[0].length ?? 0);
    if (/^[./]*$/.test(known(inside) ?? '-')) continue;
    call.change(concat(folder, '/', inside), { evidence: 'extraction' });
    bringInside(concat(folder, '/', inside), '', call, 'extraction');
  }
  const text = known(folder);
  if (text === '/') call.change('/etc', { evidence: 'extraction into /' });
  // What starts with a shell or holds a key lies there.
  if (text !== undefined && (call.isIn(folder, 'home') || call.isIn(folder, 'other-home')))
    call.change(`${text}/.profile`, { evidence: 'extraction' });
  bringInside(folder, undefined, call, 'extraction');
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
    addTo(archive, files, call);
    for (const file of files) call.read(file, secretCopy(file, call));
    if (call.args.some((arg) => /^-sdel$/.test(known(arg) ?? ''))) for (const file of files) call.remove(file, { recursive: true });
  } else {
    call.read(archive);
    const content = call.content(archive)?.text;
    noteOrigin(content, call);
    const folder = call.args.map((arg) => /^-o(.+)$/.exec(known(arg) ?? '')?.[1]).find((found) => found !== undefined);
    if (kind === 'x' || kind === 'e') extractInto(folder ?? '.', call, files.length > 0 ? files : namesIn(content));
  }
  return undefined;
}
