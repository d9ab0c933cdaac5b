import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApprovalRequest } from '../approval/messages.ts';
import { auditLog } from '../audit/place.ts';
import { queryLog } from '../audit/query.ts';
import type { DecisionRecord } from '../model/audit-record.ts';
import { newSession, type PolicyRequest } from '../model/policy-request.ts';
import type { Directories } from '../platform/directories.ts';
import { sha256 } from '../platform/sha256.ts';
import { noSession } from '../session/store.ts';
import { type CompiledLayer, type CompiledRule, compiledFormat } from '../policy/compiled.ts';
import { policyAt } from '../policy/in-force.ts';
import { MatchContext, matchAll } from '../policy/match.ts';
import { type Proposal, propose } from '../policy/propose.ts';
import { policyOf, ruleText, withRule } from '../policy/rule-text.ts';
import { yes } from '../policy/truth.ts';
import { callOf } from './call-of.ts';
import { loadCompiler } from './local-policy.ts';
import type { GatewayDeps } from './deps.ts';
import { type Grant, type GrantScope, withGrants } from './grants.ts';

/** A rule that a person may let stand, and everything that is to be known of it before. */
export interface Standing {
  readonly proposal: Proposal;
  readonly reason: string;
  readonly rule: CompiledRule;
  /** The whole rule as YAML. */
  readonly text: string;
  /** How many of the newest decisions in the audit log it would have matched. */
  readonly past: { readonly matched: number; readonly of: number };
  /** Whether the user's own policy is strong enough to answer the question; a project's rule is answered beside it only. */
  readonly fitsUserPolicy: boolean;
}

/** Decisions that are looked at in the audit log. */
const mostPast = 2000;

/**
 * The narrow rule that would answer this question the next time. Everything is decided anew here, with the policy as it is now, and the rule is tried: absent
 * where it would not be narrow or would not answer it.
 */
export function standingFor(request: ApprovalRequest, deps: GatewayDeps, directories: Directories, home: string): Standing | undefined {
  const call = callOf(request, home);
  const loaded = deps.loadPolicy(call).policy;
  if (loaded === undefined) return undefined;
  const policy = policyAt(loaded, deps.now());
  const analysis = deps.analyze(call, deps.world(call, noSession));
  const asked: PolicyRequest = { call, analysis, subject: deps.subject, session: newSession, environment: { now: deps.now() } };
  const decision = deps.evaluate(policy, asked);
  if (decision.rule !== request.rule || decision.layer !== request.layer) return undefined;
  const proposal = propose(asked, decision, policy, sha256);
  if (proposal === undefined || proposal.layer === 'managed') return undefined;
  const reason = `Allowed by a person for ${decision.rule}`;
  const layer = compile(proposal, reason);
  const rule = layer?.rules[0];
  if (layer === undefined || rule === undefined) return undefined;
  if (deps.evaluate(withGrants(policy, [{ rule }]), asked).verdict !== 'approve') return undefined;
  return {
    proposal,
    reason,
    rule,
    text: ruleText(proposal, reason),
    past: pastMatches(rule, layer, directories, home),
    fitsUserPolicy: proposal.layer === 'built-in' || proposal.layer === 'user',
  };
}

function compile(proposal: Proposal, reason: string): CompiledLayer | undefined {
  const { policy } = loadCompiler().loadPolicy([{ layer: 'user', name: 'grant', text: policyOf(proposal, reason), trusted: true }]);
  return policy?.layers.find(({ name }) => name === 'grant');
}

function pastMatches(rule: CompiledRule, layer: CompiledLayer, directories: Directories, home: string): Standing['past'] {
  const entries = queryLog(auditLog(directories).directory, { type: 'decision' }, mostPast);
  const records = entries.flatMap(({ record }) => (record.type === 'decision' ? [record] : []));
  return { matched: records.filter((record) => matches(rule, layer, record, home)).length, of: records.length };
}

function matches(rule: CompiledRule, layer: CompiledLayer, record: DecisionRecord, home: string): boolean {
  const { tool, native_tool, input, agent, cwd, workspace, effects, risk, user } = record;
  const request: PolicyRequest = {
    call: { tool, nativeTool: native_tool, args: input, actions: [], agent, cwd, workspace, home },
    analysis: { effects, risk, problems: [] },
    subject: { user, groups: [] },
    session: newSession,
    environment: { now: 0 },
  };
  const context = new MatchContext(request, () => undefined);
  return effects.some((effect) => matchAll(rule.match, { context, layer, effect, sure: true }) === yes);
}

/** An allowance of that rule. `until`: milliseconds since 1970; absent for none. */
export function grantOf(standing: Standing, scope: GrantScope, now: number, until: number | undefined, id: string, by: string): Grant {
  return {
    format: compiledFormat,
    id,
    created: new Date(now).toISOString(),
    ...(until === undefined ? {} : { expires: new Date(until).toISOString() }),
    by,
    scope,
    text: standing.text,
    rule: standing.rule,
  };
}

/** The user's policy now, and with the rule and a scenario for it. */
export interface PolicyChange {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** The change to the user's policy; a sentence where it cannot be made. The changed text has been loaded and has no error. */
export function userPolicyChange(standing: Standing, request: ApprovalRequest, directories: Directories): PolicyChange | string {
  const file = join(directories.config, 'policy.yaml');
  let before = '';
  try {
    before = readFileSync(file, 'utf8');
  } catch {
    // There is none yet.
  }
  // Scenarios are decided in a project of their own.
  const written = JSON.parse(JSON.stringify(testArgs(request)).replaceAll(request.workspace, '/home/dev/project')) as unknown;
  const test = { name: standing.proposal.name, tool: request.tool, args: written };
  const after = withRule(before, standing.proposal, standing.reason, test);
  if (after === undefined) return `${file} cannot be changed: it has an error, or its lists are no lists.`;
  const loaded = loadCompiler().loadPolicy([{ layer: 'user', name: file, text: after, trusted: true }], () => ({
    name: 'base',
    text: 'version: 1\n',
  }));
  const error = loaded.diagnostics.find(({ severity }) => severity === 'error');
  return error === undefined ? { file, before, after } : `${file}: ${error.message}`;
}

function testArgs({ actions }: ApprovalRequest): unknown {
  const first = actions[0];
  switch (first?.kind) {
    case 'bash':
      return { command: first.command };
    case 'mcp':
      return first.args;
    case 'write':
      return { file_path: first.path, content: '' };
    case 'fetch':
      return { url: first.url };
    case 'sql':
      return { query: first.query };
    default:
      return first !== undefined && 'path' in first ? { file_path: first.path } : {};
  }
}
