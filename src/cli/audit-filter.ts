import type { AuditFilter } from '../audit/query.ts';
import { risks } from '../model/effect.ts';
import { type Parsed, textOption, UsageError } from './command.ts';

const filters = {
  agent: 'agent',
  session: 'session',
  outcome: 'outcome',
  rule: 'rule',
  tool: 'tool',
  risk: 'risk',
  type: 'type',
  text: 'text',
  since: 'since',
  until: 'until',
  id: 'decisionId',
} as const satisfies Readonly<Record<string, keyof AuditFilter>>;

/** Words that an option takes; others are a slip that would find nothing. */
const words: Readonly<Partial<Record<keyof typeof filters, readonly string[]>>> = {
  outcome: ['approve', 'escalate', 'deny'],
  risk: risks,
  type: ['decision', 'event'],
};

/** The options by which records are chosen, for `parseArgs`. */
export const filterOptions = Object.fromEntries(Object.keys(filters).map((name) => [name, { type: 'string' as const }]));

/** What these options mean, for the help of a command. */
export const filterHelp = `  --agent NAME        filters: the agent,
  --session ID        its session,
  --outcome WORD      what was done (approve or deny),
  --rule NAME         the rule that decided,
  --tool NAME         the tool,
  --risk WORD         low, medium, high or critical,
  --type WORD         decision or event,
  --text TEXT         a text in the record, in any letter case,
  --since TIME        not older than this (RFC 3339),
  --until TIME        not newer than this,
  --id ID             the decision of that id
`;

/** The filter that was asked for; throws a {@link UsageError} for a word or a time that is none. */
export function filterOf(parsed: Parsed): AuditFilter {
  const filter: Record<string, string> = {};
  for (const [option, key] of Object.entries(filters)) {
    const value = textOption(parsed, option);
    if (value === undefined) continue;
    const known = words[option as keyof typeof filters];
    if (known !== undefined && !known.includes(value)) throw new UsageError(`--${option} must be one of ${known.join(', ')}`);
    filter[key] = option === 'since' || option === 'until' ? instant(option, value) : value;
  }
  return filter as AuditFilter;
}

/** Records hold UTC with milliseconds, and are compared as texts: whatever is given in another zone is brought to that. */
function instant(option: string, value: string): string {
  const time = Date.parse(value);
  if (Number.isNaN(time)) throw new UsageError(`--${option} must be a time such as 2026-01-31 or 2026-01-31T12:00:00Z`);
  return new Date(time).toISOString();
}
