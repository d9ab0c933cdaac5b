import { realpathSync } from 'node:fs';
import { runMcp } from './mcp/main.ts';

export { runMcp } from './mcp/main.ts';
export { allPins, approveChanges, forgetPins } from './mcp/pins.ts';

// Started by a client as a program of its own; the command line loads it as a library.
if (isProgram()) {
  runMcp(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`agent-policy mcp: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    },
  );
}

function isProgram(): boolean {
  try {
    return realpathSync(process.argv[1] ?? '') === realpathSync(import.meta.filename);
  } catch {
    return false;
  }
}
