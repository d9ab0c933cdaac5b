// Where dangerous things are really tried: a bubblewrap in which the machine is read-only. Writable are only the test's own folder and
// stand-ins for system files, so that a failing guard harms nothing and is noticed.
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** System files that tests try to change, by the name of their stand-in. */
const standIns: Readonly<Record<string, string>> = { hosts: '/etc/hosts' };

/** Makes the stand-ins in `folder`. */
export function makeStandIns(folder: string): void {
  for (const [name, path] of Object.entries(standIns)) {
    if (existsSync(path)) copyFileSync(path, join(folder, name));
    else writeFileSync(join(folder, name), '');
  }
}

/** Path of the file that stands for `/etc/hosts`. */
export function hostsFile(folder: string): string {
  return join(folder, 'hosts');
}

/** Program and arguments that run `command` in the sandbox; only `folder` and what lies below it can be changed. */
export function sandboxed(folder: string, command: readonly string[]): readonly [string, readonly string[]] {
  const binds = Object.entries(standIns).flatMap(([name, path]) => ['--bind', join(folder, name), path]);
  // Mounts come in order: the machine, its devices, the folder (it may lie in /tmp), the stand-ins.
  return [
    'bwrap',
    [
      '--ro-bind',
      '/',
      '/',
      '--dev',
      '/dev',
      '--proc',
      '/proc',
      '--bind',
      folder,
      folder,
      ...binds,
      '--unshare-pid',
      '--unshare-ipc',
      '--die-with-parent',
      '--',
      ...command,
    ],
  ];
}
