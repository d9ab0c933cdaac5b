import type { Invocation, Result } from '../shell/invocation.ts';
import { isWithin, withoutEnd } from '../paths.ts';
import { anyText, concat, fromPieces, known, type Piece, piecesOf, type Text } from '../shell/value.ts';
import { locations } from '../touch.ts';
import { grammar } from './options.ts';
import type { Program } from './registry.ts';
import { absorb } from '../shell/state-join.ts';

/** Programs that find files and do something with each. */
export const findPrograms = (): Readonly<Record<string, Program>> => ({
  find,
  gfind: find,
  fd: fdFind,
  fdfind: fdFind,
  locate: () => undefined,
  mdfind: () => undefined,
});

const actions = new Set(['-exec', '-execdir', '-ok', '-okdir']);

/** find(1): start folders, then an expression of tests and actions. */
function find(call: Invocation): Result | undefined {
  const { args } = call;
  let i = 0;
  while (i < args.length && /^-(?:[HLP]|O\d|D\w*)$/.test(known(args[i] ?? '') ?? '')) i += known(args[i] ?? '') === '-D' ? 2 : 1;
  const starts: Text[] = [];
  while (i < args.length) {
    const text = known(args[i] ?? '');
    if (text !== undefined && /^(?:[-(!,]|\\\()/.test(text)) break;
    starts.push(args[i] ?? '');
    i += 1;
  }
  if (starts.length === 0) starts.push('.');
  const expression = args.slice(i);
  const found = matches(starts, expression);
  for (let j = 0; j < expression.length; j++) {
    const text = known(expression[j] ?? '');
    if (text === undefined) {
      call.opaque('an expression of find that cannot be known');
      continue;
    }
    if (text === '-delete') for (const item of found.targets) call.remove(item, { recursive: true, evidence: 'find -delete' });
    else if (actions.has(text)) {
      const end = expression.findIndex(
        (word, k) => k > j && (known(word) === ';' || (known(word) === '+' && known(expression[k - 1] ?? '') === '{}')),
      );
      const words = expression.slice(j + 1, end < 0 ? undefined : end);
      removeFound(words, found.targets, text, call);
      runFor(words, text.endsWith('dir') ? found.targets : withContents(found.targets), text.endsWith('dir'), call);
      j = end < 0 ? expression.length : end;
    } else if (/^-f(?:print0?|ls|printf)$/.test(text)) call.write(expression[j + 1] ?? '');
    else if (text === '-files0-from' || text === '-newer' || text === '-samefile') j += 1;
  }
  return { out: printed(found.targets, expression) };
}

// Removing whatever is found, file by file, leaves as little as removing the folder.
function removeFound(words: readonly Text[], targets: readonly Text[], action: string, call: Invocation): void {
  const name = known(words[0] ?? '') ?? '';
  if (/(?:^|\/)(?:rm|unlink|shred|srm|trash|trash-put)$/.test(name))
    for (const item of targets) call.remove(item, { recursive: true, evidence: `${call.name} ${action} ${name}` });
}

/** What find prints, where each line can be told by a pattern: for a program that is given them as arguments. */
function printed(targets: readonly Text[], expression: readonly Text[]): Text {
  const [only] = targets;
  const hasActions = expression.some((word) => actions.has(known(word) ?? '') || (known(word) ?? '').startsWith('-printf'));
  if (only === undefined || targets.length !== 1 || hasActions || known(only) !== undefined) return anyText;
  return { pieces: [...piecesOf(only)], many: true };
}

interface Found {
  /** What the expression selects, as paths or patterns. */
  readonly targets: readonly Text[];
  /** No name narrows it. */
  readonly isAll: boolean;
}

/** What is selected: everything below the start folders, narrowed by a name. */
function matches(starts: readonly Text[], expression: readonly Text[]): Found {
  const words = expression.map((word) => known(word) ?? '');
  const names = words.flatMap((word, i) =>
    /^-i?(?:name|wholename|path)$/.test(word) && words[i - 1] !== '!' && words[i - 1] !== '-not' && !isPruned(words, i)
      ? [words[i + 1] ?? '*']
      : [],
  );
  const pruned = words.flatMap((word, i) => (/^-i?(?:name|path)$/.test(word) && isPruned(words, i) ? [words[i + 1] ?? ''] : []));
  const selecting = pruned.length > 0 && names.length === 0 && words.includes('-prune') && !words.includes('-o') ? pruned : names;
  const narrowed = selecting.filter((name) => name !== '*' && name !== '');
  const certain = !words.includes('-o') || narrowed.length > 0;
  const onlyFiles = words.some((word, i) => word === '-type' && words[i + 1] === 'f');
  const minimum = words.some((word, i) => word === '-mindepth' && Number(words[i + 1]) > 0);
  if (narrowed.length === 0 || !certain)
    return { targets: starts.map((start) => (onlyFiles || minimum ? below(start, '*') : start)), isAll: true };
  return {
    isAll: false,
    targets: starts.flatMap((start) =>
      narrowed.map((name) =>
        name.includes('/') && /[*?[]/.test(name)
          ? pathBelow(start, name)
          : /[*?[]/.test(name)
            ? patternBelow(start, name)
            : fromPieces([...piecesOf(start), '/', { hole: 'name' }, `/${name.replace(/^\*?\/|\/\*$/g, '')}`]),
      ),
    ),
  };
}

function isPruned(words: readonly string[], index: number): boolean {
  return words.indexOf('-prune', index) === index + 2;
}

function below(start: Text, glob: string): Text {
  return fromPieces([...piecesOf(start), '/', { glob }]);
}

/** A pattern of `-path`, for whole paths: its folders stay in it. Its star matches a dot, too, so that `*claude/*` is meant for `.claude`. */
function pathBelow(start: Text, pattern: string): Text {
  const top = withoutEnd(known(start) ?? '.');
  const isAnchored = pattern.startsWith(`${top}/`);
  const path = (isAnchored ? pattern.slice(top.length + 1) : pattern.replace(/^\.\//, ''))
    .split('/')
    .filter((part) => part !== '' && part !== '*');
  const folders = path.slice(0, pattern.endsWith('/*') ? undefined : -1).map((part) => part.replace(/^\*(?=\w)/, '.'));
  const name = pattern.endsWith('/*') ? '*' : (path.at(-1) ?? '*');
  return fromPieces([
    ...piecesOf(start),
    '/',
    ...(isAnchored ? [] : [{ hole: 'name' } as const, '/']),
    ...folders.flatMap((part) => [...partsOf(part), '/']),
    ...partsOf(name),
  ]);
}

/** Literal text and patterns of a name. */
function partsOf(name: string): readonly Piece[] {
  return name
    .split(/([*?]|\[[^\]]*\])/)
    .filter((part) => part !== '')
    .map((part) => (/^(?:[*?]|\[)/.test(part) ? { glob: part } : part));
}

/** A pattern for names at any depth below a folder. */
export function patternBelow(start: Text, pattern: string): Text {
  return fromPieces([...piecesOf(start), '/', { hole: 'name' }, '/', ...partsOf(pattern.replace(/^.*\//, ''))]);
}

// A command runs for a start folder, and for whatever lies in it.
function withContents(targets: readonly Text[]): readonly Text[] {
  return targets.flatMap((target) => (known(target) === undefined ? [target] : [target, below(target, '*')]));
}

/** What `-execdir` puts in for a file: its name, seen from its folder. */
const besideIt: Text = { pieces: ['./', { hole: 'name' }], many: false };

function runFor(words: readonly Text[], targets: readonly Text[], inFolder: boolean, call: Invocation): void {
  for (const target of targets) {
    const state = call.state.fork();
    // -execdir runs beside the file, in a folder that is somewhere below.
    if (inFolder) {
      const start = known(target);
      const only = start === undefined ? undefined : locations(start, call.state, call.run)[0];
      state.cwds = only && isWithin(only.real, call.run.places.workspace) ? [only.real] : state.cwds;
    }
    const command = words.map((word) => {
      const text = known(word);
      return text?.includes('{}')
        ? concat(...text.split('{}').flatMap((part, i) => (i === 0 ? [part] : [inFolder ? besideIt : target, part])))
        : word;
    });
    const name = known(command[0] ?? '');
    // A shell's text that has the name put in is code made of file names.
    if (
      name !== undefined &&
      /^(?:\S*\/)?(?:ba|z|da|k)?sh$/.test(name) &&
      words.some((word, i) => i > 0 && (known(word) ?? '').includes('{}') && known(word) !== '{}')
    )
      call.run.problem('file names become code');
    call.start(command, { state, io: { input: undefined, capture: false } });
    absorb(call.state, state);
  }
}

function fdFind(call: Invocation): Result | undefined {
  const at = call.args.findIndex((arg) => /^(?:-x|-X|--exec|--exec-batch)$/.test(known(arg) ?? ''));
  const before = at < 0 ? call.args : call.args.slice(0, at);
  const parsed = call.parse(
    grammar(
      'H,hidden I,no-ignore u s i g,glob e,extension= t,type= d,max-depth= min-depth= E,exclude= a p,full-path l L,follow 0 c,color= S,size= j,threads= changed-within= changed-before= base-directory= 1 max-results=',
    ),
    before,
  );
  const start = parsed.operands[1] ?? '.';
  const extension = parsed.value('e');
  const pattern = known(parsed.operands[0] ?? '');
  const target =
    extension !== undefined
      ? fromPieces([...piecesOf(start), '/', { glob: '*' }, `.${known(extension) ?? ''}`])
      : pattern !== undefined && /^[\w.-]+$/.test(pattern)
        ? fromPieces([...piecesOf(start), '/', { hole: 'name' }, `/${pattern}`])
        : start;
  if (at >= 0) {
    const words = call.args.slice(at + 1).filter((arg) => known(arg) !== ';');
    removeFound(words, [target], known(call.args[at] ?? '') ?? '', call);
    runFor(words.some((word) => (known(word) ?? '').includes('{')) ? words : [...words, '{}'], withContents([target]), false, call);
  }
  return { out: anyText };
}
