import { canonicalJson } from '../audit/canonical.ts';
import type { Decision } from '../model/decision.ts';
import type { Analysis } from '../model/effect.ts';
import type { Action, ToolCall } from '../model/tool-call.ts';
import { sha256 } from '../platform/sha256.ts';

/**
 * What "allow for this session" allows again: the same action under the same rule of the same policy with the same effects. A command
 * must be the same command in the same directory, and a changed script that it runs has other effects; a file may get other content.
 */
export function grantKey(call: ToolCall, analysis: Analysis, decision: Decision): string {
  const effects = analysis.effects.map(({ span: _, ...effect }) => effect);
  const same = [decision.rule, decision.policy.hash, call.tool, call.cwd, call.actions.map(withoutContent), effects];
  return sha256(canonicalJson(same)).slice(0, 32);
}

function withoutContent(action: Action): unknown {
  return action.kind === 'write' || action.kind === 'edit' ? { kind: action.kind, path: action.path } : action;
}
