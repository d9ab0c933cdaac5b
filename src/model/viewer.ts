import type { AuditRecord } from './audit-record.ts';
import type { Span } from './diagnostic.ts';
import type { Risk } from './effect.ts';

/**
 * What the audit viewer's page, its host in the editor and the index over the log say to one another. All texts come from the log: secrets are
 * replaced as they were there, nothing else is made safe. Whoever shows one makes control and bidirectional characters visible.
 */

/**
 * How a call ended, told apart by who decided. `approve` and `deny`: it ran or did not, as the policy said. `allowed`: it ran although the policy
 * asked or said no (a person, a grant, a mode, break-glass); `refused`: it did not run although the policy did not say no (a person, nobody's
 * answer, a lock, a duty that could not be kept). `ask`: left to the agent's own prompt.
 */
export type ViewerOutcome = 'approve' | 'allowed' | 'ask' | 'refused' | 'deny';

export const viewerOutcomes: readonly ViewerOutcome[] = ['approve', 'allowed', 'ask', 'refused', 'deny'];

/** Which lines are wanted. An empty list or text asks for nothing; everything that is there must hold. */
export interface ViewerFilter {
  /**
   * Words that a record must contain, all of them, anywhere in its texts and in any letter case; `"two words"` is one. At most 1000 characters
   * are looked at.
   */
  readonly text: string;
  readonly outcomes: readonly ViewerOutcome[];
  readonly agents: readonly string[];
  readonly rules: readonly string[];
  readonly risks: readonly Risk[];
  /** RFC 3339, inclusive. What is no time is as if it were absent. */
  readonly since?: string;
  readonly until?: string;
  /** Damaged lines belong to `all` and `damaged`. */
  readonly kind: 'all' | 'decision' | 'event' | 'damaged';
}

export const everything: ViewerFilter = { text: '', outcomes: [], agents: [], rules: [], risks: [], kind: 'all' };

/** A line of the list; every text is at most 300 characters long. */
export interface ViewerRow {
  /** Place in the matching sequence, the newest being 0. Shifts as the log grows. */
  readonly index: number;
  /** Names the line for as long as the log is not replaced: file and byte, as `12:3456`. */
  readonly id: string;
  /** Number in the chain; 0 of a damaged line. */
  readonly seq: number;
  readonly type: 'decision' | 'event' | 'damaged';
  /** RFC 3339; empty of a damaged line. */
  readonly timestamp: string;
  /** Of decisions. */
  readonly outcome?: ViewerOutcome;
  readonly risk?: Risk;
  readonly agent?: string;
  /** The agent's own name of the tool. */
  readonly tool?: string;
  /** Empty where no rule matched. */
  readonly rule?: string;
  /** The command, path, address or arguments; of an event its name and details; of a damaged line what there is of it. */
  readonly subject: string;
  /** Whether a person was asked. */
  readonly prompted: boolean;
  /** Whether the guard could not do all of its work. */
  readonly degraded: boolean;
}

/** How often a value occurs in the whole log. */
export interface ViewerFacet {
  readonly value: string;
  readonly count: number;
}

/** Values to filter by, the most frequent first; at most 200 of each. */
export interface ViewerFacets {
  readonly agents: readonly ViewerFacet[];
  readonly rules: readonly ViewerFacet[];
  readonly risks: readonly ViewerFacet[];
  readonly outcomes: readonly ViewerFacet[];
  readonly kinds: readonly ViewerFacet[];
}

/**
 * What keeps the log, or a part of it, from being read. `directory`: the folder cannot be listed; `files`: files in it cannot be read; `stopped`: the
 * index itself came to an end and must be opened anew.
 */
export interface ViewerProblem {
  readonly code: 'directory' | 'files' | 'stopped';
  /** Path of the folder or of the first such file. */
  readonly path: string;
  /** What the system says, such as `EACCES`. */
  readonly why: string;
}

/** Where the index is. */
export interface ViewerState {
  /** `loading`: nothing is known yet. `empty`: there is no record in the log. */
  readonly phase: 'loading' | 'ready' | 'empty' | 'error';
  /** With `error`: why there is nothing; with `ready`: what is not shown. The host makes a sentence of it. */
  readonly problem?: ViewerProblem;
  /** Lines known so far. */
  readonly total: number;
  /** Of these, the ones that pass the filter, as far as they have been looked at. */
  readonly matching: number;
  /** Counts up with each change of the filter or the log. */
  readonly revision: number;
  /**
   * Counts up where the sequence begins anew: with each change of the filter, and where a file was replaced or removed. The lines of two states of
   * one epoch differ by growth at the top or the end only.
   */
  readonly epoch: number;
  /** Whether older lines are still being read or searched: `total` and `matching` grow at the end. */
  readonly busy: boolean;
  /** Lines that came at the top in this epoch: by the difference of two states a place in the list shifts. */
  readonly grown: number;
  /** Whether there are files too old to be shown; the command line reads them. */
  readonly isCut: boolean;
  readonly facets: ViewerFacets;
}

/** Lines, and the state they are of. */
export interface ViewerRows {
  readonly revision: number;
  readonly epoch: number;
  readonly grown: number;
  readonly from: number;
  readonly rows: readonly ViewerRow[];
}

/** Why a line is no record; `gone`: it is no longer where it was. */
export type ViewerDamage = 'no-json' | 'no-record' | 'too-long' | 'gone';

/** Everything about one line. */
export interface ViewerDetail {
  readonly id: string;
  readonly seq: number;
  /** Name of the file in the log's directory, and the byte at which the line begins. */
  readonly file: string;
  readonly offset: number;
  /** Absent of a damaged line. */
  readonly record?: AuditRecord;
  /** sha-256 of the line before, as the line says; absent of a damaged line. */
  readonly prev?: string;
  readonly damage?: ViewerDamage;
  /** The line as it stands, at most 70,000 characters. */
  readonly raw: string;
}

/** Decisions in one span of time. */
export interface ViewerBucket {
  /** Milliseconds since 1970 at which it begins. */
  readonly start: number;
  readonly counts: Readonly<Record<ViewerOutcome, number>>;
}

/** How often something was decided on, and how often it did not run. */
export interface ViewerShare {
  readonly value: string;
  readonly count: number;
  /** Of these, denied or refused. */
  readonly denied: number;
}

/** What became of questions to a person. */
export type ViewerAnswer =
  | 'allowed'
  | 'denied'
  /** Nobody answered in time. */
  | 'expired'
  /** Nobody could be asked. */
  | 'nobody'
  /** Left to the agent's own prompt. */
  | 'agent'
  /** Answered by what a person had allowed before. */
  | 'grant'
  | 'break-glass';

export const viewerAnswers: readonly ViewerAnswer[] = ['allowed', 'denied', 'expired', 'nobody', 'agent', 'grant', 'break-glass'];

/** Figures of the decisions that pass the filter. */
export interface ViewerSummary {
  readonly revision: number;
  readonly decisions: number;
  readonly events: number;
  readonly damaged: number;
  readonly outcomes: Readonly<Record<ViewerOutcome, number>>;
  readonly risks: Readonly<Record<Risk, number>>;
  /** Length of a bucket in milliseconds: a round one. */
  readonly bucketMs: number;
  /** At most 60, without gaps, the oldest first. */
  readonly buckets: readonly ViewerBucket[];
  /** At most 12, the most frequent first; calls that no rule matched are left out. */
  readonly topRules: readonly ViewerShare[];
  /** At most 12. */
  readonly agents: readonly ViewerShare[];
  readonly latency: {
    /** Milliseconds the guard took, without waiting for a person; 0 where there is no decision. */
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    /** How many took at most `upTo` milliseconds and more than the bar before; `upTo` of the last is `null`: all the rest. */
    readonly bars: readonly { readonly upTo: number | null; readonly count: number }[];
  };
  readonly answers: Readonly<Record<ViewerAnswer, number>>;
}

/** What a verification of the whole log found. */
export interface ViewerVerification {
  readonly ok: boolean;
  readonly records: number;
  readonly files: number;
  readonly head: { readonly seq: number; readonly hash: string };
  /** At most 100. */
  readonly problems: readonly { readonly code: string; readonly message: string; readonly file?: string; readonly line?: number }[];
}

/** `json`: one array, one record on each line of it, as in the log. `csv`: RFC 4180, one row for each record. Both the oldest first. */
export type ExportFormat = 'json' | 'csv';

/** An index over the log. None of its functions throws or rejects; after {@link dispose} they answer with nothing. */
export interface AuditIndex {
  /** Calls the listener with each new state, at most four times a second; returns what ends that. */
  onDidChange(listener: (state: ViewerState) => void): () => void;
  /** Begins to read; before that the state is `loading`. */
  open(): void;
  setFilter(filter: ViewerFilter): void;
  state(): ViewerState;
  /** At most 200 lines of the matching sequence. */
  rows(from: number, count: number): Promise<ViewerRows>;
  detail(id: string): Promise<ViewerDetail | undefined>;
  summary(): Promise<ViewerSummary | undefined>;
  verify(): Promise<ViewerVerification | undefined>;
  /**
   * Writes all lines that pass the filter, piece by piece, waiting for each piece to be taken; returns how many. Returns `undefined` where it
   * could not be finished; stops where the sink rejects or throws.
   */
  exportTo(format: ExportFormat, sink: (text: string) => void | Promise<void>): Promise<number | undefined>;
  dispose(): void;
}

/** What the page asks its host to put on the clipboard: text of the log as it is, which the page itself shows with signs for hidden characters. */
export type CopyPart = 'command' | 'record' | 'id';

/** What the page says to its host. */
export type ToHost =
  /** Sent once after each loading of the page; answered by a state. */
  | { readonly type: 'ready' }
  | { readonly type: 'filter'; readonly filter: ViewerFilter }
  /** Lines of the list as it was in the state of this `epoch` and `grown`. */
  | { readonly type: 'rows'; readonly from: number; readonly count: number; readonly epoch: number; readonly grown: number }
  | { readonly type: 'detail'; readonly id: string }
  | { readonly type: 'summary' }
  | { readonly type: 'export'; readonly format: ExportFormat }
  | { readonly type: 'openRule'; readonly id: string }
  | { readonly type: 'tryCommand'; readonly id: string }
  | { readonly type: 'copy'; readonly id: string; readonly part: CopyPart }
  | { readonly type: 'verify' }
  /** Begins anew where the log could not be read. */
  | { readonly type: 'reload' }
  | { readonly type: 'showProtection' };

/** A detail as the page shows it: the record with sentences, and the dangerous part of its command. */
export interface ShownDetail extends ViewerDetail {
  /** Whole sentences, in the person's language; the first one says what happened. */
  readonly explanation: readonly string[];
  /** The command or other text that the call was about. */
  readonly command?: string;
  /** Ranges of `command` to be pointed out: ascending, apart. */
  readonly highlights: readonly Span[];
  /** Whether the rule can be shown in the policy that holds it. */
  readonly canOpenRule: boolean;
  /** Whether the command can be tried against the policy of today. */
  readonly canTry: boolean;
}

/** What the host says to its page. */
export type ToView =
  | ({ readonly type: 'state'; readonly message?: string } & ViewerState)
  /** `asked` is the `from` of the question less its `grown`: the page keeps its books by it. */
  | ({ readonly type: 'rows'; readonly asked: number } & ViewerRows)
  | { readonly type: 'detail'; readonly id: string; readonly detail?: ShownDetail }
  | { readonly type: 'summary'; readonly summary?: ViewerSummary }
  | { readonly type: 'verified'; readonly result?: ViewerVerification };
