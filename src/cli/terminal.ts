import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirectory, lastingNode } from '../agents/install/place.ts';
import { directories } from '../platform/directories.ts';
import { guardedEnvironment, ownFiles, shellArguments, shellOf, writeShims } from '../terminal/surroundings.ts';
import { type Command, type Io, type Parsed, textOption, UsageError } from './command.ts';

const help = `Starts a shell, or a program, in which every command is decided before it runs.

Usage: agent-policy terminal [--shell bash|zsh|fish]
       agent-policy terminal -- PROGRAM [ARGUMENT…]

Options:
  --shell NAME   the shell (default: yours, or bash)

Your own start-up files are read first. In bash and zsh each command is decided when it is reached, also in functions and scripts; in fish each line and
each script as a whole. Programs that are started by other programs are decided where they are found through PATH.
Exit codes: those of the shell or program; 126 of a command that was denied; 1 error.
`;

/** `agent-policy terminal`. */
export const terminal: Command = {
  summary: 'start a shell or program whose commands are decided',
  help,
  options: { shell: { type: 'string' } },
  run,
};

async function run(parsed: Parsed, io: Io): Promise<number> {
  if (io.platform === 'win32') throw new UsageError('guarded terminals need bash, zsh or fish, and run on Linux and macOS only');
  const { media, decider } = ownFiles();
  const places = directories(io.env, io.platform, io.home);
  // The sources need the Node that runs them; the bundle outlives it.
  const node = decider.endsWith('.ts') ? process.execPath : lastingNode(process.execPath, io.env['PATH'], io.platform);
  const data = dataDirectory({ env: io.env, platform: io.platform, home: io.home, project: io.cwd, node }, 'user');
  const surroundings = { media, decider, shims: join(data, 'shims'), runtime: places.runtime, node };
  writeShims(surroundings);
  const env = { ...io.env, ...guardedEnvironment(surroundings, io.env) };
  const [program, ...args] = parsed.positionals;
  if (program !== undefined) return start(program, args, env, io);
  const wanted = textOption(parsed, 'shell') ?? (shellOf(io.env['SHELL'] ?? '') ? io.env['SHELL'] : 'bash') ?? 'bash';
  const shell = shellOf(wanted);
  if (shell === undefined) throw new UsageError(`"${wanted}" cannot be guarded: use bash, zsh or fish`);
  // Its own path: by name it would be found through its stand-in.
  const path = wanted.includes('/')
    ? wanted
    : (io.env['PATH'] ?? '')
        .split(':')
        .map((folder) => join(folder, wanted))
        .find((file) => existsSync(file));
  if (path === undefined) throw new UsageError(`${wanted} is not installed`);
  return start(path, shellArguments(shell, media), env, io);
}

function start(program: string, args: readonly string[], env: Io['env'], io: Io): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: io.cwd, env: { ...env }, stdio: 'inherit' });
    // The terminal sends these to both; the program decides what they mean.
    const ignore = () => {};
    for (const signal of ['SIGINT', 'SIGQUIT'] as const) process.on(signal, ignore);
    child.on('error', (error) => reject(new UsageError(`${program} cannot be started: ${error.message}`)));
    child.on('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
}
