import { closeSync, fstatSync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditRecord } from '../model/audit-record.ts';
import { writeAll } from '../platform/atomic-write.ts';
import { loadBeside } from '../platform/beside.ts';
import { takeToken, type Token } from '../platform/token.ts';
import { canonicalJson } from './canonical.ts';
import { chainLine, emptyHead, type Head, headLength, lineHash, logFileName, readHead, writeHead } from './chain.ts';
import type { repair } from './repair.ts';

/** Where the log is and how it grows. */
export interface AuditLog {
  /** Directory of the log's files; the head of the chain lies in its folder `head`. */
  readonly directory: string;
  /** Bytes at which a new file is begun. */
  readonly maxBytes?: number;
  /** Milliseconds after which a new file is begun. */
  readonly maxAge?: number;
  /** Milliseconds to wait for other writers. */
  readonly patience?: number;
}

const defaultBytes = 16 * 1024 * 1024;
const defaultAge = 30 * 24 * 60 * 60 * 1000;
const defaultPatience = 3000;

/** Longest line of the log in bytes: what a verifier must hold at once. */
export const longestLine = 64 * 1024;

/**
 * Appends a record and returns its number in the chain. When this returns, the record is written and its hash anchored: a killed process cannot
 * lose it. Takes the same time however long the log is.
 *
 * All writers take turns by the token that holds the head of the chain (see `token.ts`): one chain over all processes is what makes
 * a deletion in the middle visible, which separate files for each writer would not.
 *
 * Throws where the record cannot be written (disk full or read-only, a writer that holds the token too long, a record too long); nothing of it
 * is in the log then.
 */
export function appendRecord(log: AuditLog, record: AuditRecord): number {
  const json = canonicalJson(record);
  if (Buffer.byteLength(json) > longestLine - 256) throw new RangeError('The audit record is too long.');
  const token = takeToken(join(log.directory, 'head'), log.patience ?? defaultPatience);
  try {
    return appendHolding(log, token, json);
  } finally {
    token.release();
  }
}

function appendHolding(log: AuditLog, token: Token, json: string): number {
  const anchor = openSync(token.path, 'r+');
  try {
    const found = anchoredHead(anchor);
    const now = Date.now();
    const known = found ?? emptyHead;
    let head = known;
    // The usual case is one question to the disk: the file is as long as the head says.
    if (found === undefined || length(log.directory, known.file) !== known.bytes) {
      const rare = loadBeside('rare') as { readonly repair: typeof repair };
      const repaired = rare.repair(log.directory, found, now);
      head = repaired.head;
      for (const event of repaired.events) head = write(log, anchor, head, canonicalJson(event), now);
    }
    return write(log, anchor, head, json, now).seq;
  } finally {
    closeSync(anchor);
  }
}

function write(log: AuditLog, anchor: number, before: Head, json: string, now: number): Head {
  const line = Buffer.from(`${chainLine(before.hash, json, before.seq + 1)}\n`);
  const isNewFile = before.bytes > 0 && isFull(log, before, line.length, now);
  const head = isNewFile ? { ...before, file: before.file + 1, bytes: 0 } : before;
  // The new file is anchored before it is there: what a killed writer leaves in it is then found by its length.
  if (isNewFile || before.seq === 0) anchorHead(anchor, head);
  const descriptor = openSync(join(log.directory, logFileName(head.file)), 'a', 0o600);
  try {
    writeAll(descriptor, line);
    const next: Head = {
      bytes: head.bytes + line.length,
      file: head.file,
      hash: lineHash(line.subarray(0, -1)),
      seq: head.seq + 1,
      started: head.bytes === 0 ? now : head.started,
    };
    anchorHead(anchor, next);
    return next;
  } catch (error) {
    // A full disk may have taken half of the line, or the line without its head: what is not acknowledged shall not be there.
    ftruncateSync(descriptor, head.bytes);
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function anchorHead(anchor: number, head: Head): void {
  if (writeSync(anchor, writeHead(head), 0, 'latin1') !== headLength) throw new Error('The head of the audit log could not be written.');
}

function isFull(log: AuditLog, head: Head, more: number, now: number): boolean {
  return head.bytes + more > (log.maxBytes ?? defaultBytes) || now - head.started > (log.maxAge ?? defaultAge);
}

function anchoredHead(anchor: number): Head | undefined {
  const bytes = Buffer.alloc(headLength);
  return fstatSync(anchor).size === headLength && readSync(anchor, bytes, 0, headLength, 0) === headLength
    ? readHead(bytes.toString('latin1'))
    : undefined;
}

function length(directory: string, file: number): number {
  return statSync(join(directory, logFileName(file)), { throwIfNoEntry: false })?.size ?? 0;
}
