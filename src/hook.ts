import { writeSync } from 'node:fs';
import { loadCode } from './platform/code.ts';

// Until the gate has decided, every way of ending is a deny: most hosts take a crash for "go on", but exit code 2 for "stop".
process.exitCode = 2;

try {
  loadCode('gate');
} catch (error) {
  const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown error';
  writeSync(2, `Agent Policy is not whole and denies this call: install it again (${why}).\n`);
  process.exit(2);
}
