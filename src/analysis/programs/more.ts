import { windowsPrograms } from '../powershell/programs.ts';
import { agentPrograms } from './agents.ts';
import { cloudPrograms } from './cloud.ts';
import { containerPrograms } from './containers.ts';
import { databasePrograms } from './databases.ts';
import { diskPrograms } from './disks.ts';
import { forgePrograms } from './forge.ts';
import { orGenerated } from './generated.ts';
import type { Program } from './registry.ts';
import { secretPrograms } from './secret-printing.ts';
import { servicePrograms } from './services.ts';
import { systemPackagePrograms } from './system-packages.ts';

/**
 * The programs that are met less often than those of every day. This module and what it imports is a bundle of its own: it may know of
 * the interpreter only what an `Invocation` gives it, so that nothing of that is in two bundles.
 */
const programs = new Map<string, Program>();
for (const family of [
  systemPackagePrograms,
  databasePrograms,
  diskPrograms,
  servicePrograms,
  secretPrograms,
  cloudPrograms,
  forgePrograms,
  containerPrograms,
  agentPrograms,
  windowsPrograms,
]) {
  for (const [name, program] of Object.entries(family)) programs.set(name, program);
}

/** The table of a program that is not met every day. */
export function moreProgram(name: string): Program | undefined {
  const program = programs.get(name) ?? programs.get(name.replace(/\.exe$/i, '').toLowerCase());
  return program && orGenerated(program);
}
