import { homedir } from 'node:os';
import { basename } from 'node:path';
import { directories } from '../platform/directories.ts';
import { randomHex } from '../platform/ids.ts';
import { type Server, serve } from './serve.ts';

/** What a command line says: a server to stand before, or what is wrong with it. */
export type McpArguments =
  | { readonly server: Server; readonly name: string; readonly agent: string; readonly patience: number }
  | { readonly problem: string };

/** Variable with headers for `--url` as a JSON object: tokens in it are seen by nobody who lists processes. */
export const headersVariable = 'AGENT_POLICY_MCP_HEADERS';

const defaultPatience = 55;

/** Reads `[--name N] [--agent A] [--patience SECONDS] (--url URL | -- COMMAND…)`. Never throws. */
function readArguments(args: readonly string[], env: Readonly<Record<string, string | undefined>>): McpArguments {
  const values = new Map<string, string>();
  let at = 0;
  for (; at < args.length && args[at] !== '--'; at += 2) {
    const [name = '', value] = args.slice(at, at + 2);
    if (!['--name', '--agent', '--patience', '--url'].includes(name)) return { problem: `There is no option "${name}".` };
    if (value === undefined || value === '--') return { problem: `${name} needs a value.` };
    values.set(name, value);
  }
  const [program, ...rest] = args.slice(at + 1);
  const url = values.get('--url');
  if ((url === undefined) === (program === undefined)) return { problem: 'Name one server: "--url URL", or its command after "--".' };
  const patience = Number(values.get('--patience') ?? defaultPatience);
  if (!(patience > 0 && patience < 86_400)) return { problem: '--patience is a number of seconds.' };
  const common = { agent: values.get('--agent') ?? 'mcp', patience: patience * 1000 };
  if (url !== undefined) {
    if (!/^https?:\/\/[^/]/i.test(url) || !URL.canParse(url)) return { problem: `"${url}" is no address of a server.` };
    const headers = headersOf(env[headersVariable]);
    if (headers === undefined) return { problem: `${headersVariable} must be a JSON object with texts.` };
    return { ...common, server: { url, headers }, name: values.get('--name') ?? new URL(url).host };
  }
  return { ...common, server: { command: [program ?? '', ...rest] }, name: values.get('--name') ?? nameOf([program ?? '', ...rest]) };
}

/** A name for a server from its command: the package that npx starts, else the program. */
function nameOf([program = '', ...args]: readonly string[]): string {
  const isRunner = /^(?:npx|bunx|uvx|pnpm|yarn|node|python3?|deno|bun)(?:\.\w+)?$/.test(basename(program));
  const word = isRunner ? args.find((arg) => !arg.startsWith('-') && !/^(?:dlx|exec|run|tool)$/.test(arg)) : undefined;
  return basename(word ?? program)
    .replace(/(?<=.)@[^@]*$/, '')
    .replace(/\.\w+$/, '');
}

function headersOf(text: string | undefined): Readonly<Record<string, string>> | undefined {
  if (text === undefined || text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const entries = Object.entries(value);
    return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string') ? Object.fromEntries(entries) : undefined;
  } catch {
    return undefined;
  }
}

/** Runs the gateway of this process over its standard input and output. Resolves with the exit code. */
export async function runMcp(args: readonly string[]): Promise<number> {
  const { env, platform, stdin, stdout, stderr } = process;
  const say = (text: string): void => {
    stderr.write(`agent-policy mcp: ${text}\n`);
  };
  const read = readArguments(args, env);
  if ('problem' in read) {
    say(read.problem);
    return 1;
  }
  const home = homedir();
  const guarded = {
    ...{ name: read.name, agent: read.agent, patience: read.patience, session: `mcp-${randomHex(12)}` },
    ...{ cwd: process.cwd(), home },
  };
  const local = { directories: directories(env, platform, home), env, platform };
  // The server is not told the secrets that are the gateway's own.
  delete env[headersVariable];
  return serve({ server: read.server, guarded, local, input: stdin, output: stdout, say });
}
