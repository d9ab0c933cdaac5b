import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { CompiledPolicy } from '../policy/compiled.ts';
import { type LayerSource, loadPolicy, type ReadExtended } from '../policy/load.ts';
import { UsageError } from './command.ts';

/** Loads what `--policy` names: a file, or a template where the word is no path. Throws a usage error with all that is wrong. */
export function policyOf(option: string | undefined, cwd: string): CompiledPolicy {
  const { policy, diagnostics } = loadPolicy([layerOf(option ?? 'safe_coding', cwd)], readBeside);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (policy === undefined || errors.length > 0)
    throw new UsageError(errors.map(diagnosticLine).join('\n') || 'the policy could not be read');
  return policy;
}

/** A policy named by a person is theirs: it may say what it wants. */
export function layerOf(option: string, cwd: string): LayerSource {
  if (!isPath(option))
    return {
      layer: 'user',
      name: option,
      text: `version: 1\nid: ${JSON.stringify(option)}\nextends: [${JSON.stringify(option)}]\n`,
      trusted: true,
    };
  const name = resolve(cwd, option);
  return { layer: 'user', name, text: readPolicyFile(name), trusted: true };
}

/** Text of a policy file; a usage error where it cannot be read. */
export function readPolicyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new UsageError(`cannot read the policy ${path}${code === 'ENOENT' ? ': there is no such file' : `: ${code}`}`);
  }
}

/** Whether the word names a file rather than a template. */
export function isPath(word: string): boolean {
  return /[/\\]|\.(ya?ml|json)$/i.test(word);
}

export const readBeside: ReadExtended = (name, from) => {
  const path = isAbsolute(name) ? name : join(dirname(from), name);
  try {
    return { name: path, text: readFileSync(path, 'utf8') };
  } catch {
    return undefined;
  }
};

/** A diagnostic as one line: `file:line:column: message (code)`. */
export function diagnosticLine({ source, position, message, code, suggestion }: Diagnostic): string {
  const place = [source, position?.line, position?.column].filter((part) => part !== undefined).join(':');
  return `${place === '' ? '' : `${place}: `}${message} (${code})${suggestion === undefined ? '' : ` Did you mean "${suggestion}"?`}`;
}
