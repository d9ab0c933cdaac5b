import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { directories } from '../../src/platform/directories.ts';
import { readSession } from '../../src/session/store.ts';
import type { Figure } from './statistics.ts';
import { scratchFolder } from '../support/scratch.ts';

const writer = join(import.meta.dirname, '..', 'session', 'writer.ts');
const processes = 8;
const updates = 1000;

/** Counts that are lost when processes add to one session at once, and how many they add in a second. */
export async function benchSession(): Promise<readonly Figure[]> {
  const home = scratchFolder('bench');
  try {
    const start = process.hrtime.bigint();
    const run = () =>
      new Promise<number>((resolve) => {
        const child = spawn(process.execPath, [writer, home, String(updates)], { stdio: ['ignore', 'pipe', 'inherit'] });
        let done = 0;
        child.stdout.on('data', (data: Buffer) => {
          done += data.length;
        });
        child.on('close', () => resolve(done));
      });
    const done = (await Promise.all(Array.from({ length: processes }, run))).reduce((sum, each) => sum + each, 0);
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    const { toolCalls } = readSession(directories({}, 'linux', home), { agent: 'claude-code', session: 's1', workspace: '/project' }).facts;
    const how = `${processes} processes × ${updates} on one session`;
    return [
      // What was not even tried counts as lost.
      { what: 'counts lost', how, value: processes * updates - Math.min(done, toolCalls), unit: '', budget: 0, best: 'low' },
      { what: 'updates of one session', how, value: done / seconds, unit: '/s', budget: 500, best: 'high' },
    ];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
