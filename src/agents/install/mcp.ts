import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../values.ts';
import { alone } from './alone.ts';
import { InstallError, readFile, writeFile } from './files.ts';
import { copyProgram, removeProgram } from './install.ts';
import { type McpFormat, type Rewritten, restoreServers, rewriteServers, type Swapped } from './mcp-servers.ts';
import { dataDirectory, type Machine, type Scope } from './place.ts';
import { projectKey } from './project-key.ts';

/** What becomes of one file. */
export interface McpChange {
  readonly file: string;
  /** Names of the servers that the gateway now stands before, or no longer. */
  readonly servers: readonly string[];
  readonly left: Rewritten['left'];
}

interface McpFile {
  readonly file: string;
  readonly agent: string;
  readonly format: McpFormat;
}

/** The files in which agents and VS Code name their servers. */
export function mcpFiles(machine: Machine, scope: Scope): readonly McpFile[] {
  const { env, home, project, platform } = machine;
  const json = (agent: string, ...parts: readonly string[]): McpFile => ({ file: join(...(parts as [string])), agent, format: 'json' });
  const config = env['XDG_CONFIG_HOME'] ?? join(home, '.config');
  if (scope === 'project')
    return [
      json('claude-code', project, '.mcp.json'),
      json('vscode', project, '.vscode', 'mcp.json'),
      json('gemini', project, '.gemini', 'settings.json'),
      json('qwen', project, '.qwen', 'settings.json'),
      json('cursor', project, '.cursor', 'mcp.json'),
      json('opencode', project, 'opencode.json'),
      json('opencode', project, 'opencode.jsonc'),
      json('kiro', project, '.kiro', 'settings', 'mcp.json'),
      json('junie', project, '.junie', 'mcp', 'mcp.json'),
      { file: join(project, '.codex', 'config.toml'), agent: 'codex', format: 'codex-toml' },
    ];
  const code =
    platform === 'win32'
      ? join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Code', 'User')
      : platform === 'darwin'
        ? join(home, 'Library', 'Application Support', 'Code', 'User')
        : join(config, 'Code', 'User');
  return [
    json('claude-code', home, '.claude.json'),
    json('vscode', code, 'mcp.json'),
    json('copilot', env['COPILOT_HOME'] ?? join(home, '.copilot'), 'mcp-config.json'),
    json('gemini', home, '.gemini', 'settings.json'),
    json('qwen', home, '.qwen', 'settings.json'),
    json('cursor', home, '.cursor', 'mcp.json'),
    json('opencode', config, 'opencode', 'opencode.json'),
    json('opencode', config, 'opencode', 'opencode.jsonc'),
    json('cline', home, '.cline', 'data', 'settings', 'cline_mcp_settings.json'),
    json('windsurf', home, '.codeium', 'windsurf', 'mcp_config.json'),
    json('kiro', home, '.kiro', 'settings', 'mcp.json'),
    json('junie', home, '.junie', 'mcp', 'mcp.json'),
    { file: join(env['CODEX_HOME'] ?? join(home, '.codex'), 'config.toml'), agent: 'codex', format: 'codex-toml' },
  ];
}

interface Remembered {
  readonly file: string;
  readonly swapped: readonly Swapped[];
}

function recordFile(machine: Machine, scope: Scope): string {
  return join(dataDirectory(machine, scope), 'installs', `mcp-${scope}${scope === 'project' ? `-${projectKey(machine)}` : ''}.json`);
}

function readRecord(file: string): readonly Remembered[] {
  try {
    const value: unknown = JSON.parse(readFile(file) ?? '{}');
    const files = isRecord(value) ? value['mcp'] : undefined;
    return Array.isArray(files)
      ? files.filter((one): one is Remembered => isRecord(one) && typeof one['file'] === 'string' && Array.isArray(one['swapped']))
      : [];
  } catch {
    return [];
  }
}

/**
 * Puts the gateway before the MCP servers in the settings of all agents and of VS Code. Only what starts a server is changed. Plans
 * everything before it writes anything; `dryRun` ends there. Throws an {@link InstallError}.
 */
export function installMcp(machine: Machine, scope: Scope, version: string, dryRun: boolean): readonly McpChange[] {
  return dryRun ? putBefore(machine, scope, version, true) : alone(machine, scope, () => putBefore(machine, scope, version, false));
}

function putBefore(machine: Machine, scope: Scope, version: string, dryRun: boolean): readonly McpChange[] {
  if (scope === 'system') throw new InstallError('MCP servers are named in user and project settings only. Scopes: user, project.');
  const program = join(dataDirectory(machine, scope), 'bin', 'mcp.cjs');
  const planned = mcpFiles(machine, scope).flatMap((place) => {
    const text = readFile(place.file);
    if (text === undefined || text.trim() === '') return [];
    const rewritten = rewriteServers(text, place.format, { node: machine.node, program, agent: place.agent });
    if (rewritten === undefined) throw new InstallError(`${place.file} is not valid JSON. It was left as it is; correct it and try again.`);
    return rewritten.swapped.length + rewritten.left.length === 0 ? [] : [{ ...place, ...rewritten }];
  });
  const changes = planned.map(({ file, swapped, left }) => ({ file, servers: swapped.map(({ name }) => name), left }));
  if (dryRun || planned.every(({ swapped }) => swapped.length === 0)) return changes;

  copyProgram(machine, scope, version);
  const record = recordFile(machine, scope);
  const before = readRecord(record);
  const files = new Map(before.map(({ file, swapped }) => [file, swapped]));
  for (const { file, swapped } of planned) files.set(file, [...(files.get(file) ?? []), ...swapped]);
  // What is remembered first: a rewritten server that nobody remembers could not be put back byte for byte.
  const remembered = [...files].map(([file, swapped]) => ({ file, swapped }));
  writeFile(record, `${JSON.stringify({ scope, version, mcp: remembered }, undefined, 2)}\n`, 0o600);
  for (const { file, text, swapped } of planned) if (swapped.length > 0) writeFile(file, text, 0o600);
  return changes;
}

/** Takes the gateway away from before all servers. Throws an {@link InstallError}. */
export function uninstallMcp(machine: Machine, scope: Scope, dryRun: boolean): readonly McpChange[] {
  return dryRun ? takeAway(machine, scope, true) : alone(machine, scope, () => takeAway(machine, scope, false));
}

function takeAway(machine: Machine, scope: Scope, dryRun: boolean): readonly McpChange[] {
  const record = recordFile(machine, scope);
  const known = readRecord(record);
  const changes: McpChange[] = [];
  for (const { file, format } of mcpFiles(machine, scope)) {
    const text = existsSync(file) ? readFile(file) : undefined;
    if (text === undefined) continue;
    const swapped = known.find((one) => one.file === file)?.swapped ?? [];
    const restored = restoreServers(text, format, swapped);
    if (restored === text) continue;
    changes.push({ file, servers: swapped.map(({ name }) => name), left: [] });
    if (!dryRun) writeFile(file, restored, 0o600);
  }
  if (!dryRun) {
    rmSync(record, { force: true });
    removeProgram(machine, scope);
  }
  return changes;
}
