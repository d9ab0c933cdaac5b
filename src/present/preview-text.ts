import type { FileChange, Gap, LostCommits, Preview } from '../model/preview.ts';
import { english, type Translate } from './translate.ts';
import { visibleLine } from './visible-text.ts';

/** Files that the full text names. */
const mostNamed = 500;

/** What a preview found, in at most two lines: what would be lost first. */
export function previewLines(preview: Preview, root: string, t: Translate = english): readonly string[] {
  const { files, commits, gaps } = preview;
  const parts = [...commits.map((lost) => commitsSentence(lost, t)), ...fileSentences(files, root, t)];
  const gap = gaps[0] === undefined ? [] : [gapSentence(gaps[0], t)];
  if (parts.length === 0) return gap.length > 0 ? gap : [t('Tried out: no file would change.')];
  const [first = '', ...rest] = parts;
  return [first, ...[[...rest, ...gap].join(' ')].filter((line) => line !== '')];
}

/** All of a preview, for the full text. */
export function previewText(preview: Preview, root: string, t: Translate = english): readonly string[] {
  const { files, commits, gaps } = preview;
  const lost = commits.flatMap((each) => [
    commitsSentence(each, t),
    ...each.commits.map(({ id, subject }) => `    ${visibleLine(id)} ${visibleLine(subject)}`),
    ...(each.count > each.commits.length ? [`    … ${t('{0} more', each.count - each.commits.length)}`] : []),
  ]);
  const named = files.slice(0, mostNamed).map((file) => `  ${fileLine(file, root, t)}`);
  return [
    ...lost,
    ...fileSentences(files, root, t),
    ...named,
    ...(files.length > named.length ? [`  … ${t('{0} more', files.length - named.length)}`] : []),
    ...gaps.map((gap) => gapSentence(gap, t)),
    ...(lost.length + files.length + gaps.length === 0 ? [t('Tried out: no file would change.')] : []),
  ];
}

function fileSentences(files: readonly FileChange[], root: string, t: Translate): readonly string[] {
  const of = (change: FileChange['change']) => files.filter((file) => file.change === change);
  const [gone, changed, made] = [of('delete'), of('modify'), of('create')];
  return [
    ...(gone.length === 0 ? [] : [lossSentence(gone, root, t)]),
    ...(changed.length === 0 ? [] : [changeSentence(changed, root, t)]),
    ...(made.length === 0 ? [] : [made.length === 1 ? t('Creates {0}.', name(made[0], root)) : t('Creates {0} files.', made.length)]),
  ];
}

function lossSentence(files: readonly FileChange[], root: string, t: Translate): string {
  const lost = files.filter(({ recovery }) => recovery !== 'committed').length;
  const size = bytes(files.reduce((sum, file) => sum + (file.size ?? 0), 0));
  if (files.length === 1) {
    return lost === 0
      ? t('Deletes {0} ({1}), which is committed and can be recovered.', name(files[0], root), size)
      : t('Deletes {0} ({1}), which cannot be recovered.', name(files[0], root), size);
  }
  if (lost === 0) return t('Deletes {0} files ({1}), all committed and recoverable.', files.length, size);
  return lost === files.length
    ? t('Deletes {0} files ({1}), none of which can be recovered.', files.length, size)
    : t('Deletes {0} files ({1}); {2} of them cannot be recovered.', files.length, size, lost);
}

function changeSentence(files: readonly FileChange[], root: string, t: Translate): string {
  const lost = files.filter(({ recovery }) => recovery !== 'committed').length;
  if (files.length === 1) {
    return lost === 0
      ? t('Overwrites {0}, whose content is committed.', name(files[0], root))
      : t('Overwrites {0}, whose content is not committed.', name(files[0], root));
  }
  return lost === 0
    ? t('Overwrites {0} files, all committed.', files.length)
    : t('Overwrites {0} files; what {1} of them hold is not committed.', files.length, lost);
}

function fileLine(file: FileChange, root: string, t: Translate): string {
  const size = file.size === undefined ? '' : ` (${bytes(file.size)})`;
  const word = { create: '+', modify: '~', delete: '-' }[file.change];
  return `${word} ${name(file, root)}${size}${file.recovery === undefined ? '' : ` — ${recoveryWord(file.recovery, t)}`}`;
}

function recoveryWord(recovery: NonNullable<FileChange['recovery']>, t: Translate): string {
  switch (recovery) {
    case 'committed':
      return t('committed');
    case 'changed':
      return t('changed since the last commit: lost');
    case 'untracked':
      return t('not in git: lost');
  }
}

function commitsSentence({ kind, ref, count, commits }: LostCommits, t: Translate): string {
  const subject = visibleLine(commits[0]?.subject ?? '').slice(0, 60);
  const place = visibleLine(ref);
  switch (kind) {
    case 'push':
      return t('Commits that the remote would lose from {0}, as of the last fetch: {1}, newest “{2}”.', place, count, subject);
    case 'remote-branch':
      return t('Commits that would be lost with the remote branch {0}, as of the last fetch: {1}, newest “{2}”.', place, count, subject);
    case 'reset':
    case 'branch':
      return t('Commits that nothing but {0} leads to, and that would be lost: {1}, newest “{2}”.', place, count, subject);
    case 'stash':
      return t('Loses the stash {0}: “{1}”.', place, subject);
  }
}

function gapSentence({ why, subject }: Gap, t: Translate): string {
  const what = visibleLine(subject).slice(0, 60);
  switch (why) {
    case 'program':
      return what === '' ? t('It cannot be previewed.') : t('What {0} does cannot be previewed.', what);
    case 'git':
      return t('What {0} does cannot be previewed.', what);
    case 'variable':
      return t('It cannot be previewed: the value of {0} is not known.', what);
    case 'outside':
      return t('It cannot be previewed: it reaches outside the project ({0}).', what);
    case 'links':
      return t('It cannot be previewed: it goes through symbolic links.');
    case 'too-much':
      return t('The preview is not complete: there is too much of it.');
    case 'unknown':
    case 'failed':
      return t('It cannot be previewed.');
  }
}

function name(file: FileChange | undefined, root: string): string {
  const path = file?.path ?? '';
  return visibleLine(path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path).slice(0, 80);
}

/** A number of bytes as people read it. */
function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  const [unit, size] = count < 1e6 ? ['kB', 1e3] : count < 1e9 ? ['MB', 1e6] : ['GB', 1e9];
  return `${(count / Number(size)).toFixed(count / Number(size) < 10 ? 1 : 0)} ${unit}`;
}
