import { dirname, isAbsolute, join, resolve } from 'node:path';
import { builtIn, usual } from '../gateway/compile-policy.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Verdict } from '../model/verdict.ts';
import { errorCode } from '../platform/process.ts';
import { readTextFile, UnreadableFile } from '../platform/read-file.ts';
import type { CompiledPolicy } from '../policy/compiled.ts';
import { loadCompat } from '../policy/compat.ts';
import { PolicyEngine } from '../policy/engine.ts';
import { type LayerSource, loadPolicy, type ReadExtended } from '../policy/load.ts';
import { UsageError } from './command.ts';

/** Largest policy file that is read, in bytes. */
const largestPolicy = 1024 * 1024;

/**
 * The policy that `--policy` names, under the layer that always holds: a file, or a template where the word is no path; where nothing
 * is named, what holds without a file. Throws a usage error with all that is wrong.
 */
export function policyOf(option: string | undefined, cwd: string): CompiledPolicy {
  const { policy, diagnostics } = loadPolicy([builtIn, option === undefined ? usual : layerOf(option, cwd)], readBeside, usual);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (policy === undefined || errors.length > 0)
    throw new UsageError(errors.map(diagnosticLine).join('\n') || 'the policy could not be read');
  return policy;
}

/** The engine with the reference's semantics for what `--policy` names. Throws a usage error with all that is wrong. */
export function compatEngineOf(option: string, cwd: string, defaultAction: Verdict | undefined): PolicyEngine {
  const options = defaultAction === undefined ? {} : { defaultAction };
  if (!isPath(option)) return PolicyEngine.fromTemplate(option, options);
  const name = resolve(cwd, option);
  const { rules, diagnostics } = loadCompat(name, readPolicyFile(name));
  if (rules === undefined) throw new UsageError(diagnostics.map(diagnosticLine).join('\n'));
  return new PolicyEngine(rules, options);
}

/** The layer that a file or a template makes. A policy named by a person is theirs: it may say what it wants. */
export function layerOf(option: string, cwd: string): LayerSource {
  if (!isPath(option)) {
    const name = JSON.stringify(option);
    return { layer: 'user', name: `--policy ${option}`, text: `version: 1\nid: ${name}\nextends: [${name}]\n`, trusted: true };
  }
  const name = resolve(cwd, option);
  return { layer: 'user', name, text: readPolicyFile(name), trusted: true };
}

/** Text of a policy file; a usage error where it cannot be read. */
export function readPolicyFile(path: string): string {
  try {
    return readTextFile(path, largestPolicy);
  } catch (error) {
    const why = error instanceof UnreadableFile ? error.message : errorCode(error);
    throw new UsageError(`cannot read the policy ${path}: ${why === 'ENOENT' ? 'there is no such file' : why}`);
  }
}

/** Whether the word names a file rather than a template. */
function isPath(word: string): boolean {
  return /[/\\]|\.(ya?ml|json)$/i.test(word);
}

/** Text of what a policy extends, from the folder of that policy. */
export const readBeside: ReadExtended = (name, from) => {
  const path = isAbsolute(name) ? name : join(dirname(from), name);
  try {
    return { name: path, text: readTextFile(path, largestPolicy) };
  } catch {
    return undefined;
  }
};

/** A diagnostic as one line: `file:line:column: message (code)`. */
export function diagnosticLine({ source, position, message, code }: Diagnostic): string {
  const place = [source, position?.line, position?.column].filter((part) => part !== undefined).join(':');
  return `${place === '' ? '' : `${place}: `}${message} (${code})`;
}
