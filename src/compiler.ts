/**
 * What reads policy texts and evaluates conditions: the bundle with the YAML parser and CEL, loaded only when no compiled policy is in the cache
 * or when a rule with a condition is reached.
 */
export { runCondition } from './policy/condition.ts';
export { loadPolicy } from './policy/load.ts';
