// Installs the real agents that the tests run, once, into a folder outside of the project.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const claudePackage = '@anthropic-ai/claude-code@2.1.329';

function cacheFolder(): string {
  return process.env['AGENT_POLICY_TEST_CACHE'] ?? join(homedir(), '.cache', 'agent-policy-test');
}

/** Path of Claude Code, installed where it is not there yet. Throws with what to do where it cannot. */
export function claudeProgram(): string {
  if (process.platform !== 'linux') throw new Error('The tests with real agents run on Linux only: they need bubblewrap.');
  if (spawnSync('bwrap', ['--version'], { stdio: 'ignore' }).status !== 0) {
    if (process.getuid?.() !== 0) throw new Error('bubblewrap is missing; install it first: sudo apt-get install -y bubblewrap');
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'bubblewrap'], { stdio: 'ignore' });
  }
  const folder = join(cacheFolder(), 'claude-code');
  const program = join(folder, 'node_modules', '.bin', 'claude');
  const stamp = join(folder, '.installed');
  if (existsSync(program) && existsSync(stamp) && readFileSync(stamp, 'utf8') === claudePackage) return program;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const install = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error', claudePackage], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (install.status !== 0) throw new Error(`npm could not install ${claudePackage}: ${install.stderr.slice(-2000)}`);
  const version = spawnSync(program, ['--version'], { encoding: 'utf8', env: { ...process.env, HOME: folder } });
  if (version.status !== 0) throw new Error(`${program} does not start: ${version.stderr.slice(-1000)}`);
  writeFileSync(stamp, claudePackage);
  return program;
}
