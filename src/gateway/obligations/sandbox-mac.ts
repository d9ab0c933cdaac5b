import { type SandboxBackend, systemProgram } from './sandbox-backend.ts';
import { holders, type SandboxLimits, type SandboxPlan } from './sandbox-plan.ts';
import { quoted } from './shell-quote.ts';

/** macOS's own sandbox, by `sandbox-exec`. The last rule of a profile that fits decides. */
export const seatbelt: SandboxBackend = {
  title: 'Seatbelt',
  problemWith: ({ limits, write, protect, hide }) => {
    if ([...write, ...protect, ...hide].some((path) => /\p{Cc}/u.test(path)))
      return 'the name of a folder holds a control character, which a sandbox profile cannot spell';
    if (systemProgram('sandbox-exec') === undefined) return 'the sandbox needs sandbox-exec, which this system does not have';
    return limits.seconds === undefined ? undefined : 'a time limit cannot be kept on macOS; use cpu_seconds';
  },
  wrap: (plan, command) => {
    const limited = `${limits(plan.limits)}exec /bin/bash -c "$0"`;
    return ['/usr/bin/sandbox-exec', '-p', profile(plan), '/bin/bash', '-c', limited, command].map(quoted).join(' ');
  },
};

function profile({ write, protect, hide, network }: SandboxPlan): string {
  const paths = (list: readonly string[]) => list.map((path) => `(subpath ${JSON.stringify(path)})`).join(' ');
  const held = holders({ write, protect });
  const devices = ['null', 'zero', 'random', 'urandom', 'tty', 'stdout', 'stderr', 'dtracehelper'];
  return [
    '(version 1)',
    '(allow default)',
    ...(network ? [] : ['(deny network*)']),
    '(deny file-write*)',
    `(allow file-write* ${devices.map((name) => `(literal "/dev/${name}")`).join(' ')})`,
    ...(write.length === 0 ? [] : [`(allow file-write* ${paths(write)})`]),
    ...(protect.length === 0 ? [] : [`(deny file-write* ${paths(protect)})`]),
    ...(held.length === 0 ? [] : [`(deny file-write-unlink ${held.map((path) => `(literal ${JSON.stringify(path)})`).join(' ')})`]),
    ...(hide.length === 0 ? [] : [`(deny file-read* file-write* network* ${paths(hide)})`]),
    // Services of the system could do outside what the command may not.
    '(deny mach-lookup (global-name "com.apple.SecurityServer") (global-name "com.apple.coreservices.launchservicesd"))',
    '(deny appleevent-send)',
  ].join('\n');
}

/** In a shell, as there is no prlimit. Sizes are in kibibytes and blocks of 512 or 1024 bytes. */
function limits({ memory_mb, processes, cpu_seconds, file_mb }: SandboxLimits): string {
  return [
    memory_mb === undefined ? '' : `ulimit -v ${memory_mb * 1024} || exit 126; `,
    processes === undefined ? '' : `ulimit -u ${processes} || exit 126; `,
    cpu_seconds === undefined ? '' : `ulimit -t ${cpu_seconds} || exit 126; `,
    file_mb === undefined ? '' : `ulimit -f ${file_mb * 1024} || exit 126; `,
  ].join('');
}
