import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundles, hookProgram, type Machine } from '../agents/install/place.ts';
import { prepareHookAgain } from '../agents/install/prepare-hook.ts';
import type { Disposable } from './disposable-store.ts';

const variable = 'AGENT_POLICY_NODE';

/**
 * Tells the plugin's hook which Node to run on: hooks inherit the environment of this process, and VS Code's own program is a Node
 * where the machine has none.
 */
export function offerNode(): Disposable {
  const before = process.env[variable];
  process.env[variable] = process.execPath;
  return {
    dispose: () => {
      if (before === undefined) delete process.env[variable];
      else process.env[variable] = before;
    },
  };
}

/** This machine for questions about installed hooks. */
export function thisMachine(project: string): Machine {
  return { env: process.env, platform: process.platform, home: homedir(), project, node: process.execPath };
}

/**
 * Brings the program that other agents' hooks run up to the version of this extension, where it was installed for this user. Installs
 * nothing by itself.
 */
export function refreshHooks(extensionPath: string, onProblem: (message: string) => void): void {
  const installed = hookProgram(thisMachine(homedir()), 'user');
  if (!existsSync(installed)) return;
  try {
    // The hook last: what it loads is there already when it is replaced.
    const changed = [...bundles].reverse().filter((name) => refreshFile(join(extensionPath, 'dist', name), join(dirname(installed), name)));
    if (changed.length > 0) prepareHookAgain(dirname(installed));
  } catch (error) {
    onProblem(
      `The hook program of other agents could not be brought up to date: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Replaces a file in one step, so that a hook that starts meanwhile finds the old or the new one. Whether it had to. */
function refreshFile(source: string, target: string): boolean {
  if (!existsSync(source) || (existsSync(target) && readFileSync(source).equals(readFileSync(target)))) return false;
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  const next = `${target}.${process.pid}.new`;
  copyFileSync(source, next);
  renameSync(next, target);
  return true;
}
