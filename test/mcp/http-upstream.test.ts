import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'mocha';
import { EventStream } from '../../src/mcp/event-stream.ts';
import { connectHttp } from '../../src/mcp/http-upstream.ts';

describe('mcp: server-sent events', () => {
  const most = 40;
  /** What comes out of a stream that arrives in pieces; `too long` for what is dropped. */
  function read(pieces: readonly Buffer[]): readonly string[] {
    const told: string[] = [];
    const stream = new EventStream(most, { onData: (data) => told.push(data), onTooLong: () => told.push('too long') });
    for (const piece of pieces) stream.push(piece);
    stream.end();
    return told;
  }
  const rows: readonly (readonly [what: string, text: string, events: readonly string[]])[] = [
    ['events', 'data: a\n\ndata: b\n\n', ['a', 'b']],
    ['all line ends', 'data: a\r\n\r\ndata: b\r\rdata: c\n\n', ['a', 'b', 'c']],
    ['more than one line', 'data: a\ndata:b\ndata\n\n', ['a\nb\n']],
    ['other fields and comments', ': ping\nid: 1\nevent: x\ndata: a\n\n: ping\n\n', ['a']],
    ['an end without a blank line', 'data: a\ndata: ü', ['a\nü']],
    ['an event of the greatest length', `data: ${'x'.repeat(most - 6)}\n\n`, ['x'.repeat(most - 6)]],
    ['a line that is too long, and what follows', `data: ${'x'.repeat(most)}\n\ndata: b\n\n`, ['too long', 'b']],
    ['lines that are too long together', `${'data: x\n'.repeat(9)}\ndata: b\n\n`, ['too long', 'b']],
    ['a field that is too long after the data', `data: a\nid: ${'x'.repeat(most)}\n\ndata: b\n\n`, ['too long', 'b']],
    ['nothing', '\n\n\n', []],
  ];
  for (const [what, text, events] of rows) {
    it(`reads ${what}, wherever the pieces end`, () => {
      const bytes = Buffer.from(text);
      assert.deepEqual(read([bytes]), events);
      assert.deepEqual(read(Array.from(bytes, (byte) => Buffer.of(byte))), events);
      for (let cut = 1; cut < bytes.length; cut += 1) assert.deepEqual(read([bytes.subarray(0, cut), bytes.subarray(cut)]), events);
    });
  }
});

describe('mcp: servers by their address that do not end', () => {
  const piece = 'x'.repeat(64 * 1024);

  /** Sends pieces until nobody takes any more. */
  function flood(response: ServerResponse, type: string): void {
    response.writeHead(200, { 'content-type': type });
    const more = (): void => {
      while (!response.destroyed && response.write(piece));
      if (!response.destroyed) response.once('drain', more);
    };
    response.write('data: ');
    more();
  }

  for (const type of ['application/json', 'text/event-stream']) {
    it(`a message without an end (${type}) is dropped, not kept`, async () => {
      const server = createServer((_, response) => flood(response, type));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const lines: Buffer[] = [];
      const dropped = new Promise<void>((resolve) => {
        const events = { onLine: (line: Buffer) => void lines.push(line), onTooLong: resolve, onEnd: () => {} };
        connectHttp(`http://127.0.0.1:${port}/`, {}, events, 1024 * 1024).send(
          Buffer.from('{"jsonrpc":"2.0","id":1,"method":"initialize"}\n'),
        );
      });
      try {
        await dropped;
        assert.deepEqual(lines, []);
      } finally {
        server.closeAllConnections();
        server.close();
      }
    });
  }
});
