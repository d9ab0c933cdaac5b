import { accessSync, constants, realpathSync } from 'node:fs';
import type { SandboxPlan } from './sandbox-plan.ts';

/** What confines a command on one kind of machine. */
export interface SandboxBackend {
  readonly title: string;
  /** Why it cannot keep that plan here; asked before anybody is asked about the call. */
  problemWith(plan: SandboxPlan): string | undefined;
  /** The command line that runs `command` confined; fails, without having run anything, where that is not possible. */
  wrap(plan: SandboxPlan, command: string): string;
}

/**
 * A program of the system by its name. Looked for where an administrator installs programs only: an agent could put one of its own into a folder
 * of its search path.
 */
export function systemProgram(name: string): string | undefined {
  for (const folder of ['/usr/bin', '/bin', '/usr/local/bin', '/run/current-system/sw/bin']) {
    try {
      accessSync(`${folder}/${name}`, constants.X_OK);
      return realpathSync(`${folder}/${name}`);
    } catch {
      // Not there.
    }
  }
  return undefined;
}
