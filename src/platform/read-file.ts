import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Why a file could not be read as text. */
export class UnreadableFile extends Error {
  readonly code = 'unreadable-file';
}

/**
 * Text of a regular file of at most `max` bytes of strict UTF-8. Throws {@link UnreadableFile} for what is larger, no file or no text, and what the
 * file system says otherwise. `O_NONBLOCK`: opening a pipe that nobody writes to would wait for ever.
 */
export function readTextFile(path: string, max: number): string {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new UnreadableFile('it is not a file');
    // Files of /proc say that they are empty; others grow while they are read. One byte more than allowed shows it.
    const bytes = Buffer.allocUnsafe(Math.min(max, Math.max(stat.size, 65_536)) + 1);
    for (let length = 0; stat.size <= max && length < bytes.length; ) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, null);
      if (read === 0) return decode(bytes.subarray(0, length));
      length += read;
    }
    throw new UnreadableFile(`it is larger than ${max} bytes`);
  } finally {
    closeSync(descriptor);
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UnreadableFile('it is not UTF-8 text');
  }
}
