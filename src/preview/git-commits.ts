import type { Budget } from './budget.ts';
import type { LostCommits } from '../model/preview.ts';
import { readGit } from './safe-git.ts';

const shown = 10;
/** Commits that are counted at most. */
const counted = 10_000;

/** A name that git cannot take for an option, and that is no pattern. Patterns of `--exclude` are relative to what `--branches` lists. */
const isName = (name: string) => /^[^-\s~^:?*[\\][^\s~^:?*[\\]*$/.test(name);

async function commitsOf(
  kind: LostCommits['kind'],
  ref: string,
  range: readonly string[],
  root: string,
  budget: Budget,
): Promise<readonly LostCommits[] | undefined> {
  const text = await readGit(['rev-list', `--max-count=${counted}`, '--format=%h%x09%s', '--no-commit-header', ...range], root, budget);
  if (text === undefined) return undefined;
  const lines = text.split('\n').filter((line) => line !== '');
  if (lines.length === 0) return [];
  const commits = lines.slice(0, shown).map((line) => ({ id: line.split('\t')[0] ?? '', subject: line.slice(line.indexOf('\t') + 1) }));
  return [{ kind, ref, count: lines.length, commits }];
}

async function exists(ref: string, root: string, budget: Budget): Promise<boolean> {
  return (await readGit(['rev-parse', '--verify', '--quiet', '--end-of-options', ref], root, budget)) !== undefined;
}

/** The branch that is checked out; `undefined` where none is. */
async function branchOf(root: string, budget: Budget): Promise<string | undefined> {
  return (await readGit(['symbolic-ref', '--quiet', '--short', 'HEAD'], root, budget))?.trim();
}

/** Commits that only the checked-out branch leads to, and that it would not after `git reset TARGET`. */
export async function lostByReset(target: string, root: string, budget: Budget): Promise<readonly LostCommits[]> {
  const branch = await branchOf(root, budget);
  if (target.startsWith('-')) return [];
  const spare = branch === undefined ? [] : [`--exclude=${branch}`];
  return (
    (await commitsOf('reset', branch ?? 'HEAD', ['HEAD', '--not', target, ...spare, '--branches', '--remotes', '--tags'], root, budget)) ??
    []
  );
}

/** Commits that only the deleted branches lead to; `undefined` where that cannot be said. */
export async function lostByBranch(rest: readonly string[], root: string, budget: Budget): Promise<readonly LostCommits[] | undefined> {
  const options = rest.filter((word) => word.startsWith('-'));
  const names = rest.filter((word) => !word.startsWith('-'));
  const deletes = options.some((word) => word === '-D' || word === '-d' || word === '--delete');
  if (!deletes) return options.every((word) => /^(?:-[avrlq]+|--list|--all|--show-current|--verbose)$/.test(word)) ? [] : undefined;
  if (options.some((word) => !['-D', '-d', '--delete', '-f', '--force', '-q', '--quiet'].includes(word)) || !names.every(isName))
    return undefined;
  const spare = names.map((name) => `--exclude=${name}`);
  const lists = await Promise.all(
    names.map((name) =>
      commitsOf('branch', name, [`refs/heads/${name}`, '--not', ...spare, '--branches', '--remotes', '--tags', 'HEAD'], root, budget),
    ),
  );
  return lists.includes(undefined) ? undefined : lists.flatMap((list) => list ?? []);
}

/**
 * Commits on the remote that a push would leave without a branch there, as far as the last fetch knows; `undefined` where that cannot be said.
 */
export async function lostByPush(rest: readonly string[], root: string, budget: Budget): Promise<readonly LostCommits[] | undefined> {
  const options = rest.filter((word) => word.startsWith('-'));
  const words = rest.filter((word) => !word.startsWith('-'));
  const known =
    /^(?:-f|--force|--force-with-lease(?:=.*)?|--force-if-includes|-d|--delete|-u|--set-upstream|-q|--quiet|-v|--verbose|--no-verify|--tags|--porcelain|--progress)$/;
  if (options.some((word) => !known.test(word))) return undefined;
  const forced = options.some((word) => /^(?:-f|--force.*)$/.test(word));
  const deletes = options.some((word) => word === '-d' || word === '--delete');
  const branch = await branchOf(root, budget);
  const remote = words[0] ?? 'origin';
  const specs = words.length > 1 ? words.slice(1) : branch === undefined ? [] : [branch];
  if (!isName(remote) || specs.length === 0) return undefined;
  const lost: LostCommits[] = [];
  for (const spec of specs) {
    const plus = spec.startsWith('+');
    const [from = '', to = from] = spec.replace(/^\+/, '').split(':');
    const target = (to === 'HEAD' ? branch : to)?.replace(/^refs\/heads\//, '');
    if (target === undefined || !isName(target) || (from !== '' && !isName(from))) return undefined;
    const gone = deletes || from === '';
    if (!forced && !plus && !gone) continue;
    const remembered = `refs/remotes/${remote}/${target}`;
    // Never fetched: nothing is known of what is there.
    if (!(await exists(remembered, root, budget))) {
      if (await exists(`refs/remotes/${remote}`, root, budget)) continue;
      return undefined;
    }
    const others = [`--exclude=${remote}/${target}`, '--exclude=*/HEAD', `--remotes=${remote}`];
    const range = gone
      ? [remembered, '--not', ...others]
      : [remembered, '--not', from === 'HEAD' || from === '' ? 'HEAD' : from, ...others];
    const list = await commitsOf(gone ? 'remote-branch' : 'push', `${remote}/${target}`, range, root, budget);
    if (list === undefined) return undefined;
    lost.push(...list);
  }
  return lost;
}

/** Stashes that would be gone; `undefined` where it cannot be said. */
export async function lostByStash(rest: readonly string[], root: string, budget: Budget): Promise<readonly LostCommits[] | undefined> {
  const [what, which, ...more] = rest;
  if ((what !== 'drop' && what !== 'clear') || more.length > 0) return undefined;
  const text = await readGit(['log', '-g', '--format=%gd%x09%h%x09%gs', 'refs/stash', '--'], root, budget);
  const all = (text ?? '').split('\n').filter((line) => line !== '');
  const number = /^(?:stash@\{(\d+)\}|(\d+))$/.exec(which ?? '0');
  if (number === null) return undefined;
  const chosen = what === 'clear' ? all : all.slice(Number(number[1] ?? number[2]), Number(number[1] ?? number[2]) + 1);
  return chosen.map((line) => {
    const [ref = '', id = '', subject = ''] = line.split('\t');
    return { kind: 'stash', ref, count: 1, commits: [{ id, subject }] };
  });
}
