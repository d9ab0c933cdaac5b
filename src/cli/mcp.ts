import { directories } from '../platform/directories.ts';
import { loadBeside } from '../platform/beside.ts';
import { type Command, exitCodes, hasFlag, type Io, type Parsed, textOption, UsageError } from './command.ts';

type Library = typeof import('../mcp.ts');

/** Loaded when it is used: no other command needs it. */
function library(): Library {
  return loadBeside('mcp') as Library;
}

/** `agent-policy mcp`: stands between a client and a server of the Model Context Protocol. */
export const mcp: Command = {
  summary: 'guard a server of the Model Context Protocol',
  help: `Usage: agent-policy mcp [--name NAME] [--agent NAME] [--patience SECONDS] -- COMMAND…
       agent-policy mcp [--name NAME] [--agent NAME] [--patience SECONDS] --url URL
       agent-policy mcp pins [--json]
       agent-policy mcp pins approve SERVER [TOOL]
       agent-policy mcp pins forget SERVER

Starts the server, or connects to it over streamable HTTP, and passes everything on as it is but two things: tools that the policy
never allows are not listed, and calls that it denies are answered with the reason. A tool whose description or arguments changed since
it was first seen is neither listed nor called until a person has approved the change.

  --name NAME         what policies call the server (default: from its command or address)
  --agent NAME        what policies call the agent (default: mcp)
  --patience SECONDS  how long a person may take to answer (default: 55; most clients give up after 60)
  --url URL           the server's address; headers come from the variable AGENT_POLICY_MCP_HEADERS, a JSON object
  pins                what was approved of which tool, and what has changed since
  --json              with pins: one JSON object a line

"agent-policy install --mcp" puts it before the servers in the settings of agents and VS Code.
Exit code: the server's own; with pins 2 where something has changed and is not approved; 1: an error.
`,
  options: {
    name: { type: 'string' },
    agent: { type: 'string' },
    patience: { type: 'string' },
    url: { type: 'string' },
  },
  run(parsed, io) {
    if (parsed.positionals[0] === 'pins') return pins(parsed, io);
    const options = ['name', 'agent', 'patience', 'url'].flatMap((name) => {
      const value = textOption(parsed, name);
      return value === undefined ? [] : [`--${name}`, value];
    });
    return library().runMcp([...options, ...(parsed.positionals.length === 0 ? [] : ['--', ...parsed.positionals])]);
  },
};

async function pins(parsed: Parsed, io: Io): Promise<number> {
  const [, verb, name, tool] = parsed.positionals;
  const servers = library().allPins(directories(io.env, io.platform, io.home));
  if (verb === undefined) return list(servers, parsed, io);
  if (verb !== 'approve' && verb !== 'forget') throw new UsageError(`there is no "pins ${verb}": use approve or forget`);
  if (name === undefined) throw new UsageError(`name the server: agent-policy mcp pins ${verb} SERVER`);
  const found = servers.filter(({ file, pins: known }) => known?.name === name || (known === undefined && file.includes(`${name}-`)));
  if (found.length === 0)
    throw new UsageError(`no server "${name}" is known. Known: ${servers.map(({ pins: known }) => known?.name).join(', ')}`);
  for (const { file, pins: known } of found) {
    if (verb === 'forget') {
      library().forgetPins(file);
      await io.out(`forgotten  ${name}\n`);
    } else if (known !== undefined) {
      for (const approved of library().approveChanges(file, known, tool)) await io.out(`approved  ${name}/${approved}\n`);
    }
  }
  return exitCodes.ok;
}

async function list(servers: ReturnType<Library['allPins']>, parsed: Parsed, io: Io): Promise<number> {
  let isChanged = false;
  for (const { file, pins: known } of servers) {
    if (hasFlag(parsed, 'json')) await io.out(`${JSON.stringify({ file, ...known })}\n`);
    else if (known === undefined) io.err(`${file} is damaged; its tools are blocked. Delete it to begin anew.\n`);
    else await io.out(`${known.name}  (${known.source})\n`);
    for (const [tool, { approved, changed }] of Object.entries(known?.tools ?? {})) {
      isChanged ||= changed !== undefined;
      if (hasFlag(parsed, 'json')) continue;
      await io.out(`  ${changed === undefined ? 'approved' : 'CHANGED '}  ${JSON.stringify(tool).slice(1, -1)}  ${approved.seen}\n`);
      if (changed !== undefined) await io.out(`    was: ${approved.text}\n    is:  ${changed.text}\n`);
    }
  }
  if (servers.length === 0 && !hasFlag(parsed, 'json')) await io.out('No server has been used through "agent-policy mcp" yet.\n');
  return isChanged ? exitCodes.deny : exitCodes.ok;
}
