import { existsSync } from 'node:fs';
import { delimiter, dirname, join, posix, win32 } from 'node:path';
import type { AgentId } from '../agent.ts';
import { isRecord } from '../values.ts';

/** Whose sessions a hook guards: this user's, those in this project, or everybody's on this machine. */
export type Scope = 'user' | 'project' | 'system';

export const scopes: readonly Scope[] = ['user', 'project', 'system'];

/** What an installation needs to know of the machine. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Absolute. */
  readonly home: string;
  /** Root of the project for scope `project`: absolute. */
  readonly project: string;
  /** Absolute path of a Node that will still be there after the next update of our own package. */
  readonly node: string;
  /** What that Node says of itself: `v24.9.0`. */
  readonly nodeVersion?: string;
}

/** Our own folder: what hooks run lies in `bin`, what we changed elsewhere is remembered in `installs`. */
export function dataDirectory(machine: Machine, scope: Scope): string {
  const { env, platform, home } = machine;
  if (scope === 'system') return platform === 'win32' ? 'C:\\ProgramData\\agent-policy' : '/usr/local/lib/agent-policy';
  if (platform === 'win32') return win32.join(env['LOCALAPPDATA'] ?? win32.join(home, 'AppData\\Local'), 'agent-policy');
  if (platform === 'darwin') return posix.join(home, 'Library/Application Support/agent-policy');
  const data = env['XDG_DATA_HOME'];
  return posix.join(data !== undefined && posix.isAbsolute(data) ? data : posix.join(home, '.local/share'), 'agent-policy');
}

/** The program that hooks run. Its path stays the same over updates: agents that trust a command by its text need no new trust. */
export function hookProgram(machine: Machine, scope: Scope): string {
  return join(dataDirectory(machine, scope), 'bin', 'hook.cjs');
}

/** Whether a text or an entry of a settings file runs a hook of ours, of this or an earlier version, wherever it was installed. */
export function isOurs(value: unknown): boolean {
  return /agent-policy[\\/]+bin[\\/]+hook\.cjs/.test(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Whether an entry holds nothing but hooks of ours, so that it can go as a whole. */
export function isOurEntry(value: unknown): boolean {
  if (!isRecord(value) || !isOurs(value)) return false;
  const hooks = value['hooks'];
  return !Array.isArray(hooks) || hooks.every(isOurs);
}

/** The bundles that a hook needs beside it, and the folder they are built into; nothing where they are not built. */
export const bundles = [
  'hook.cjs',
  'gate.cjs',
  'analysis.cjs',
  'parser.cjs',
  'commands.cjs',
  'compiler.cjs',
  'scripts.cjs',
  'git.cjs',
  'files.cjs',
  'runners.cjs',
  'contents.cjs',
  'ways.cjs',
  'builders.cjs',
  'programs.cjs',
  'patterns.cjs',
  'dialects.cjs',
  'rare.cjs',
  'mcp.cjs',
  'prepare.cjs',
] as const;

export function builtFolder(): string | undefined {
  // This file is part of dist/cli.cjs, or lies in src/agents/install.
  const here = import.meta.dirname;
  return [here, join(here, '..', '..', '..', 'dist')].find((folder) => existsSync(join(folder, 'hook.cjs')));
}

/**
 * A Node whose path lasts: not one inside a `node_modules`, as an npm script has first in its PATH. `running` is the Node that runs now.
 */
export function lastingNode(running: string, path: string | undefined, platform: NodeJS.Platform): string {
  const isLasting = (file: string): boolean => !/[\\/]node_modules[\\/]/.test(file);
  if (isLasting(running) && /^node(\.exe)?$/.test(running.slice(dirname(running).length + 1))) return running;
  const name = platform === 'win32' ? 'node.exe' : 'node';
  const found = (path ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => isLasting(file) && existsSync(file));
  return found ?? running;
}

/**
 * What a hook's Node is told: only what every Node since 20 knows, as it may be replaced by another and would end at an unknown option. A process that lives
 * for a few milliseconds is over before compiling to machine code, in threads of its own, is any gain. Older ones complain of `--jitless`, each time.
 * What was compiled of the hook holds for these options only: see `platform/code.ts`.
 */
export function nodeOptions({ nodeVersion }: Machine): readonly string[] {
  const major = Number(/^v(\d+)\./.exec(nodeVersion ?? '')?.[1] ?? 0);
  return major >= 24 ? ['--jitless', '--v8-pool-size=1'] : [];
}

/** The hook's program and arguments, for hosts that start it without a shell. */
export function execForm(machine: Machine, scope: Scope, agent: AgentId): { readonly command: string; readonly args: readonly string[] } {
  return { command: machine.node, args: [...nodeOptions(machine), hookProgram(machine, scope), agent] };
}

/** Seconds after which a hook that hangs is ended: less than any host that is told its time-out waits. */
const hangingAfter = 590;
/** Seconds of computing after which a hook is ended, also where there is no `timeout` program. */
const busyAfter = 60;

const message = 'agent-policy: the guard could not run, so this call is blocked.';

/**
 * The hook as a shell's command line. Most hosts take a program that is missing, crashes, ends with another code than 2, takes too long
 * or prints anything but one JSON object for approval, so everything but an answer of the hook becomes a denial here.
 */
export function shellForm(machine: Machine, scope: Scope, agent: AgentId): string {
  const isWindows = machine.platform === 'win32';
  const quote = isWindows ? quoteForPowerShell : quoteForShell;
  const words = [quote(machine.node), ...nodeOptions(machine), quote(hookProgram(machine, scope)), agent].join(' ');
  return isWindows ? denyingPowerShell(words) : denyingShell(words);
}

/** A command of a POSIX shell, given as words that are quoted already, whose every way of failing is a denial. */
export function denyingShell(words: string): string {
  return [
    `set -- ${words}`,
    `ulimit -t ${busyAfter} 2>/dev/null`,
    `command -v timeout >/dev/null 2>&1 && set -- timeout -s KILL ${hangingAfter} "$@"`,
    'out=$("$@")',
    'rc=$?',
    `case "$rc:$out" in 0:|0:{*}|2:*) [ -z "$out" ] || printf '%s\\n' "$out"; exit $rc;; *) echo '${message}' >&2; exit 2;; esac`,
  ].join('; ');
}

/** The same for PowerShell, where a program that cannot be started leaves no exit code. What a program prints is passed on as it is. */
export function denyingPowerShell(words: string): string {
  return `& ${words}; if ($LASTEXITCODE -ne 0) { if ($LASTEXITCODE -ne 2) { [Console]::Error.WriteLine(${quoteForPowerShell(message)}) }; exit 2 }`;
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** PowerShell takes the curly quotes for straight ones. */
function quoteForPowerShell(text: string): string {
  return `'${text.replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`;
}
