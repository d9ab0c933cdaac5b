import { readFileSync } from 'node:fs';
import { requireHere } from './require-here.ts';

/** `node:os`, which takes half a millisecond to load: asked only where what it says is not found otherwise. */
const os = (): typeof import('node:os') => requireHere('node:os');

/** The user's home directory as `os.homedir` says it. Throws where the system knows none. */
export function homeOf(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string {
  return platform === 'win32' ? os().homedir() : (env['HOME'] ?? os().homedir());
}

/** Name of this machine. */
export function hostName(): string {
  try {
    return readFileSync('/proc/sys/kernel/hostname', 'latin1').trimEnd();
  } catch {
    // Not Linux.
    return os().hostname();
  }
}

/** Name of the user that this process runs as, whatever the environment claims. Throws where the user id has no entry. */
export function userName(): string {
  return nameIn('/etc/passwd', process.getuid?.()) ?? os().userInfo().username;
}

/** Names of the groups that this process belongs to, by /etc/group; the number of one that has no name there. None on Windows. */
export function groupNames(): readonly string[] {
  return (process.getgroups?.() ?? []).map((id) => nameIn('/etc/group', id) ?? String(id));
}

/** The name that a file of passwd(5) or group(5) gives to a number. */
function nameIn(file: string, id: number | undefined): string | undefined {
  if (id === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  for (const line of text.split('\n')) {
    const [name, , number] = line.split(':', 3);
    if (number === String(id) && name !== '') return name;
  }
  return undefined;
}
