import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { analyzeCall } from '../analysis/analyze-call.ts';
import { once } from './once.ts';
import { appendRecord } from '../audit/append.ts';
import { auditLog } from '../audit/place.ts';
import type { PolicyRequest } from '../model/policy-request.ts';
import type { ToolCall } from '../model/tool-call.ts';
import { loadBeside } from '../platform/beside.ts';
import type { Directories } from '../platform/directories.ts';
import { diskWorld } from '../platform/disk-world.ts';
import { uuid7 } from '../platform/ids.ts';
import { groupNames, userName } from '../platform/who.ts';
import type { CompiledPolicy } from '../policy/compiled.ts';
import { type ConditionRunner, evaluate, type OwnersOf } from '../policy/evaluate.ts';
import { breakGlassFile } from '../session/break-glass.ts';
import { readMode } from '../session/mode.ts';
import { readSession, removeOldSessions, updateSession } from '../session/store.ts';
import type { GatewayDeps } from './deps.ts';
import { handle, type Outcome } from './gateway.ts';
import { localPolicy } from './local-policy.ts';
import { rare } from './rare.ts';

/** What a front door knows of its surroundings. */
export interface LocalOptions {
  readonly directories: Directories;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Milliseconds since 1970 at which the answer must be there. */
  readonly deadline: number;
  readonly agentTitle?: string;
  /** Whether the agent runs changed arguments instead of its own; some obligations need that. */
  readonly canRewrite?: boolean;
  /** Whether the agent has a prompt of its own that can be relied on. */
  readonly hostAsks?: boolean;
}

/** After this many milliseconds without a call, a session is over. */
const oldSession = 30 * 24 * 60 * 60 * 1000;

/** The gateway on this machine: its disk, its policies, its windows, its audit log. */
export function localDeps(options: LocalOptions): GatewayDeps {
  const { directories, env, platform } = options;
  const judge = (policy: CompiledPolicy, request: PolicyRequest) =>
    evaluate(policy, request, { conditions: loadConditions, owners: () => loadOwners(platform) });
  let grant: string | undefined;
  let isJudged = false;
  return {
    analyze: analyzeCall,
    evaluate: (policy, request) => {
      const decision = judge(policy, request);
      // Looked for only where somebody would be asked; the decision stays what the policy says.
      if (!isJudged && decision.verdict === 'escalate' && existsSync(join(directories.state, 'grants'))) {
        const covering = { policy, request, decision, agent: options.agentTitle ?? request.call.agent, now: Date.now(), evaluate: judge };
        grant = rare().coveringGrant(directories, covering)?.id;
      }
      isJudged = true;
      return decision;
    },
    loadPolicy: ({ workspace }) => localPolicy(directories, platform, workspace),
    world: (_, session) =>
      diskWorld({ env, platform, madeBySession: (path) => session.made.some((made) => path === made || path.startsWith(made + sep)) }),
    mode: () => readMode(directories),
    session: {
      read: (call) => readSession(directories, call),
      update: (call, change) => {
        const { facts } = updateSession(directories, call, change);
        // With the first call of a session, those that are long over go.
        if (facts.toolCalls === 1) removeOldSessions(directories, oldSession, Date.now());
      },
    },
    breakGlass: ({ workspace }) => {
      // Nearly always there is none, and what reads it takes long to load.
      if (!existsSync(breakGlassFile(directories))) return undefined;
      const glass = rare().readBreakGlass(directories, Date.now());
      return glass !== undefined && rare().coversWorkspace(glass, workspace) ? glass : undefined;
    },
    duties: (of, shadow) => {
      const { canRewrite = false, agentTitle = of.call.agent } = options;
      return rare().dutiesOf(of, { state: directories.state, platform, env, now: Date.now(), canRewrite, agent: agentTitle }, shadow);
    },
    hide: (value, texts) => rare().hide(value, texts),
    ask: (asking) => {
      // In confirm mode the question is not the rule's, and no allowance answers it.
      if (grant === undefined || asking.decision.rule === 'confirm-mode') return rare().askPerson(directories, asking);
      return Promise.resolve({ by: 'grant', grant, waitedMs: 0 });
    },
    record: (record) => {
      appendRecord(auditLog(directories), record);
    },
    newId: () => uuid7(Date.now()),
    now: Date.now,
    subject: subjectOf(env),
    environment: ({ workspace }) => ({
      get branch() {
        return rare().branchIn(workspace);
      },
    }),
    deadline: options.deadline,
    hostAsks: options.hostAsks === true,
    ...(options.agentTitle === undefined ? {} : { agentTitle: options.agentTitle }),
  };
}

/** Decides a call on this machine, once for all hooks that see it. Never rejects. */
export function handleLocally(call: ToolCall, options: LocalOptions): Promise<Outcome> {
  return once(options.directories, call, options.deadline, () => handle(call, localDeps(options)), isOutcome);
}

function isOutcome(value: unknown): value is Outcome {
  if (typeof value !== 'object' || value === null || !('verdict' in value) || !('reason' in value)) return false;
  return (value.verdict === 'approve' || value.verdict === 'deny') && typeof value.reason === 'string';
}

/** Evaluates conditions; `undefined` where that cannot be loaded, so that what a condition decides is put to a person. */
function loadConditions(): ConditionRunner | undefined {
  try {
    const loaded = loadBeside('compiler');
    if (typeof loaded !== 'object' || loaded === null || !('runCondition' in loaded)) return undefined;
    return loaded.runCondition as ConditionRunner;
  } catch {
    return undefined;
  }
}

/** Who owns paths; `undefined` where that cannot be loaded, likewise. */
function loadOwners(platform: NodeJS.Platform): OwnersOf | undefined {
  try {
    return rare().ownersHere(platform === 'win32' || platform === 'darwin');
  } catch {
    return undefined;
  }
}

/** Who this process runs as. Groups are looked up when a role asks for them. */
function subjectOf(env: LocalOptions['env']): PolicyRequest['subject'] {
  let groups: readonly string[] | undefined;
  return {
    user: userOf(env),
    get groups() {
      groups ??= groupNames();
      return groups;
    },
  };
}

function userOf(env: LocalOptions['env']): string {
  try {
    return userName();
  } catch {
    // No entry for this user id, as in some containers.
    return env['USER'] ?? env['USERNAME'] ?? String(process.getuid?.() ?? '');
  }
}
