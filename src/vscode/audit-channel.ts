import { type LogOutputChannel, window } from 'vscode';
import type { AuditRecord } from '../model/audit-record.ts';
import { auditLine } from './audit-line.ts';

/** The output channel "Agent Policy": the audit log as it is written. */
export class AuditChannel {
  readonly #channel: LogOutputChannel;

  constructor() {
    this.#channel = window.createOutputChannel('Agent Policy', { log: true });
  }

  write(record: AuditRecord): void {
    const { level, text } = auditLine(record);
    this.#channel[level](text);
  }

  /** Says something of the extension's own. */
  problem(text: string): void {
    this.#channel.error(text);
  }

  show(): void {
    this.#channel.show(true);
  }

  dispose(): void {
    this.#channel.dispose();
  }
}
