import { isUtf8 } from 'node:buffer';
import { read } from 'node:fs';
import type { Readable } from 'node:stream';
import { errorCode } from './process.ts';
import { canLeaveBlocked, setBlocked } from './leave.ts';

/** What came in, or in one sentence why it cannot be used. */
export type Input<T> = { readonly value: T } | { readonly problem: string };

/**
 * All of standard input as strict UTF-8; see {@link readInput}. Node's stream for it takes four milliseconds to load, so it is only used where the
 * process could not end while a read is still waiting, or where the descriptor cannot be read this way (`EAGAIN`: somebody made it non-blocking).
 */
export function readStandardInput(maxBytes: number, patience: number): Promise<Input<string>> {
  if (!canLeaveBlocked()) return readInput(process.stdin, maxBytes, patience);
  return new Promise((resolve) => {
    const start = Date.now();
    const chunks: Buffer[] = [];
    let length = 0;
    let ended = false;
    const end = (input: Input<string>) => {
      ended = true;
      clearTimeout(timer);
      resolve(input);
    };
    const timer = setTimeout(() => end(tooSlow(patience)), patience);
    const next = () => {
      const chunk = Buffer.allocUnsafe(pieceSize);
      setBlocked(true);
      readInOneThread(chunk, (error, count) => {
        setBlocked(false);
        if (ended) return;
        if (error !== null && errorCode(error) === 'EAGAIN') {
          clearTimeout(timer);
          resolve(readInput(process.stdin, maxBytes, patience - (Date.now() - start), chunks));
          return;
        }
        if (error !== null) return end(unreadable(error));
        if (count === 0) return end(decoded(chunks));
        length += count;
        if (length > maxBytes) return end(tooLarge(maxBytes));
        chunks.push(chunk.subarray(0, count));
        next();
      });
    };
    next();
  });
}

const pieceSize = 64 * 1024;

/**
 * Reads from standard input, in a thread of its own. Nothing else here needs threads, so that of the four that the first read would start, one is
 * asked for; what this process starts is told nothing of that. Where they have been started before, nothing changes.
 */
function readInOneThread(chunk: Buffer, done: (error: Error | null, count: number) => void): void {
  const { env } = process;
  const threads = env['UV_THREADPOOL_SIZE'];
  env['UV_THREADPOOL_SIZE'] = '1';
  read(0, chunk, 0, pieceSize, null, done);
  if (threads === undefined) delete env['UV_THREADPOOL_SIZE'];
  else env['UV_THREADPOOL_SIZE'] = threads;
}

/**
 * All of a stream as strict UTF-8, after what was read of it `before`. Gives up on more than `maxBytes` and after `patience` milliseconds, as a writer
 * that never ends would hold the guard for ever. Never rejects.
 */
export function readInput(stream: Readable, maxBytes: number, patience: number, before: readonly Buffer[] = []): Promise<Input<string>> {
  return new Promise((resolve) => {
    const chunks = [...before];
    let length = before.reduce((sum, { length: more }) => sum + more, 0);
    const end = (input: Input<string>) => {
      clearTimeout(timer);
      stream.removeAllListeners();
      stream.on('error', () => {});
      stream.destroy();
      resolve(input);
    };
    const timer = setTimeout(() => end(tooSlow(patience)), patience);
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) return end(tooLarge(maxBytes));
      chunks.push(chunk);
    });
    stream.on('error', (error) => end(unreadable(error)));
    stream.on('end', () => end(decoded(chunks)));
  });
}

function tooSlow(patience: number): Input<never> {
  return { problem: `The input did not end within ${patience} ms.` };
}

function tooLarge(maxBytes: number): Input<never> {
  return { problem: `The input is larger than ${maxBytes} bytes.` };
}

function unreadable(error: Error): Input<never> {
  return { problem: `The input cannot be read: ${error.message}.` };
}

function decoded(chunks: readonly Buffer[]): Input<string> {
  const bytes = Buffer.concat(chunks);
  if (!isUtf8(bytes)) return { problem: 'The input is not valid UTF-8.' };
  // A byte order mark is no part of the text.
  return { value: bytes.toString('utf8').replace(/^\uFEFF/, '') };
}

/** The JSON of a text, nested at most `maxDepth` deep: what handles the value afterwards may call itself for every level. Never throws. */
export function parseBounded(text: string, maxDepth: number): Input<unknown> {
  if (text.trim() === '') return { problem: 'The input is empty.' };
  if (depthOf(text) > maxDepth) return { problem: `The input is nested deeper than ${maxDepth} levels.` };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { problem: 'The input is not JSON.' };
  }
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x22) {
      index = endOfString(text, index);
    } else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return deepest;
}

/** Index of the quote that ends the string begun at `start`. */
function endOfString(text: string, start: number): number {
  for (let index = start + 1; ; ) {
    const end = text.indexOf('"', index);
    if (end < 0) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return end;
    index = end + 1;
  }
}
