import { execFile, spawnSync } from 'node:child_process';
import type { Budget } from './budget.ts';

/** Everything by which the settings of a repository could make a reading git run a program, write, or reach the network. */
const settings = [
  'core.fsmonitor=false',
  'core.untrackedCache=false',
  'core.hooksPath=/dev/null',
  'core.pager=cat',
  'core.quotePath=false',
  'core.sshCommand=false',
  'log.showSignature=false',
  'diff.external=',
  'credential.helper=',
  'protocol.allow=never',
  'gc.auto=0',
  'maintenance.auto=false',
  'submodule.recurse=false',
  'alias.x=',
].flatMap((each) => ['-c', each]);

const mostOutput = 16 * 1024 * 1024;

/** Output of a reading git command; `undefined` where it failed, took too long or said too much. Never rejects. */
export function readGit(args: readonly string[], cwd: string, budget: Budget): Promise<string | undefined> {
  if (budget.isSpent) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    execFile(
      'git',
      safely(args),
      { cwd, env: gitEnv(), timeout: budget.left, maxBuffer: mostOutput, windowsHide: true, killSignal: 'SIGKILL' },
      (error, stdout) => resolve(error === null ? stdout : undefined),
    ).stdin?.end();
  });
}

/** Output of a reading git command that is waited for, at most so many milliseconds; `undefined` where it failed or said too much. */
export function readGitNow(args: readonly string[], cwd: string, input: string, timeout: number): Buffer | undefined {
  const options = { cwd, env: gitEnv(), input, timeout, maxBuffer: mostOutput, windowsHide: true, killSignal: 'SIGKILL' } as const;
  const { status, stdout } = spawnSync('git', safely(args), options);
  return status === 0 ? stdout : undefined;
}

const safely = (args: readonly string[]): string[] => ['--no-pager', '--no-optional-locks', ...settings, ...args];

function gitEnv(): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_PAGER: 'cat',
    GIT_EDITOR: 'false',
  };
}
