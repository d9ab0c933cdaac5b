import { risks } from '../model/effect.ts';
import { everything, type ViewerFilter, viewerOutcomes } from '../model/viewer.ts';

/** Spans of time that reach up to now, in milliseconds. */
export const spans = { quarter: 900_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000, month: 2_592_000_000 } as const;

export type SpanName = keyof typeof spans;
export const spanNames: readonly SpanName[] = ['quarter', 'hour', 'day', 'week', 'month'];

/** Which lines are wanted, as a person said it: the hours before now, or two fixed ends. */
export interface FilterChoice {
  readonly filter: ViewerFilter;
  readonly span?: SpanName;
}

export const noChoice: FilterChoice = { filter: everything };

/** Only the lines of the last while before `now`; of all time where the span is absent. */
export function withSpan(choice: FilterChoice, span: SpanName | undefined, now: number): FilterChoice {
  const { since: _since, until: _until, ...filter } = choice.filter;
  if (span === undefined) return { filter };
  return { filter: { ...filter, since: new Date(now - spans[span]).toISOString() }, span };
}

/** Only the lines between two times in milliseconds, both included; an end that is absent is open. */
export function withRange(choice: FilterChoice, since: number | undefined, until: number | undefined): FilterChoice {
  const { since: _since, until: _until, ...filter } = choice.filter;
  const [first, last] = since !== undefined && until !== undefined && until < since ? [until, since] : [since, until];
  return {
    filter: {
      ...filter,
      ...(first === undefined ? {} : { since: new Date(first).toISOString() }),
      ...(last === undefined ? {} : { until: new Date(last).toISOString() }),
    },
  };
}

/** How many kinds of filters are set, the text not counted. */
export function activeFilters({ filter }: FilterChoice): number {
  const lists = [filter.outcomes, filter.agents, filter.rules, filter.risks].filter((list) => list.length > 0).length;
  return lists + (filter.since !== undefined || filter.until !== undefined ? 1 : 0) + (filter.kind === 'all' ? 0 : 1);
}

/** Whether two filters want the same lines. */
export function isSameFilter(a: ViewerFilter, b: ViewerFilter): boolean {
  const sameList = (one: readonly string[], other: readonly string[]) =>
    one.length === other.length && one.every((value) => other.includes(value));
  return (
    a.text === b.text &&
    a.kind === b.kind &&
    a.since === b.since &&
    a.until === b.until &&
    sameList(a.outcomes, b.outcomes) &&
    sameList(a.agents, b.agents) &&
    sameList(a.rules, b.rules) &&
    sameList(a.risks, b.risks)
  );
}

const longestText = 1000;
const longestValue = 300;
const mostValues = 200;

/** A filter out of something unknown, such as a message or what was kept of an earlier window; `undefined` where it is none. */
export function filterFrom(value: unknown): ViewerFilter | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { text, outcomes, agents, rules, risks: levels, since, until, kind } = value as Readonly<Record<string, unknown>>;
  if (typeof text !== 'string' || text.length > longestText) return undefined;
  if (!isList(outcomes) || !isList(agents) || !isList(rules) || !isList(levels)) return undefined;
  if (!isTime(since) || !isTime(until)) return undefined;
  if (kind !== 'all' && kind !== 'decision' && kind !== 'event' && kind !== 'damaged') return undefined;
  return {
    text,
    outcomes: viewerOutcomes.filter((outcome) => outcomes.includes(outcome)),
    agents,
    rules,
    risks: risks.filter((risk) => levels.includes(risk)),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    kind,
  };
}

function isList(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) && value.length <= mostValues && value.every((item) => typeof item === 'string' && item.length <= longestValue)
  );
}

function isTime(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && value.length <= 40);
}
