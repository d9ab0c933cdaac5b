import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { queryLog } from '../../src/audit/query.ts';
import { verifyLog } from '../../src/audit/verify.ts';
import { killedWriters } from '../audit/killed-writers.ts';
import type { Figure } from './statistics.ts';
import { scratchFolder } from '../support/scratch.ts';

const writer = join(import.meta.dirname, '..', 'audit', 'writer.ts');
const writers = 8;
const each = 1000;

/** Appending with eight processes at once: the time a record takes of the log, and what is lost when the processes are killed. */
export async function benchAudit(): Promise<readonly Figure[]> {
  return [await appendTime(), await lostUnderKill()];
}

async function appendTime(): Promise<Figure> {
  const directory = scratchFolder('bench');
  try {
    const running = start(directory, each);
    await Promise.all(running.map((child) => once(child, 'close')));
    const times = queryLog(directory, {}, writers * each).map(({ record }) => Date.parse(record.timestamp));
    const span = Math.max(...times) - Math.min(...times);
    return {
      what: 'audit: time for one record, 8 writers at once',
      how: `${writers} processes × ${each} records, first to last, over all`,
      value: times.length === writers * each && verifyLog(directory).ok ? span / times.length : Number.POSITIVE_INFINITY,
      unit: 'ms',
      budget: 1,
      best: 'low',
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function lostUnderKill(): Promise<Figure> {
  const directory = scratchFolder('bench');
  try {
    const plan = { directory, writers, each: 10_000, kills: 12, maxBytes: 1_000_000 };
    const start = performance.now();
    const { acknowledged, killed, lost, doubled, verification } = await killedWriters(plan);
    const seconds = Math.round((performance.now() - start) / 1000);
    const isWhole = verification.ok && acknowledged === writers * plan.each && killed > 0;
    return {
      what: 'audit: acknowledged records lost under kill -9',
      how: `${acknowledged} records of ${writers} writers, ${killed} times killed, in ${seconds} s`,
      value: isWhole ? lost.length + doubled.length : Number.POSITIVE_INFINITY,
      unit: '',
      budget: 0,
      best: 'low',
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function start(directory: string, count: number): readonly ChildProcess[] {
  return Array.from({ length: writers }, (_, index) => {
    const child = spawn(process.execPath, [writer, directory, `w${index}`, String(count), '16000000'], {
      // Nobody reads what it says.
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return child;
  });
}
