import crypto from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { type Head, linkOf, logFileName, logFileNumber, noHash, readHead } from './chain.ts';
import { longestLine } from './append.ts';

/** One thing wrong with the log. */
export interface AuditProblem {
  readonly code:
    | 'bad-line'
    | 'broken-link'
    | 'missing-records'
    | 'wrong-order'
    | 'missing-file'
    | 'truncated'
    | 'head-missing'
    | 'head-differs'
    | 'unreadable'
    | 'torn-end'
    | 'anchor-differs';
  /** One sentence. */
  readonly message: string;
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
}

/** What a verification found. */
export interface Verification {
  readonly ok: boolean;
  readonly records: number;
  readonly files: number;
  /** Hash and number of the last record: to be kept elsewhere and given as `anchor` next time. */
  readonly head: { readonly seq: number; readonly hash: string };
  /** At most 100. */
  readonly problems: readonly AuditProblem[];
}

export interface VerifyOptions {
  /** An earlier head that was kept where the log's writers cannot reach: finds a log that was rolled back together with its head. */
  readonly anchor?: { readonly seq: number; readonly hash: string };
}

const mostProblems = 100;

/** The event that says so; a text inside a record cannot contain it, as its quotes are escaped. */
const headLost = Buffer.from('"event":"audit-head-lost"');
/** How the record of an event begins, in a line. */
const eventStart = /^.{75}"record":\{"details":/;

/** The native implementation, in one call where there is one (Node 20.12): this runs over millions of lines. */
const hashOf: (bytes: Uint8Array) => string =
  typeof crypto.hash === 'function'
    ? (bytes) => crypto.hash('sha256', bytes, 'hex')
    : (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

/**
 * Reads the whole log and checks that every record is the one that was written, in its place: edits, deletions, insertions, another order, missing
 * files and a cut-off end. Reads in pieces, so that the size of the log does not matter. Never throws.
 */
export function verifyLog(directory: string, options: VerifyOptions = {}): Verification {
  const problems: AuditProblem[] = [];
  const report = (problem: AuditProblem) => {
    if (problems.length < mostProblems) problems.push(problem);
  };
  // The head first: records that come after it while this reads are no fault.
  const anchored = anchoredHead(directory);
  const numbers = logFiles(directory);
  let prev = noHash;
  let seq = 0;
  let records = 0;
  let reached = anchored === undefined || anchored.seq === 0;
  let atAnchor = options.anchor === undefined || options.anchor.seq === 0;

  for (const [index, number] of numbers.entries()) {
    const file = logFileName(number);
    if (number !== index + 1 && (index === 0 || numbers[index - 1] !== number - 1)) {
      report({ code: 'missing-file', message: `The file before ${file} is missing.`, file });
    }
    let lineNumber = 0;
    let end = 0;
    const torn = readLines(join(directory, file), report, (bytes) => {
      lineNumber += 1;
      end += bytes.length + 1;
      const start = bytes.toString('latin1', 0, 100);
      const link = linkOf(start, bytes.toString('latin1', Math.max(0, bytes.length - 30)));
      const place = { file, line: lineNumber };
      if (link === undefined) {
        report({ code: 'bad-line', message: `${file}:${lineNumber} is no audit record.`, ...place });
      } else {
        if (link.seq <= seq) {
          report({ code: 'wrong-order', message: `${file}:${lineNumber} is record ${link.seq}, after record ${seq}.`, ...place });
        } else if (link.seq > seq + 1) {
          report({
            code: 'missing-records',
            message: `${file}:${lineNumber}: records ${seq + 1} to ${link.seq - 1} are missing.`,
            ...place,
          });
        }
        if (link.prev !== prev) {
          report({
            code: 'broken-link',
            message: `${file}:${lineNumber}: the record before it was changed or is not the one that was there.`,
            ...place,
          });
        }
        if (eventStart.test(start) && bytes.includes(headLost)) {
          report({
            code: 'head-missing',
            message: `${file}:${lineNumber}: the head of the chain was lost; records before this may be cut off.`,
            ...place,
          });
        }
        seq = link.seq;
        records += 1;
      }
      prev = hashOf(bytes);
      if (anchored !== undefined && seq === anchored.seq && !reached) {
        reached = true;
        if (prev !== anchored.hash)
          report({ code: 'head-differs', message: `${file}:${lineNumber}: the newest record was changed.`, ...place });
        // A new file is anchored before it is there.
        const isPlace = anchored.bytes === 0 ? anchored.file === number + 1 : anchored.file === number && anchored.bytes === end;
        if (!isPlace)
          report({ code: 'head-differs', message: `The head of the chain does not name the place of record ${seq}.`, ...place });
      }
      if (options.anchor !== undefined && seq === options.anchor.seq && !atAnchor) {
        atAnchor = true;
        if (prev !== options.anchor.hash) {
          report({
            code: 'anchor-differs',
            message: `${file}:${lineNumber} is not the record that was there when the anchor was taken.`,
            ...place,
          });
        }
      }
    });
    if (torn > 0 && number !== numbers.at(-1)) {
      report({ code: 'torn-end', message: `${file} ends with ${torn} bytes that are no record.`, file });
    }
  }
  if (anchored === undefined) {
    if (numbers.length > 0) report({ code: 'head-missing', message: 'The head of the chain is missing, so a cut-off end cannot be seen.' });
  } else if (!reached) {
    report({ code: 'truncated', message: `The log ends with record ${seq}, but ${anchored.seq} records were written.` });
  }
  // Each record is anchored before the next is written: a killed writer leaves one that is not.
  const after = anchored === undefined ? undefined : anchoredHead(directory);
  if (after !== undefined && after.seq < seq - 1)
    report({ code: 'head-differs', message: `The head of the chain names record ${after.seq}, but the log goes on to record ${seq}.` });
  if (!atAnchor)
    report({ code: 'truncated', message: `The log ends with record ${seq}, but record ${options.anchor?.seq} was there before.` });
  return { ok: problems.length === 0, records, files: numbers.length, head: { seq, hash: prev }, problems };
}

/** Calls `each` for every line and returns how many bytes without newline are at the end. `bytes` is only valid during the call. */
function readLines(path: string, report: (problem: AuditProblem) => void, each: (bytes: Buffer) => void): number {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    report({ code: 'unreadable', message: `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}` });
    return 0;
  }
  try {
    const buffer = Buffer.allocUnsafe(1024 * 1024);
    let filled = 0;
    for (;;) {
      const read = readSync(descriptor, buffer, filled, buffer.length - filled, null);
      if (read === 0) return filled;
      filled += read;
      let start = 0;
      for (let end = buffer.indexOf(10, start); end >= 0 && end < filled; end = buffer.indexOf(10, start)) {
        each(buffer.subarray(start, end));
        start = end + 1;
      }
      if (filled - start > longestLine) {
        each(buffer.subarray(start, start + longestLine));
        start = filled;
      }
      buffer.copyWithin(0, start, filled);
      filled -= start;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Numbers of the log's files in order. */
export function logFiles(directory: string): readonly number[] {
  try {
    return readdirSync(directory)
      .flatMap((name) => logFileNumber(name) ?? [])
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}

/** The anchored head, whoever holds it. A rename may hide it for an instant, so it is looked for more than once. */
export function anchoredHead(directory: string): Head | undefined {
  const folder = join(directory, 'head');
  for (let attempt = 0; attempt < 50; attempt += 1) {
    try {
      const name = attempt % 2 === 0 ? 'free' : readdirSync(folder).find((each) => each.startsWith('held.'));
      const head = name === undefined ? undefined : readHead(readFileSync(join(folder, name), 'latin1'));
      if (head !== undefined) return head;
    } catch {
      // Renamed meanwhile, or not there.
    }
  }
  return undefined;
}
