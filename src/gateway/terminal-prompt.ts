import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';
import type { Asked } from '../approval/client.ts';
import type { ApprovalRequest } from '../approval/messages.ts';
import { question } from '../present/question.ts';

/** Letters of the word that is typed: none that is taken for another. */
const letters = 'abcdefghjkmnpqrstuvwxyz';
/** What was typed before the question was there is taken away, for so many milliseconds. */
const guardMs = 600;

/**
 * Asks on the terminal that the agent was started from. Absent where there is none, where this process is not in its foreground, or where a program reads single keys from it:
 * an agent with a screen of its own, which would get the keys and overwrite the question. A word made for this question must be typed, so that nothing typed ahead or
 * meant for the agent can be an answer; everything else denies. `AGENT_POLICY_PROMPT=off` switches it off, which denies. Never rejects.
 */
export async function askTerminal(request: ApprovalRequest, device = '/dev/tty'): Promise<Asked | undefined> {
  if (process.platform === 'win32' || process.env['AGENT_POLICY_PROMPT'] === 'off' || request.needsReason === true) return undefined;
  const start = Date.now();
  let files: readonly [number, number] | undefined;
  try {
    files = [openSync(device, 'r'), openSync(device, 'w')];
    if (isForeground() && readsLines(files[0])) return await ask(request, files, start);
  } catch {
    // No terminal.
  }
  for (const file of files ?? []) {
    try {
      closeSync(file);
    } catch {
      // Its stream has closed it.
    }
  }
  return undefined;
}

/** Whether this process is in the foreground of its terminal; taken to be so where that cannot be known. A background process would be stopped for reading. */
function isForeground(): boolean {
  if (process.platform !== 'linux') return true;
  // pid (name) state ppid pgrp session tty tpgid: the name may hold anything.
  const fields = readFileSync('/proc/self/stat', 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return fields[2] === fields[5];
}

/** Whether the terminal is in the mode for typing whole lines. */
function readsLines(file: number): boolean {
  const { status, stdout } = spawnSync('stty', ['-a'], { stdio: [file, 'pipe', 'ignore'], encoding: 'utf8', timeout: 1000 });
  return status === 0 && /(?:^|\s)icanon\b/.test(stdout);
}

function ask(request: ApprovalRequest, [input, output]: readonly [number, number], start: number): Promise<Asked> {
  const word = Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('');
  const { message, detail } = question(request, { deadline: new Date(request.deadline).toLocaleTimeString() });
  const [reader, writer] = [new ReadStream(input), new WriteStream(output)];
  return new Promise((resolve) => {
    let typed = '';
    let isOpen = false;
    const end = (asked: Asked, said: string) => {
      clearTimeout(opening);
      clearTimeout(closing);
      writer.write(`${said}\r\n`, () => {
        reader.destroy();
        writer.destroy();
        resolve(asked);
      });
    };
    const waitedMs = () => Date.now() - start;
    const deny = (said: string) => end({ by: 'terminal', answer: { answer: 'deny' }, waitedMs: waitedMs() }, said);
    const opening = setTimeout(() => {
      isOpen = true;
      writer.write(
        `\r\n\x07Agent Policy: ${message}\r\n\r\n${detail.replaceAll('\n', '\r\n')}\r\n\r\nType ${word} to allow it once; Enter denies it: `,
      );
    }, guardMs);
    const closing = setTimeout(
      () => end({ by: 'expired', waitedMs: waitedMs() }, '\r\nNobody answered in time: denied.'),
      Math.max(1, request.deadline - Date.now()),
    );
    reader.on('data', (data: Buffer) => {
      if (!isOpen) return;
      typed += data.toString('utf8');
      if (!/[\r\n]/.test(typed) && typed.length < 1000) return;
      if (
        typed
          .split(/[\r\n]/)[0]
          ?.trim()
          .toLowerCase() !== word
      )
        return deny('Denied.');
      end({ by: 'terminal', answer: { answer: 'allow', scope: 'once' }, waitedMs: waitedMs() }, 'Allowed once.');
    });
    reader.on('error', () => deny('Denied.'));
    reader.on('end', () => deny('Denied.'));
    writer.on('error', () => end({ by: 'no-window', waitedMs: waitedMs() }, ''));
  });
}
