import type { Readable } from 'node:stream';

/** What came in, or in one sentence why it cannot be used. */
export type Input<T> = { readonly value: T } | { readonly problem: string };

/**
 * All of a stream as strict UTF-8. Gives up on more than `maxBytes` and after `patience` milliseconds, as a writer that never ends would hold
 * the guard for ever. Never rejects.
 */
export function readInput(stream: Readable, maxBytes: number, patience: number): Promise<Input<string>> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (input: Input<string>) => {
      clearTimeout(timer);
      stream.removeAllListeners();
      stream.on('error', () => {});
      stream.destroy();
      resolve(input);
    };
    const timer = setTimeout(() => end({ problem: `The input did not end within ${patience} ms.` }), patience);
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) return end({ problem: `The input is larger than ${maxBytes} bytes.` });
      chunks.push(chunk);
    });
    stream.on('error', (error) => end({ problem: `The input cannot be read: ${error.message}.` }));
    stream.on('end', () => {
      try {
        end({ value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(Buffer.concat(chunks)) });
      } catch {
        end({ problem: 'The input is not valid UTF-8.' });
      }
    });
  });
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
