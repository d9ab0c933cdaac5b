import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** The shells that can be guarded from within. */
export type GuardedShell = 'bash' | 'zsh' | 'fish';

/** What the shells of a guarded terminal need to find. */
export interface Surroundings {
  /** Folder of the start-up files: `media/terminal`. */
  readonly media: string;
  /** Folder of the stand-ins. */
  readonly shims: string;
  /** A Node, or VS Code's own program. */
  readonly node: string;
  /** The decider's program. */
  readonly decider: string;
  /** Private folder for the terminals' sessions. */
  readonly runtime: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Programs with a stand-in: what changes, sends or starts something, and is reached from scripts that no shell of ours runs. */
const shimmed: readonly string[] = `git rm rmdir mv cp ln dd chmod chown chgrp truncate shred tee install rsync tar unzip sed find xargs
  curl wget ssh scp sftp nc sh dash bash zsh fish python python3 node perl ruby sudo doas su env npm npx pnpm yarn bun pip pip3 cargo go gem
  docker podman kubectl helm terraform aws gcloud az gh glab psql mysql sqlite3 mongosh redis-cli crontab systemctl service kill pkill killall
  mkfs shutdown reboot code base64`.split(/\s+/);

/** Where the start-up files and the decider lie beside this program. */
export function ownFiles(): { readonly media: string; readonly decider: string } {
  const here = import.meta.dirname;
  return extname(import.meta.filename) === '.ts'
    ? { media: join(here, '..', '..', 'media', 'terminal'), decider: join(here, '..', 'terminal.ts') }
    : { media: join(here, '..', 'media', 'terminal'), decider: join(here, 'terminal.cjs') };
}

/** Writes the stand-ins where they are missing or different, and removes those that are none any more. Throws what the file system says. */
export function writeShims({ shims, media }: Pick<Surroundings, 'shims' | 'media'>): void {
  mkdirSync(shims, { recursive: true, mode: 0o700 });
  // -p: a bash that reads no BASH_ENV.
  const text = `#!/bin/bash -p\n. '${media.replaceAll("'", "'\\''")}/shim.bash'\n`;
  for (const name of shimmed) {
    const path = join(shims, name);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    writeFileSync(path, text);
    chmodSync(path, 0o755);
  }
  for (const name of readdirSync(shims)) if (!shimmed.includes(name)) rmSync(join(shims, name), { force: true });
}

/** Variables that every guarded shell and stand-in reads. */
function common({ media, shims, node, decider, runtime }: Surroundings): Record<string, string> {
  return {
    AGENT_POLICY_MEDIA: media,
    AGENT_POLICY_SHIMS: shims,
    AGENT_POLICY_NODE: node,
    AGENT_POLICY_DECIDER: decider,
    AGENT_POLICY_RUNTIME: runtime,
  };
}

/**
 * Variables for a terminal or program that is guarded whoever it belongs to, in addition to the environment `env`.
 */
export function guardedEnvironment(surroundings: Surroundings, env: Environment): Record<string, string> {
  const { media, shims } = surroundings;
  const bashEnv = env['BASH_ENV'];
  return {
    ...common(surroundings),
    ...startUpFolders(media, env),
    AGENT_POLICY_GUARD: '1',
    // A bash at the first level whose input is a socket, as Node's pipes are, takes itself for one of rshd and reads no BASH_ENV.
    SHLVL: String(Math.max(1, Number(env['SHLVL'] ?? 0) || 0)),
    BASH_ENV: join(media, 'guard.bash'),
    ...(bashEnv === undefined || bashEnv === join(media, 'guard.bash') ? {} : { AGENT_POLICY_USER_BASH_ENV: bashEnv }),
    PATH: `${shims}:${env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}`,
  };
}

/**
 * Variables for all terminals of an editor: the shells look for an agent's marker when they start, and where there is none they take everything
 * back.
 */
export function watchingEnvironment(surroundings: Surroundings, env: Environment): Record<string, string> {
  const { media } = surroundings;
  return {
    ...common(surroundings),
    ...startUpFolders(media, env),
    AGENT_POLICY_START: join(media, 'start.bash'),
    PROMPT_COMMAND: '${AGENT_POLICY_START:+. "$AGENT_POLICY_START"}',
  };
}

function startUpFolders(media: string, env: Environment): Record<string, string> {
  const own = join(media, 'zsh');
  const zdotdir = env['ZDOTDIR'];
  return {
    ZDOTDIR: own,
    ...(zdotdir === undefined || zdotdir === own ? {} : { AGENT_POLICY_USER_ZDOTDIR: zdotdir }),
    XDG_DATA_DIRS: `${join(media, 'data')}:${env['XDG_DATA_DIRS'] ?? '/usr/local/share:/usr/share'}`,
  };
}

/** Which of the guarded shells a program is; `undefined` for any other. */
export function shellOf(program: string): GuardedShell | undefined {
  const name = program.split('/').pop() ?? '';
  return name === 'bash' || name === 'zsh' || name === 'fish' ? name : undefined;
}

/** Arguments with which a shell starts interactively and guarded. */
export function shellArguments(shell: GuardedShell, media: string): readonly string[] {
  return shell === 'bash' ? ['--init-file', join(media, 'rc.bash'), '-i'] : ['-i'];
}
