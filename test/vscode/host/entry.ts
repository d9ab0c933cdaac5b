// Runs in the extension host: mocha over the test files named in the environment. Rejecting makes the host end with a failure.
import { appendFileSync } from 'node:fs';
import { format } from 'node:util';
import Mocha from 'mocha';

/** Called by the editor. */
export async function run(): Promise<void> {
  const { files, output } = JSON.parse(process.env['AGENT_POLICY_HOST_TESTS'] ?? '{}') as {
    readonly files: readonly string[];
    readonly output: string;
  };
  const mocha = new Mocha({ timeout: 20_000, ui: 'bdd', reporter: 'spec', color: false });
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => appendFileSync(output, `${format(...args)}\n`);
  for (const file of files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  await new Promise<void>((resolve, reject) => {
    const runner = mocha.run((failures) => {
      if (failures > 0) reject(new Error(`${failures} tests failed`));
      else if ((runner.stats?.passes ?? 0) === 0) reject(new Error('no test ran'));
      else resolve();
    });
  });
}
