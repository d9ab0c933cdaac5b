/**
 * What reads policy texts and evaluates conditions: the bundle with the YAML parser and CEL, loaded only when no compiled policy is in the cache
 * or when a rule with a condition is reached. Editors ask it for what they know of the format.
 */
export { runCondition } from './policy/condition.ts';
export { policyJsonSchema } from './policy/document.ts';
export { readTree } from './policy/edit/read-tree.ts';
export { loadPolicy } from './policy/load.ts';
export { readScenarios, runScenarios } from './policy/scenario.ts';
export { templateNames, templateText } from './policy/templates.ts';
