// The npm scripts: `node scripts/run.mjs <task> [arguments]`. Runs on any Node from 20, needs no dependency, and hands over to
// the Node of the devDependency for the work itself.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { node, root, setUp } from './setup.mjs';

const bin = (...parts) => join(root, 'node_modules', ...parts);
const mocha = (...args) => [bin('mocha', 'bin', 'mocha.js'), '--reporter', join(root, 'scripts', 'reporter.cjs'), ...args];

/** Real agents and a real editor take long and need programs of their own: everything else is a unit test. */
const slow = ['test/agents/real/**', 'test/vscode/**', 'test/ui/**', 'test/bench/**'];
const unit = mocha('test/**/*.test.ts', ...slow.flatMap((pattern) => ['--ignore', pattern]), '--timeout', '20000');

const steps = {
  build: ['esbuild.js'],
  lint: [bin('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings', '.'],
  types: [bin('typescript', 'bin', 'tsc'), '--noEmit', '-p', '.'],
  // Browser code knows another world than the rest.
  'types of the page': [bin('typescript', 'bin', 'tsc'), '--noEmit', '-p', 'src/webview'],
  unit,
  demo: ['dist/cli.cjs', 'demo'],
  bench: ['test/bench/run.ts'],
  corpus: ['test/corpus/score.ts'],
  package: ['scripts/package.mjs'],
  vscode: ['test/vscode/run.ts'],
  pictures: ['test/ui/pictures.ts'],
  agents: mocha('test/agents/real/**/*.test.ts', '--parallel', '--jobs', '2', '--retries', '1', '--timeout', '300000'),
  oracle: ['test/oracle/main.ts'],
};

const tasks = {
  build: ['build'],
  start: ['build', 'demo'],
  test: ['build', 'lint', 'types', 'types of the page', 'unit'],
  lint: ['lint'],
  types: ['types', 'types of the page'],
  unit: ['build', 'unit'],
  bench: ['build', 'bench'],
  corpus: ['corpus'],
  package: ['build', 'package'],
  'test:vscode': ['build', 'package', 'vscode'],
  pictures: ['build', 'package', 'pictures'],
  'test:agents': ['build', 'agents'],
  oracle: ['build', 'oracle'],
};

const [task = '', ...rest] = process.argv.slice(2);
const names = Object.hasOwn(tasks, task) ? tasks[task] : undefined;
if (!names) {
  console.error(`agent-policy: no task "${task}". Tasks: ${Object.keys(tasks).join(', ')}.`);
  process.exit(1);
}

setUp();
const scratch = mkdtempSync(join(tmpdir(), 'agent-policy-run-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const counts = join(scratch, 'counts');
// No test and no demonstration asks whoever sits at the terminal.
const env = {
  ...process.env,
  AGENT_POLICY_PROMPT: 'off',
  AGENT_POLICY_COUNTS: counts,
  PATH: [bin('.bin'), process.env.PATH ?? ''].join(delimiter),
};
let step;
let ended = 0;
// The step cleans up and ends, then this does: only at a terminal is the step told, too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    ended = 128 + constants.signals[signal];
    step?.kill(signal);
  });
}

/** Runs a step; its exit code, `null` where a signal or the machine ended it. */
function run(args) {
  return new Promise((resolve) => {
    step = spawn(node, args, { cwd: root, stdio: 'inherit', env });
    step.on('error', (error) => {
      console.error(`agent-policy: ${error.message}`);
      resolve(null);
    });
    step.on('close', resolve);
  });
}

const totals = { passed: 0, failed: 0 };
const broken = [];
for (const [index, name] of names.entries()) {
  const args = index === names.length - 1 ? [...steps[name], ...rest] : steps[name];
  const status = await run(args);
  if (ended !== 0) process.exit(ended);
  const results = existsSync(counts)
    ? readFileSync(counts, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
  rmSync(counts, { force: true });
  const failures = results.reduce((sum, result) => sum + result.failures, 0);
  totals.passed += results.reduce((sum, result) => sum + result.passes, 0);
  // A step that fails without a failing test (a lint error, a crash) counts as one failure.
  totals.failed += status === 0 ? failures : Math.max(failures, 1);
  if (status === 0 && failures === 0) continue;
  broken.push(name);
  // Nothing can be tested that was not built; a lint error says nothing about the tests.
  if (name === 'build' || name === 'package') break;
}

if (broken.length > 0) console.error(`\nagent-policy: failed: ${broken.join(', ')}`);
if (/^(test|unit|oracle)/.test(task)) console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = broken.length > 0 ? 1 : 0;
