import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Io } from './cli/command.ts';
import { main } from './cli/main.ts';

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

/** The directory may have been deleted under us. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return homedir();
  }
}

/** The manifest lies one folder above both the sources and the bundle. */
function version(): string {
  const manifest: { readonly version: string } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'));
  return manifest.version;
}

main(process.argv.slice(2), io, version).then((code) => {
  process.exitCode = code;
});
