import { spawn } from 'node:child_process';
import { LineSplitter } from './lines.ts';
import { longestMessage, type Upstream, type UpstreamEvents } from './upstream.ts';

/** How long a server may take to end by itself, and then after being asked to, in milliseconds. */
const patience = 2000;

/** Starts a server and speaks with it over its standard input and output; what it writes to standard error goes to ours. */
export function startStdio(command: readonly [string, ...string[]], platform: NodeJS.Platform, events: UpstreamEvents): Upstream {
  const [program, ...args] = command;
  // On Windows most servers are started through npx.cmd, which only a shell can start.
  const child =
    platform === 'win32'
      ? spawn([program, ...args].map(quoted).join(' '), { shell: true, stdio: ['pipe', 'pipe', 'inherit'], windowsHide: true })
      : spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = new LineSplitter(longestMessage, events.onLine, events.onTooLong);
  let isGone = false;
  const gone = new Promise<void>((resolve) => {
    const end = (code: number, why: string): void => {
      if (isGone) return;
      isGone = true;
      lines.end();
      events.onEnd(code, why);
      resolve();
    };
    child.on('error', (error) => end(127, `The server "${program}" cannot be started: ${error.message}`));
    child.on('close', (code, signal) => end(code ?? 1, `The server ended with ${signal ?? `exit code ${code}`}.`));
  });
  child.stdout.on('data', (chunk: Buffer) => lines.push(chunk));
  // A server that does not read any more is told of by its end.
  child.stdin.on('error', () => {});
  return {
    send: (line) => {
      child.stdin.write(line);
    },
    async close() {
      child.stdin.end();
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        if (await isOver(gone, patience)) return;
        child.kill(signal);
      }
      await gone;
    },
    pause: () => {
      child.stdout.pause();
    },
    resume: () => {
      child.stdout.resume();
    },
  };
}

/** Whether something ends within a time in milliseconds. */
async function isOver(end: Promise<void>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const result = await Promise.race([end.then(() => true), late]);
  clearTimeout(timer);
  return result;
}

/** A word for cmd.exe. */
function quoted(word: string): string {
  return /[\s"&|<>^()%!]/.test(word) ? `"${word.replaceAll('"', '""')}"` : word;
}
