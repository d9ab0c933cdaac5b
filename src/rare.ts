/**
 * What a hook needs for few calls only, loaded when it does: a question to a person, a policy that is not in the cache, an audit log that a killed
 * writer has left, new settings of an agent.
 */
export { judgeConfigChange } from './agents/config-change.ts';
export { repair } from './audit/repair.ts';
export { compilePolicy } from './gateway/compile-policy.ts';
export { dutiesOf } from './gateway/obligations/keep.ts';
export { hide } from './gateway/obligations/hide.ts';
export { takeResult } from './gateway/take-result.ts';
export { coveringGrant } from './gateway/grants.ts';
export { branchIn } from './gateway/branch.ts';
export { ownersHere } from './gateway/owners.ts';
export { askPerson } from './gateway/question.ts';
export { coversWorkspace, readBreakGlass } from './session/break-glass.ts';
