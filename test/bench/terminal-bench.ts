import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { guardedEnvironment, ownFiles, writeShims } from '../../src/terminal/surroundings.ts';
import type { Figure } from './statistics.ts';
import { scratchFolder } from '../support/scratch.ts';

const root = join(import.meta.dirname, '..', '..');
const rounds = 200;

/** What a guarded shell takes for one harmless command more than an unguarded one, after the first. */
export function benchTerminal(): readonly Figure[] {
  const home = scratchFolder('bench');
  try {
    const base = { HOME: home, PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', SHLVL: '1' };
    const surroundings = {
      media: ownFiles().media,
      shims: join(home, 'shims'),
      node: process.execPath,
      decider: join(root, 'dist', 'terminal.cjs'),
      runtime: join(home, 'run'),
    };
    writeShims(surroundings);
    const guarded = { ...base, ...guardedEnvironment(surroundings, base) };
    return (['bash', 'zsh'] as const).map((shell) => {
      // Each a text of its own, so that none is known from before; the time is a variable of the shell, so no process is started.
      const load = shell === 'zsh' ? 'zmodload zsh/datetime\n' : '';
      const commands = Array.from({ length: rounds }, (_, index) => `echo line${index} $EPOCHREALTIME`).join('\n');
      const script = `${load}echo first\n${commands}\n`;
      const file = join(home, `script.${shell}`);
      writeFileSync(file, script);
      const run = (env: Readonly<Record<string, string>>) => {
        const out = execFileSync(shell, [file], { env, cwd: home, encoding: 'utf8' });
        const times = [...out.matchAll(/^line\d+ ([\d.]+)$/gm)].map(([, time]) => Number(time) * 1000);
        return median(times.slice(1).map((time, index) => time - (times[index] ?? 0)));
      };
      const plain = run(base);
      const value = run(guarded) - plain;
      return {
        what: `guarded ${shell}: one harmless command more`,
        how: `median of ${rounds} commands of a script, each another, without the first`,
        value,
        unit: 'ms',
        budget: 5,
        best: 'low',
      };
    });
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
