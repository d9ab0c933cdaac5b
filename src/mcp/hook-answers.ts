import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../audit/canonical.ts';
import type { AuditRecord } from '../model/audit-record.ts';
import type { ToolCall } from '../model/tool-call.ts';
import { makeDirectory } from '../platform/atomic-write.ts';
import type { Directories } from '../platform/directories.ts';
import { sha256 } from '../platform/sha256.ts';

/** How long after a person's answer to the agent's hook the call may come, in milliseconds: an agent makes it at once. */
const freshMs = 60_000;

/** What a call is stopped by. */
export interface StoppedBy {
  readonly rule: string;
  readonly layer: string;
  readonly policyHash: string;
}

/**
 * The id of the decision by which a person has just let this very call pass at the agent's own hook, for the same rule of the same policy; nothing
 * where there is none. Each answer is found once, by whichever gateway comes first, so that what was let once runs once. What was denied, and
 * what no person answered, is never found.
 */
export function takeHookAnswer(
  records: readonly AuditRecord[],
  call: ToolCall,
  by: StoppedBy,
  directories: Directories,
  now: number,
): string | undefined {
  const hash = `sha256:${sha256(canonicalJson(call.args))}`;
  for (const record of records) {
    if (record.type !== 'decision' || record.verdict !== 'escalate' || record.outcome !== 'approve') continue;
    const { approval } = record;
    if (approval === undefined || !['window', 'terminal'].includes(approval.by) || !approval.answer.startsWith('allow')) continue;
    // A gateway, this or another, names the tool as the server does; what it let pass has run.
    if (record.tool !== call.tool || record.native_tool === call.nativeTool) continue;
    if (record.agent !== call.agent || record.workspace !== call.workspace) continue;
    if (record.input_hash !== hash || record.rule !== by.rule || record.layer !== by.layer || record.policy.hash !== by.policyHash)
      continue;
    // Written so that a time that is none does not count.
    if (!(Math.abs(now - Date.parse(record.timestamp)) <= freshMs)) continue;
    if (claim(directories, record.decision_id)) return record.decision_id;
  }
  return undefined;
}

/** Whether nobody has used that decision before. */
function claim(directories: Directories, decision: string): boolean {
  try {
    const folder = join(directories.state, 'decisions');
    makeDirectory(folder);
    closeSync(openSync(join(folder, `used-${sha256(decision).slice(0, 32)}`), 'wx', 0o600));
    return true;
  } catch {
    // Used, or not to be noted: the person is asked.
    return false;
  }
}
