/** What reads policy texts: the bundle with the YAML parser, loaded only when no compiled policy is in the cache. */
export { loadPolicy } from './policy/load.ts';
