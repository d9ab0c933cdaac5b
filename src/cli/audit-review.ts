import type { AuditEntry } from '../audit/chain.ts';
import { queryLog } from '../audit/query.ts';
import type { DecisionRecord } from '../model/audit-record.ts';
import { visibleLine } from '../present/visible-text.ts';
import { exitCodes, hasFlag, type Io, type Parsed, textOption } from './command.ts';

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

/** `agent-policy audit review`: what ran while the glass was broken, for whoever reviews it afterwards. */
export async function review(directory: string, parsed: Parsed, io: Io): Promise<number> {
  const since = textOption(parsed, 'since');
  const until = textOption(parsed, 'until');
  const filter = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
  const uses = breakGlassUses(queryLog(directory, filter, Number.POSITIVE_INFINITY));
  if (hasFlag(parsed, 'json')) await io.out(`${JSON.stringify(uses)}\n`);
  else if (uses.length === 0) await io.out('The glass was never broken in this time.\n');
  else for (const use of uses) await io.out(textOf(use));
  return exitCodes.ok;
}

function textOf({ who, reason, scope, since, until, ended, calls }: BreakGlassUse): string {
  const lines = [
    `${since} to ${ended ?? until}${ended === undefined ? '' : ' (ended early)'}, by ${who}, for ${scope}`,
    `  Why: ${reason}`,
    calls.length === 0
      ? '  Nothing ran that the policy would have stopped.'
      : `  ${calls.length} ${calls.length === 1 ? 'call' : 'calls'} ran that the policy would have stopped:`,
    ...calls.map(
      ({ timestamp, agent, native_tool, input, verdict, rule, cwd }) =>
        `    ${timestamp}  ${verdict} by ${rule === '' ? 'no rule' : rule}  ${agent}  ${native_tool} ${JSON.stringify(input)}  in ${cwd}`,
    ),
  ];
  return lines.map((line) => `${visibleLine(line)}\n`).join('');
}
