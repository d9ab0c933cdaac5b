import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { verifyLog } from '../../src/audit/verify.ts';
import { makeLog } from '../support/audit-log.ts';
import type { Figure } from './statistics.ts';
import { scratchFolder } from '../support/scratch.ts';

const records = 1_000_000;
const child = join(import.meta.dirname, 'viewer-child.ts');

/** A log of a million records, 1.2 GB, made once: its verification, and the viewer's index over it. */
export function benchLongLog(): readonly Figure[] {
  const directory = scratchFolder('bench');
  try {
    makeLog({ directory, records });
    return [verifyTime(directory), ...viewer(directory)];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function verifyTime(directory: string): Figure {
  const before = process.cpuUsage();
  const times = Array.from({ length: 3 }, () => {
    const start = performance.now();
    const { ok, records: found } = verifyLog(directory);
    return ok && found === records ? (performance.now() - start) / 1000 : Number.POSITIVE_INFINITY;
  });
  const { user, system } = process.cpuUsage(before);
  return {
    what: 'audit: verify 1,000,000 records',
    how: `quickest of 3; each took ${((user + system) / 3e6).toFixed(1)} s of a processor`,
    value: Math.min(...times),
    unit: 's',
    budget: 5,
    best: 'low',
  };
}

function viewer(directory: string): readonly Figure[] {
  const { stdout, stderr, status } = spawnSync(process.execPath, [child, directory], { encoding: 'utf8', timeout: 300_000 });
  const found: Readonly<Record<string, number>> = status === 0 ? JSON.parse(stdout) : {};
  const isWhole = found['total'] === records && found['rows'] === 50;
  if (!isWhole) console.error(stderr);
  const figure = (what: string, how: string, name: string, unit: string, budget: number): Figure => ({
    what: `viewer, 1,000,000 records: ${what}`,
    how,
    value: isWhole ? (found[name] ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY,
    unit,
    budget,
    best: 'low',
  });
  return [
    figure('first rows', 'the newest 50, with the start of the thread', 'firstRows', 'ms', 1000),
    figure('all of it indexed', 'in the background', 'whole', 'ms', 60_000),
    figure('full-text search', `to the last line, slowest of ${found['searches'] ?? 0}`, 'search', 'ms', 1000),
    figure('charts', 'figures of all lines', 'summary', 'ms', 1000),
    figure('memory', 'growth of the whole process', 'memory', 'MiB', 300),
    figure('the caller kept busy', 'processor time of its thread, over all of this', 'caller', 'ms', 250),
  ];
}
