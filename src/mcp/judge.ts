import { actionsOfArguments } from '../agents/arguments.ts';
import { appendRecord } from '../audit/append.ts';
import { auditLog } from '../audit/place.ts';
import { queryLog } from '../audit/query.ts';
import { redactText } from '../audit/redact.ts';
import type { GatewayDeps, LoadedPolicy } from '../gateway/deps.ts';
import { handle } from '../gateway/gateway.ts';
import { type LocalOptions, localDeps } from '../gateway/local.ts';
import type { ToolCall } from '../model/tool-call.ts';
import { policyAt } from '../policy/in-force.ts';
import { add, noSession } from '../session/store.ts';
import { takeHookAnswer } from './hook-answers.ts';
import type { RequestId } from './json-rpc.ts';
import { isNeverAllowed } from './never-allowed.ts';
import { pinFile } from './pins.ts';
import type { Judge } from './proxy.ts';
import { ToolRegister } from './tool-register.ts';

/** One server as the gateway stands before it. */
export interface Guarded {
  /** The server's name in the client's settings: what policies call it. */
  readonly name: string;
  /** Its command line or address. */
  readonly source: string;
  /** Name of the agent whose server it is, where that is known. */
  readonly agent: string;
  /** Of this run. */
  readonly session: string;
  readonly cwd: string;
  readonly home: string;
  /** How long a person may take to answer, in milliseconds: clients give a call a minute. */
  readonly patience: number;
}

/** How long a policy counts before its files are looked at again, in milliseconds: a client may call a thousand times a second. */
const policyLifetime = 200;

/** Records among which a person's answer to the agent's hook is looked for. */
const recentRecords = 50;

/** Decides calls of one server as the hooks decide: the same policy, the same questions, the same audit log. */
export function localJudge(guarded: Guarded, options: Omit<LocalOptions, 'deadline'>): Judge {
  const { name: server, agent, session, cwd, home } = guarded;
  // A session of a gateway is this process: nobody else counts it, and a file for each call would cost more than the decision.
  let state = noSession;
  const memory: GatewayDeps['session'] = {
    read: () => state,
    update: (_, change) => {
      state = add(state, change);
    },
  };
  const local = localDeps({ ...options, deadline: 0 });
  let loaded: { readonly policy: LoadedPolicy; readonly until: number } | undefined;
  const loadPolicy = (call: ToolCall): LoadedPolicy => {
    const now = performance.now();
    if (loaded === undefined || now >= loaded.until) loaded = { policy: local.loadPolicy(call), until: now + policyLifetime };
    return loaded.policy;
  };
  const ask: GatewayDeps['ask'] = (asking) => {
    const { call, decision, needsReason } = asking;
    const by = { rule: decision.rule, layer: decision.layer, policyHash: decision.policy.hash };
    const recent = () => queryLog(auditLog(options.directories).directory, { type: 'decision', tool: call.tool }, recentRecords);
    const records = needsReason === true ? [] : recent().map(({ record }) => record);
    const answered = takeHookAnswer(records, call, by, options.directories, Date.now());
    return answered === undefined ? local.ask(asking) : Promise.resolve({ by: 'grant', grant: `decision ${answered}`, waitedMs: 0 });
  };
  const depsUntil = (deadline: number): GatewayDeps => ({ ...local, ask, session: memory, loadPolicy, deadline });
  const event = (what: string, details: Readonly<Record<string, string>>): void => {
    const clean = Object.fromEntries(Object.entries(details).map(([key, text]) => [key, redactText(text.slice(0, 500))]));
    const { user } = local.subject;
    appendRecord(auditLog(options.directories), {
      type: 'event',
      event: what,
      timestamp: new Date().toISOString(),
      user,
      details: { server, ...clean },
    });
  };
  const register = new ToolRegister(
    pinFile(options.directories, server, guarded.source),
    { name: server, source: guarded.source },
    Date.now,
    (what, tool, form) => event(what, { tool, hash: form.hash }),
  );

  const callOf = (tool: string, args: unknown, id?: RequestId): ToolCall | undefined => {
    const found = actionsOfArguments(tool, args);
    if (!found.complete) return undefined;
    return {
      tool: `mcp:${server}/${tool}`,
      nativeTool: tool,
      args,
      actions: [{ kind: 'mcp', server, tool, args }, ...found.actions],
      ...{ agent, session, cwd, workspace: cwd, home },
      ...(id === undefined ? {} : { callId: String(id) }),
    };
  };

  return {
    async decide(tool, args, id) {
      const call = callOf(tool, args, id);
      if (call === undefined)
        return { verdict: 'deny', reason: 'The arguments hold too much or are nested too deeply to be judged, so the call is denied.' };
      const outcome = await handle(call, depsUntil(Date.now() + guarded.patience));
      const reason = [outcome.reason, outcome.advice].filter((part) => part !== undefined && part !== '').join(' ');
      return { verdict: outcome.verdict === 'approve' ? 'approve' : 'deny', reason };
    },
    isNeverAllowed(tool) {
      try {
        const call = callOf(tool, {});
        const deps = depsUntil(Date.now() + guarded.patience);
        const loaded = call && deps.loadPolicy(call).policy;
        const policy = loaded && policyAt(loaded, deps.now());
        if (call === undefined || policy === undefined || deps.mode() === 'shadow' || policy.mode === 'shadow') return false;
        const analysis = deps.analyze(call, deps.world(call, state));
        const request = { call, analysis, subject: deps.subject, session: state.facts, environment: { now: deps.now() } };
        return isNeverAllowed(policy, deps.evaluate(policy, request));
      } catch {
        // The call itself is decided under the failure rules.
        return false;
      }
    },
    see: (tools) => register.see(tools),
    stateOf: (tool) => register.stateOf(tool),
    blocked: (tool, state) => event('mcp-call-blocked', { tool, state }),
  };
}
