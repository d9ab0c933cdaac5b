import type { DecisionRecord, EventRecord } from '../model/audit-record.ts';
import { type Risk, risks } from '../model/effect.ts';
import type { ViewerAnswer, ViewerDamage, ViewerDetail, ViewerOutcome, ViewerRow } from '../model/viewer.ts';
import type { AuditEntry } from './chain.ts';
import { longestLine } from './append.ts';
import { parseEntry } from './query.ts';

/** A line of a log file: a record, or what is wrong with it. */
export type Line = { readonly entry: AuditEntry } | { readonly damage: ViewerDamage };

const longestText = 300;
const longestRaw = 70_000;

/** Reads a line, given without its newline. A record of which a needed member is missing or of another type counts as damaged. Never throws. */
export function readLine(bytes: Buffer): Line {
  if (bytes.length > longestLine) return { damage: 'too-long' };
  const entry = parseEntry(bytes.toString('utf8'));
  if (entry === undefined) return { damage: looksLikeJson(bytes) ? 'no-record' : 'no-json' };
  return isWhole(entry) ? { entry } : { damage: 'no-record' };
}

function looksLikeJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

const decisionTexts = ['agent', 'native_tool', 'tool', 'rule', 'outcome', 'verdict', 'risk', 'user', 'cwd', 'workspace', 'reason'] as const;

/** Whether the members that are used without looking are there: a line may have been written by anybody. */
function isWhole({ record, seq }: AuditEntry): boolean {
  if (!Number.isSafeInteger(seq) || typeof record.timestamp !== 'string') return false;
  if (record.type === 'event') return typeof record.event === 'string' && typeof record.details === 'object';
  const { approval } = record;
  return (
    decisionTexts.every((name) => typeof record[name] === 'string') &&
    typeof record.latency_ms === 'number' &&
    (risks as readonly string[]).includes(record.risk) &&
    (approval === undefined || (typeof approval === 'object' && typeof approval?.by === 'string' && typeof approval.answer === 'string'))
  );
}

/** How a call ended, and who decided that. */
export function outcomeOf({ verdict, outcome, approval }: DecisionRecord): ViewerOutcome {
  if (approval?.by === 'agent' || outcome === 'escalate') return 'ask';
  if (outcome === 'approve') return verdict === 'approve' ? 'approve' : 'allowed';
  return verdict === 'deny' ? 'deny' : 'refused';
}

/** What became of the question about a call; `undefined` where there was none. */
export function answerOf({ approval }: DecisionRecord): ViewerAnswer | undefined {
  switch (approval?.by) {
    case undefined:
      return undefined;
    case 'window':
    case 'terminal':
      return approval.answer.startsWith('allow') ? 'allowed' : 'denied';
    case 'grant':
    case 'agent':
    case 'expired':
    case 'break-glass':
      return approval.by;
    default:
      return 'nobody';
  }
}

const asked: ReadonlySet<ViewerAnswer | undefined> = new Set<ViewerAnswer>(['allowed', 'denied', 'expired', 'agent']);

/** What a call was about: its command, path or address; the agent's name of the tool where nothing else is known. */
export function subjectOf(record: DecisionRecord): string {
  const { input, native_tool: tool } = record;
  if (typeof input === 'object' && input !== null) {
    const fields = input as Readonly<Record<string, unknown>>;
    for (const name of ['command', 'filePath', 'file_path', 'path', 'url', 'query', 'dirPath']) {
      const value = fields[name];
      if (typeof value === 'string') return name === 'command' ? value : `${tool} ${value}`;
    }
  }
  return tool;
}

/** The name of an event with its details. */
export function eventText({ event, details }: EventRecord): string {
  return `${event} ${JSON.stringify(details)}`;
}

/** The line of the list. */
export function rowOf(bytes: Buffer, id: string, index: number): ViewerRow {
  const line = readLine(bytes);
  if ('damage' in line) {
    const subject = clip(bytes.toString('utf8', 0, 4 * longestText));
    return { index, id, seq: 0, type: 'damaged', timestamp: '', subject, prompted: false, degraded: false };
  }
  const { seq, record } = line.entry;
  const { type } = record;
  const timestamp = clip(record.timestamp);
  const common = { index, id, seq, type, timestamp };
  if (record.type === 'event') return { ...common, subject: clip(eventText(record)), prompted: false, degraded: false };
  return {
    ...common,
    outcome: outcomeOf(record),
    risk: record.risk,
    agent: clip(record.agent),
    tool: clip(record.native_tool),
    rule: clip(record.rule),
    subject: clip(subjectOf(record)),
    prompted: asked.has(answerOf(record)),
    degraded: record.degraded !== undefined,
  };
}

/** Everything about a line. */
export function detailOf(bytes: Buffer, place: Pick<ViewerDetail, 'id' | 'file' | 'offset'>): ViewerDetail {
  const line = readLine(bytes);
  const raw = bytes.toString('utf8', 0, longestRaw);
  if ('damage' in line) return { ...place, seq: 0, damage: line.damage, raw };
  const { seq, record, prev } = line.entry;
  return { ...place, seq, record, prev: String(prev), raw };
}

/** What of a record is kept in memory to filter, search and count by. */
export interface Indexed {
  readonly type: ViewerRow['type'];
  /** Milliseconds since 1970; `NaN` where the record does not say. */
  readonly time: number;
  readonly outcome: ViewerOutcome;
  readonly risk: Risk;
  readonly agent: string;
  readonly rule: string;
  readonly answer: ViewerAnswer | undefined;
  readonly latency: number;
  /** Texts that many records have alike: what the call was, where, and why it was decided so. */
  readonly common: readonly [kind: string, place: string, reason: string];
  /** All other texts. */
  readonly own: string;
  /** {@link idHash} of the decision's id and the call's. */
  readonly ids: readonly number[];
}

const nothing: Omit<Indexed, 'type' | 'time' | 'common' | 'own'> = {
  outcome: 'approve',
  risk: 'low',
  agent: '',
  rule: '',
  answer: undefined,
  latency: 0,
  ids: [],
};

/** What is kept of a line. Texts hold what a person may look for, not the names of members. */
export function indexed(bytes: Buffer): Indexed {
  const line = readLine(bytes);
  if ('damage' in line)
    return { ...nothing, type: 'damaged', time: Number.NaN, common: ['', '', ''], own: bytes.toString('utf8', 0, longestRaw) };
  const { record } = line.entry;
  const time = Date.parse(record.timestamp);
  if (record.type === 'event') {
    return { ...nothing, type: 'event', time, common: [record.event, record.user, ''], own: textsOf(record.details) };
  }
  const { approval } = record;
  const kind = [record.native_tool, record.tool, record.layer, record.mode, approval?.by, approval?.answer, record.policy?.id];
  const place = [record.session, record.user, record.cwd, record.workspace];
  return {
    type: 'decision',
    time,
    outcome: outcomeOf(record),
    risk: record.risk,
    agent: record.agent,
    rule: record.rule,
    answer: answerOf(record),
    latency: record.latency_ms,
    common: [joined(kind), joined(place), record.reason],
    own: ownTexts(record),
    ids: [record.decision_id, record.call_id].map(idHash),
  };
}

function ownTexts({ approval, break_glass, degraded, effects, input, kept }: DecisionRecord): string {
  const texts: string[] = [];
  collect([input, approval?.message, break_glass, degraded, kept], texts);
  let own = texts.join('\n');
  // Effects mostly name again what the input says.
  for (const effect of Array.isArray(effects) ? effects : []) {
    for (const text of [effect?.path, effect?.url, effect?.statement, effect?.tool, effect?.act, effect?.evidence]) {
      if (typeof text === 'string' && !own.includes(text)) own += `\n${text}`;
    }
  }
  return own;
}

/** What is kept of an id, to find it by all of it: ids are too many and too different to be kept. 0 of none. */
export function idHash(id: unknown): number {
  if (typeof id !== 'string' || id === '') return 0;
  let hash = 0x811c9dc5;
  const lower = id.slice(0, 200).toLowerCase();
  for (let index = 0; index < lower.length; index += 1) hash = Math.imul(hash ^ lower.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** Whether a line's texts hold all words, which are in lower case, or it has them as its ids: the whole line is looked at. */
export function holdsWords(bytes: Buffer, words: readonly string[]): boolean {
  const line = readLine(bytes);
  const record = 'entry' in line && line.entry.record.type === 'decision' ? line.entry.record : undefined;
  const ids = [record?.decision_id, record?.call_id].map((id) => String(id ?? '').toLowerCase());
  const { agent, rule, common, own } = indexed(bytes);
  const lower = [agent, rule, ...common, own].join('\n').toLowerCase();
  return words.every((word) => lower.includes(word) || ids.includes(word));
}

function joined(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => typeof part === 'string').join('\n');
}

function textsOf(value: unknown): string {
  const texts: string[] = [];
  collect(value, texts);
  return texts.join('\n');
}

/** Every text in a plain value. */
function collect(value: unknown, texts: string[]): void {
  if (typeof value === 'string') texts.push(value);
  else if (typeof value === 'number' || typeof value === 'boolean') texts.push(String(value));
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) collect(each, texts);
}

function clip(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`;
}
