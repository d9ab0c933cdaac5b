// A home of its own with our gateway in it, and a real client of the protocol in front of it.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { scratchFolder } from '../support/scratch.ts';

const root = join(import.meta.dirname, '..', '..');
export const cli = join(root, 'dist', 'cli.cjs');
const packages = join(root, 'node_modules', '@modelcontextprotocol');
/** Real servers from npm. */
export const servers = {
  filesystem: join(packages, 'server-filesystem', 'dist', 'index.js'),
  everything: join(packages, 'server-everything', 'dist', 'index.js'),
} as const;
/** A server that does what a test tells it by its arguments. */
export const oddServer = join(import.meta.dirname, 'odd-server.ts');

/** A record of the audit log. */
export type Recorded = Readonly<Record<string, unknown>>;

export class Place {
  readonly folder = scratchFolder('mcp');
  readonly home = join(this.folder, 'home');
  readonly project = join(this.folder, 'project');
  readonly #clients: Client[] = [];

  constructor() {
    for (const folder of [this.home, this.project]) mkdirSync(folder);
  }

  get env(): Record<string, string> {
    return { HOME: this.home, PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', USER: 'test' };
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.project, name)), { recursive: true });
    writeFileSync(join(this.project, name), text);
  }

  /** What the client starts to reach a server through the gateway. */
  through(options: readonly string[], command: readonly string[]): readonly string[] {
    return [process.execPath, cli, 'mcp', ...options, ...(command.length === 0 ? [] : ['--', ...command])];
  }

  /** A client that is connected to what a command starts. */
  async connect([command = '', ...args]: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Client> {
    const client = new Client({ name: 'test', version: '1.0.0' }, { capabilities: {} });
    await client.connect(new StdioClientTransport({ command, args, env: { ...this.env, ...env }, cwd: this.project, stderr: 'pipe' }));
    this.#clients.push(client);
    return client;
  }

  records(): readonly Recorded[] {
    const folder = join(this.home, '.local', 'state', 'agent-policy', 'audit');
    const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
    const lines = files.flatMap((name) =>
      readFileSync(join(folder, name), 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    );
    return lines
      .map((line): Recorded => JSON.parse(line))
      .map((line) => (typeof line['record'] === 'object' && line['record'] !== null ? (line['record'] as Recorded) : line));
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.close().catch(() => {});
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** All text of a result. */
export function textOf(result: object): string {
  const content = 'content' in result && Array.isArray(result.content) ? result.content : [];
  return content.map((part: { readonly text?: unknown }) => String(part.text ?? '')).join('\n');
}
