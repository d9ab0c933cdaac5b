import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { directories } from '../../platform/directories.ts';
import type { Duty } from './duties.ts';

/** What a sandbox lets a command do. All paths are absolute, real and exist. */
export interface SandboxPlan {
  readonly cwd: string;
  /** The only places that can be written, besides an empty folder for temporary files. */
  readonly write: readonly string[];
  /** In these, what cannot be written all the same: what governs agents. */
  readonly protect: readonly string[];
  /** What cannot be read either. */
  readonly hide: readonly string[];
  readonly network: boolean;
  readonly limits: SandboxLimits;
}

/** Most that a command may use; what is absent is not limited. */
export interface SandboxLimits {
  readonly memory_mb?: number;
  readonly processes?: number;
  readonly cpu_seconds?: number;
  readonly file_mb?: number;
  readonly seconds?: number;
}

const limitNames = ['memory_mb', 'processes', 'cpu_seconds', 'file_mb', 'seconds'] as const;

/** Secrets in a home directory. Hidden also where the network is closed: what is read can be left in a file for the next command. */
const secrets = [
  '.ssh',
  '.aws',
  '.azure',
  '.gnupg',
  '.kube',
  '.docker',
  '.config/gcloud',
  '.config/gh',
  '.netrc',
  '.git-credentials',
  '.pgpass',
  '.password-store',
  '.local/share/keyrings',
] as const;

/** What governs agents, below a folder that can be written. */
const guards = [
  '.agent-policy.yaml',
  '.agent-policy.yml',
  '.claude',
  '.codex',
  '.gemini',
  '.qwen',
  '.cursor',
  '.cline',
  '.clinerules',
  '.opencode',
  'opencode.json',
  'opencode.jsonc',
  '.windsurf',
  '.devin',
  '.kiro',
  '.agents',
  '.amp',
  '.junie',
  '.github/hooks',
  '.github/copilot',
  '.vscode',
  '.git/hooks',
  '.git/config',
  '.husky',
] as const;

/** What the sandbox obligations of a call come to together, or why they cannot be kept. */
export function sandboxPlan(duty: Duty): SandboxPlan | { readonly problem: string } {
  const { call, machine } = duty;
  const bash = call.actions.filter((action) => action.kind === 'bash');
  const [action] = bash;
  if (action === undefined || call.actions.length !== 1) return { problem: 'only a call of one shell command can run in a sandbox' };
  if (action.dialect !== undefined && action.dialect !== 'bash' && action.dialect !== 'sh' && action.dialect !== 'zsh')
    return { problem: `a command for ${action.dialect} cannot run in the sandbox` };
  const all = duty.decision.obligations.filter(({ name }) => name === 'sandbox').map(({ params }) => params);
  let writable: readonly string[] | undefined;
  const hidden = new Set<string>();
  let network = true;
  const limits: Partial<Record<(typeof limitNames)[number], number>> = {};
  for (const params of all) {
    const wrong = problemOf(params);
    if (wrong !== undefined) return { problem: wrong };
    // Where several rules demand a sandbox, it lets happen what all of them do.
    if (params['network'] !== 'all') network = false;
    const own = (textList(params['write']) ?? ['.']).flatMap((path) => realPath(path, duty));
    writable = writable === undefined ? own : intersection(writable, own);
    for (const path of textList(params['hide']) ?? []) for (const real of realPath(path, duty)) hidden.add(real);
    for (const [name, most] of Object.entries(params['limits'] ?? {}) as [(typeof limitNames)[number], number][])
      limits[name] = Math.min(most, limits[name] ?? most);
  }
  const { config, state, cache, runtime } = directories(machine.env, machine.platform, call.home);
  const ours = [config, machine.state, state, cache, ...(machine.platform === 'win32' ? [] : [runtime])].flatMap(existing);
  for (const path of [...secrets.map((name) => join(call.home, name)).flatMap(existing), ...ours]) hidden.add(path);
  const write = (writable ?? []).filter(
    (path) => ![...hidden].some((hiddenPath) => path === hiddenPath || path.startsWith(hiddenPath + sep)),
  );
  const cwd = existing(action.cwd ?? call.cwd)[0];
  if (cwd === undefined) return { problem: 'its directory does not exist' };
  const roots = new Set([...write, ...existing(call.workspace), ...existing(call.home), cwd]);
  const protect = [...roots].flatMap((root) => guards.flatMap((name) => existing(join(root, name))));
  return { cwd, write, protect: [...new Set(protect)].filter((path) => isUnder(path, write)), hide: [...hidden], network, limits };
}

/** Folders that can be written and hold what is protected: to move one away would take the protection with it. */
export function holders({ write, protect }: Pick<SandboxPlan, 'write' | 'protect'>): readonly string[] {
  const found = new Set<string>();
  for (const path of protect) {
    for (let folder = dirname(path); isUnder(folder, write) && !write.includes(folder); folder = dirname(folder)) found.add(folder);
  }
  return [...found].sort();
}

/** What is wrong with the parameters; `undefined` for nothing. The same is reported when the policy is loaded. */
function problemOf(params: Duty['params']): string | undefined {
  const { network = 'none', write, hide, limits = {} } = params;
  if (network !== 'none' && network !== 'all') return `the sandbox can close the network ("none") or leave it open ("all"), and no more`;
  if (write !== undefined && textList(write) === undefined) return `the sandbox's "write" must be a list of paths`;
  if (hide !== undefined && textList(hide) === undefined) return `the sandbox's "hide" must be a list of paths`;
  if (typeof limits !== 'object' || limits === null) return `the sandbox's "limits" must be a mapping`;
  for (const [name, most] of Object.entries(limits)) {
    if (!limitNames.some((each) => each === name)) return `the sandbox has no limit "${name}"; there are ${limitNames.join(', ')}`;
    if (!(typeof most === 'number' && Number.isSafeInteger(most) && most > 0))
      return `the sandbox's limit "${name}" must be a whole number`;
  }
  return undefined;
}

function textList(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;
}

/** The real path of what a policy names, relative to the workspace, or from `/`, `~/` or `${workspace}`; nothing where it does not exist. */
function realPath(path: string, { call }: Duty): readonly string[] {
  const inner = path.replace(/^\$\{workspace\}/, call.workspace).replace(/\/\*\*$/, '');
  const whole = inner === '~' || inner.startsWith('~/') ? join(call.home, inner.slice(1)) : inner;
  return existing(isAbsolute(whole) ? whole : resolve(call.workspace, whole));
}

function existing(path: string): readonly string[] {
  try {
    return existsSync(path) ? [realpathSync(path)] : [];
  } catch {
    return [];
  }
}

function intersection(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a.filter((path) => isUnder(path, b)), ...b.filter((path) => isUnder(path, a))])];
}

/** Whether a path is one of these or lies in one. */
function isUnder(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(folder === '/' ? '/' : folder + sep));
}
