import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../audit/canonical.ts';
import type { ToolCall } from '../model/tool-call.ts';
import { writeAtomically, writeNew } from '../platform/atomic-write.ts';
import type { Directories } from '../platform/directories.ts';
import { errorCode, isAlive } from '../platform/process.ts';
import { sha256 } from '../platform/sha256.ts';

/** How long a decision counts for the same call, in milliseconds: two hooks of one call come within moments of each other. */
const lifetime = 5000;

/**
 * Decides a call once where several hooks of one agent see it: the first process decides, the others wait for its result. Calls are the same
 * where the agent's id of session and call and everything that they ask for are. Without such ids, and whenever anything goes wrong here, `decide` is simply
 * called. `until`: milliseconds since 1970.
 */
export async function once<T>(
  directories: Directories,
  call: ToolCall,
  until: number,
  decide: () => Promise<T>,
  isResult: (value: unknown) => value is T,
): Promise<T> {
  if (call.session === undefined || call.callId === undefined) return decide();
  const folder = join(directories.state, 'decisions');
  const same = canonicalJson([call.session, call.callId, call.tool, call.cwd, call.actions]);
  const base = join(folder, sha256(same).slice(0, 32));
  const pending = `${base}.pending`;
  const result = `${base}.json`;
  while (Date.now() < until) {
    const known = read(result, isResult);
    if (known !== undefined) return known;
    if (claim(folder, pending)) break;
    await new Promise((resolve) => setTimeout(resolve, isPending(pending) ? 20 : 1));
  }
  const decided = await decide();
  try {
    writeAtomically(result, JSON.stringify({ at: Date.now(), value: decided }));
    rmSync(pending, { force: true });
    // Now and then, so that old decisions do not pile up.
    if (Math.random() < 0.05) removeOld(folder);
  } catch {
    // The other hook decides by itself.
  }
  return decided;
}

function read<T>(path: string, isResult: (value: unknown) => value is T): T | undefined {
  try {
    const stored: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof stored !== 'object' || stored === null || !('at' in stored) || !('value' in stored)) return undefined;
    const isFresh = typeof stored.at === 'number' && Math.abs(Date.now() - stored.at) < lifetime;
    return isFresh && isResult(stored.value) ? stored.value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether this process is to decide; also where the folder cannot be written. */
function claim(folder: string, pending: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    return true;
  }
  try {
    writeNew(pending, String(process.pid));
    return true;
  } catch (error) {
    return errorCode(error) !== 'EEXIST';
  }
}

/** Whether somebody still decides; a claim of a process that ended is removed. */
function isPending(pending: string): boolean {
  try {
    const pid = Number(readFileSync(pending, 'utf8'));
    // Empty for an instant, between making and writing.
    if (pid === 0 ? Date.now() - statSync(pending).mtimeMs < 1000 : isAlive(pid)) return true;
    rmSync(pending, { force: true });
  } catch {
    // Gone: the result is there, or nobody decides.
  }
  return false;
}

function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stat !== undefined && Date.now() - stat.mtimeMs > (name.endsWith('.json') ? 60_000 : 3_600_000))
      rmSync(join(folder, name), { force: true });
  }
}
