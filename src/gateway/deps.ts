import type { Analysis } from '../model/effect.ts';
import type { AuditRecord } from '../model/audit-record.ts';
import type { Decision } from '../model/decision.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { PolicyRequest } from '../model/policy-request.ts';
import type { ToolCall } from '../model/tool-call.ts';
import type { World } from '../model/world.ts';
import type { Asked } from '../approval/client.ts';
import type { CompiledPolicy } from '../policy/compiled.ts';
import type { BreakGlass } from '../session/break-glass.ts';
import type { Mode } from '../session/mode.ts';
import type { Session, SessionChange } from '../session/store.ts';
import type { Duties, DutiesOf } from './obligations/duties.ts';
import type { Asking } from './question.ts';

/** The policy for a call, with everything that was wrong in its files. */
export interface LoadedPolicy {
  /** Absent where nothing usable was found. */
  readonly policy?: CompiledPolicy;
  /** A file with an error is not used, and the failure rules hold. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Everything that the gateway needs of the world. Each may throw; what then happens is the failure rules' business. */
export interface GatewayDeps {
  readonly analyze: (call: ToolCall, world: World) => Analysis;
  readonly evaluate: (policy: CompiledPolicy, request: PolicyRequest) => Decision;
  readonly loadPolicy: (call: ToolCall) => LoadedPolicy;
  readonly world: (call: ToolCall, session: Session) => World;
  readonly mode: () => Mode | undefined;
  readonly session: {
    read(call: ToolCall): Session;
    update(call: ToolCall, change: SessionChange): void;
  };
  /** Whether the agent has a prompt of its own that can be relied on, for when nobody else can be asked. */
  readonly hostAsks?: boolean;
  /** Asks a person. */
  readonly ask: (asking: Asking) => Promise<Asked>;
  /** What is in force of break-glass for this call; asked for calls that the policy stops only. */
  readonly breakGlass: (call: ToolCall) => BreakGlass | undefined;
  /** What must be done with a call, from its obligations; asked for calls that have some only. */
  readonly duties: (of: DutiesOf, shadow: boolean) => Duties;
  /** A value without those texts. */
  readonly hide: <T>(value: T, texts: readonly string[]) => T;
  /** Writes a record; when it returns, nothing but the disk can lose it. */
  readonly record: (record: AuditRecord) => void;
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly subject: PolicyRequest['subject'];
  readonly environment?: (call: ToolCall) => Pick<PolicyRequest['environment'], 'branch'>;
  /** Title of the agent for people. */
  readonly agentTitle?: string;
  /** When the answer must be there, in milliseconds since 1970: before the host gives up. */
  readonly deadline: number;
}
