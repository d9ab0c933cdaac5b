import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { type SandboxBackend, systemProgram } from './sandbox-backend.ts';
import { holders, type SandboxLimits, type SandboxPlan } from './sandbox-plan.ts';
import { quoted } from './shell-quote.ts';

/** Folders with sockets and files of other processes: a socket in the file system is reachable also where the network is closed. */
const emptied = ['/tmp', '/var/tmp', '/run', '/dev/shm', '/mnt/wslg'];

/** Variables that lead to agents of keys, buses and displays outside. */
const unset = [
  'SSH_AUTH_SOCK',
  'SSH_AGENT_PID',
  'GPG_AGENT_INFO',
  'DBUS_SESSION_BUS_ADDRESS',
  'XDG_RUNTIME_DIR',
  'DISPLAY',
  'WAYLAND_DISPLAY',
];

/** Namespaces of its own, no capability, and no way back into the terminal (CVE-2017-5226). */
const walls = [
  ...['--unshare-user', '--unshare-ipc', '--unshare-pid', '--unshare-uts', '--unshare-cgroup-try'],
  ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
];

/** Bubblewrap (bwrap) 0.4 or newer. Everything is readable but what is hidden, nothing writable but what is named. */
export const bubblewrap: SandboxBackend = {
  title: 'bubblewrap',
  problemWith: ({ limits }) => {
    const bwrap = systemProgram('bwrap');
    if (bwrap === undefined)
      return 'the sandbox needs bubblewrap, which is not installed ("apt install bubblewrap", "dnf install bubblewrap")';
    if (hasLimits(limits) && systemProgram('prlimit') === undefined)
      return 'limits need prlimit (package util-linux), which is not installed';
    if (limits.seconds !== undefined && systemProgram('timeout') === undefined)
      return 'a time limit needs timeout (package coreutils), which is not installed';
    // Some systems have it and do not let it work, such as containers and those that restrict user namespaces.
    const { status, stderr } = spawnSync(
      bwrap,
      [...walls, '--unshare-net', '--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--', '/bin/true'],
      {
        encoding: 'utf8',
        timeout: 3000,
        env: {},
      },
    );
    const why = (stderr ?? '').trim().split('\n')[0] ?? '';
    return status === 0 ? undefined : `bubblewrap does not work on this machine${why === '' ? '' : `: ${why.slice(0, 200)}`}`;
  },
  wrap: (plan, command) => {
    const args = [systemProgram('bwrap') ?? '/usr/bin/bwrap', ...walls, ...places(plan)];
    const shell = systemProgram('bash') ?? '/bin/sh';
    return [...args, '--', ...limited(plan.limits), shell, '-c', command].map(quoted).join(' ');
  },
};

/** Mounts, in the order in which they lie on each other. */
function places({ cwd, write, protect, hide, network }: SandboxPlan): readonly string[] {
  const folders = emptied.filter((path) => existsSync(path));
  const names = '/run/systemd/resolve';
  return [
    ...(network ? [] : ['--unshare-net']),
    ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
    ...folders.flatMap((path) => ['--tmpfs', path]),
    // Without it no name is found, where names are looked up by systemd.
    ...(network && existsSync(names) ? ['--ro-bind', names, names] : []),
    // The place itself may lie in an emptied folder.
    ...(folders.some((path) => cwd.startsWith(`${path}/`)) ? ['--ro-bind', cwd, cwd] : []),
    ...write.flatMap((path) => ['--bind', path, path]),
    // What something is mounted on cannot be moved.
    ...holders({ write, protect }).flatMap((path) => ['--bind', path, path]),
    ...protect.flatMap((path) => ['--ro-bind', path, path]),
    ...hide.flatMap((path) => (isDirectory(path) ? ['--tmpfs', path] : ['--ro-bind', '/dev/null', path])),
    ...unset.flatMap((name) => ['--unsetenv', name]),
    ...['--chdir', cwd],
  ];
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function hasLimits({ seconds: _, ...limits }: SandboxLimits): boolean {
  return Object.keys(limits).length > 0;
}

const mega = 1024 * 1024;

function limited(limits: SandboxLimits): readonly string[] {
  const { memory_mb, processes, cpu_seconds, file_mb, seconds } = limits;
  const options = [
    memory_mb === undefined ? '' : `--as=${memory_mb * mega}`,
    processes === undefined ? '' : `--nproc=${processes}`,
    cpu_seconds === undefined ? '' : `--cpu=${cpu_seconds}`,
    file_mb === undefined ? '' : `--fsize=${file_mb * mega}`,
  ].filter((option) => option !== '');
  return [
    ...(options.length === 0 ? [] : [systemProgram('prlimit') ?? 'prlimit', ...options, '--']),
    ...(seconds === undefined ? [] : [systemProgram('timeout') ?? 'timeout', '-k', '2', String(seconds)]),
  ];
}
