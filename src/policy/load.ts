import type { Diagnostic } from '../model/diagnostic.ts';
import type { CompiledPolicy, LayerName } from './compiled.ts';

/** The text of one layer. */
export interface LayerSource {
  readonly layer: LayerName;
  /** File path or template name, for messages and for resolving `extends`. */
  readonly name: string;
  readonly text: string;
  /** Whether a person has approved this exact content. The built-in and the managed layer always are. */
  readonly trusted?: boolean;
}

/** Gives the text of a file that `extends` names in the file `from`; `undefined` where there is none. Templates are not asked for. */
export type ReadExtended = (name: string, from: string) => { readonly name: string; readonly text: string } | undefined;

/** The policy, unless an error was found; and everything that was found. */
export interface Loaded {
  readonly policy?: CompiledPolicy;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads, checks and compiles the layers of a policy. Never throws. */
export function loadPolicy(_layers: readonly LayerSource[], _read: ReadExtended = () => undefined): Loaded {
  return { diagnostics: [] };
}
