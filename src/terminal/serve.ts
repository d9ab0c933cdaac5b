import { closeSync, constants, existsSync, openSync, readdirSync, rmSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { errorCode, isAlive } from '../platform/process.ts';
import { readTextFile } from '../platform/read-file.ts';
import type { Answer } from './decider.ts';
import { largestQuestion, parseQuestion, type Question } from './question.ts';

/** A terminal's session: its folder, and the process with whose end it ends. */
export interface Serving {
  readonly folder: string;
  readonly owner: number;
  readonly decide: (question: Question) => Promise<Answer>;
  /** Called when the session has ended. */
  readonly onEnd: () => void;
}

/** How often is looked whether the owner is still there, in milliseconds. */
const lookMs = 2000;

/** Answers the questions of a terminal's shells until its owner ends. Throws where the folder cannot be used. */
export function serve({ folder, owner, decide, onEnd }: Serving): void {
  // For reading and writing: the pipe does not end while no shell has it open.
  const asks = new Socket({
    fd: openSync(join(folder, 'ask'), constants.O_RDWR | constants.O_NONBLOCK),
    readable: true,
    writable: false,
  });
  const turns = readdirSync(folder).filter((name) => name.startsWith('start.')).length;
  writeFileSync(join(folder, `pid.${turns}`), `${process.pid}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'pid'), `${process.pid}\n`, { mode: 0o600 });

  let rest = '';
  asks.on('data', (data: Buffer) => {
    const lines = (rest + data.toString('latin1')).split('\n');
    rest = (lines.pop() ?? '').slice(-64);
    for (const id of lines) if (/^\d{1,12}$/.test(id)) void answer(folder, id, decide);
  });
  asks.on('error', () => end());

  const end = () => {
    rmSync(folder, { recursive: true, force: true });
    onEnd();
  };
  setInterval(() => {
    if (!isAlive(owner)) return end();
    if (!existsSync(join(folder, 'ask'))) return onEnd();
    for (const name of readdirSync(folder)) {
      const asker = /^[qr]\.(\d+)$/.exec(name)?.[1];
      if (asker !== undefined && !isAlive(Number(asker))) rmSync(join(folder, name), { force: true });
    }
  }, lookMs);
}

async function answer(folder: string, id: string, decide: Serving['decide']): Promise<void> {
  const file = join(folder, `q.${id}`);
  // Asked twice, as the first decider died: it has its answer.
  if (!existsSync(file)) return;
  const line = await decided(file, decide);
  const bytes = Buffer.from(`${line}\n`);
  // The asker has its pipe open before it asks, or opens it in a moment.
  for (let tries = 0; tries < 2000; tries += 1) {
    try {
      const pipe = openSync(join(folder, `r.${id}`), constants.O_WRONLY | constants.O_NONBLOCK);
      try {
        writeSync(pipe, bytes);
      } finally {
        closeSync(pipe);
      }
      return;
    } catch (error) {
      if (!['ENXIO', 'EAGAIN'].includes(errorCode(error)) || !isAlive(Number(id))) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

async function decided(file: string, decide: Serving['decide']): Promise<string> {
  try {
    const question = parseQuestion(readTextFile(file, largestQuestion));
    unlinkSync(file);
    if (question === undefined) return 'no Agent Policy cannot read this command, so it is denied.';
    const answer = await decide(question);
    if ('need' in answer) return `need ${answer.need.join(' ')}`;
    return answer.verdict === 'approve' ? 'ok' : `no ${oneLine(answer.reason)}`;
  } catch (error) {
    return `no Agent Policy failed and denies this command: ${oneLine(error instanceof Error ? error.message : '')}`;
  }
}

/** Short enough for one write into a pipe, and without anything that a terminal would obey. */
function oneLine(text: string): string {
  return text
    .replace(/[\s\x00-\x1f\x7f-\x9f]+/g, ' ')
    .slice(0, 1000)
    .trim();
}
