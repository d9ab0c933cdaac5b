import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Figure } from './statistics.ts';

/** Longer than this, it is a pattern that begins anew at each character. */
const limitMs = 15 * 60_000;

/** The longest time for one long argument, over all programs that are known: a pattern that is not linear shows here. */
export function benchArguments(): readonly Figure[] {
  const child = join(import.meta.dirname, 'arguments-child.ts');
  const { stdout, status } = spawnSync(process.execPath, [child], { encoding: 'utf8', timeout: limitMs });
  const { took, command, count } = status === 0 ? JSON.parse(stdout) : { took: Number.NaN, command: 'none ended', count: 0 };
  return [
    {
      what: 'slowest argument of 8 kB',
      how: `${count} calls, each program with each text in each place; slowest: ${command}`,
      value: took,
      unit: 'ms',
      budget: 15,
      best: 'low',
    },
  ];
}
