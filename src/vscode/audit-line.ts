import { subjectOf } from '../audit/viewer-line.ts';
import type { AuditRecord } from '../model/audit-record.ts';
import { visibleLine } from '../present/visible-text.ts';

/** A record as one line for people, and how loud it is. */
export interface AuditLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
}

const longest = 400;

/** A record as one line. Everything in it that came from an agent is made visible. */
export function auditLine(record: AuditRecord): AuditLine {
  if (record.type === 'event') {
    return { level: 'info', text: clip(visibleLine(`${record.event} ${JSON.stringify(record.details)}`)) };
  }
  const { agent, outcome, verdict, mode, rule, reason, approval, degraded } = record;
  const parts = [
    outcome.padEnd(8),
    agent,
    clip(subjectOf(record), 200),
    rule === '' ? '' : `[${rule}]`,
    outcome === 'approve' && verdict === 'approve' ? '' : reason,
    approval ? `(${approval.by}: ${approval.answer}${approval.message ? `, “${approval.message}”` : ''})` : '',
    mode === 'enforce' ? '' : `(mode ${mode})`,
    degraded === undefined ? '' : `(degraded: ${degraded})`,
  ];
  const level = degraded !== undefined ? 'error' : outcome === 'deny' ? 'warn' : 'info';
  return { level, text: clip(visibleLine(parts.filter((part) => part !== '').join('  '))) };
}

function clip(text: string, length = longest): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
