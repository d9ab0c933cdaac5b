import { installMcp } from '../agents/install/mcp.ts';
import { install as installHooks } from '../agents/install/install.ts';
import { prepareHook } from '../agents/install/prepare-hook.ts';
import { builtFolder } from '../agents/install/place.ts';
import { agentNames, agentOption, mcpScope, ownVersion, scopeOption, thisMachine } from './agent-options.ts';
import { type Command, exitCodes, hasFlag, type Io, type Parsed, UsageError } from './command.ts';
import { inOneLine, tellChanges } from './file-changes.ts';

/** `agent-policy install`: puts the hooks of an agent in place. */
export const install: Command = {
  summary: 'install the hooks of an agent',
  help: `Usage: agent-policy install --agent NAME [--scope user|project|system] [--dry-run] [--json]
       agent-policy install --mcp [--scope user|project] [--dry-run] [--json]

Adds the hooks of Agent Policy to the settings of an agent. What is in the settings already stays as it is; doing it again
changes nothing; "agent-policy uninstall" puts back what was there. Asks nothing.

  --agent NAME   ${agentNames}
  --scope SCOPE  user (default): all your sessions; project: those in this folder; system: everybody's, needs an administrator
  --mcp          put the gateway before the MCP servers of all agents and VS Code (see: agent-policy mcp --help)
  --dry-run      say what would change, and change nothing
  --json         print one JSON object

Exit code 0: done; 1: an error, and nothing was changed.
`,
  options: { agent: { type: 'string' }, scope: { type: 'string' }, 'dry-run': { type: 'boolean' }, mcp: { type: 'boolean' } },
  async run(parsed, io) {
    if (hasFlag(parsed, 'mcp')) return mcpServers(parsed, io);
    const target = agentOption(parsed);
    const scope = scopeOption(parsed, target);
    const dryRun = hasFlag(parsed, 'dry-run');
    if (builtFolder() === undefined)
      throw new UsageError('The hook program "hook.cjs" is not beside this command. Build it first: npm run build.');
    return inOneLine(async () => {
      const machine = thisMachine(io);
      const changes = installHooks(target, scope, machine, ownVersion(), dryRun);
      if (!dryRun) prepareHook(machine, scope);
      if (hasFlag(parsed, 'json')) {
        await io.out(
          `${JSON.stringify({ agent: target.id, scope, dryRun, files: changes.map(({ file, change }) => ({ file, change })), notes: target.notes })}\n`,
        );
        return exitCodes.ok;
      }
      await tellChanges(io, changes, dryRun);
      for (const note of target.notes) await io.out(`note: ${note}\n`);
      if (!dryRun) await io.out(`Restart running sessions, then check with: agent-policy doctor --agent ${target.id}\n`);
      return exitCodes.ok;
    });
  },
};

async function mcpServers(parsed: Parsed, io: Io): Promise<number> {
  const dryRun = hasFlag(parsed, 'dry-run');
  return inOneLine(async () => {
    const changes = installMcp(thisMachine(io), mcpScope(parsed), ownVersion(), dryRun);
    if (hasFlag(parsed, 'json')) {
      await io.out(`${JSON.stringify({ mcp: changes, dryRun })}\n`);
      return exitCodes.ok;
    }
    for (const { file, servers, left } of changes) {
      if (servers.length > 0) await io.out(`${dryRun ? 'would be ' : ''}before ${servers.join(', ')}  ${file}\n`);
      for (const { name, why } of left) await io.out(`left as it is: ${name}, because ${why}  ${file}\n`);
    }
    if (changes.length === 0) await io.out('No MCP server was found that the gateway is not before already.\n');
    return exitCodes.ok;
  });
}
