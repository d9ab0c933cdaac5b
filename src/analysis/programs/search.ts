import type { Invocation, Result } from '../shell/invocation.ts';
import { anyText, concat, known, linesOf, originOf, type Text } from '../shell/value.ts';
import { locations } from '../touch.ts';
import { classify } from '../zones.ts';
import { patternBelow } from './find.ts';
import { grammar, type Grammar } from './options.ts';
import { inherited } from './output.ts';
import type { Program } from './registry.ts';

const grepOptions = grammar(
  'E F G P e,regexp= f,file= i,ignore-case no-ignore-case v w x z s c color? colour? L l m,max-count= o q b H h label= n T Z A,after-context= B,before-context= C,context= a binary-files= D= d,directories= I r,recursive R,dereference-recursive include= exclude= exclude-from= exclude-dir= line-buffered U null 0 1 2 3 4 5 6 7 8 9 files-with-matches files-without-match count quiet silent only-matching line-number with-filename no-filename invert-match word-regexp',
);
const rgOptions = grammar(
  'e,regexp= f,file= A,after-context= B,before-context= C,context= E,encoding= F g,glob= iglob= j,threads= M,max-columns= m,max-count= r,replace= t,type= T,type-not= d,max-depth= pre= pre-glob= hostname-bin= sort= sortr= color= colors= engine= type-add= ignore-file= path-separator= c l n N o q s S i v w x z,search-zip a L,follow p u H I 0 U hidden no-ignore files files-with-matches count json stats heading no-heading vimgrep smart-case case-sensitive ignore-case line-number max-filesize= field-match-separator= context-separator=',
);

/** Programs that search text: what they read, and what they may start for it. */
export const searchPrograms = (): Readonly<Record<string, Program>> => ({
  grep: search(grepOptions),
  egrep: search(grepOptions),
  fgrep: search(grepOptions),
  zgrep: search(grepOptions),
  ggrep: search(grepOptions),
  rg: search(rgOptions),
  ag: search(grammar('A= B= C= G= g= m= p= i l c v w Q r s n a u hidden ignore= depth= pager=')),
  ack: search(grammar('A= B= C= g f m= i l c v w Q r h type= pager= ignore-dir=')),
  rga: search(rgOptions),
  ugrep: search(grepOptions),
});

function search(options: () => Grammar): Program {
  return (call): Result => {
    const parsed = call.parse(options);
    // ripgrep starts these for every file.
    for (const program of [...parsed.values('pre'), ...parsed.values('hostname-bin')]) call.shell(concat(program, ' ', anyText));
    for (const pager of parsed.values('pager')) call.shell(pager);
    const hasPattern = parsed.has('e', 'f') || parsed.has('files');
    for (const file of parsed.values('f')) call.read(file);
    const files = hasPattern ? parsed.operands : parsed.operands.slice(1);
    const recursive = parsed.has('r', 'R') || call.name === 'rg' || call.name === 'ag' || call.name === 'ack' || call.name === 'rga';
    for (const file of files) readTree(file, recursive, call);
    if (recursive || parsed.has('hidden'))
      for (const glob of [...parsed.values('include'), ...parsed.values('g'), ...parsed.values('iglob')]) readFitting(glob, files, call);
    // A search picks some of the processes that are listed.
    if (call.io.input && originOf(call.io.input.text) === 'processes' && !parsed.has('v')) return {};
    if (files.length > 0) return parsed.has('l', 'files-with-matches', 'files') && recursive ? { out: found(files) } : {};
    // A number, or nothing.
    if (parsed.has('c', 'count', 'q', 'quiet')) return { out: parsed.has('q', 'quiet') ? '' : anyText };
    return parsed.has('o', 'only-matching', 'replace') || (recursive && call.name !== 'rg') || !call.io.input
      ? inherited(call)
      : { out: linesOf(call.io.input.text) };
  };
}

// Names of files that lie below a folder, as find prints them.
function found([folder, ...others]: readonly Text[]): Text {
  const text = known(folder ?? '');
  if (text === undefined || text === '' || others.length > 0) return anyText;
  return { pieces: [text.endsWith('/') ? text : `${text}/`, { hole: 'word' }], many: true };
}

// `--include='.env*'`: those files are what is searched.
function readFitting(glob: Text, files: readonly Text[], call: Invocation): void {
  const text = known(glob);
  if (text === undefined || text.startsWith('!') || !/^(?:\*\*\/)?\.?\w/.test(text)) return;
  for (const folder of files.length === 0 ? ['.'] : files) if (known(folder) !== undefined) call.read(patternBelow(folder, text));
}

/** Searching a home or the whole machine reads the secrets in it; searching a project is everyday work. */
function readTree(file: Text, recursive: boolean, call: Invocation): void {
  const path = known(file);
  if (recursive && path !== undefined) {
    const wide = locations(path, call.state, call.run).some(({ real }) =>
      classify(real, call.run.places).some((zone) => zone === 'root' || zone === 'home' || zone === 'other-home' || zone === 'secret-dir'),
    );
    if (wide) {
      call.read(file, { act: 'secret.read', evidence: path });
      return;
    }
  }
  call.read(file);
}
