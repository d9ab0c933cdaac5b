import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What a run of the command line gave. */
export interface CliResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const cli = join(import.meta.dirname, '..', '..', 'dist', 'cli.cjs');

/** Runs the built command line as a user would. */
export function runCli(
  args: readonly string[],
  options: { readonly input?: string; readonly env?: Record<string, string>; readonly cwd?: string } = {},
): CliResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    input: options.input ?? '',
    encoding: 'utf8',
    env: { ...process.env, ...options.env },
    maxBuffer: 1 << 28,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  return { code: status, out: stdout, err: stderr };
}
