import { writeSync } from 'node:fs';
import { loadBeside } from '../platform/beside.ts';

/** Becomes the hook process: the same program as `dist/hook.cjs`, called as `agent-policy hook AGENT`. Denies where it cannot be loaded. */
export function startHook(): void {
  // Most agents take a crash for "go on", and exit code 2 for "stop".
  process.exitCode = 2;
  process.argv.splice(2, 1);
  try {
    loadBeside('hook');
  } catch {
    writeSync(2, 'Agent Policy is not whole and denies this call: install it again.\n');
    process.exit(2);
  }
}
