import { join, resolve } from 'node:path';
import type { Budget } from './budget.ts';
import { below, statOf } from './file-losses.ts';
import { blobId, indexOf, rootOf, type Tree, treeOf } from './git-trees.ts';
import { lostByBranch, lostByPush, lostByReset, lostByStash } from './git-commits.ts';
import type { FileChange, Gap, LostCommits } from '../model/preview.ts';
import { readGit } from './safe-git.ts';

/** What one git command would do to files and commits. */
export interface GitImpact {
  readonly files: readonly FileChange[];
  readonly commits: readonly LostCommits[];
  readonly gaps: readonly Gap[];
}

const nothing: GitImpact = { files: [], commits: [], gaps: [] };
const gap = (subject: string): GitImpact => ({ ...nothing, gaps: [{ why: 'git', subject: `git ${subject}` }] });

/** Subcommands that change neither files of the work tree nor lose commits. */
const harmless = new Set(
  'add blame cat-file check-ignore describe diff fetch for-each-ref grep log ls-files ls-remote ls-tree reflog rev-list rev-parse shortlog show status var version'.split(
    ' ',
  ),
);

/** A git command, its words known, as asked in `cwd`. */
export async function gitImpact(argv: readonly (string | null)[], cwd: string, budget: Budget): Promise<GitImpact> {
  if (argv.includes(null)) return gap('…');
  const words = argv.filter((word) => word !== null);
  let folder = cwd;
  while (words[0]?.startsWith('-')) {
    const option = words.shift();
    if (option === '--no-pager') continue;
    if (option !== '-C' || words[0] === undefined) return gap(option ?? '');
    folder = resolve(folder, words.shift() ?? '');
  }
  const [name = '', ...rest] = words;
  if (harmless.has(name)) return nothing;
  const root = await rootOf(folder, budget);
  if (root === undefined) return gap(name);
  const place: Place = { root, folder, budget };
  switch (name) {
    case 'clean':
      return clean(rest, place);
    case 'reset':
      return reset(rest, place);
    case 'checkout':
      return checkout(rest, place);
    case 'restore':
      return restore(rest, place);
    case 'rm':
      return remove(rest, place);
    case 'branch':
      return commitsOnly(await lostByBranch(rest, root, budget), name);
    case 'push':
      return commitsOnly(await lostByPush(rest, root, budget), name);
    case 'stash':
      return rest[0] === 'list' || rest[0] === 'show' ? nothing : commitsOnly(await lostByStash(rest, root, budget), name);
    default:
      return gap(name);
  }
}

interface Place {
  readonly root: string;
  readonly folder: string;
  readonly budget: Budget;
}

function commitsOnly(commits: readonly LostCommits[] | undefined, name: string): GitImpact {
  return commits === undefined ? gap(name) : { ...nothing, commits };
}

/** Only options that cannot turn the dry run into a real one, or make it ask or write. */
async function clean(rest: readonly string[], { folder, budget }: Place): Promise<GitImpact> {
  const end = rest.indexOf('--');
  const options = end < 0 ? rest.filter((word) => word.startsWith('-')) : rest.slice(0, end).filter((word) => word.startsWith('-'));
  const paths =
    end < 0
      ? rest.filter((word) => !word.startsWith('-'))
      : [...rest.slice(0, end).filter((word) => !word.startsWith('-')), ...rest.slice(end + 1)];
  const letters = options.filter((word) => /^-[dfxXqn]+$/.test(word)).flatMap((word) => [...word.slice(1)]);
  if (options.some((word) => !/^-[dfxXqn]+$/.test(word) && word !== '--force' && word !== '--quiet' && word !== '--dry-run'))
    return gap('clean');
  if (letters.includes('n') || options.includes('--dry-run')) return nothing;
  const kept = [...new Set(letters)].filter((letter) => letter === 'd' || letter === 'x' || letter === 'X').map((letter) => `-${letter}`);
  const text = await readGit(['clean', '-n', '-ff', ...kept, '--', ...paths], folder, budget);
  if (text === undefined) return gap('clean');
  const forced = letters.filter((letter) => letter === 'f').length + options.filter((word) => word === '--force').length;
  const files = text.split('\n').flatMap((line) => {
    const found = /^Would remove (.+)$/.exec(line)?.[1];
    if (found === undefined) return [];
    const path = resolve(folder, unquoted(found));
    // A repository inside is spared unless forced twice.
    if (forced < 2 && statOf(join(path, '.git')) !== undefined) return [];
    return below(path, budget).map((each): FileChange => ({ ...each, change: 'delete' }));
  });
  return { ...nothing, files };
}

/** A path as git prints it: in quotes where it holds something unusual. */
function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  const bytes: number[] = [];
  const body = Buffer.from(text.slice(1, -1), 'utf8').toString('latin1');
  const plain: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11, '"': 34, '\\': 92 };
  for (let i = 0; i < body.length; i += 1) {
    if (body[i] !== '\\') bytes.push(body.charCodeAt(i));
    else if (/^[0-7]{3}/.test(body.slice(i + 1))) {
      bytes.push(Number.parseInt(body.slice(i + 1, i + 4), 8));
      i += 3;
    } else {
      i += 1;
      bytes.push(plain[body[i] ?? ''] ?? 63);
    }
  }
  return Buffer.from(bytes).toString('utf8');
}

async function reset(rest: readonly string[], place: Place): Promise<GitImpact> {
  const options = rest.filter((word) => word.startsWith('-'));
  const words = rest.filter((word) => !word.startsWith('-'));
  const { root, budget } = place;
  const target = words[0] ?? 'HEAD';
  const hard = options.includes('--hard');
  if (options.some((word) => !['--hard', '--soft', '--mixed', '-q', '--quiet'].includes(word)) || words.length > 1) {
    return options.some((word) => word === '--merge' || word === '--keep') ? gap('reset') : nothing;
  }
  // `git reset FILE` unstages; nothing in the work tree changes.
  const tree = await treeOf(target, root, budget);
  if (tree === undefined) return hard ? gap('reset') : nothing;
  const commits = await lostByReset(target, root, budget);
  if (!hard) return { ...nothing, commits };
  const index = await indexOf(root, budget);
  if (index === undefined) return gap('reset');
  return { ...nothing, commits, files: difference(tree, new Set([...tree.keys(), ...index.keys()]), place) };
}

/** The files among `names` whose present content is not the one that they get from `tree`. */
function difference(tree: Tree, names: ReadonlySet<string>, { root, budget }: Place): readonly FileChange[] {
  return [...names].flatMap((name): readonly FileChange[] => {
    if (budget.isSpent) return [];
    const path = join(root, name);
    const wanted = tree.get(name);
    const stat = statOf(path);
    if (wanted === undefined) return stat === undefined ? [] : [{ path, change: 'delete', size: stat.size }];
    if (stat === undefined) return [{ path, change: 'create' }];
    return blobId(root, name, wanted) === wanted ? [] : [{ path, change: 'modify', size: stat.size }];
  });
}

/** `git checkout [COMMIT] -- PATH…`; what switches branches cannot be previewed. */
async function checkout(rest: readonly string[], place: Place): Promise<GitImpact> {
  const end = rest.indexOf('--');
  if (end >= 0 && end <= 1 && !rest.slice(0, end).some((word) => word.startsWith('-'))) {
    return takePaths(rest[0] === '--' ? undefined : rest[0], rest.slice(end + 1), place, 'checkout');
  }
  if (rest.length > 0 && rest.every((word) => !word.startsWith('-') && statOf(resolve(place.folder, word)) !== undefined)) {
    return takePaths(undefined, rest, place, 'checkout');
  }
  if (rest.length === 2 && (rest[0] === '-b' || rest[0] === '-B')) return rest[0] === '-b' ? nothing : gap('checkout');
  return gap('checkout');
}

async function restore(rest: readonly string[], place: Place): Promise<GitImpact> {
  const options = rest.filter((word, at) => word.startsWith('-') && rest.indexOf('--') !== at);
  const paths = rest.filter((word) => !word.startsWith('-'));
  const source = options.find((word) => /^--source=[^-]/.test(word))?.slice('--source='.length);
  const known = new Set(['--worktree', '-W', '--staged', '-S', '-q', '--quiet']);
  if (options.some((word) => !known.has(word) && !word.startsWith('--source='))) return gap('restore');
  const staged = options.includes('--staged') || options.includes('-S');
  const worktree = options.includes('--worktree') || options.includes('-W');
  if (staged && !worktree) return nothing;
  return takePaths(source ?? (staged ? 'HEAD' : undefined), paths, place, 'restore');
}

/** Files taken from a commit, or from the index. A pathspec with magic is not followed. */
async function takePaths(source: string | undefined, paths: readonly string[], place: Place, name: string): Promise<GitImpact> {
  const { root, folder, budget } = place;
  if (paths.length === 0 || paths.some((path) => /[*?[\]:\\]/.test(path))) return gap(name);
  const tree = source === undefined ? await indexOf(root, budget) : await treeOf(source, root, budget);
  const index = await indexOf(root, budget);
  if (tree === undefined || index === undefined) return gap(name);
  const wanted = paths.map((path) => resolve(folder, path));
  const within = (file: string) => wanted.some((path) => file === path || file.startsWith(path === root ? `${root}/` : `${path}/`));
  // `restore` deletes what the source has not; `checkout` leaves it.
  const names = name === 'restore' ? [...tree.keys(), ...index.keys()] : [...tree.keys()];
  return { ...nothing, files: difference(tree, new Set(names.filter((each) => within(join(root, each)))), place) };
}

async function remove(rest: readonly string[], { root, folder, budget }: Place): Promise<GitImpact> {
  const options = rest.filter((word) => word.startsWith('-') && word !== '--');
  const paths = rest.filter((word) => !word.startsWith('-'));
  if (options.includes('--cached') || options.includes('-n') || options.includes('--dry-run')) return nothing;
  if (options.some((word) => !/^-[rfq]+$/.test(word)) || paths.length === 0) return gap('rm');
  const text = await readGit(['ls-files', '-z', '--full-name', '--', ...paths], folder, budget);
  if (text === undefined) return gap('rm');
  const files = text.split('\0').flatMap((name): readonly FileChange[] => {
    const stat = name === '' ? undefined : statOf(join(root, name));
    return stat === undefined ? [] : [{ path: join(root, name), change: 'delete', size: stat.size }];
  });
  return { ...nothing, files };
}
