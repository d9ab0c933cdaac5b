import { writeSync } from 'node:fs';
import { leave } from './leave.ts';

/**
 * Imported before anything else by a process that stands in an agent's way: from here on every way of ending that is not a proven approve is a deny.
 * Most hosts take a crash for "go on" but exit code 2 for "stop".
 */
process.exitCode = 2;

let answered = false;
let denial = (reason: string): void => writeAllTo(2, `${reason}\n`);

/** How a deny is said, once it is known who asks. */
export function denyWith(say: (reason: string) => void): void {
  denial = say;
}

/** Ends the process with that code after `say`; nothing that is called later says anything more. */
export function answerOnce(code: number, say: () => void): void {
  if (answered) return;
  answered = true;
  process.exitCode = code;
  say();
  leave(code);
}

function fail(error: unknown): void {
  const why = error instanceof Error ? error.message.split('\n')[0] : 'unknown error';
  answerOnce(2, () => denial(`Agent Policy failed and denies this call: ${why}`));
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => fail(new Error(`it was ended by ${signal}`)));

/** Writes a text to a descriptor before going on; gives up where nobody reads. */
export function writeAllTo(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0, tries = 0; done < bytes.length && tries < 1000; tries += 1) {
    try {
      done += writeSync(descriptor, bytes, done);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
