import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { builtFolder, lastingNode, type Machine, type Scope, scopes } from '../agents/install/place.ts';
import { type Target, targets } from '../agents/install/targets.ts';
import { type Io, type Parsed, textOption, UsageError } from './command.ts';

/** The agents' names, as the commands about agents take them. */
export const agentNames = targets.map((target) => target.id).join(', ');

/** The agent that `--agent` names. Throws a {@link UsageError}. */
export function agentOption(parsed: Parsed): Target {
  const [name, ...rest] = [textOption(parsed, 'agent') ?? [], ...parsed.positionals].flat();
  if (rest.length > 0) throw new UsageError(`One agent at a time, without further words: ${rest.join(' ')}`);
  if (name === undefined) throw new UsageError(`Name an agent with --agent. Agents: ${agentNames}.`);
  const target = targets.find((candidate) => candidate.id === name);
  if (target === undefined) throw new UsageError(`There is no agent "${name}". Agents: ${agentNames}.`);
  return target;
}

/** The scope that `--scope` names; the user's where none is. Throws a {@link UsageError}. */
export function scopeOption(parsed: Parsed, target: Target): Scope {
  const name = textOption(parsed, 'scope') ?? (target.files.user === undefined ? 'project' : 'user');
  const scope = scopes.find((candidate) => candidate === name);
  if (scope === undefined) throw new UsageError(`There is no scope "${name}". Scopes: ${scopes.join(', ')}.`);
  return scope;
}

/** The scope of MCP servers; the user's where none is named. Throws a {@link UsageError}. */
export function mcpScope(parsed: Parsed): Scope {
  const name = textOption(parsed, 'scope') ?? 'user';
  if (name !== 'user' && name !== 'project') throw new UsageError(`MCP servers have no scope "${name}". Scopes: user, project.`);
  return name;
}

/** This machine, as the commands about agents see it. */
export function thisMachine(io: Io): Machine {
  const { env, platform, home, cwd } = io;
  if (!isAbsolute(home))
    throw new UsageError(`Where the home directory is, is not known: ${platform === 'win32' ? 'USERPROFILE' : 'HOME'} is "${home}".`);
  const node = lastingNode(process.execPath, env['PATH'], platform);
  const nodeVersion = versionOf(node);
  return { env, platform, home, project: cwd, node, ...(nodeVersion === undefined ? {} : { nodeVersion }) };
}

/** What a Node says of itself; nothing where it cannot be asked. */
function versionOf(node: string): string | undefined {
  if (node === process.execPath) return process.version;
  const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? stdout.trim() : undefined;
}

/** Version of the program that is installed. */
export function ownVersion(): string {
  const manifest: { readonly version: string } = JSON.parse(readFileSync(join(builtFolder() ?? '.', '..', 'package.json'), 'utf8'));
  return manifest.version;
}
