import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditRecord } from '../model/audit-record.ts';
import { longestLine } from './append.ts';
import type { AuditEntry } from './chain.ts';
import { logFileName } from './chain.ts';
import { logFiles } from './verify.ts';

/** Which records are wanted; all keys that are there must hold. */
export interface AuditFilter {
  /** RFC 3339; inclusive. */
  readonly since?: string;
  readonly until?: string;
  readonly agent?: string;
  readonly session?: string;
  readonly outcome?: string;
  readonly rule?: string;
  readonly tool?: string;
  /** `decision` or `event`. */
  readonly type?: AuditRecord['type'];
  readonly decisionId?: string;
  readonly risk?: string;
  /** A text that one of the record's texts contains, in any letter case. */
  readonly text?: string;
}

/**
 * The newest `limit` entries that pass the filter, oldest first. Reads the files from their end, so that the newest of a long log are quick.
 * Lines that are no record are left out: `verifyLog` reports them. Never throws.
 */
export function queryLog(directory: string, filter: AuditFilter, limit: number): readonly AuditEntry[] {
  const found: AuditEntry[] = [];
  for (const number of [...logFiles(directory)].reverse()) {
    for (const line of linesBackwards(join(directory, logFileName(number)))) {
      if (found.length >= limit) break;
      const entry = parseEntry(line);
      if (entry !== undefined && passes(entry.record, filter)) found.push(entry);
    }
  }
  return found.reverse();
}

/** Where a {@link readNew} goes on. */
export interface Follow {
  readonly file: number;
  readonly offset: number;
}

/** Entries written since; call it again with the returned place. Without a place: starts at the present end. Never throws. */
export function readNew(directory: string, from?: Follow): { readonly entries: readonly AuditEntry[]; readonly next: Follow } {
  const files = logFiles(directory);
  const newest = files.at(-1) ?? 1;
  if (from === undefined) return { entries: [], next: { file: newest, offset: sizeOf(join(directory, logFileName(newest))) } };
  const entries: AuditEntry[] = [];
  let { file, offset } = from;
  for (;;) {
    const path = join(directory, logFileName(file));
    const bytes = readRange(path, offset, Math.min(sizeOf(path), offset + 4 * 1024 * 1024));
    const end = bytes.lastIndexOf(10) + 1;
    offset += end;
    for (const line of bytes.subarray(0, end).toString('utf8').split('\n')) {
      const entry = parseEntry(line);
      if (entry !== undefined) entries.push(entry);
    }
    if (end > 0) continue;
    if (file >= newest) return { entries, next: { file, offset } };
    file += 1;
    offset = 0;
  }
}

/** The entry of a line; `undefined` where it is none. */
export function parseEntry(line: string): AuditEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || !('record' in value) || !('seq' in value) || !('prev' in value)) return undefined;
    const { record } = value;
    const isRecord =
      typeof record === 'object' && record !== null && 'type' in record && (record.type === 'decision' || record.type === 'event');
    return isRecord ? (value as AuditEntry) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a record is one that is wanted. */
export function passes(record: AuditRecord, filter: AuditFilter): boolean {
  if (filter.type !== undefined && record.type !== filter.type) return false;
  if (filter.since !== undefined && record.timestamp < filter.since) return false;
  if (filter.until !== undefined && record.timestamp > filter.until) return false;
  const decision = record.type === 'decision' ? record : undefined;
  const same = (wanted: string | undefined, is: string | undefined) => wanted === undefined || wanted === is;
  return (
    same(filter.agent, decision?.agent) &&
    same(filter.session, decision?.session) &&
    same(filter.outcome, decision?.outcome) &&
    same(filter.rule, decision?.rule) &&
    same(filter.tool, decision?.tool) &&
    same(filter.risk, decision?.risk) &&
    same(filter.decisionId, decision?.decision_id) &&
    (filter.text === undefined || holdsText(record, filter.text.toLowerCase()))
  );
}

function holdsText(value: unknown, lower: string): boolean {
  if (typeof value === 'string') return value.toLowerCase().includes(lower);
  return typeof value === 'object' && value !== null && Object.values(value).some((each) => holdsText(each, lower));
}

function* linesBackwards(path: string): Generator<string> {
  let end = sizeOf(path);
  let rest = Buffer.alloc(0);
  while (end > 0) {
    const start = Math.max(0, end - 256 * 1024);
    const bytes = Buffer.concat([readRange(path, start, end), rest]);
    if (bytes.length === rest.length) return;
    end = start;
    const first = start === 0 ? 0 : bytes.indexOf(10) + 1;
    const lines = bytes.subarray(first).toString('utf8').split('\n');
    rest = Buffer.from(bytes.subarray(0, first));
    // A piece without any newline is no log of ours.
    if (rest.length > 2 * longestLine + 256 * 1024) return;
    for (const line of lines.reverse()) if (line !== '') yield line;
  }
}

function sizeOf(path: string): number {
  return withFile(path, 0, (descriptor) => fstatSync(descriptor).size);
}

function readRange(path: string, start: number, end: number): Buffer {
  return withFile(path, Buffer.alloc(0), (descriptor) => {
    const bytes = Buffer.alloc(Math.max(0, end - start));
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, start));
  });
}

function withFile<T>(path: string, otherwise: T, work: (descriptor: number) => T): T {
  try {
    const descriptor = openSync(path, 'r');
    try {
      return work(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return otherwise;
  }
}
