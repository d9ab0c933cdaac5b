import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { plainCall } from '../../src/agents/plain-call.ts';
import { builtIn, usual } from '../../src/gateway/compile-policy.ts';
import { decideScenario } from '../../src/gateway/scenario.ts';
import { runCondition } from '../../src/policy/condition.ts';
import { lintPolicy } from '../../src/policy/lint.ts';
import { type LayerSource, loadPolicy } from '../../src/policy/load.ts';
import { readScenarios, runScenarios } from '../../src/policy/scenario.ts';

const root = join(import.meta.dirname, '..', '..');
const pages = ['README.md', ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))];
/** Every policy on a page; a list alone is a part of `policies`. */
const examples = pages.flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = ''], index) => ({
    name: `${page}, example ${index + 1}`,
    text: /^- /.test(text) ? `policies:\n${text.replace(/^/gm, '  ')}` : text,
  })),
);

/** What the pages say of examples that have no scenarios of their own, by a word of the example. */
const said: readonly (readonly [word: string, scenarios: string])[] = [
  [
    'What is pushed has been tested.',
    `tests:
  - { name: untested, tool: bash, args: { command: git push }, state: changed, expect: deny }
  - { name: from the start, tool: bash, args: { command: git push }, expect: deny }
  - { name: tested, tool: bash, args: { command: git push }, state: tested, expect: approve }
  - { name: other work, tool: bash, args: { command: npm test }, state: changed, expect: approve }
`,
  ],
  [
    'build-scripts-in-a-box',
    `tests:
  - { name: a build, tool: bash, args: { command: npm run build }, expect: approve, rule: build-scripts-in-a-box }
  - { name: something else, tool: bash, args: { command: ls }, expect: approve, rule: "" }
`,
  ],
];

describe('policy: the examples of the documentation', () => {
  it('are found, and those of which more is said are among them', () => {
    assert.ok(examples.length >= 6);
    for (const [word] of said) assert.equal(examples.filter(({ text }) => text.includes(word)).length, 1, word);
  });

  for (const { name, text } of examples) {
    it(`${name} is a policy with which nothing is wrong`, () => {
      const source: LayerSource = { layer: 'user', name, text, trusted: true };
      const { policy, diagnostics } = loadPolicy([builtIn, source], undefined, usual);
      assert.deepEqual(diagnostics, []);
      assert.ok(policy);
      const now = Date.parse('2026-11-15');
      assert.deepEqual(
        lintPolicy(policy, now).filter((each) => each.source === name),
        [],
      );
      const more = said.find(([word]) => text.includes(word))?.[1] ?? '';
      const scenarios = [text, more].flatMap((each) => readScenarios(name, each).scenarios);
      const results = runScenarios(scenarios, (scenario) =>
        decideScenario(policy, scenario, { callOf: (written) => plainCall(written).call, conditions: runCondition, now }),
      );
      assert.deepEqual(
        results.filter(({ passed }) => !passed).map(({ scenario, problem }) => `${scenario.name}: ${problem}`),
        [],
      );
    });
  }
});
