import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeFolder } from '../../platform/code.ts';
import { hookProgram, type Machine, nodeOptions, type Scope } from './place.ts';

/** What the preparation may take, in milliseconds; it takes half a second. */
const patience = 60_000;

/** File beside the bundles that holds the path of the Node that runs them and, each in a line of its own, the options that it is given. */
export const nodeFile = 'node';

/**
 * Has V8 compile the installed hook for the Node that will run it, where that was not done yet; see `platform/code.ts`. Without it the hook is slower and does
 * the same, so what goes wrong here is no problem.
 */
export function prepareHook(machine: Machine, scope: Scope): void {
  const folder = dirname(hookProgram(machine, scope));
  const program = join(folder, 'prepare.cjs');
  if (!existsSync(program) || isPrepared(folder, machine.node)) return;
  spawnSync(machine.node, [...nodeOptions(machine), program], { cwd: folder, timeout: patience });
}

/** Does so in the background after an update, by the Node that the hook was installed for. */
export function prepareHookAgain(folder: string): void {
  const program = join(folder, 'prepare.cjs');
  const known = join(folder, nodeFile);
  forgetPrepared(folder);
  if (!existsSync(program) || !existsSync(known)) return;
  const [node = '', ...options] = readFileSync(known, 'utf8').trim().split('\n');
  const child = spawn(node, [...options, program], { cwd: folder, stdio: 'ignore', timeout: patience });
  child.on('error', () => {});
  child.unref();
}

/** Whether the hook was compiled, for this version of Node where it is the one that runs now. */
function isPrepared(folder: string, node: string): boolean {
  const code = join(folder, codeFolder);
  return existsSync(code) && (node !== process.execPath || readdirSync(code).some((name) => name.includes(`-${process.version}-`)));
}

/** Removes what was compiled of the bundles in a folder. Throws what the file system says. */
export function forgetPrepared(folder: string): void {
  rmSync(join(folder, codeFolder), { recursive: true, force: true });
}
