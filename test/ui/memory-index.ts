// An index over records in memory, of which as many as are wanted are made up by their number: for tests of the page alone.
import type { DecisionRecord } from '../../src/model/audit-record.ts';
import { risks } from '../../src/model/effect.ts';
import {
  type AuditIndex,
  everything,
  type ViewerDetail,
  type ViewerFacet,
  type ViewerFilter,
  type ViewerOutcome,
  type ViewerProblem,
  viewerOutcomes,
  type ViewerRow,
  type ViewerState,
  type ViewerSummary,
} from '../../src/model/viewer.ts';

const agents = ['claude-code', 'vscode', 'codex', 'gemini'];
const kinds = [
  { command: 'npm test', rule: '', risk: 'low', outcome: 'approve' },
  { command: 'git status --short', rule: '', risk: 'low', outcome: 'approve' },
  { command: 'rg -n "TODO" src', rule: '', risk: 'low', outcome: 'approve' },
  { command: 'git push --force origin main', rule: 'no-force-push', risk: 'critical', outcome: 'deny' },
  { command: 'npm install left-pad', rule: 'package-install', risk: 'medium', outcome: 'allowed' },
  { command: 'cat ~/.ssh/id_rsa', rule: 'reading-secrets', risk: 'high', outcome: 'refused' },
  { command: 'git push --force-with-lease origin HEAD:feature', rule: 'force-push-with-lease', risk: 'high', outcome: 'ask' },
] as const;
const weights = [0, 0, 1, 1, 2, 0, 3, 1, 0, 4, 2, 5, 0, 1, 6, 2];
const newest = Date.parse('2026-11-21T12:00:00.000Z');

/** The record of that number; 1 is the oldest of `total`. */
export function madeUp(seq: number, total: number): DecisionRecord {
  const kind = kinds[weights[(seq * 7) % weights.length] ?? 0] ?? kinds[0];
  const ran = kind.outcome === 'approve' || kind.outcome === 'allowed';
  return {
    type: 'decision',
    decision_id: `01a1fc31-0793-7916-9965-${String(seq).padStart(12, '0')}`,
    timestamp: new Date(newest - (total - seq) * 4_000).toISOString(),
    agent: agents[(seq * 3) % agents.length] ?? '',
    session: 's1',
    user: 'dev',
    cwd: '/home/dev/shop',
    workspace: '/home/dev/shop',
    tool: 'bash',
    native_tool: 'Bash',
    input: { command: kind.command },
    input_hash: `sha256:${'0'.repeat(64)}`,
    effects: kind.command.includes('--force ')
      ? [{ kind: 'write', certainty: 'exact', act: 'git.push.force', evidence: '--force' }]
      : [{ kind: 'execute', certainty: 'exact', program: kind.command.split(' ')[0] ?? '' }],
    risk: kind.risk,
    verdict: kind.outcome === 'approve' ? 'approve' : kind.outcome === 'deny' ? 'deny' : 'escalate',
    outcome: ran ? 'approve' : kind.outcome === 'ask' ? 'escalate' : 'deny',
    rule: kind.rule,
    layer: 'built-in',
    reason: kind.rule === '' ? '' : 'It overwrites what others may already have pulled.',
    policy: { id: 'safe_coding', revision: '0', hash: `sha256:${'1'.repeat(64)}` },
    mode: 'enforce',
    latency_ms: 3 + (seq % 9),
  };
}

function outcomeOf(record: DecisionRecord): ViewerOutcome {
  return kinds.find(({ command }) => command === commandOf(record))?.outcome ?? 'approve';
}

function commandOf(record: DecisionRecord): string {
  const { command } = record.input as { readonly command: string };
  return command;
}

/** Holds one array of numbers: those of the records that pass the filter, the oldest first. */
export class MemoryIndex implements AuditIndex {
  readonly #listeners = new Set<(state: ViewerState) => void>();
  readonly #own = new Map<number, DecisionRecord>();
  readonly #made: number;
  #total: number;
  #matching: Uint32Array | undefined;
  #filter: ViewerFilter = everything;
  #revision = 0;
  #epoch = 0;
  #grown = 0;
  #isOpen = false;

  #problem: ViewerProblem | undefined;

  constructor(total: number) {
    this.#made = total;
    this.#total = total;
  }

  onDidChange(listener: (state: ViewerState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  open(): void {
    this.#isOpen = true;
    this.#changed();
  }

  /** From now on the log, or a part of it, cannot be read. */
  fail(problem: ViewerProblem): void {
    this.#problem = problem;
    this.#changed();
  }

  /** It can be read again, which is noticed by those who try. */
  mend(): void {
    this.#problem = undefined;
  }

  /** Adds records at the top, as agents do. */
  add(...records: readonly DecisionRecord[]): void {
    for (const record of records) {
      this.#total += 1;
      this.#own.set(this.#total, record);
      if (this.#passes(record)) {
        this.#grown += 1;
        if (this.#matching) this.#matching = Uint32Array.from([...this.#matching, this.#total]);
      }
    }
    this.#changed();
  }

  setFilter(filter: ViewerFilter): void {
    this.#filter = filter;
    this.#epoch += 1;
    this.#grown = 0;
    const isOpen = filter === everything;
    const found: number[] = [];
    for (let seq = 1; !isOpen && seq <= this.#total; seq += 1) if (this.#passes(this.#record(seq))) found.push(seq);
    this.#matching = isOpen ? undefined : Uint32Array.from(found);
    this.#changed();
  }

  state(): ViewerState {
    const total = this.#total;
    const facet = (values: readonly string[]): readonly ViewerFacet[] =>
      values.map((value) => ({ value, count: Math.ceil(total / values.length) }));
    return {
      phase: !this.#isOpen ? 'loading' : this.#problem?.code === 'directory' ? 'error' : total === 0 ? 'empty' : 'ready',
      ...(this.#problem ? { problem: this.#problem } : {}),
      total,
      matching: this.#matching?.length ?? total,
      revision: this.#revision,
      epoch: this.#epoch,
      busy: false,
      grown: this.#grown,
      isCut: false,
      facets: {
        agents: facet(agents),
        rules: facet(kinds.flatMap(({ rule }) => (rule === '' ? [] : [rule]))),
        risks: facet(risks),
        outcomes: facet(viewerOutcomes),
        kinds: [{ value: 'decision', count: total }],
      },
    };
  }

  async rows(from: number, count: number) {
    const { revision, epoch, grown, matching } = this.state();
    const rows: ViewerRow[] = [];
    for (let index = from; index < Math.min(matching, from + count); index += 1) {
      const seq = this.#matching ? (this.#matching[matching - 1 - index] ?? 0) : matching - index;
      const record = this.#record(seq);
      const { timestamp, risk, agent, native_tool, rule } = record;
      rows.push({
        index,
        id: `1:${seq}`,
        seq,
        type: 'decision',
        timestamp,
        outcome: outcomeOf(record),
        risk,
        agent,
        tool: native_tool,
        rule,
        subject: commandOf(record),
        prompted: false,
        degraded: false,
      });
    }
    return { revision, epoch, grown, from, rows };
  }

  async detail(id: string): Promise<ViewerDetail | undefined> {
    const seq = Number(id.split(':')[1]);
    const record = this.#record(seq);
    return { id, seq, file: 'audit-000001.jsonl', offset: seq * 700, record, prev: 'a'.repeat(64), raw: JSON.stringify(record) };
  }

  async summary(): Promise<ViewerSummary> {
    const { matching, revision } = this.state();
    const outcomes = { approve: 0, allowed: 0, ask: 0, refused: 0, deny: 0 };
    const bucketMs = 60_000 * Math.max(1, Math.round((matching * 4_000) / 60_000 / 50));
    const span = matching * 4_000;
    const buckets = Array.from({ length: Math.ceil(span / bucketMs) }, (_, index) => ({
      start: newest - span + index * bucketMs,
      counts: { approve: 40 + ((index * 13) % 30), allowed: (index * 5) % 7, ask: index % 3, refused: index % 4, deny: (index * 11) % 9 },
    })).slice(0, 60);
    for (const { counts } of buckets) for (const outcome of viewerOutcomes) outcomes[outcome] += counts[outcome];
    return {
      revision,
      decisions: matching,
      events: 0,
      damaged: 0,
      outcomes,
      risks: { low: 10, medium: 5, high: 3, critical: 1 },
      bucketMs,
      buckets,
      topRules: kinds
        .filter(({ rule }) => rule !== '')
        .map(({ rule }, index) => ({ value: rule, count: 90 - index * 17, denied: 40 - index * 9 })),
      agents: agents.map((value, index) => ({ value, count: 400 - index * 90, denied: 30 - index * 4 })),
      latency: {
        p50: 3.2,
        p95: 9.8,
        p99: 21,
        bars: [1, 2, 5, 10, 20, 50, null].map((upTo, index) => ({ upTo, count: [20, 300, 700, 240, 40, 9, 2][index] ?? 0 })),
      },
      answers: { allowed: 40, denied: 12, expired: 3, nobody: 1, agent: 20, grant: 8, 'break-glass': 1 },
    };
  }

  async verify() {
    return { ok: true, records: this.#total, files: 1, head: { seq: this.#total, hash: 'b'.repeat(64) }, problems: [] };
  }

  async exportTo(): Promise<number> {
    return 0;
  }

  dispose(): void {
    this.#listeners.clear();
  }

  #record(seq: number): DecisionRecord {
    return this.#own.get(seq) ?? madeUp(seq, this.#made);
  }

  #passes(record: DecisionRecord): boolean {
    const { text, outcomes, agents: names, rules, risks: levels, since, until } = this.#filter;
    const whole = `${commandOf(record)} ${record.agent} ${record.rule}`.toLowerCase();
    return (
      whole.includes(text.toLowerCase()) &&
      (outcomes.length === 0 || outcomes.includes(outcomeOf(record))) &&
      (names.length === 0 || names.includes(record.agent)) &&
      (rules.length === 0 || rules.includes(record.rule)) &&
      (levels.length === 0 || levels.includes(record.risk)) &&
      (since === undefined || record.timestamp >= since) &&
      (until === undefined || record.timestamp <= until)
    );
  }

  #changed(): void {
    this.#revision += 1;
    for (const listener of this.#listeners) listener(this.state());
  }
}
