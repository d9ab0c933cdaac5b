import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Decision } from '../model/decision.ts';
import type { PolicyRequest } from '../model/policy-request.ts';
import { writeAtomically } from '../platform/atomic-write.ts';
import type { Directories } from '../platform/directories.ts';
import { type CompiledLayer, type CompiledPolicy, type CompiledRule, compiledFormat } from '../policy/compiled.ts';
import { deniesByName } from '../policy/propose.ts';
import { indexRules } from '../policy/rule-index.ts';

/** Where an allowance holds. */
export type GrantScope =
  | { readonly kind: 'session'; readonly agent: string; readonly session: string }
  | { readonly kind: 'workspace'; readonly workspace: string }
  | { readonly kind: 'everywhere' };

/** Something that a person has allowed until further notice: a rule that answers the questions of others. */
export interface Grant {
  readonly format: typeof compiledFormat;
  readonly id: string;
  /** RFC 3339. */
  readonly created: string;
  readonly expires?: string;
  readonly by: string;
  readonly scope: GrantScope;
  /** The rule as a person has read it. */
  readonly text: string;
  readonly rule: CompiledRule;
}

/** Longest that an allowance without an end is kept for a session, in milliseconds: sessions do not tell when they end. */
const longestSession = 7 * 24 * 60 * 60 * 1000;
const mostGrants = 200;

function folderOf(directories: Directories): string {
  return join(directories.state, 'grants');
}

/** All allowances that are in force, oldest first. Never throws: what cannot be read allows nothing. */
export function listGrants(directories: Directories, now: number): readonly Grant[] {
  let names: string[];
  try {
    names = readdirSync(folderOf(directories)).filter((name) => /^[\w-]+\.json$/.test(name));
  } catch {
    return [];
  }
  return names
    .sort()
    .slice(-mostGrants)
    .flatMap((name) => read(join(folderOf(directories), name)) ?? [])
    .filter((grant) => now < endOf(grant));
}

function endOf({ created, expires, scope }: Grant): number {
  const end = expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires);
  if (Number.isNaN(end)) return 0;
  return scope.kind === 'session' ? Math.min(end, Date.parse(created) + longestSession) : end;
}

function read(path: string): Grant | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isGrant(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isGrant(value: unknown): value is Grant {
  if (typeof value !== 'object' || value === null) return false;
  const { format, id, created, scope, rule, text } = value as Partial<Record<keyof Grant, unknown>>;
  if (format !== compiledFormat || typeof id !== 'string' || typeof created !== 'string' || typeof text !== 'string') return false;
  if (Number.isNaN(Date.parse(created)) || typeof scope !== 'object' || scope === null || typeof rule !== 'object' || rule === null)
    return false;
  return 'action' in rule && rule.action === 'approve' && 'overrides' in rule && Array.isArray(rule.overrides) && 'match' in rule;
}

/** Keeps an allowance. Throws where it cannot be written. */
export function saveGrant(directories: Directories, grant: Grant): void {
  mkdirSync(folderOf(directories), { recursive: true, mode: 0o700 });
  writeAtomically(join(folderOf(directories), `${grant.id}.json`), JSON.stringify(grant));
}

/** Takes an allowance back; false where there is none of that name. */
export function revokeGrant(directories: Directories, id: string): boolean {
  if (!/^[\w-]+$/.test(id)) return false;
  const path = join(folderOf(directories), `${id}.json`);
  if (read(path) === undefined) return false;
  rmSync(path, { force: true });
  return true;
}

/** What is asked of the allowances. */
export interface Covering {
  readonly policy: CompiledPolicy;
  readonly request: PolicyRequest;
  readonly decision: Decision;
  /** Title of the agent. */
  readonly agent: string;
  readonly now: number;
  readonly evaluate: (policy: CompiledPolicy, request: PolicyRequest) => Decision;
}

/**
 * The allowance that answers the question of a decision; `undefined` where none does. The whole call is judged again with the allowances as the weakest
 * layer, so that what else the call does is judged as ever; none may name a rule that denies, and none settles a question that comes with an obligation.
 */
export function coveringGrant(directories: Directories, covering: Covering): Grant | undefined {
  const { policy, request, decision, agent, now, evaluate } = covering;
  if (decision.verdict !== 'escalate' || decision.obligations.length > 0) return undefined;
  const grants = listGrants(directories, now).filter(
    ({ scope, rule }) => fits(scope, request, agent) && !deniesByName(policy, rule.overrides ?? []),
  );
  const allows = (some: readonly Grant[]) => evaluate(withGrants(policy, some), request).verdict === 'approve';
  if (grants.length === 0 || !allows(grants)) return undefined;
  return grants.find((grant) => allows([grant])) ?? grants[0];
}

/** A policy with allowances as its weakest layer. */
export function withGrants(policy: CompiledPolicy, grants: readonly Pick<Grant, 'rule'>[]): CompiledPolicy {
  const rules = grants.map(({ rule }) => rule);
  const layer: CompiledLayer = {
    layer: 'workspace',
    name: 'grants',
    trusted: true,
    ref: policy.ref,
    defaultAction: 'approve',
    rules,
    index: indexRules(rules),
  };
  return { ...policy, layers: [...policy.layers, layer] };
}

function fits(scope: GrantScope, { call }: PolicyRequest, agent: string): boolean {
  switch (scope.kind) {
    case 'session':
      return scope.agent === agent && scope.session === call.session;
    case 'workspace':
      return scope.workspace === call.workspace;
    case 'everywhere':
      return true;
  }
}
