import type { AuditRecord } from '../model/audit-record.ts';
import { sha256 } from '../platform/sha256.ts';
import { canonicalJson } from './canonical.ts';

/**
 * The chain: a line of the log is `{"prev":"<hex>","record":{…},"seq":<n>}` and a newline, canonical JSON, where `prev` is the sha-256 of the
 * line before without its newline. In canonical order `prev` comes first and `seq` last, so that a verifier finds both without parsing.
 */
export interface AuditEntry {
  readonly prev: string;
  readonly record: AuditRecord;
  /** 1 for the first. */
  readonly seq: number;
}

/** What `prev` is in the first line. */
export const noHash = '0'.repeat(64);

/** sha-256 of a line without its newline. */
export function lineHash(line: string | Uint8Array): string {
  return sha256(line);
}

/** The line for a record, without newline. `json` is the record's canonical JSON, made before the lock is taken. */
export function chainLine(prev: string, json: string, seq: number): string {
  return `{"prev":"${prev}","record":${json},"seq":${seq}}`;
}

const linkStart = /^\{"prev":"([0-9a-f]{64})","record":\{/;
const linkEnd = /\},"seq":([1-9][0-9]{0,15})\}$/;

/** `prev` and `seq` of a line, by its first 90 and its last 30 characters; `undefined` where it is none. */
export function linkOf(start: string, end: string): { readonly prev: string; readonly seq: number } | undefined {
  const prev = linkStart.exec(start)?.[1];
  const seq = linkEnd.exec(end)?.[1];
  return prev === undefined || seq === undefined ? undefined : { prev, seq: Number(seq) };
}

/** The end of the chain, as it is anchored outside the log's files. */
export interface Head {
  /** Length in bytes of the newest file. */
  readonly bytes: number;
  /** Number of the newest file, from 1. */
  readonly file: number;
  /** Hash of the last line. */
  readonly hash: string;
  readonly seq: number;
  /** When the newest file was begun, in milliseconds since 1970. */
  readonly started: number;
}

export const emptyHead: Head = { bytes: 0, file: 1, hash: noHash, seq: 0, started: 0 };

/** Length in bytes of a written head: it is overwritten in place, within one block of the disk. */
export const headLength = 256;

/** A head as it is written. */
export function writeHead(head: Head): string {
  return `${canonicalJson(head).padEnd(headLength - 1)}\n`;
}

/** A written head; `undefined` where it is none. */
export function readHead(text: string): Head | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { bytes, file, hash, seq, started } = value as Readonly<Record<string, unknown>>;
    const isCount = (count: unknown): count is number => Number.isSafeInteger(count) && Number(count) >= 0;
    if (!isCount(bytes) || !isCount(file) || !isCount(seq) || !isCount(started)) return undefined;
    return typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash) ? { bytes, file, hash, seq, started } : undefined;
  } catch {
    return undefined;
  }
}

/** Name of a file of the log. */
export function logFileName(file: number): string {
  return `audit-${String(file).padStart(6, '0')}.jsonl`;
}

/** Number of a file of the log; `undefined` where it is none. */
export function logFileNumber(name: string): number | undefined {
  const digits = /^audit-([0-9]{6,12})\.jsonl$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
