import type { Obligation, PolicyRef } from '../model/decision.ts';
import type { Certainty, EffectKind, Risk } from '../model/effect.ts';
import type { Verdict } from '../model/verdict.ts';

/** Grows by one whenever a compiled policy of an older program could be read wrongly. */
export const compiledFormat = 1;

/** Where a policy comes from, strongest first. */
export const layerNames = ['built-in', 'managed', 'user', 'workspace'] as const;
export type LayerName = (typeof layerNames)[number];

/** What is done with decisions; the gateway applies it. */
export const modes = ['shadow', 'enforce', 'confirm', 'locked'] as const;
export type Mode = (typeof modes)[number];

/** One step of an automaton: see `automaton.ts`. Numbers are indexes into the same program. */
export type Step =
  | readonly ['char', number]
  | readonly ['set', CharSet]
  | readonly ['any']
  | readonly ['line']
  | readonly ['jump', number]
  | readonly ['split', readonly number[]]
  | readonly ['at', Anchor]
  | readonly ['look', number]
  | readonly ['end'];

/** Zero-width tests. `line-*` belong to Python's MULTILINE; `end` also holds before a last newline. */
export type Anchor = 'start' | 'end' | 'very-end' | 'line-start' | 'line-end' | 'word' | 'not-word' | 'ascii-word' | 'not-ascii-word';

/** Names of whole classes of characters: Python's `\w`, `\d`, `\s` and their negations, Unicode or ASCII. */
export type ClassName = 'w' | 'W' | 'd' | 'D' | 's' | 'S' | 'aw' | 'aW' | 'ad' | 'aD' | 'as' | 'aS';

/** A set of code points: inclusive ranges as pairs, and whole classes. */
export interface CharSet {
  readonly not?: true;
  readonly ranges: readonly number[];
  readonly classes?: readonly ClassName[];
}

/** A text inside a pattern that must, or must not, stand before or after a place. */
export interface Look {
  readonly ahead: boolean;
  readonly not: boolean;
  /** For `ahead` the program reads the text backwards. */
  readonly program: Program;
}

/** A pattern as a machine that runs in time proportional to program × text. */
export interface Program {
  readonly steps: readonly Step[];
  readonly looks?: readonly Look[];
}

/** How one text is tested. A `search` may match anywhere; everything else matches the whole text. */
export type TextTest =
  | { readonly is: 'any' }
  | { readonly is: 'equal'; readonly text: string }
  | { readonly is: 'whole'; readonly program: Program; readonly source: string }
  | { readonly is: 'search'; readonly program: Program; readonly source: string };

/**
 * How a path is tested. `base` says what the rest is relative to: a workspace or home that is only known when the
 * call is, or nothing (an absolute path). `prefix` is the constant folder that every matching path lies in, where there is one.
 */
export interface PathTest {
  readonly base: 'root' | 'workspace' | 'home';
  readonly test: TextTest;
  readonly source: string;
  readonly prefix?: string;
}

/** `command:` of a rule. */
export interface CommandTest {
  readonly program?: readonly TextTest[];
  /** First word after the program that is no option (and no value of an option that comes before subcommands). */
  readonly subcommand?: readonly TextTest[];
  /** Any of these options: `-f`, `--force`. */
  readonly flags?: readonly string[];
  readonly refspec?: readonly TextTest[];
  /** Any word after the subcommand that is no option. */
  readonly args?: readonly TextTest[];
}

/** A range of a count in the session, both ends inclusive. */
export interface CountTest {
  readonly count: 'toolCalls' | 'writes' | 'deletes' | 'bytesWritten' | 'costUsd';
  readonly atLeast: number;
}

/** A compiled `match`: all keys that are there must hold for one effect. A list holds if any of its members does. */
export interface Match {
  // Keys of the whole call.
  readonly tool?: readonly TextTest[];
  readonly args?: TextTest;
  readonly agent?: readonly TextTest[];
  readonly role?: readonly string[];
  readonly risk?: readonly Risk[];
  readonly mcp?: McpTest;
  readonly method?: readonly string[];
  /** Some fetch uses a method that is none of these. */
  readonly otherMethod?: readonly string[];
  readonly session?: CountTest;
  /** States of the workflow. */
  readonly state?: readonly string[];
  readonly when?: string;
  // Keys of one effect.
  readonly effects?: readonly EffectKind[];
  readonly acts?: readonly string[];
  readonly zones?: readonly string[];
  readonly certainty?: readonly Certainty[];
  readonly paths?: readonly PathTest[];
  readonly owner?: OwnerTest;
  readonly host?: readonly TextTest[];
  readonly sql?: { readonly kind?: readonly string[]; readonly where?: 'missing' | 'present' };
  readonly command?: readonly CommandTest[];
  /** Must not hold for the same effect; each of a list. */
  readonly not?: readonly Match[];
}

/** Who owns a path by CODEOWNERS; any of these. */
export interface OwnerTest {
  /** Names of users and teams, in lower case. */
  readonly names?: readonly TextTest[];
  /** Somebody that the user stands for by a role; somebody, and none that the user stands for; nobody. */
  readonly self?: true;
  readonly others?: true;
  readonly none?: true;
}

export interface McpTest {
  readonly server?: readonly TextTest[];
  readonly tool?: readonly TextTest[];
  /** By argument name: any of these values; texts may be patterns. */
  readonly args?: Readonly<Record<string, readonly (TextTest | { readonly is: 'value'; readonly value: number | boolean | null })[]>>;
}

/** Where a rule was written, for people. */
export interface RuleSource {
  readonly file: string;
  readonly line: number;
}

export interface CompiledRule {
  readonly name: string;
  readonly action: Verdict;
  readonly reason: string;
  readonly advice?: string;
  readonly priority: number;
  readonly match: Match;
  readonly shadow?: true;
  readonly obligations?: readonly Obligation[];
  /** Names of rules in stronger layers that this rule relaxes; works in a trusted layer only. */
  readonly overrides?: readonly string[];
  /** Whether the rule looks at texts only, so that it cannot vouch for what is opaque. */
  readonly textOnly?: true;
  readonly source: RuleSource;
}

/** Which rules can match at all, by what an effect is. Numbers are indexes into `rules`, ascending. */
export interface RuleIndex {
  readonly tool: Readonly<Record<string, readonly number[]>>;
  readonly act: Readonly<Record<string, readonly number[]>>;
  readonly program: Readonly<Record<string, readonly number[]>>;
  readonly host: Readonly<Record<string, readonly number[]>>;
  /** By `base:prefix` of {@link PathTest}. */
  readonly path: Readonly<Record<string, readonly number[]>>;
  /** By the name of an MCP tool. */
  readonly mcp: Readonly<Record<string, readonly number[]>>;
  readonly zone: Readonly<Record<string, readonly number[]>>;
  readonly kind: Readonly<Record<string, readonly number[]>>;
  readonly rest: readonly number[];
}

/** Who holds a role. Tests of one kind are alternatives; kinds that are there must all hold. */
export interface RoleTest {
  readonly users?: readonly TextTest[];
  readonly groups?: readonly TextTest[];
  readonly agents?: readonly TextTest[];
  /** Names of CODEOWNERS that those who hold the role stand for. */
  readonly owns?: readonly TextTest[];
}

export interface CompiledLayer {
  readonly layer: LayerName;
  /** Name of the file or template. */
  readonly name: string;
  /** Whether a person has approved this exact content, so that it may relax stronger layers by name. */
  readonly trusted: boolean;
  readonly ref: PolicyRef;
  readonly defaultAction: Verdict;
  readonly mode?: Mode;
  /** Milliseconds since 1970; outside of these the layer is not in force. */
  readonly effectiveFrom?: number;
  readonly effectiveUntil?: number;
  readonly roles?: Readonly<Record<string, RoleTest>>;
  /** By priority, lowest number first; equal priorities in the order of the file. */
  readonly rules: readonly CompiledRule[];
  readonly index: RuleIndex;
}

/** A way out of a state of a workflow: after a command succeeded, or with a call that happens. */
export interface Transition {
  readonly to: string;
  readonly after?: readonly TextTest[];
  readonly match?: Match;
}

/** Named states of a session. What a state lets happen is in the rules of its layer. */
export interface Workflow {
  readonly layer: LayerName;
  readonly initial: string;
  readonly states: Readonly<Record<string, readonly Transition[]>>;
}

/** All layers of a policy, ready to decide with: plain JSON that the hook loads without YAML, schema or pattern compilers. */
export interface CompiledPolicy {
  readonly format: typeof compiledFormat;
  /** The weakest layer's id and revision (the most specific), and the hash over all sources. */
  readonly ref: PolicyRef;
  readonly mode: Mode;
  /** Of the strongest layer that has one. */
  readonly workflow?: Workflow;
  /** Strongest first. */
  readonly layers: readonly CompiledLayer[];
  /** What holds in the stead of a managed or user policy outside of its dates; there where one has dates. See `in-force.ts`. */
  readonly fallback?: CompiledLayer;
}
