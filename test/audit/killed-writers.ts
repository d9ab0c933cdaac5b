import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { readdirSync, readFileSync } from 'node:fs';
import { parseEntry } from '../../src/audit/query.ts';
import { type Verification, verifyLog } from '../../src/audit/verify.ts';

const writer = join(import.meta.dirname, 'writer.ts');

/** What eight writers and their killer do. */
export interface Plan {
  readonly directory: string;
  readonly writers: number;
  /** Records that each writer must have acknowledged before it rests. */
  readonly each: number;
  /** How often each writer is killed, and started again where it was. */
  readonly kills: number;
  /** Bytes of a file of the log. */
  readonly maxBytes: number;
}

/** What became of it. */
export interface Aftermath {
  readonly acknowledged: number;
  readonly killed: number;
  /** Acknowledged records that are not in the log, or not at the number that was acknowledged. */
  readonly lost: readonly string[];
  /** Numbers that were acknowledged to two. */
  readonly doubled: readonly number[];
  readonly verification: Verification;
}

/** Writers in processes of their own append to one log at once; each is killed with `kill -9` at random moments and started again. */
export async function killedWriters(plan: Plan): Promise<Aftermath> {
  const acknowledged = new Map<number, string>();
  const doubled: number[] = [];
  let killed = 0;
  const run = async (name: string) => {
    let next = 0;
    for (let life = 0; next < plan.each; life += 1) {
      const isDoomed = life < plan.kills;
      // Somewhere in its fair share of the records, and then at any moment of the record that is written.
      const until = isDoomed ? next + 1 + Math.floor((Math.random() * 2 * plan.each) / (plan.kills + 1)) : Number.POSITIVE_INFINITY;
      const { lines, isKilled } = await live(plan, name, next, until);
      if (isKilled) killed += 1;
      for (const line of lines) {
        const [seq = '', , index = ''] = line.split(' ');
        if (acknowledged.has(Number(seq))) doubled.push(Number(seq));
        acknowledged.set(Number(seq), `${name} ${index}`);
        next = Number(index) + 1;
      }
    }
  };
  await Promise.all(Array.from({ length: plan.writers }, (_, index) => run(`w${index}`)));
  const written = contents(plan.directory);
  return {
    acknowledged: acknowledged.size,
    killed,
    lost: [...acknowledged].flatMap(([seq, what]) => (written.get(seq) === what ? [] : [`${seq}: ${what}`])),
    doubled,
    verification: verifyLog(plan.directory),
  };
}

/** One life of a writer: until it has written all, or is killed some microseconds to milliseconds after it acknowledged the record `until`. */
function live(
  { directory, each, maxBytes }: Plan,
  name: string,
  from: number,
  until: number,
): Promise<{ readonly lines: readonly string[]; readonly isKilled: boolean }> {
  return new Promise((resolve, reject) => {
    const args = [writer, directory, name, String(each), String(maxBytes), String(from)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    let seen = from;
    let isKilling = false;
    child.stdout.setEncoding('latin1').on('data', (data: string) => {
      output += data;
      seen += data.split('\n').length - 1;
      if (seen < until || isKilling) return;
      isKilling = true;
      if (Math.random() < 0.5) child.kill('SIGKILL');
      else setTimeout(() => child.kill('SIGKILL'), Math.random() * 5);
    });
    child.stderr.setEncoding('utf8').on('data', (data: string) => {
      errors += data;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code !== 0 && signal !== 'SIGKILL') reject(new Error(`${name} ended with ${code ?? signal}: ${errors}`));
      else resolve({ lines: output.split('\n').slice(0, -1), isKilled: signal === 'SIGKILL' });
    });
  });
}

/** All records of all files: number → who wrote it and which of his it is. */
function contents(directory: string): ReadonlyMap<number, string> {
  const all = new Map<number, string>();
  for (const name of readdirSync(directory).filter((each) => each.endsWith('.jsonl'))) {
    for (const line of readFileSync(join(directory, name), 'utf8').split('\n')) {
      const entry = parseEntry(line);
      if (entry?.record.type === 'event') all.set(entry.seq, `${entry.record.user} ${String(entry.record.details['index'])}`);
    }
  }
  return all;
}
