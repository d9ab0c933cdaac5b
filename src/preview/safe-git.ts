import { execFile } from 'node:child_process';
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
  const env = {
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
  return new Promise((resolve) => {
    execFile(
      'git',
      ['--no-pager', '--no-optional-locks', ...settings, ...args],
      { cwd, env, timeout: budget.left, maxBuffer: mostOutput, windowsHide: true, killSignal: 'SIGKILL' },
      (error, stdout) => resolve(error === null ? stdout : undefined),
    ).stdin?.end();
  });
}
