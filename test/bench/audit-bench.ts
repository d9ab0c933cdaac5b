import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { queryLog } from '../../src/audit/query.ts';
import { verifyLog } from '../../src/audit/verify.ts';
import type { Figure } from './statistics.ts';

const writer = join(import.meta.dirname, '..', 'audit', 'writer.ts');
const writers = 8;
const each = 1000;

/** Appending with eight processes at once: the time a record takes of the log, and what is lost when the processes are killed. */
export async function benchAudit(): Promise<readonly Figure[]> {
  return [await appendTime(), await lostUnderKill()];
}

async function appendTime(): Promise<Figure> {
  const directory = mkdtempSync(join(tmpdir(), 'agent-policy-bench-'));
  try {
    const running = start(directory, each);
    await Promise.all(running.map(({ child }) => once(child, 'close')));
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
  const directory = mkdtempSync(join(tmpdir(), 'agent-policy-bench-'));
  try {
    const running = start(directory, 1_000_000);
    // Under load it takes a while until all of them write.
    for (let waited = 0; waited < 30_000 && running.some(({ output }) => output() === ''); waited += 50) await sleep(50);
    await sleep(1000);
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(
      running.map(({ child }) => (child.exitCode === null && child.signalCode === null ? once(child, 'close') : undefined)),
    );
    const acknowledged = running.flatMap(({ output }) => output().split('\n').slice(0, -1)).map((line) => Number.parseInt(line, 10));
    const written = new Set(queryLog(directory, {}, Number.MAX_SAFE_INTEGER).map(({ seq }) => seq));
    const lost = acknowledged.filter((seq) => !written.has(seq)).length;
    const whole = verifyLog(directory).ok && acknowledged.length > 0;
    return {
      what: 'audit: acknowledged records lost under kill -9',
      how: `${acknowledged.length} records of ${writers} writers, all killed`,
      value: whole ? lost : Number.POSITIVE_INFINITY,
      unit: '',
      budget: 0,
      best: 'low',
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function start(directory: string, count: number): readonly { readonly child: ChildProcess; readonly output: () => string }[] {
  return Array.from({ length: writers }, (_, index) => {
    const child = spawn(process.execPath, [writer, directory, `w${index}`, String(count), '16000000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (data: string) => {
      text += data;
    });
    return { child, output: () => text };
  });
}
