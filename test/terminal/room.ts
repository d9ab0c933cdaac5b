import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '../support/scratch.ts';

const root = join(import.meta.dirname, '..', '..');
const cli = join(root, 'src', 'cli.ts');
/** Its own path: the rooms' PATH need not lead to it. */
const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();

/** A home and a repository with a remote that a force push would rewrite. */
export interface Room {
  readonly home: string;
  readonly work: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether the remote still has its first commit. */
  isRemoteWhole(): boolean;
  /** Runs `agent-policy terminal ARGS`. */
  terminal(args: readonly string[], input?: string): { readonly code: number | null; readonly out: string; readonly err: string };
  /** Types lines into `agent-policy terminal ARGS` at a pseudo-terminal; what is seen, without control sequences. */
  typed(lines: readonly string[], args: readonly string[]): string;
  /** The same at any program. */
  typedInto(program: readonly string[], lines: readonly string[], env?: Readonly<Record<string, string>>): string;
  start(args: readonly string[]): ChildProcess;
  remove(): void;
}

/** Makes a room; start-up files of the shells set the prompt `P> `. */
export function makeRoom(): Room {
  const base = scratchFolder('terminal');
  const [home, work, remote] = [join(base, 'home'), join(base, 'work'), join(base, 'remote.git')];
  for (const folder of [join(home, '.config', 'fish'), work]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(home, '.bashrc'), "PS1='P> '\nHISTCONTROL=ignoreboth\nalias forced='git push -f origin HEAD:main'\nOWN=rc\n");
  writeFileSync(join(home, '.zshrc'), "PS1='P> '\nalias forced='git push -f origin HEAD:main'\nOWN=rc\n");
  writeFileSync(join(home, '.zshenv'), 'OWNENV=zshenv\n');
  writeFileSync(
    join(home, '.config', 'fish', 'config.fish'),
    "function fish_prompt; echo -n 'P> '; end\nfunction fish_greeting; end\nset -g OWN rc\n",
  );
  const env = {
    HOME: home,
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    SHELL: '/bin/bash',
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  git(base, 'init', '-q', '--bare', remote);
  git(work, 'init', '-q', '-b', 'main');
  git(work, 'config', 'user.email', 'a@example.com');
  git(work, 'config', 'user.name', 'A');
  git(work, 'remote', 'add', 'origin', remote);
  writeFileSync(join(work, 'file'), 'one\n');
  git(work, 'add', '.');
  git(work, 'commit', '-qm', 'one');
  git(work, 'push', '-q', 'origin', 'HEAD:main');
  const first = git(work, 'rev-parse', 'HEAD');
  git(work, 'commit', '-q', '--amend', '-m', 'two');
  const node = process.execPath;
  const typedInto = (program: readonly string[], lines: readonly string[], more: Readonly<Record<string, string>> = {}) => {
    const file = join(base, 'lines');
    writeFileSync(file, lines.join('\0'));
    const { stdout } = spawnSync(python, [join(import.meta.dirname, 'typist.py'), 'P> ', file, ...program], {
      cwd: work,
      env: { ...env, ...more },
      encoding: 'utf8',
      timeout: 100_000,
    });
    return visible(stdout);
  };
  return {
    home,
    work,
    env,
    isRemoteWhole: () => git(remote, 'rev-parse', 'main') === first,
    terminal: (args, input = '') => {
      const { status, stdout, stderr } = spawnSync(node, [cli, 'terminal', ...args], {
        cwd: work,
        env,
        input,
        encoding: 'utf8',
        timeout: 60_000,
      });
      return { code: status, out: stdout, err: stderr };
    },
    typed: (lines, args) => typedInto([node, cli, 'terminal', ...args], lines),
    typedInto,
    start: (args) => spawn(node, [cli, 'terminal', ...args], { cwd: work, env, stdio: ['pipe', 'pipe', 'pipe'] }),
    remove: () => rmSync(base, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
}

function visible(text: string): string {
  return text
    .replace(/\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g, '')
    .replace(/\x1b[[(][0-9;?>=]*[A-Za-z]?/g, '')
    .replaceAll('\r', '');
}
