import type { ExportFormat } from '../model/viewer.ts';
import { canonicalJson } from './canonical.ts';
import { eventText, readLine, subjectOf } from './viewer-line.ts';

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
