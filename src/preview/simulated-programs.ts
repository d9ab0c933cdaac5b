/**
 * Programs and builtins that the simulated shell does as the real ones do, as far as they change files: checked by really running them (see the tests of the
 * preview). What gives another answer each time, reaches the network or runs other programs is not among them.
 */
export const simulatedPrograms = [
  'awk',
  'base64',
  'basename',
  'cat',
  'cp',
  'cut',
  'dirname',
  'diff',
  'echo',
  'egrep',
  'expr',
  'false',
  'fgrep',
  'find',
  'grep',
  'head',
  'join',
  'ls',
  'md5sum',
  'mkdir',
  'mv',
  'nl',
  'paste',
  'printf',
  'pwd',
  'rev',
  'rm',
  'rmdir',
  'sed',
  'seq',
  'sha256sum',
  'sort',
  'tac',
  'tail',
  'tee',
  'touch',
  'tr',
  'true',
  'uniq',
  'wc',
  'xargs',
] as const;

/** The same with what needs no program: words of the shell itself. */
export const simulated: ReadonlySet<string> = new Set([...simulatedPrograms, '[', ':', 'cd', 'exit', 'export', 'read', 'set', 'test']);

/** Options, for the programs that change files, with which the simulated program does what the real one does. Anything else is not tried out. */
const faithful: Readonly<Record<string, RegExp>> = {
  cp: /^-[rRfnvap]+$/,
  mkdir: /^(?:-[pv]+|--parents)$/,
  mv: /^-[fnv]+$/,
  rm: /^(?:-[rRfvd]+|--recursive|--force)$/,
  rmdir: /^-p$/,
  sed: /^(?:-[nEri]+|-e|--expression=.*|--in-place|--quiet)$/,
  sort: /^-[bdfnruo]+$|^-[kt]/,
  tee: /^(?:-a|--append)$/,
  touch: /^-c$/,
};

/** Whether a program with these words is simulated faithfully; `null` stands for words that cannot be known. */
export function isFaithful(program: string, argv: readonly (string | null)[]): boolean {
  const known = faithful[program];
  if (known === undefined) return true;
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).every(
    (word) => word === null || word.length < 2 || !word.startsWith('-') || known.test(word),
  );
}
