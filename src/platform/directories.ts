import { posix, win32 } from 'node:path';
import { sha256 } from './sha256.ts';

/** Where Agent Policy keeps its files: absolute paths, none of them guaranteed to exist. */
export interface Directories {
  /** What a person edits: `policy.yaml`. */
  readonly config: string;
  /** What must survive a restart: audit log, sessions, mode, trust, the list of open windows. */
  readonly state: string;
  /** What may be deleted at any time: compiled policies. */
  readonly cache: string;
  /** Sockets. On Windows the prefix of the pipes' names. */
  readonly runtime: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const name = 'agent-policy';

/**
 * The directories of a user: XDG base directories on Linux and the other Unixes, the platform's own places on macOS and Windows.
 * A variable that is not an absolute path is ignored, as the XDG specification asks.
 */
export function directories(env: Environment, platform: NodeJS.Platform, home: string): Directories {
  if (platform === 'win32') return windowsDirectories(env, home);
  const from = (variable: string, fallback: string) => {
    const value = env[variable];
    return posix.join(value !== undefined && posix.isAbsolute(value) ? value : posix.join(home, fallback), name);
  };
  if (platform === 'darwin') {
    const support = posix.join(home, 'Library/Application Support', name);
    return {
      config: support,
      state: posix.join(support, 'state'),
      cache: posix.join(home, 'Library/Caches', name),
      runtime: posix.join(support, 'run'),
    };
  }
  const state = from('XDG_STATE_HOME', '.local/state');
  const runtime = env['XDG_RUNTIME_DIR'];
  return {
    config: from('XDG_CONFIG_HOME', '.config'),
    state,
    cache: from('XDG_CACHE_HOME', '.cache'),
    runtime: runtime !== undefined && posix.isAbsolute(runtime) ? posix.join(runtime, name) : posix.join(state, 'run'),
  };
}

function windowsDirectories(env: Environment, home: string): Directories {
  const from = (variable: string, fallback: string) => {
    const value = env[variable];
    return win32.join(value !== undefined && win32.isAbsolute(value) ? value : win32.join(home, fallback), name);
  };
  const local = from('LOCALAPPDATA', 'AppData\\Local');
  return {
    config: from('APPDATA', 'AppData\\Roaming'),
    state: win32.join(local, 'state'),
    cache: win32.join(local, 'cache'),
    runtime: `\\\\.\\pipe\\${name}-${sha256(home.toLowerCase()).slice(0, 16)}-`,
  };
}

/** The longest path of a socket, in bytes, that every Unix takes: `sun_path` holds 104 on macOS and 108 on Linux. */
const longestSocketPath = 100;

/** Where a socket of that name lies, and the directory that must be private before it is made (none for a pipe). */
export interface SocketPlace {
  readonly path: string;
  readonly directory?: string;
}

/**
 * Place of the socket `id`. A path too long for a socket address moves to a directory of the temporary folder named after the user
 * and the path; who makes it must see that it is private (`privateDirectory`), as anybody could have made it first.
 */
export function socketPlace(runtime: string, id: string, platform: NodeJS.Platform, temp: string, uid: number): SocketPlace {
  if (platform === 'win32') return { path: runtime + id };
  const path = posix.join(runtime, `${id}.sock`);
  if (Buffer.byteLength(path) <= longestSocketPath) return { path, directory: runtime };
  const directory = posix.join(temp, `${name}-${uid}-${sha256(runtime).slice(0, 12)}`);
  return { path: posix.join(directory, `${id}.sock`), directory };
}
