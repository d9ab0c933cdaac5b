import assert from 'node:assert/strict';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { oddServer, Place } from '../mcp/gateway.ts';
import { type Figure, median } from './statistics.ts';

const single = 300;
const many = 3000;
const atOnce = 50;

/** The same calls of the same server with and without the gateway between: one after the other, and many at once. */
export async function benchMcp(): Promise<readonly Figure[]> {
  const place = new Place();
  try {
    place.write('tools.json', JSON.stringify([{ name: 'read', inputSchema: { type: 'object' } }]));
    const command = [process.execPath, oddServer, `${place.project}/tools.json`];
    const plain = await place.connect(command);
    const guarded = await place.connect(place.through(['--name', 'odd'], command));
    const call = async (client: Client, index: number): Promise<number> => {
      const start = performance.now();
      const result = await client.callTool({ name: 'read', arguments: { path: `src/file-${index % 50}.ts`, text: 'some words' } });
      assert.notEqual(result.isError, true);
      return performance.now() - start;
    };
    for (let index = 0; index < 50; index += 1) for (const client of [plain, guarded]) await call(client, index);
    const alone: number[] = [];
    const behind: number[] = [];
    for (let index = 0; index < single; index += 1) {
      alone.push(await call(plain, index));
      behind.push(await call(guarded, index));
    }
    const start = performance.now();
    let next = 0;
    const worker = async (): Promise<void> => {
      for (; next < many; ) {
        next += 1;
        await call(guarded, next);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    const rate = (many * 1000) / (performance.now() - start);
    return [
      {
        ...{
          what: 'MCP gateway: time it adds to a call',
          how: `median of ${single} calls in turns with and without`,
          unit: 'ms',
          budget: 2,
        },
        ...{ value: median(behind) - median(alone), best: 'low' },
      },
      {
        ...{ what: 'MCP gateway: calls a second', how: `${many} calls, ${atOnce} at once, decided and recorded`, unit: '/s', budget: 1000 },
        ...{ value: rate, best: 'high' },
      },
    ];
  } finally {
    await place.close();
  }
}
