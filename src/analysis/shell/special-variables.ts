/**
 * Variables that the shell itself changes, or keeps: what was assigned to one is not what it holds when it is read. Were they
 * taken at their word, `PWD=/tmp/a; cd /; rm -rf $PWD/etc` would seem to stay in `/tmp`, and `RANDOM=5; rm f$RANDOM` to remove `f5`.
 * Sources: Bash manual 5.2 "Bash Variables", zshparam(1) "Parameters set by the shell".
 */
const ownByShell: ReadonlySet<string> = new Set(
  (
    '_ PWD RANDOM SRANDOM SECONDS EPOCHSECONDS EPOCHREALTIME LINENO HISTCMD BASHPID PPID UID EUID SHLVL BASH_SUBSHELL BASH_COMMAND ' +
    'BASH_ARGV0 BASH_ARGC BASH_ARGV BASH_LINENO BASH_SOURCE BASH_VERSINFO FUNCNAME GROUPS DIRSTACK PIPESTATUS SHELLOPTS BASHOPTS ' +
    'COMP_CWORD COMP_LINE COMP_POINT READLINE_LINE READLINE_POINT ERRNO GID EGID TTYIDLE USERNAME ZSH_SUBSHELL'
  ).split(' '),
);

/** Plain names to other shells. */
const ownByZsh: ReadonlySet<string> = new Set(['ARGC', 'argv', 'dirstack', 'funcstack', 'pipestatus', 'status']);

/** Whether the shell, which may be zsh, itself decides what a variable holds. */
export function isOwnByShell(name: string, zsh: boolean): boolean {
  return ownByShell.has(name) || (zsh && ownByZsh.has(name));
}

/**
 * Whether a name that the script has not set may have a value all the same: shells' own variables and those of the environment are
 * written in capitals (POSIX 8.1), and nobody knows all of them.
 */
export function mayComeWithShell(name: string, zsh: boolean): boolean {
  return !/[a-z]/.test(name) || (zsh && ownByZsh.has(name));
}

const tools: ReadonlySet<string> = new Set(
  'CC CXX CPP LD AR AS NM RANLIB STRIP OBJCOPY MAKE CMAKE NINJA PYTHON PYTHON3 PIP NODE NPM PNPM YARN GO CARGO RUSTC JAVA MVN GRADLE'.split(
    ' ',
  ),
);

/**
 * Whether a variable by convention names a tool that builds, as in `${CC:-gcc}`. What the environment has there is the person's own
 * choice: where the guard's environment has none, the shell's has none either. A command that sets one is judged by what it names.
 */
export function isToolVariable(name: string): boolean {
  return tools.has(name);
}
