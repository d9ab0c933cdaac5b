import { uninstallMcp } from '../agents/install/mcp.ts';
import { uninstall as uninstallHooks } from '../agents/install/install.ts';
import { agentNames, agentOption, mcpScope, scopeOption, thisMachine } from './agent-options.ts';
import { type Command, exitCodes, hasFlag, type Io, type Parsed } from './command.ts';
import { inOneLine, tellChanges } from './file-changes.ts';

/** `agent-policy uninstall`: takes the hooks of an agent away. */
export const uninstall: Command = {
  summary: 'remove the hooks of an agent',
  help: `Usage: agent-policy uninstall --agent NAME [--scope user|project|system] [--dry-run] [--json]
       agent-policy uninstall --mcp [--scope user|project] [--dry-run] [--json]

Takes the hooks of Agent Policy out of the settings of an agent. A file that nobody has changed since the installation is put
back byte for byte; from any other only our entries are removed. Policy files and the audit log stay. Asks nothing.

  --agent NAME   ${agentNames}
  --scope SCOPE  user (default), project or system: as it was installed
  --mcp          take the gateway away from before the MCP servers
  --dry-run      say what would change, and change nothing
  --json         print one JSON object

Exit code 0: done; 1: an error.
`,
  options: { agent: { type: 'string' }, scope: { type: 'string' }, 'dry-run': { type: 'boolean' }, mcp: { type: 'boolean' } },
  async run(parsed, io) {
    if (hasFlag(parsed, 'mcp')) return mcpServers(parsed, io);
    const target = agentOption(parsed);
    const scope = scopeOption(parsed, target);
    const dryRun = hasFlag(parsed, 'dry-run');
    return inOneLine(async () => {
      const changes = uninstallHooks(target, scope, thisMachine(io), dryRun);
      if (hasFlag(parsed, 'json')) {
        await io.out(
          `${JSON.stringify({ agent: target.id, scope, dryRun, files: changes.map(({ file, change }) => ({ file, change })) })}\n`,
        );
        return exitCodes.ok;
      }
      await tellChanges(io, changes, dryRun);
      return exitCodes.ok;
    });
  },
};

async function mcpServers(parsed: Parsed, io: Io): Promise<number> {
  const dryRun = hasFlag(parsed, 'dry-run');
  return inOneLine(async () => {
    const changes = uninstallMcp(thisMachine(io), mcpScope(parsed), dryRun);
    if (hasFlag(parsed, 'json')) {
      await io.out(`${JSON.stringify({ mcp: changes, dryRun })}\n`);
      return exitCodes.ok;
    }
    for (const { file, servers, left } of changes) {
      if (servers.length > 0) await io.out(`${dryRun ? 'would be ' : ''}no longer before ${servers.join(', ')}  ${file}\n`);
      for (const { name, why } of left) await io.out(`left as it is: ${name}, because ${why}  ${file}\n`);
    }
    if (changes.length === 0) await io.out('The gateway stands before no MCP server.\n');
    return exitCodes.ok;
  });
}
