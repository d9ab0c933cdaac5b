import type { DecisionRecord } from '../model/audit-record.ts';
import type { AuditEntry } from './chain.ts';

/** A time in which the glass was broken, and all that ran because of it. */
export interface BreakGlassUse {
  readonly id: string;
  readonly who: string;
  readonly reason: string;
  readonly scope: string;
  readonly since: string;
  readonly until: string;
  /** When it was ended before its time. */
  readonly ended?: string;
  readonly calls: readonly DecisionRecord[];
}

/** Every break-glass of a log, oldest first. A use whose beginning is no longer in the log is listed all the same. */
export function breakGlassUses(entries: readonly AuditEntry[]): readonly BreakGlassUse[] {
  const uses = new Map<string, { -readonly [K in keyof BreakGlassUse]: BreakGlassUse[K] }>();
  const use = (id: string) => {
    const known = uses.get(id) ?? { id, who: 'unknown', reason: 'unknown', scope: 'unknown', since: '', until: '', calls: [] };
    uses.set(id, known);
    return known;
  };
  for (const { record } of entries) {
    if (record.type === 'decision') {
      if (record.break_glass !== undefined) {
        const known = use(record.break_glass);
        known.calls = [...known.calls, record];
        if (known.who === 'unknown') known.reason = record.approval?.message ?? 'unknown';
      }
    } else if (record.event === 'break-glass-started' || record.event === 'break-glass-ended') {
      const text = (name: string) => String(record.details[name] ?? 'unknown');
      const known = use(text('id'));
      if (record.event === 'break-glass-ended') known.ended = record.timestamp;
      else {
        const scope = text('scope') === 'workspace' ? text('workspace') : 'everything';
        Object.assign(known, { who: text('who'), reason: text('reason'), scope, since: text('since'), until: text('until') });
      }
    }
  }
  return [...uses.values()];
}
