import { closeSync, fstatSync, openSync, readdirSync, readSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { EventRecord } from '../model/audit-record.ts';
import { writeNew } from '../platform/atomic-write.ts';
import { errorCode } from '../platform/process.ts';
import { emptyHead, type Head, lineHash, linkOf, logFileName, logFileNumber, noHash } from './chain.ts';

/** A head that fits the files, and what has to be written down about it. */
export interface Repaired {
  readonly head: Head;
  readonly events: readonly EventRecord[];
}

/** Most bytes after the head that a dead writer can have left; more is somebody else's work. */
const largestTail = 1024 * 1024;

/**
 * Makes head and files fit again, while the token is held: after a writer was killed between line and head, after a torn line, after
 * somebody changed or removed a file. Nothing is destroyed: what does not belong to the chain is moved to a file `torn-…` beside the log.
 * What was cut off or removed is not hidden either: the chain goes on from the anchored head, so that `verify` finds the gap.
 */
export function repair(directory: string, anchored: Head | undefined, now: number): Repaired {
  if (anchored === undefined) return withoutHead(directory, Math.max(0, ...names(directory).map((name) => logFileNumber(name) ?? 0)), now);
  const { file, bytes: start } = anchored;
  const tail = readTail(join(directory, logFileName(file)), start);
  if (tail.length < start) {
    return {
      // A new file: the old one may now end in the middle of a line.
      head: { ...anchored, file: anchored.file + 1, bytes: 0 },
      events: [
        event('audit-truncated', now, { file: logFileName(file), expected_bytes: start, found_bytes: tail.length, last_seq: anchored.seq }),
      ],
    };
  }
  return adopt(directory, start === 0 ? { ...anchored, started: now } : anchored, tail.bytes, now);
}

/** Takes over complete lines that continue the chain; moves the rest away. */
function adopt(directory: string, from: Head, tail: Buffer, now: number): Repaired {
  let head = from;
  let done = 0;
  for (let end = tail.indexOf(10, done); end >= 0; end = tail.indexOf(10, done)) {
    const line = tail.subarray(done, end);
    const link = linkOf(line.toString('latin1', 0, 90), line.toString('latin1', Math.max(0, line.length - 30)));
    if (link === undefined || link.prev !== head.hash || link.seq !== head.seq + 1) break;
    done = end + 1;
    head = { ...head, bytes: from.bytes + done, hash: lineHash(line), seq: link.seq };
  }
  const path = join(directory, logFileName(from.file));
  const rest = tail.length - done;
  if (rest === 0) return { head, events: [] };
  const quarantine = `torn-${now}-${process.pid}.txt`;
  writeNew(join(directory, quarantine), tail.subarray(done));
  truncateSync(path, head.bytes);
  return { head, events: [event('audit-repaired', now, { file: logFileName(from.file), moved_bytes: rest, moved_to: quarantine })] };
}

/** The head is gone or cannot be read. A log without it is continued after its last line, which is written down. */
function withoutHead(directory: string, last: number, now: number): Repaired {
  if (last === 0) return { head: emptyHead, events: [] };
  const path = join(directory, logFileName(last));
  const size = readTail(path, 0).length;
  const start = Math.max(0, size - largestTail);
  const { bytes } = readTail(path, start);
  const end = bytes.lastIndexOf(10);
  const begin = end <= 0 ? 0 : bytes.lastIndexOf(10, end - 1) + 1;
  const line = bytes.subarray(begin, Math.max(begin, end));
  const link = linkOf(line.toString('latin1', 0, 90), line.toString('latin1', Math.max(0, line.length - 30)));
  const complete: Head = {
    bytes: start + end + 1,
    file: last,
    hash: link === undefined ? noHash : lineHash(line),
    seq: link?.seq ?? 0,
    started: now,
  };
  const lost = event('audit-head-lost', now, { file: logFileName(last), continued_after_seq: complete.seq });
  const repaired = adopt(directory, complete, bytes.subarray(end + 1), now);
  return { head: repaired.head, events: [lost, ...repaired.events] };
}

function readTail(path: string, start: number): { readonly length: number; readonly bytes: Buffer } {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { length: 0, bytes: Buffer.alloc(0) };
    throw error;
  }
  try {
    const { size } = fstatSync(descriptor);
    if (size - start > largestTail && start > 0)
      throw new Error(`${path} has grown by ${size - start} bytes that no writer of the audit log wrote.`);
    const bytes = Buffer.alloc(Math.max(0, Math.min(size - start, largestTail)));
    readSync(descriptor, bytes, 0, bytes.length, start);
    return { length: size, bytes };
  } finally {
    closeSync(descriptor);
  }
}

function names(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function event(name: string, now: number, details: Readonly<Record<string, unknown>>): EventRecord {
  return { type: 'event', event: name, timestamp: new Date(now).toISOString(), user: '', details };
}
