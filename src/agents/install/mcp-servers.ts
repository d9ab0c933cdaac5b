import { isRecord } from '../values.ts';
import { type JsonNode, parseJsonc } from './jsonc.ts';

/** How a client writes down its MCP servers. */
export type McpFormat = 'json' | 'codex-toml';

/** One server as it stood in a file and as it stands there now. */
export interface Swapped {
  readonly name: string;
  readonly original: string;
  readonly ours: string;
}

/** A file's text with our gateway before its servers. */
export interface Rewritten {
  readonly text: string;
  readonly swapped: readonly Swapped[];
  /** Servers that stay as they are, and why. */
  readonly left: readonly { readonly name: string; readonly why: string }[];
}

/** What starts the gateway: Node and our program. */
export interface GatewayCommand {
  readonly node: string;
  readonly program: string;
  readonly agent: string;
}

/** Variable in which the gateway takes the headers of an address; see `src/mcp/main.ts`. */
const headersVariable = 'AGENT_POLICY_MCP_HEADERS';
const containers: ReadonlySet<string> = new Set(['mcpServers', 'servers', 'mcp', 'amp.mcpServers']);
const isOurProgram = (text: unknown): boolean => typeof text === 'string' && /agent-policy[\\/]+bin[\\/]+mcp\.cjs$/.test(text);

/** A server's place in a text. */
interface Entry {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
}

/** The servers of a text; nothing where the text cannot be understood. */
function serversIn(text: string, format: McpFormat): readonly Entry[] | undefined {
  if (format === 'codex-toml') return tomlServers(text);
  const parsed = parseJsonc(text);
  if ('problem' in parsed) return undefined;
  const found: Entry[] = [];
  const walk = (node: JsonNode, depth: number): void => {
    for (const member of node.members ?? []) {
      if (containers.has(member.key) && member.node.members !== undefined) {
        for (const { key, node: server } of member.node.members)
          if (server.members !== undefined) found.push({ name: key, start: server.start, end: server.end, value: server.value });
        // Claude Code keeps servers of single projects under "projects".
      } else if (depth < 3) walk(member.node, depth + 1);
    }
  };
  walk(parsed.root, 0);
  return found;
}

/** Puts the gateway before every server that it can stand before. Doing it again changes nothing. Nothing where the text cannot be understood. */
export function rewriteServers(text: string, format: McpFormat, gateway: GatewayCommand): Rewritten | undefined {
  const entries = serversIn(text, format);
  if (entries === undefined) return undefined;
  let result = text;
  const swapped: Swapped[] = [];
  const left: { name: string; why: string }[] = [];
  // From the end, so that the places of those before stay right.
  for (const { name, start, end, value } of entries.toReversed()) {
    const original = text.slice(start, end);
    const ours = format === 'json' ? jsonEntry(original, name, value, gateway) : tomlEntry(original, name, value, gateway);
    if ('why' in ours) {
      if (ours.why !== '') left.push({ name, why: ours.why });
      continue;
    }
    result = result.slice(0, start) + ours.text + result.slice(end);
    swapped.push({ name, original, ours: ours.text });
  }
  return { text: result, swapped: swapped.toReversed(), left: left.toReversed() };
}

/** Takes the gateway away: what stands as we wrote it becomes what it was, byte for byte; what was changed since is put together again. */
export function restoreServers(text: string, format: McpFormat, swapped: readonly Swapped[]): string {
  let result = text;
  for (const { name, start, end, value } of (serversIn(text, format) ?? []).toReversed()) {
    const current = text.slice(start, end);
    const known = swapped.find((one) => one.name === name && one.ours === current);
    const original = known?.original ?? rebuilt(current, format, value);
    if (original !== undefined) result = result.slice(0, start) + original + result.slice(end);
  }
  return result;
}

type Replaced = { readonly text: string } | { readonly why: string };

const ourArgs = ({ program, agent }: GatewayCommand, name: string, rest: readonly string[]): readonly string[] => [
  ...[program, '--name', name, '--agent', agent],
  ...rest,
];

const texts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((item) => typeof item === 'string');

function jsonEntry(original: string, name: string, value: unknown, gateway: GatewayCommand): Replaced {
  if (!isRecord(value)) return { why: 'it is no object' };
  const { command, args } = value;
  const parts = Array.isArray(command) ? command : [command, ...(Array.isArray(args) ? args : [])];
  if (command === undefined) return addressEntry(name, value, gateway);
  if (!texts(parts) || (args !== undefined && !texts(args))) return { why: 'its command is no list of texts' };
  if (parts.some(isOurProgram)) return { why: '' };
  const rest = ourArgs(gateway, name, ['--', ...parts]);
  const at = (key: string): JsonNode | undefined => {
    const parsed = parseJsonc(original);
    return 'problem' in parsed ? undefined : parsed.root.members?.findLast((member) => member.key === key)?.node;
  };
  const [commandNode, argsNode] = [at('command'), at('args')];
  if (commandNode === undefined) return { why: 'its command cannot be found' };
  const edits: { start: number; end: number; text: string }[] = [];
  if (Array.isArray(command)) edits.push({ ...commandNode, text: JSON.stringify([gateway.node, ...rest]) });
  else if (argsNode === undefined) edits.push({ ...commandNode, text: `${JSON.stringify(gateway.node)}, "args": ${JSON.stringify(rest)}` });
  else edits.push({ ...commandNode, text: JSON.stringify(gateway.node) }, { ...argsNode, text: JSON.stringify(rest) });
  let text = original;
  for (const edit of edits.sort((a, b) => b.start - a.start)) text = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
  return { text };
}

/** A server behind an address. Where the client signs in for it (OAuth), the gateway cannot, so only those are taken that need no sign-in. */
function addressEntry(name: string, value: Readonly<Record<string, unknown>>, gateway: GatewayCommand): Replaced {
  const url = [value['url'], value['httpUrl'], value['serverUrl']].find((one) => typeof one === 'string');
  if (typeof url !== 'string') return { why: 'it has neither a command nor an address' };
  if (value['type'] === 'sse') return { why: 'it speaks the older protocol over server-sent events' };
  const headers = value['headers'];
  const isLocal = /^https?:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?(?:\/|$)/i.test(url);
  if (!isLocal && !isRecord(headers)) return { why: 'the client may have to sign in at its address' };
  const env = isRecord(headers) ? { env: { [headersVariable]: JSON.stringify(headers) } } : {};
  const kept = Object.fromEntries(
    Object.entries(value).filter(([key]) => !['type', 'url', 'httpUrl', 'serverUrl', 'headers', 'env'].includes(key)),
  );
  const type = value['type'] === undefined ? {} : { type: 'stdio' };
  const args = ourArgs(gateway, name, ['--url', url]);
  return { text: JSON.stringify({ ...type, command: gateway.node, args, ...env, ...kept }) };
}

/** What an entry of ours was before, after somebody else has changed it; nothing where it is none of ours. */
function rebuilt(current: string, format: McpFormat, value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const { command, args } = value;
  const parts = Array.isArray(command) ? command : [command, ...(Array.isArray(args) ? args : [])];
  if (!texts(parts) || !isOurProgram(parts[1])) return undefined;
  const at = parts.indexOf('--');
  if (at < 0) {
    if (format !== 'json') return undefined;
    const url = parts[parts.indexOf('--url') + 1];
    const { command: _, args: __, env, type, ...rest } = value;
    const headers = isRecord(env) && typeof env[headersVariable] === 'string' ? { headers: JSON.parse(env[headersVariable]) } : {};
    return JSON.stringify({ ...(type === undefined ? {} : { type: 'http' }), url, ...headers, ...rest });
  }
  const [program = '', ...rest] = parts.slice(at + 1);
  if (format === 'codex-toml') return tomlText(current, program, rest);
  return JSON.stringify({ ...value, ...(Array.isArray(command) ? { command: [program, ...rest] } : { command: program, args: rest }) });
}

const tomlString = `"(?:[^"\\\\\\n]|\\\\.)*"|'[^'\\n]*'`;
const commandLine = new RegExp(`^([ \\t]*command[ \\t]*=[ \\t]*)(${tomlString})`, 'm');
const argsLine = new RegExp(`^([ \\t]*args[ \\t]*=[ \\t]*)(\\[(?:\\s|,|#[^\\n]*\\n|${tomlString})*\\])`, 'm');

function tomlValue(text: string): string | undefined {
  if (text.startsWith("'")) return text.slice(1, -1);
  try {
    // Basic strings of TOML are JSON's but for `\U` and `\e`, which programs and paths do not hold.
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Codex's servers: a table each. One that is written in another form (inline, dotted) is not found. */
function tomlServers(text: string): readonly Entry[] {
  const found: Entry[] = [];
  const heads = [...text.matchAll(/^[ \t]*\[[^\n]*$/gm)];
  for (const [index, head] of heads.entries()) {
    const name = /^[ \t]*\[mcp_servers\.(?:([\w-]+)|"([^"\\]+)"|'([^']+)')\][ \t\r]*(?:#.*)?$/.exec(head[0])?.slice(1).find(Boolean);
    if (name === undefined) continue;
    const start = head.index;
    // A line of a list that begins with a bracket is no table.
    const end =
      heads.slice(index + 1).find((next) => /^[ \t]*\[{1,2}[\w"'-][^,]*\]{1,2}[ \t\r]*(?:#.*)?$/.test(next[0]))?.index ?? text.length;
    const body = text.slice(start, end);
    const command = commandLine.exec(body)?.[2];
    const args = argsLine.exec(body)?.[2];
    const items =
      args === undefined
        ? []
        : [...args.replace(/#[^\n]*\n/g, '\n').matchAll(new RegExp(tomlString, 'g'))].map(([item]) => tomlValue(item));
    found.push({
      name,
      start,
      end,
      value: { command: command === undefined ? undefined : tomlValue(command), ...(args === undefined ? {} : { args: items }) },
    });
  }
  return found;
}

function tomlEntry(original: string, name: string, value: unknown, gateway: GatewayCommand): Replaced {
  if (!isRecord(value) || typeof value['command'] !== 'string') return { why: 'it has no command' };
  const args = value['args'] ?? [];
  if (!texts(args)) return { why: 'its arguments cannot be read' };
  if (args.some(isOurProgram)) return { why: '' };
  return { text: tomlText(original, gateway.node, ourArgs(gateway, name, ['--', value['command'], ...args])) };
}

function tomlText(original: string, command: string, args: readonly string[]): string {
  const list = `[${args.map((arg) => JSON.stringify(arg)).join(', ')}]`;
  const eol = original.includes('\r\n') ? '\r\n' : '\n';
  const withCommand = original.replace(commandLine, (_, head: string) => `${head}${JSON.stringify(command)}`);
  if (argsLine.test(withCommand)) return withCommand.replace(argsLine, (_, head: string) => `${head}${list}`);
  return withCommand.replace(commandLine, (line) => `${line}${eol}args = ${list}`);
}
