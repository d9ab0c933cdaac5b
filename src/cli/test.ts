import { readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { plainCall } from '../agents/plain-call.ts';
import { builtIn } from '../gateway/compile-policy.ts';
import { decideScenario } from '../gateway/scenario.ts';
import type { CompiledPolicy } from '../policy/compiled.ts';
import { runCondition } from '../policy/condition.ts';
import { loadPolicy } from '../policy/load.ts';
import { readScenarios, runScenarios, type ScenarioResult, toJunit, toTap } from '../policy/scenario.ts';
import { type Command, exitCodes, hasFlag, type Io, type Parsed, textOption, UsageError } from './command.ts';
import { diagnosticLine, layerOf, readBeside, readPolicyFile } from './policy.ts';

const help = `Runs the scenarios of policy files and says which come out otherwise than expected.

Usage: agent-policy test [FILE…] [options]

Scenarios stand under "tests:" in a policy file, or in a file NAME.test.yaml that extends the policy it tests. Without a name it
takes .agent-policy.yaml of this directory and every *.test.yaml beside it. Nothing is run: a scenario is decided on a machine
that holds the files the scenario names and nothing else.

Options:
  --format human|tap|junit   how to print the results (default: human)
  --coverage                 name the rules that no scenario reaches; they fail the run
  --json                     print {"file","name","passed","problem","verdict","rule","line"} for each scenario, one a line

Exit codes: 0 all came out as expected, 1 a file has errors or no scenario was found, 2 a scenario failed or a rule is not covered.
`;

export const test: Command = {
  summary: 'run the scenarios of a policy',
  help,
  options: { format: { type: 'string' }, coverage: { type: 'boolean' } },
  run,
};

const failed = 2;

interface Suite {
  readonly file: string;
  readonly policy: CompiledPolicy;
  readonly results: readonly ScenarioResult[];
}

async function run(parsed: Parsed, io: Io): Promise<number> {
  const format = textOption(parsed, 'format') ?? 'human';
  if (!['human', 'tap', 'junit'].includes(format)) throw new UsageError(`--format is human, tap or junit, and not "${format}"`);
  const files = parsed.positionals.length > 0 ? parsed.positionals.map((name) => resolve(io.cwd, name)) : filesOf(io.cwd);
  if (files.length === 0) throw new UsageError('there is no .agent-policy.yaml and no *.test.yaml here: name a file');
  const suites = files.map((file) => suiteOf(file, io.cwd));
  const results = suites.flatMap((suite) => suite.results);
  if (results.length === 0)
    throw new UsageError(`no scenario was found in ${suites.map(({ file }) => file).join(', ')}: write some under "tests:"`);
  const uncovered = hasFlag(parsed, 'coverage') ? uncoveredRules(suites) : [];
  if (hasFlag(parsed, 'json')) await io.out(suites.map(jsonLines).join(''));
  else if (format === 'tap') await io.out(toTap(results));
  else if (format === 'junit') await io.out(toJunit('agent-policy', results));
  else await io.out(humanLines(suites, uncovered));
  return results.every(({ passed }) => passed) && uncovered.length === 0 ? exitCodes.ok : failed;
}

function filesOf(cwd: string): string[] {
  const names = readdirSync(cwd).filter((name) => name === '.agent-policy.yaml' || name.endsWith('.test.yaml'));
  return names.sort().map((name) => join(cwd, name));
}

/** Decides all scenarios of a file by the policy in it, under what always holds. Throws a usage error with all that is wrong. */
function suiteOf(path: string, cwd: string): Suite {
  const text = readPolicyFile(path);
  const { scenarios, diagnostics } = readScenarios(path, text);
  const { policy, diagnostics: more } = loadPolicy([builtIn, layerOf(path, dirname(path))], readBeside);
  const errors = [...diagnostics, ...more].filter(({ severity }) => severity === 'error');
  if (policy === undefined || errors.length > 0)
    throw new UsageError([...new Set(errors.map(diagnosticLine))].join('\n') || `${path} could not be read`);
  const results = runScenarios(scenarios, (scenario) =>
    decideScenario(policy, scenario, { callOf: (written) => plainCall(written).call, conditions: runCondition, now: Date.now() }),
  );
  return { file: relative(cwd, path) || path, policy, results };
}

interface Uncovered {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
}

/** Rules of the files' own layers, extended files included, that decided no scenario. Templates have scenarios of their own. */
function uncoveredRules(suites: readonly Suite[]): readonly Uncovered[] {
  const reached = new Set(
    suites.flatMap(({ results }) => results.flatMap(({ decision }) => [decision.rule, ...(decision.shadow ?? []).map(({ rule }) => rule)])),
  );
  const all = new Map<string, Uncovered>();
  for (const { policy } of suites) {
    for (const layer of policy.layers.filter((each) => each.layer !== 'built-in')) {
      for (const { name, source } of layer.rules) {
        if (/[/\\.]/.test(source.file)) all.set(`${source.file}:${name}`, { rule: name, file: source.file, line: source.line });
      }
    }
  }
  return [...all.values()].filter(({ rule }) => !reached.has(rule));
}

function jsonLines({ file, results }: Suite): string {
  return results
    .map(({ scenario, passed, problem, decision }) =>
      JSON.stringify({
        file,
        name: scenario.name,
        passed,
        problem,
        verdict: decision.verdict,
        rule: decision.rule,
        line: scenario.position?.line,
      }),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function humanLines(suites: readonly Suite[], uncovered: readonly Uncovered[]): string {
  const lines = suites.flatMap(({ file, results }) =>
    results
      .filter(({ passed }) => !passed)
      .map(({ scenario, problem }) => `failed  ${file}:${scenario.position?.line ?? 1}  ${scenario.name}: ${problem}`),
  );
  const results = suites.flatMap((suite) => suite.results);
  const passed = results.filter((result) => result.passed).length;
  return [
    ...lines,
    ...uncovered.map(({ rule, file, line }) => `uncovered  ${file}:${line}  no scenario reaches the rule “${rule}”`),
    `${passed} of ${results.length} scenarios came out as expected${uncovered.length === 0 ? '' : `, ${uncovered.length} rules are not covered`}`,
    '',
  ].join('\n');
}
