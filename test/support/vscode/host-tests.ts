// Runs test files inside the real extension host, with their true exit code.
import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFileSync } from 'node:child_process';
import { build } from 'esbuild';
import { newScope, startEditor } from './editor.ts';
import { sleep } from './wait.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const sources = join(root, 'test', 'vscode', 'host');

/** What the extension host said. */
export interface HostReport {
  /** 0: all passed; absent: no end in time. */
  readonly code?: number;
  readonly output: string;
}

/** Runs all tests of `test/vscode/host` against the extension in a VSIX. */
export async function runHostTests(vsix: string, ms: number): Promise<HostReport> {
  // Work trees may share their node_modules.
  const bundled = join(root, 'node_modules', '.cache', 'agent-policy-host-tests', String(process.pid));
  const files = await bundleTests(bundled);
  const scope = newScope('host');
  const output = scope.path('output.txt');
  const extension = scope.path('extension-under-test');
  mkdirSync(extension);
  execFileSync('python3', ['-m', 'zipfile', '-e', vsix, extension]);
  const tests = { files: files.filter((file) => file.endsWith('.test.cjs')), output };
  const editor = await startEditor(scope, {
    chat: false,
    // Its git calls fail in the midst of a test where a test takes the repository away.
    settings: { 'git.enabled': false },
    // Without this flag a released workbench ignores what it is asked to test.
    args: ['--vscode-option', 'enable-smoke-test-driver'],
    env: { AGENT_POLICY_HOST_TESTS: JSON.stringify(tests) },
  });
  try {
    const remote = (path: string) => `vscode-remote://${new URL(editor.url).host}${realpathSync(path)}`;
    const code = await new Promise<number | undefined>((resolve, reject) => {
      void sleep(ms).then(() => resolve(undefined));
      editor
        .open({
          payload: [
            ['extensionDevelopmentPath', remote(join(extension, 'extension'))],
            ['extensionTestsPath', remote(files.find((file) => file.endsWith('entry.cjs')) ?? '')],
            ['skipWelcome', 'true'],
          ],
          prepare: async (page) => {
            await page.exposeFunction('codeAutomationLog', () => {});
            await page.exposeFunction('codeAutomationExit', (status: number) => resolve(status));
          },
        })
        .catch(reject);
    });
    return { ...(code === undefined ? {} : { code }), output: readFileSync(output, { encoding: 'utf8', flag: 'a+' }) };
  } finally {
    await editor.close();
    rmSync(bundled, { recursive: true, force: true });
  }
}

/** Bundles each file for the extension host; below `node_modules`, where it finds mocha. */
async function bundleTests(outdir: string): Promise<readonly string[]> {
  const entryPoints = readdirSync(sources)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(sources, file));
  await build({
    entryPoints,
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return entryPoints.map((file) => join(outdir, `${file.slice(sources.length + 1, -'.ts'.length)}.cjs`));
}
