/** The library: guard functions of one's own by a policy, or read and evaluate whole policies. */
export type { Decision, Obligation, PolicyRef } from './model/decision.ts';
export type { Diagnostic } from './model/diagnostic.ts';
export type { Analysis, Effect } from './model/effect.ts';
export type { PolicyRequest } from './model/policy-request.ts';
export type { ToolCall } from './model/tool-call.ts';
export type { Verdict } from './model/verdict.ts';
export type { CompatDecision } from './policy/compat.ts';
export type { CompiledPolicy } from './policy/compiled.ts';
export { runCondition } from './policy/condition.ts';
export { type EngineOptions, guard, PolicyDenied, PolicyEngine, PolicyEscalated, PolicyInvalid } from './policy/engine.ts';
export { type EvaluateOptions, evaluate } from './policy/evaluate.ts';
export { type LayerSource, type Loaded, loadPolicy } from './policy/load.ts';
