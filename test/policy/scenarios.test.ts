import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { analyze } from '../../src/analysis/analyze.ts';
import { readRequest } from '../../src/cli/request.ts';
import type { Decision } from '../../src/model/decision.ts';
import type { CompiledPolicy } from '../../src/policy/compiled.ts';
import { runCondition } from '../../src/policy/condition.ts';
import { evaluate } from '../../src/policy/evaluate.ts';
import { readScenarios, runScenarios, type Scenario, toJunit, toTap } from '../../src/policy/scenario.ts';
import { scenarioWorld } from '../../src/policy/scenario-world.ts';
import { templateNames, templateText } from '../../src/policy/templates.ts';
import { policy } from './request.ts';

const workspace = '/home/dev/project';

/** Decides a scenario the whole way: as text of a tool call, analysed and evaluated. */
function decide(compiled: CompiledPolicy, { tool, args, session, files, branch, user = 'dev', groups = [] }: Scenario): Decision {
  const read = readRequest({ tool, args }, { cwd: workspace, home: '/home/dev' });
  if ('error' in read) throw new Error(read.error);
  const analysis = analyze(read.call, scenarioWorld(workspace, files));
  const environment = { now: 0, ...(branch === undefined ? {} : { branch }) };
  return evaluate(
    compiled,
    { call: read.call, analysis, subject: { user, groups }, session, environment },
    { conditions: () => runCondition },
  );
}

describe('policy: scenarios of the templates', () => {
  for (const name of [...templateNames, 'self_protection']) {
    const text = templateText(name) ?? '';
    const compiled = policy({ layer: 'user', name, text });
    const { scenarios, diagnostics } = readScenarios(name, text);

    it(`${name} decides as its scenarios say`, () => {
      assert.deepEqual(diagnostics, []);
      const results = runScenarios(scenarios, (scenario) => decide(compiled, scenario));
      assert.deepEqual(
        results
          .filter(({ passed }) => !passed)
          .map(({ scenario, problem }) => `${scenario.name} (${JSON.stringify(scenario.args)}): ${problem}`),
        [],
      );
      for (const rule of compiled.layers[0]?.rules ?? []) assert.ok(rule.source.line > 1);
    });

    it(`what ${name} suggests, the guard approves`, () => {
      const guarded = policy(
        { layer: 'built-in', name: 'self_protection', text: templateText('self_protection') ?? '' },
        { layer: 'user', name, text },
      );
      if (name === 'strict') return;
      for (const rule of compiled.layers[0]?.rules ?? []) {
        for (const [, command = ''] of (rule.advice ?? '').matchAll(/`([a-z]+ [^`]+)`/g)) {
          const made: Scenario = {
            name: command,
            tool: 'bash',
            args: { command },
            files: {},
            expect: 'approve',
            session: scenarios[0]?.session ?? assert.fail(),
          };
          assert.equal(decide(guarded, made).verdict, 'approve', `${rule.name} suggests ${command}`);
        }
      }
    });
  }
});

describe('policy: results of scenarios', () => {
  const text = `policies: [{ name: a, match: { tool: bash } }]
tests:
  - { name: right, tool: bash, args: { command: ls }, expect: deny, rule: a }
  - { name: "wrong <verdict> # 1", tool: bash, args: { command: ls }, expect: approve }
  - { name: wrong rule, tool: bash, args: { command: ls }, expect: deny, rule: b }
`;
  const compiled = policy(text);
  const results = runScenarios(readScenarios('x', text).scenarios, (scenario) => decide(compiled, scenario));

  it('say what differs', () => {
    assert.deepEqual(
      results.map(({ problem }) => problem),
      ['', 'It should be approve, and is deny by the rule “a”.', 'The rule “b” should decide, and the rule “a” does.'],
    );
    assert.deepEqual(results[0]?.scenario.position, { line: 3, column: 5 });
  });

  it('are written as TAP', () => {
    assert.deepEqual(
      toTap(results)
        .split('\n')
        .filter((line) => !line.startsWith('  ')),
      ['TAP version 14', '1..3', 'ok 1 - right', 'not ok 2 - wrong <verdict> \\# 1', 'not ok 3 - wrong rule', ''],
    );
  });

  it('are written as JUnit XML', () => {
    const xml = toJunit('x', results);
    assert.match(xml, /<testsuites tests="3" failures="2">/);
    assert.match(xml, /name="wrong &lt;verdict&gt; # 1">/);
  });
});
