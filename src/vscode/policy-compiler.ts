import { loadBeside } from '../platform/beside.ts';

/** What reads policy texts: a bundle of its own with the YAML parser, loaded when there is a policy to read. Throws where it is missing. */
export function policyCompiler(): typeof import('../compiler.ts') {
  return loadBeside('compiler') as typeof import('../compiler.ts');
}
