import { join } from 'node:path';
import type { ExportFormat } from '../model/viewer.ts';
import { longestLine } from './append.ts';
import { canonicalJson } from './canonical.ts';
import { logFileName } from './chain.ts';
import { type AuditFilter, passes } from './query.ts';
import { logFiles } from './verify.ts';
import { eventText, readLine, subjectOf } from './viewer-line.ts';
import { readBytes } from './viewer-log.ts';

/** Where a line stands. */
export interface LinePlace {
  readonly file: string;
  readonly offset: number;
}

const columns = [
  'seq',
  'timestamp',
  'type',
  'outcome',
  'verdict',
  'risk',
  'agent',
  'tool',
  'native_tool',
  'rule',
  'layer',
  'reason',
  'subject',
  'session',
  'user',
  'cwd',
  'workspace',
  'mode',
  'decision_id',
  'policy',
  'approval_by',
  'approval_answer',
  'approval_waited_ms',
  'approval_message',
  'break_glass',
  'latency_ms',
  'degraded',
] as const;

/**
 * Writes lines of the log as a file for other programs. `json`: one array with a record on each line of the file, exactly as in the log, so that its
 * chain can still be followed. `csv`: RFC 4180 with a row of names. A line that is no record keeps its place and says so.
 */
export class Exporter {
  readonly #format: ExportFormat;
  #count = 0;

  constructor(format: ExportFormat) {
    this.#format = format;
  }

  /** How many lines were given. */
  get count(): number {
    return this.#count;
  }

  /** What the file begins with. */
  start(): string {
    return this.#format === 'json' ? '[' : csvRow(columns);
  }

  /** A line, given without its newline. */
  line(bytes: Buffer, place: LinePlace): string {
    this.#count += 1;
    if (this.#format === 'csv') return csvLine(bytes);
    const line = readLine(bytes);
    const text =
      'entry' in line
        ? bytes.toString('utf8')
        : canonicalJson({ damaged: line.damage, file: place.file, offset: place.offset, text: bytes.toString('utf8', 0, 70_000) });
    return `${this.#count === 1 ? '\n' : ',\n'}${text}`;
  }

  /** What the file ends with. */
  end(): string {
    return this.#format === 'json' ? '\n]\n' : '';
  }
}

const pieceLength = 256 * 1024;

/**
 * A whole log, or what of it passes a filter, in pieces, with how many lines have been written by then. Lines that are no records are left out where
 * there is a filter. Files that cannot be read are left out: `verifyLog` reports them.
 */
export function* exportLog(
  directory: string,
  format: ExportFormat,
  filter: AuditFilter = {},
): Generator<{ readonly text: string; readonly count: number }> {
  const exporter = new Exporter(format);
  const isFiltered = Object.keys(filter).length > 0;
  let text = exporter.start();
  for (const { bytes, ...place } of logLines(directory)) {
    const line = isFiltered ? readLine(bytes) : undefined;
    if (line !== undefined && ('damage' in line || !passes(line.entry.record, filter))) continue;
    text += exporter.line(bytes, place);
    if (text.length < pieceLength) continue;
    yield { text, count: exporter.count };
    text = '';
  }
  yield { text: text + exporter.end(), count: exporter.count };
}

/** Every line of a log, the oldest first; a line without end at the end of the newest file is still being written. `bytes` are valid until the next. */
function* logLines(directory: string): Generator<LinePlace & { readonly bytes: Buffer }> {
  const numbers = logFiles(directory);
  for (const number of numbers) {
    const file = logFileName(number);
    const path = join(directory, file);
    for (let offset = 0; ; ) {
      const piece = readBytes(path, offset, offset + 1024 * 1024);
      let end = piece.lastIndexOf(10) + 1;
      if (end === 0 && (number !== numbers.at(-1) || piece.length > 2 * longestLine)) end = piece.length;
      if (end === 0) break;
      for (let from = 0; from < end; ) {
        const newline = piece.indexOf(10, from);
        const to = newline < 0 ? end : newline;
        yield { file, offset: offset + from, bytes: piece.subarray(from, to) };
        from = to + 1;
      }
      offset += end;
    }
  }
}

function csvLine(bytes: Buffer): string {
  const line = readLine(bytes);
  const cells: Partial<Record<(typeof columns)[number], unknown>> = {};
  if ('damage' in line) {
    Object.assign(cells, { type: 'damaged', subject: bytes.toString('utf8', 0, 4096) });
  } else {
    const { seq, record } = line.entry;
    Object.assign(cells, { ...record, seq });
    if (record.type === 'event') cells.subject = eventText(record);
    else {
      const { approval, policy } = record;
      Object.assign(cells, {
        subject: subjectOf(record),
        policy: policy?.id,
        approval_by: approval?.by,
        approval_answer: approval?.answer,
        approval_waited_ms: approval?.waited_ms,
        approval_message: approval?.message,
      });
    }
  }
  return csvRow(columns.map((name) => cells[name]));
}

/** One row of RFC 4180. */
function csvRow(cells: readonly unknown[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/**
 * A cell. A text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, "CSV Injection"): what stands in a record was chosen
 * by an agent, and whoever opens the file would run it.
 */
function csvCell(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return '';
  const text = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
