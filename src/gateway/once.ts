import { closeSync, openSync, readdirSync, readFileSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../audit/canonical.ts';
import type { ToolCall } from '../model/tool-call.ts';
import { makeDirectory, writeAll } from '../platform/atomic-write.ts';
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
  const file = join(folder, `${sha256(same).slice(0, 32)}.json`);
  let claim: number | undefined;
  while (Date.now() < until) {
    claim = claimed(folder, file);
    if (claim !== undefined) break;
    const known = read(file, isResult);
    if (known !== undefined) return known.result;
    await new Promise((resolve) => setTimeout(resolve, isPending(file, isResult) ? 20 : 1));
  }
  const decided = await decide();
  if (claim === undefined || claim === nowhere) return decided;
  try {
    keep(claim, file, `${JSON.stringify({ at: Date.now(), value: decided })}\n`);
    // Now and then, so that old decisions do not pile up.
    if (Math.random() < 0.05) removeOld(folder);
  } catch {
    // The other hook decides by itself.
  }
  return decided;
}

/** Writes what was decided into the file of a call. Half of it would have others wait for this process, so that it takes the file away and throws. */
function keep(claim: number, file: string, line: string): void {
  try {
    writeAll(claim, Buffer.from(line));
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(claim);
  }
}

/** Age at which a file goes, in milliseconds: no question waits this long. */
const longestDecision = 20 * 60_000;

/** Stands for a claim where nothing can be written: everybody decides. */
const nowhere = -1;

/**
 * Makes the file of a call, which holds the process that decides and, in a second line, what it decided: whoever makes it decides. Returns it open, or
 * nothing where another was first.
 */
function claimed(folder: string, file: string): number | undefined {
  for (const isSecond of [false, true]) {
    try {
      const descriptor = openSync(file, 'wx', 0o600);
      writeAll(descriptor, Buffer.from(`${process.pid}\n`));
      return descriptor;
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return undefined;
      if (errorCode(error) !== 'ENOENT' || isSecond) return nowhere;
    }
    try {
      makeDirectory(folder);
    } catch {
      return nowhere;
    }
  }
  return nowhere;
}

/** What was decided; nothing where it is not known yet or no more. */
function read<T>(file: string, isResult: (value: unknown) => value is T): { readonly result: T } | undefined {
  try {
    const [, line, end] = readFileSync(file, 'utf8').split('\n');
    if (line === undefined || end === undefined) return undefined;
    const stored: unknown = JSON.parse(line);
    if (typeof stored !== 'object' || stored === null || !('at' in stored) || !('value' in stored)) return undefined;
    const isFresh = typeof stored.at === 'number' && Math.abs(Date.now() - stored.at) < lifetime;
    return isFresh && isResult(stored.value) ? { result: stored.value } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether somebody still decides; the file of a process that ended, or of a decision that is over, is removed. */
function isPending<T>(file: string, isResult: (value: unknown) => value is T): boolean {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    // Without any end of line for an instant, between making and writing.
    if (lines.length === 1 && Date.now() - statSync(file).mtimeMs < 1000) return true;
    if (lines.length === 2 && isAlive(Number(lines[0]))) return true;
    // Decided since it was last looked at: removing it would have the call decided twice.
    if (read(file, isResult) === undefined) unlinkSync(file);
  } catch {
    // Gone: somebody else has removed it.
  }
  return false;
}

function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stat !== undefined && Date.now() - stat.mtimeMs > longestDecision) rmSync(join(folder, name), { force: true });
  }
}
