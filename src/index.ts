/** The library: guard functions of one's own by a policy. */
export type { Verdict } from './model/verdict.ts';
export type { CompatDecision, CompatRule } from './policy/compat.ts';
export { type EngineOptions, guard, PolicyDenied, PolicyEngine, PolicyEscalated, PolicyInvalid } from './policy/engine.ts';
