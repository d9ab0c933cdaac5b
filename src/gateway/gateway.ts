import type { DecisionRecord } from '../model/audit-record.ts';
import type { Decision } from '../model/decision.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Analysis } from '../model/effect.ts';
import type { PolicyRequest } from '../model/policy-request.ts';
import type { ToolCall } from '../model/tool-call.ts';
import { isStricter, type Verdict } from '../model/verdict.ts';
import type { World } from '../model/world.ts';
import type { CompiledPolicy } from '../policy/compiled.ts';
import { policyAt } from '../policy/in-force.ts';
import { looksAtSession } from '../policy/session-rules.ts';
import { stateAfter, stateOf } from '../policy/workflow.ts';
import { type Mode, strongerMode } from '../session/mode.ts';
import { noSession, type Session, type SessionChange } from '../session/store.ts';
import type { GatewayDeps } from './deps.ts';
import { isLowRiskRead, nothingKnown, touchesGuard } from './failure.ts';
import { grantKey } from './grant.ts';
import { decisionRecord } from './record.ts';

/** What becomes of a call. */
export interface Outcome {
  /** `approve` or `deny`; never `escalate`, as the question has been asked by then. */
  readonly verdict: Verdict;
  /** For the agent and the developer: why. Empty where approved. */
  readonly reason: string;
  /** What to do instead. */
  readonly advice?: string;
  /** What the policy said. */
  readonly decision: Decision;
  /** Id of the audit record; absent where nothing could be written. */
  readonly decisionId?: string;
  /** Who answered, where someone was asked. */
  readonly approval?: DecisionRecord['approval'];
  /** With approve: the arguments that must replace the agent's own. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** What the guard could not do. */
  readonly degraded?: string;
  /** Denied, unless the agent asks the person itself and is told to go on: nobody else could be asked. */
  readonly leftToHost?: true;
}

/** Time that is kept back for recording and answering after a person's answer, in milliseconds. */
const closingTime = 1500;

/** Decides one call, all the way: analyse, evaluate, mode, obligations, approval, record. Never rejects: what goes wrong denies. */
export async function handle(call: ToolCall, deps: GatewayDeps): Promise<Outcome> {
  try {
    return await decide(call, deps);
  } catch (error) {
    const reason = `Agent Policy could not decide this call and denies it: ${sentence(error)}`;
    return { verdict: 'deny', reason, decision: guardDecision('deny', 'guard-failure', reason), degraded: sentence(error) };
  }
}

/** What is settled so far; each step may make it stricter or, with a person's answer or grant, settle a question. */
interface Settled {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly advice?: string | undefined;
  readonly approval?: DecisionRecord['approval'];
  readonly grant?: string;
  /** Id of the break-glass that let it happen. */
  readonly breakGlass?: string;
  /** Denied, unless the agent's own prompt is answered. */
  readonly leftToHost?: true;
  readonly input?: Readonly<Record<string, unknown>>;
  /** What was done to keep obligations. */
  readonly kept?: readonly string[];
}

/** No program, path or address can hold NUL: whoever sends one wants to be read differently by guard and machine. */
function holdsNul({ actions, cwd, workspace }: ToolCall): boolean {
  const data = new Set(['content', 'replacements', 'args']);
  const texts = actions.flatMap((action) => Object.entries(action).flatMap(([name, value]) => (data.has(name) ? [] : [String(value)])));
  return [cwd, workspace, ...texts].some((text) => text.includes('\0'));
}

async function decide(call: ToolCall, deps: GatewayDeps): Promise<Outcome> {
  const start = process.hrtime();
  const failures: string[] = [];
  /** Asks something of the world that may fail; what failed is recorded. */
  const attempt = <T>(what: string, otherwise: T, work: () => T): T => {
    try {
      return work();
    } catch (error) {
      failures.push(`${what}: ${sentence(error)}`);
      return otherwise;
    }
  };

  const session = attempt<Session>('the session could not be read', noSession, () => deps.session.read(call));
  const world = deps.world(call, session);
  const analysis = attempt('the call could not be analysed', nothingKnown, () => deps.analyze(call, world));
  const loaded = attempt('the policy could not be loaded', undefined, () => deps.loadPolicy(call));
  const broken = loaded?.diagnostics.find(({ severity }) => severity === 'error');
  if (broken !== undefined) failures.push(diagnosticSentence(broken));
  else if (loaded !== undefined && loaded.policy === undefined) failures.push('there is no policy');
  const policy = loaded?.policy && policyAt(loaded.policy, deps.now());
  const notes: string[] = [];
  if (session.damaged === true) {
    const what = `what this session did before is not known, as its file is damaged; "agent-policy doctor" names it`;
    // Where nothing asks for it, nothing depends on it.
    if (policy === undefined || looksAtSession(policy)) failures.push(what);
    else notes.push(what);
  }
  const malformed = holdsNul(call) ? 'The call holds a NUL character, which no command, path or address can.' : undefined;
  const request: PolicyRequest = {
    call,
    analysis,
    subject: deps.subject,
    session: policy?.workflow === undefined ? session.facts : { ...session.facts, state: stateOf(policy.workflow, session.facts.state) },
    // What is found out on demand stays so.
    environment: Object.assign(deps.environment?.(call) ?? {}, { now: deps.now() }),
  };
  const judged =
    malformed !== undefined
      ? guardDecision('deny', 'bad-input', malformed)
      : policy && attempt('the policy could not be evaluated', undefined, () => deps.evaluate(policy, request));
  const chosen = attempt<Mode | undefined>('the mode could not be read', 'locked', deps.mode);
  const mode = strongerMode(chosen, policy?.mode);

  const harmless = isLowRiskRead(analysis, call.actions.length > 0);
  const decision = failures.length === 0 && judged ? judged : degraded(judged, harmless, failures[0] ?? '');
  const id = deps.newId();
  let settled = applyMode(mode, decision, analysis, harmless);
  if (settled.verdict !== 'approve' && mode !== 'locked' && policy && malformed === undefined && failures.length === 0) {
    settled = attempt('break-glass could not be read', settled, () => liftByBreakGlass(deps, policy, request, settled));
  }
  const duties =
    decision.obligations.length > 0 && settled.verdict !== 'deny' && policy
      ? deps.duties({ call, analysis, decision, policy, request }, mode === 'shadow')
      : undefined;
  if (duties?.refusal !== undefined) settled = { ...settled, verdict: 'deny', reason: duties.refusal, kept: duties.kept };
  const shown =
    duties === undefined || duties.hidden.length === 0
      ? { call, analysis, decision }
      : deps.hide({ call, analysis, decision }, duties.hidden);
  if (settled.verdict === 'escalate') {
    const about = { shown, key: grantKey(call, analysis, decision), needsReason: duties?.needsReason === true, policy };
    settled = await settleQuestion(deps, session, settled, id, about);
    // Who locks the machine means the calls that wait for an answer, too.
    const isLocked = attempt<Mode | undefined>('the mode could not be read', 'locked', deps.mode) === 'locked';
    if (settled.verdict === 'approve' && isLocked) settled = { ...settled, verdict: 'deny', reason: lockedReason };
    // Nobody could be asked here: the agent asks, where that is all that is to be done and it is not critical.
    const isSimple = duties === undefined && decision.risk !== 'critical' && !isLocked;
    if (deps.hostAsks === true && isSimple && settled.approval?.by === 'no-window') settled = leftToHost(settled, decision);
  }
  if (duties !== undefined && settled.verdict === 'approve') {
    const done = duties.keep(settled.approval);
    settled = 'refusal' in done ? { ...settled, verdict: 'deny', reason: done.refusal, kept: done.kept } : { ...settled, ...done };
  }
  if (settled.verdict === 'approve' && deps.now() > deps.deadline && !harmless) {
    settled = { ...settled, verdict: 'deny', reason: 'The decision took longer than the agent waits, so the call is denied.' };
  }

  const waited = settled.approval?.waited_ms ?? 0;
  try {
    const made = settled.verdict === 'approve' ? newPaths(analysis, world) : [];
    const state = settled.verdict === 'approve' && policy?.workflow !== undefined ? stateAfter(policy, request) : undefined;
    deps.session.update(call, {
      ...change(call, settled, analysis),
      ...(made.length === 0 ? {} : { made }),
      ...(state === undefined || state === session.facts.state ? {} : { state }),
    });
  } catch (error) {
    failures.push(`the session could not be updated: ${sentence(error)}`);
    settled = unrecorded(settled, harmless, `the session's counts cannot be kept: ${sentence(error)}`);
  }
  const record = () =>
    deps.record(
      decisionRecord({
        id,
        ...shown,
        // What was hashed must be what was asked for.
        args: call.args,
        outcome: settled.leftToHost === true ? 'escalate' : settled.verdict,
        mode,
        user: deps.subject.user,
        now: deps.now(),
        latencyMs: Math.max(0, milliseconds(process.hrtime(start)) - waited),
        ...(settled.approval === undefined ? {} : { approval: settled.approval }),
        ...(settled.breakGlass === undefined ? {} : { breakGlass: settled.breakGlass }),
        ...(settled.kept === undefined ? {} : { kept: settled.kept }),
        ...(failures.length + notes.length === 0 ? {} : { degraded: [...failures, ...notes].join('; ') }),
      }),
    );
  let isRecorded = true;
  try {
    record();
  } catch (error) {
    isRecorded = false;
    failures.push(`the decision could not be recorded: ${sentence(error)}`);
    settled = unrecorded(settled, harmless, `the audit log cannot be written: ${sentence(error)}`);
  }
  return {
    verdict: settled.verdict,
    reason: settled.verdict === 'approve' ? '' : settled.reason,
    ...(settled.verdict === 'approve' || settled.advice === undefined ? {} : { advice: settled.advice }),
    decision,
    ...(isRecorded ? { decisionId: id } : {}),
    ...(settled.verdict === 'approve' && settled.input !== undefined ? { input: settled.input } : {}),
    ...(settled.approval === undefined ? {} : { approval: settled.approval }),
    ...(settled.leftToHost === undefined ? {} : { leftToHost: true as const }),
    ...(failures.length === 0 ? {} : { degraded: failures.join('; ') }),
  };
}

/** A decision that the guard itself makes. */
function guardDecision(verdict: Verdict, rule: string, reason: string): Decision {
  const policy = { id: 'agent-policy', revision: '', hash: '' };
  return { verdict, rule, reason, risk: 'high', policy, layer: 'built-in', obligations: [] };
}

/** The failure rules (C11): a low-risk read may pass, everything else is denied; what the rest of the policy denies stays denied. */
function degraded(judged: Decision | undefined, harmless: boolean, failure: string): Decision {
  const reason = `Agent Policy cannot do its work, so only harmless reading is approved: ${failure}${/[.?]$/.test(failure) ? '' : '.'}`;
  const base = judged ?? guardDecision('approve', '', '');
  if (harmless || base.verdict === 'deny') return { ...base, degraded: failure };
  const advice = 'Ask the developer to mend it; "agent-policy doctor" says what is wrong.';
  return { ...base, verdict: 'deny', rule: 'guard-failure', layer: 'built-in', reason, advice, obligations: [], degraded: failure };
}

const lockedReason = 'Agent Policy is locked: a person has stopped everything that agents do on this machine.';

function applyMode(mode: Mode, decision: Decision, analysis: Analysis, harmless: boolean): Settled {
  const { verdict, reason, advice } = decision;
  if (mode === 'locked') {
    return { verdict: 'deny', reason: lockedReason };
  }
  // Shadow mode lets everything go but what would end the guard: else one call could make it permanent.
  if (mode === 'shadow' && !(touchesGuard(analysis) && verdict !== 'approve')) return { verdict: 'approve', reason: '' };
  if (mode === 'confirm' && verdict === 'approve' && !harmless) {
    return { verdict: 'escalate', reason: 'Confirm mode asks before anything that may change something.' };
  }
  return { verdict, reason, advice };
}

/** What a person has suspended for a time runs, on record; what keeps agents from changing what governs them is never suspended. */
function liftByBreakGlass(deps: GatewayDeps, policy: CompiledPolicy, request: PolicyRequest, settled: Settled): Settled {
  const glass = deps.breakGlass(request.call);
  if (glass === undefined || touchesGuard(request.analysis)) return settled;
  // The rule that decided may stand for others that would decide the same.
  const own = { ...policy, layers: policy.layers.filter(({ layer }) => layer === 'built-in') };
  if (deps.evaluate(own, request).verdict !== 'approve') return settled;
  const approval = { by: 'break-glass', answer: 'allow', waited_ms: 0, message: `${glass.who}: ${glass.reason}` };
  return { verdict: 'approve', reason: '', approval, breakGlass: glass.id };
}

/** What a question is about: the call as it may be shown, and under which key an answer for the session is kept. */
interface Question {
  readonly shown: { readonly call: ToolCall; readonly analysis: Analysis; readonly decision: Decision };
  readonly key: string;
  readonly needsReason: boolean;
  readonly policy: CompiledPolicy | undefined;
}

async function settleQuestion(
  deps: GatewayDeps,
  session: Session,
  settled: Settled,
  id: string,
  { shown, key, needsReason, policy }: Question,
): Promise<Settled> {
  const { call, analysis, decision: judged } = shown;
  if (session.grants.includes(key) && !needsReason) {
    return { verdict: 'approve', reason: '', approval: { by: 'grant', answer: 'allow', waited_ms: 0 } };
  }
  // In confirm mode the question is not the rule's.
  const decision = judged.verdict === 'escalate' ? judged : { ...judged, rule: 'confirm-mode', reason: settled.reason };
  const about = {
    id,
    ...(needsReason ? { needsReason } : {}),
    ...(policy === undefined ? {} : { policy }),
    agent: deps.agentTitle ?? call.agent,
    deadline: deps.deadline - Math.min(closingTime, 0.2 * (deps.deadline - deps.now())),
  };
  const asked = await deps.ask({ call, analysis, decision, ...about });
  const waited_ms = Math.round(asked.waitedMs);
  const unanswered = (why: string): Settled => ({
    verdict: 'deny',
    reason: `${settled.reason} ${why}`.trim(),
    advice: settled.advice,
    approval: { by: asked.by, answer: 'none', waited_ms },
  });
  if (asked.by === 'no-window') {
    return unanswered(
      `This needs a person's approval, and no VS Code window with Agent Policy is open. Open ${call.workspace} in VS Code and try again.`,
    );
  }
  if (asked.by === 'grant') {
    return { verdict: 'approve', reason: '', approval: { by: 'grant', answer: 'allow', waited_ms, message: asked.grant } };
  }
  if (asked.by !== 'window' && asked.by !== 'terminal') {
    const why = asked.by === 'expired' ? 'nobody answered in time' : 'the window was closed before there was an answer';
    return unanswered(`This needs a person's approval, and ${why}.`);
  }
  const { answer } = asked;
  if (answer.answer === 'allow') {
    const said = answer.message === undefined ? {} : { message: answer.message };
    const approval = { by: asked.by, answer: `allow ${answer.scope}`, waited_ms, ...said };
    return { verdict: 'approve', reason: '', approval, ...(answer.scope === 'session' ? { grant: key } : {}) };
  }
  const message = answer.message === undefined ? {} : { message: answer.message };
  return {
    verdict: 'deny',
    reason:
      answer.message === undefined
        ? `${settled.reason} A person was asked and said no.`
        : `A person was asked and said no: ${answer.message}`,
    advice: settled.advice,
    approval: { by: asked.by, answer: 'deny', waited_ms, ...message },
  };
}

/** The question goes to the agent's own prompt. */
function leftToHost({ approval, advice }: Settled, { reason }: Decision): Settled {
  const asked = { by: 'agent', answer: 'left to its own prompt', waited_ms: approval?.waited_ms ?? 0 };
  return { verdict: 'deny', reason, advice, approval: asked, leftToHost: true };
}

/** What cannot be recorded does not happen, unless it is a low-risk read. */
function unrecorded({ leftToHost: isLeft, ...settled }: Settled, harmless: boolean, why: string): Settled {
  if (harmless || (isLeft !== true && !isStricter('deny', settled.verdict))) return settled;
  return { ...settled, verdict: 'deny', reason: `The call is denied because ${why}.` };
}

function change(call: ToolCall, settled: Settled, analysis: Analysis): SessionChange {
  const denied = settled.verdict === 'deny';
  const count = (kind: string) =>
    denied ? 0 : new Set(analysis.effects.filter((effect) => effect.kind === kind).map(({ path }) => path)).size;
  const bytes = denied
    ? 0
    : call.actions.reduce((sum, action) => sum + (action.kind === 'write' ? Buffer.byteLength(action.content ?? '') : 0), 0);
  return {
    toolCalls: 1,
    writes: count('write'),
    deletes: count('delete'),
    bytesWritten: bytes,
    denials: denied && settled.leftToHost !== true ? 1 : 0,
    approvals: (settled.approval?.by === 'window' || settled.approval?.by === 'terminal') && !denied ? 1 : 0,
    ...(settled.grant === undefined ? {} : { grant: settled.grant }),
  };
}

/** What the call will have made: written where nothing is yet. */
function newPaths({ effects }: Analysis, world: World): readonly string[] {
  const written = effects.flatMap(({ kind, certainty, path }) =>
    kind === 'write' && certainty === 'exact' && path !== undefined ? [path] : [],
  );
  return [...new Set(written)].filter((path) => world.kind(path) === undefined).slice(0, 100);
}

function diagnosticSentence({ source, position, message }: Diagnostic): string {
  const place =
    source === undefined || message.includes(source) ? [] : [source, position?.line, position?.column].filter((part) => part !== undefined);
  return [place.join(':'), message].filter((part) => part !== '').join(': ');
}

/** An error in one line, without a stack. */
function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? '').slice(0, 300);
}

function milliseconds([seconds, nanoseconds]: readonly [number, number]): number {
  return seconds * 1e3 + nanoseconds / 1e6;
}
