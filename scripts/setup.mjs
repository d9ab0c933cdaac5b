// What every npm script needs before it can start, with nothing but Node and npm: the dependencies of package-lock.json, and
// the Node of the devDependency `node`, which all scripts then run on.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const windows = process.platform === 'win32';
const modules = join(root, 'node_modules');
const stamp = join(modules, '.agent-policy-setup');

/** Path of the Node that scripts run on. */
export const node = join(modules, 'node', 'bin', windows ? 'node.exe' : 'node');

/** Installs what is missing or older than package-lock.json. Ends the process with 1 and a message where that fails. */
export function setUp() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (!isInstalled(wanted)) {
    // No install scripts: npm versions differ in which they run, and of all packages only `node` needs its own, see below.
    must('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], root);
    writeFileSync(stamp, wanted);
  }
  if (!nodeWorks()) {
    must(process.execPath, ['installArchSpecificPackage.js'], join(modules, 'node'));
    if (!nodeWorks()) fail('The package "node" is installed but its program does not run on this machine.');
  }
  // npm makes no link for a program that came after it looked.
  const link = join(modules, '.bin', 'node');
  if (!windows && !lstatSync(link, { throwIfNoEntry: false })) symlinkSync(join('..', 'node', 'bin', 'node'), link);
}

function isInstalled(wanted) {
  if (existsSync(stamp)) return readFileSync(stamp, 'utf8') === wanted;
  // Installed by npm itself: its own copy of the lock file must name every package at the same version.
  const copy = join(modules, '.package-lock.json');
  if (!existsSync(copy)) return false;
  const want = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages ?? {};
  const have = JSON.parse(readFileSync(copy, 'utf8')).packages ?? {};
  return Object.entries(want).every(([path, entry]) => path === '' || entry.optional || have[path]?.version === entry.version);
}

function nodeWorks() {
  if (!existsSync(node)) return false;
  const wanted = JSON.parse(readFileSync(join(modules, 'node', 'package.json'), 'utf8')).version;
  return spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim() === `v${wanted}`;
}

function must(program, args, cwd) {
  console.error(`> ${[program, ...args].join(' ')}`);
  const { status, error } = spawnSync(program, args, { cwd, stdio: ['ignore', 2, 2], shell: windows && program === 'npm' });
  if (status !== 0) fail(`"${program} ${args.join(' ')}" failed${error ? `: ${error.message}` : ` with exit code ${status}`}.`);
}

function fail(message) {
  console.error(`agent-policy: ${message}`);
  process.exit(1);
}
