import { parse as parseBash } from 'unbash';
import type * as Unbash from 'unbash';
import { parsePlain } from './plain.ts';

/**
 * The only file that knows the parser. `unbash` is pinned to an exact version and hidden here, so that the grammar can be
 * replaced without touching what is made of it.
 */
export type Script = Unbash.ParsedScript;
export type Statement = Unbash.Statement;
export type Word = Unbash.Word;
export type WordPart = Unbash.WordPart;
export type Assignment = Unbash.Assignment;
export type Redirection = Unbash.Redirection;
export type Redirect = Unbash.Redirect;
export type HereDoc = Unbash.HereDoc;
export type HereString = Unbash.HereString;
export type Command = Unbash.Command;
export type CompoundList = Unbash.CompoundList;
export type CommandNode = Unbash.CommandNode;
export type PipelineNode = Unbash.PipelineNode;
export type AndOr = Unbash.AndOr;
export type Pipeline = Unbash.Pipeline;
export type Redirected = Unbash.Redirected;
export type Subshell = Unbash.Subshell;
export type FunctionNode = Unbash.Function;
export type ProcessSubstitution = Unbash.ProcessSubstitutionPart;
export type ParameterExpansion = Unbash.ParameterExpansionPart;
export type ArithmeticExpression = Unbash.ArithmeticExpression;
export type TestExpression = Unbash.TestExpression;

/** Longest command text that is looked at, in UTF-16 units: more than any person or agent types, and parsed in milliseconds. */
export const maxScriptLength = 64 * 1024;

/** Most characters that open an expansion, a group or a quote. */
const mostOpeners = 8000;

export interface ParseResult {
  readonly script: Script | undefined;
  readonly problems: readonly { readonly message: string; readonly pos: number }[];
}

/** Parses Bash. Never throws: whatever goes wrong is a problem, and the caller treats the text as opaque. */
export function parseShell(text: string): ParseResult {
  if (text.length > maxScriptLength) {
    return { script: undefined, problems: [{ message: `the command is longer than ${maxScriptLength} characters`, pos: maxScriptLength }] };
  }
  // The parser needs time that grows with the square of these.
  if (text.length > 4096 && (text.match(/[$`{("]/g)?.length ?? 0) > mostOpeners)
    return { script: undefined, problems: [{ message: 'the command is too intricate', pos: 0 }] };
  const plain = parsePlain(text);
  if (plain !== undefined) return { script: plain, problems: [] };
  try {
    const script = parseBash(text);
    return { script, problems: script.errors ?? [] };
  } catch (error) {
    return {
      script: undefined,
      problems: [{ message: `the parser gave up: ${error instanceof Error ? error.message : 'unknown error'}`, pos: 0 }],
    };
  }
}
