import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { extname, join } from 'node:path';
import type { Io } from './command.ts';
import { main } from './main.ts';

/** Runs the command line of this process, and leaves its exit code. */
export async function start(): Promise<void> {
  const { stdout, stderr, stdin } = process;
  // Who reads our output may stop reading (`| head`): that is no error.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const io: Io = {
    stdin,
    out: (text) => new Promise((resolve) => (stdout.write(text) ? resolve() : stdout.once('drain', resolve))),
    err: (text) => {
      stderr.write(text);
    },
    env: process.env,
    cwd: workingDirectory(),
    home: homedir(),
    platform: process.platform,
    isTerminal: stdout.isTTY === true,
  };
  process.exitCode = await main(process.argv.slice(2), io, version);
}

/** The directory may have been deleted under us. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return homedir();
  }
}

/** The manifest lies above the folder of the bundle, and two above this source. */
function version(): string {
  const up = extname(import.meta.filename) === '.ts' ? '../..' : '..';
  const manifest: { readonly version: string } = JSON.parse(readFileSync(join(import.meta.dirname, up, 'package.json'), 'utf8'));
  return manifest.version;
}
