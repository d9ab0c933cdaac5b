import { homedir } from 'node:os';
import { uninstallMcp } from './agents/install/mcp.ts';
import { uninstall } from './agents/install/install.ts';
import { lastingNode, type Machine } from './agents/install/place.ts';
import { targets } from './agents/install/targets.ts';

/**
 * Runs when the extension is uninstalled: takes the hooks of this user's agents away, which would otherwise block every call once their program is
 * gone. Files of projects and the audit log stay.
 */
function main(): void {
  const home = homedir();
  const node = lastingNode(process.execPath, process.env['PATH'], process.platform);
  const machine: Machine = { env: process.env, platform: process.platform, home, project: home, node };
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      process.stderr.write(`agent-policy: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  };
  // One agent's broken settings do not keep the hooks of the others.
  for (const target of targets) if (target.files.user !== undefined) attempt(() => uninstall(target, 'user', machine, false));
  attempt(() => uninstallMcp(machine, 'user', false));
}

main();
