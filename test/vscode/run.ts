// Runs the tests in the real VS Code. Installs the editor first, so that no test waits for it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installEditor } from '../support/vscode/install.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
try {
  installEditor((line) => console.log(line));
} catch (error) {
  console.error(`agent-policy: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
const reporter = join(root, 'scripts', 'reporter.cjs');
const args = [
  mocha,
  '--reporter',
  reporter,
  'test/vscode/*.test.ts',
  'test/ui/*.test.ts',
  // A real window may lose a click to a redraw; what fails twice fails. The reporter names what needed a second try.
  '--retries',
  '1',
  '--timeout',
  '120000',
  '--exit',
  ...process.argv.slice(2),
];
process.exitCode = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
