import type { Act } from './act.ts';

/** The shells whose text the analysis knows. */
export type Dialect = 'bash' | 'sh' | 'zsh' | 'fish' | 'powershell' | 'cmd';

/** One replacement of an edit tool. */
export interface Replacement {
  readonly oldText: string;
  readonly newText: string;
}

/** What a tool call asks for, freed from the agent's own names. */
export type Action =
  | { readonly kind: 'bash'; readonly command: string; readonly cwd?: string; readonly dialect?: Dialect }
  | { readonly kind: 'write'; readonly path: string; readonly content?: string }
  | { readonly kind: 'edit'; readonly path: string; readonly replacements?: readonly Replacement[] }
  | { readonly kind: 'delete'; readonly path: string }
  | { readonly kind: 'patch'; readonly text: string }
  | { readonly kind: 'read'; readonly path: string }
  | { readonly kind: 'fetch'; readonly url: string; readonly method?: string }
  | { readonly kind: 'sql'; readonly query: string }
  | { readonly kind: 'mcp'; readonly server: string; readonly tool: string; readonly args: unknown }
  /** Nobody can say what it does; `act` where that much is known of it, such as that it runs something. */
  | { readonly kind: 'other'; readonly args: unknown; readonly act?: Act };

/** A call of a tool by an agent, before it runs: what every adapter decodes its agent's payload into. */
export interface ToolCall {
  /** Canonical kind, or `mcp:server/tool`, or the agent's own name in lower case for a tool nobody knows. */
  readonly tool: string;
  /** The agent's own name of the tool. */
  readonly nativeTool: string;
  /** The agent's own arguments, for rules that match text. */
  readonly args: unknown;
  /** What it asks for; several where one call holds several commands or files; none for a tool without effects. */
  readonly actions: readonly Action[];
  readonly agent: string;
  readonly session?: string;
  /** The agent's id of this call: one call seen by two hooks is decided once. */
  readonly callId?: string;
  /** Directory the action starts in: absolute. */
  readonly cwd: string;
  /** Project root that the host stated, never one that the model chose: absolute. */
  readonly workspace: string;
  readonly home: string;
  /** The agent's own words about the call: shown as a claim, never matched. */
  readonly description?: string;
}
