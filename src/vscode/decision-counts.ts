import type { AuditRecord } from '../model/audit-record.ts';

/** What was decided since the window was opened. */
export interface DecisionCounts {
  readonly approved: number;
  readonly denied: number;
  readonly asked: number;
}

export const noDecisions: DecisionCounts = { approved: 0, denied: 0, asked: 0 };

/** The counts with one record more. */
export function countDecision(counts: DecisionCounts, record: AuditRecord): DecisionCounts {
  if (record.type !== 'decision') return counts;
  return {
    approved: counts.approved + (record.outcome === 'approve' ? 1 : 0),
    denied: counts.denied + (record.outcome === 'deny' ? 1 : 0),
    asked: counts.asked + (record.verdict === 'escalate' ? 1 : 0),
  };
}
