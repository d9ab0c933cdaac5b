import type { Readable, Writable } from 'node:stream';
import { appendRecord } from '../audit/append.ts';
import { auditLog } from '../audit/place.ts';
import type { LocalOptions } from '../gateway/local.ts';
import { connectHttp } from './http-upstream.ts';
import { type Guarded, localJudge } from './judge.ts';
import { LineSplitter } from './lines.ts';
import { McpProxy } from './proxy.ts';
import { startStdio } from './stdio-upstream.ts';
import { longestMessage, type Upstream, type UpstreamEvents } from './upstream.ts';

/** How the server is reached. */
export type Server =
  | { readonly command: readonly [string, ...string[]] }
  | { readonly url: string; readonly headers: Readonly<Record<string, string>> };

/** Everything that a gateway needs. */
export interface ServeOptions {
  readonly server: Server;
  readonly guarded: Omit<Guarded, 'source'>;
  readonly local: Omit<LocalOptions, 'deadline'>;
  readonly input: Readable;
  readonly output: Writable;
  /** For people, on standard error. */
  readonly say: (text: string) => void;
}

/** The command line or address of a server, by which its pins are found. */
export function sourceOf(server: Server): string {
  return 'url' in server ? server.url : server.command.join(' ');
}

/** Stands before a server until the client or the server ends. Resolves with the exit code. */
export function serve(options: ServeOptions): Promise<number> {
  const { server, input, output, local } = options;
  const source = sourceOf(server);
  const judge = localJudge({ ...options.guarded, source }, local);
  return new Promise((resolve) => {
    let upstream: Upstream | undefined;
    let isOver = false;
    let isFull = false;
    const finish = (code: number): void => {
      if (isOver) return;
      isOver = true;
      // Nobody listens to the client any more, and the process may end.
      input.destroy();
      // What was said last must reach the client.
      if (output.writableLength === 0 || output.destroyed) resolve(code);
      else output.write('', () => resolve(code));
    };
    const events: UpstreamEvents = {
      onLine: (line) => proxy.fromServer(line),
      onTooLong: () => proxy.serverTooLong(),
      onEnd: (code, why) => {
        if (code !== 0) options.say(why);
        proxy.serverEnded(why);
        finish(code);
      },
    };
    const proxy = new McpProxy(judge, {
      // A client that does not read must not fill our memory with what the server says.
      toClient: (bytes) => {
        if (output.write(bytes) || isFull) return;
        isFull = true;
        upstream?.pause();
        output.once('drain', () => {
          isFull = false;
          upstream?.resume();
        });
      },
      toServer: (bytes) => upstream?.send(bytes),
    });
    upstream = 'url' in server ? connectHttp(server.url, server.headers, events) : startStdio(server.command, local.platform, events);
    const lines = new LineSplitter(
      longestMessage,
      (line) => proxy.fromClient(line),
      () => {
        recordEvent(options, 'bad-input', 'a message of the client was too large');
        proxy.clientTooLong();
      },
    );
    const end = (): void => {
      lines.end();
      proxy.clientEnded().then(() => upstream?.close());
    };
    input.on('data', (chunk: Buffer) => lines.push(chunk));
    input.once('end', end);
    input.once('error', end);
    output.on('error', end);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, end);
  });
}

function recordEvent({ guarded, local }: ServeOptions, event: string, problem: string): void {
  const details = { server: guarded.name, agent: guarded.agent, problem };
  try {
    appendRecord(auditLog(local.directories), { type: 'event', event, timestamp: new Date().toISOString(), user: '', details });
  } catch {
    // The message is refused all the same.
  }
}
