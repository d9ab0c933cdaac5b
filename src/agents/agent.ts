import type { Diagnostic } from '../model/diagnostic.ts';
import type { ToolCall } from '../model/tool-call.ts';
import type { Verdict } from '../model/verdict.ts';

/** The names by which people and commands call the agents. */
export type AgentId =
  | 'claude-code'
  | 'copilot'
  | 'vscode'
  | 'codex'
  | 'gemini'
  | 'opencode'
  | 'cline'
  | 'qwen'
  | 'cursor'
  | 'windsurf'
  | 'kiro'
  | 'junie'
  | 'antigravity'
  | 'amp';

/** What an agent wrote to the hook, after `JSON.parse`: an object of which nothing is known yet. */
export type Payload = Readonly<Record<string, unknown>>;

/** What a hook process knows besides its input. */
export interface DecodeContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Directory the hook process was started in: absolute. */
  readonly cwd: string;
  /** The user's home: absolute. */
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

/** What a payload turned out to be. */
export type Decoded =
  /** A tool call to decide. */
  | { readonly kind: 'call'; readonly call: ToolCall; readonly payload: Payload }
  /** The agent's settings changed while it runs; `file` is absent where the agent does not name it. */
  | { readonly kind: 'config-change'; readonly source: string; readonly file?: string; readonly payload: Payload }
  /** Another event, which needs no decision: answered with approve. */
  | { readonly kind: 'event'; readonly event: string; readonly payload: Payload }
  /** Something that should have been a call but is not well formed: answered with deny. */
  | { readonly kind: 'invalid'; readonly problem: Diagnostic; readonly payload: Payload };

/** What is answered. `escalate` is the host's own prompt, and a deny with a host that has none that can be relied on. */
export interface Reply {
  readonly verdict: Verdict;
  /** For the agent: what was wrong and what to do instead. Needed unless the verdict is approve. */
  readonly reason?: string;
  /** With approve: the arguments that replace the agent's own. */
  readonly input?: Readonly<Record<string, unknown>>;
}

/** What the hook process writes, and the code it ends with. Nothing else may go to stdout. */
export interface HookOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** One agent's dialect: the only place where its words are known. */
export interface AgentAdapter {
  readonly id: AgentId;
  readonly title: string;
  /** Milliseconds the host waits for a hook as we install it; the guard must have answered before. */
  readonly hostTimeoutMs: number;
  /** Whether the host has a prompt of its own for `escalate`, which is neither ignored nor hangs. */
  readonly hasPrompt: boolean;
  /** Whether the host runs the arguments of {@link Reply.input} instead of the agent's. */
  readonly canRewrite: boolean;
  /** What the payload asks for. Never throws. */
  decode(payload: Payload, context: DecodeContext): Decoded;
  /** The answer in the host's own words. `decoded` is absent where the input was not even an object. */
  encode(reply: Reply, decoded?: Decoded): HookOutput;
}
