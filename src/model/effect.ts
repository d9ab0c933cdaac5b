import type { Act } from './act.ts';
import type { Span } from './diagnostic.ts';
import type { Zone } from './zone.ts';

/** What an action may do to a resource. `unknown`: nobody can say. */
export type EffectKind = 'read' | 'write' | 'delete' | 'execute' | 'network' | 'unknown';

export const effectKinds: readonly EffectKind[] = ['read', 'write', 'delete', 'execute', 'network', 'unknown'];

/** `exact`: this and nothing else; `approximate`: something within this; `opaque`: it cannot be known. */
export type Certainty = 'exact' | 'approximate' | 'opaque';

/** One thing that a call may do, with the resource it does it to. */
export interface Effect {
  readonly kind: EffectKind;
  readonly certainty: Certainty;
  /** Absolute and resolved as the kernel would; a glob where the certainty is `approximate`. */
  readonly path?: string;
  /** Zones of {@link path}. */
  readonly zones?: readonly Zone[];
  /** Name without folder of the program that starts; absent when it cannot be known. */
  readonly program?: string;
  /** The arguments after the program; `null` stands for any number of words that cannot be known. */
  readonly argv?: readonly (string | null)[];
  readonly url?: string;
  /** The SQL statement, as written. */
  readonly statement?: string;
  /** An MCP tool, `server/tool`. */
  readonly tool?: string;
  /** What it amounts to. */
  readonly act?: Act;
  /** For the reason: what was found there, in a few words, such as `--force` or `~/.ssh/id_rsa`. Never a secret's value. */
  readonly evidence?: string;
  /** Where in the command's text. */
  readonly span?: Span;
}

/** How bad an effect or a call would be; see `src/analysis/risk.ts` for the table. */
export type Risk = 'low' | 'medium' | 'high' | 'critical';

export const risks: readonly Risk[] = ['low', 'medium', 'high', 'critical'];

/** What the analysis of a call found. */
export interface Analysis {
  readonly effects: readonly Effect[];
  readonly risk: Risk;
  /** Where workspace and home really lie, as paths of effects do, where the call's own name for one leads over a link. */
  readonly places?: { readonly workspace: string; readonly home: string };
  /** Why something is `opaque`, and what could not be parsed. */
  readonly problems: readonly AnalysisProblem[];
}

/** Something in the input that could not be understood; each makes an effect `opaque`. */
export interface AnalysisProblem {
  readonly message: string;
  readonly pos: number;
}
