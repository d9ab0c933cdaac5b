import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { analyze } from '../../src/analysis/analyze.ts';
import { newSession, type PolicyRequest } from '../../src/model/policy-request.ts';
import { sha256 } from '../../src/platform/sha256.ts';
import { evaluate } from '../../src/policy/evaluate.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { propose } from '../../src/policy/propose.ts';
import { withRule } from '../../src/policy/rule-text.ts';
import { scenarioWorld } from '../../src/policy/scenario-world.ts';

const builtIn = 'version: 1\nid: built-in\nextends: [safe_coding]\n';
const own = `version: 1
id: own
policies:
  - { name: deploys, match: { command: { program: [deploy, make, python3] } }, action: escalate }
  - { name: settings, match: { paths: ['\${workspace}/config/**'], effects: [write, delete] }, action: escalate }
  - { name: often, match: { command: { program: lint }, when: 'session.writes > 3' }, action: escalate }
  - { name: twice, match: { command: { program: rollout } }, action: escalate }
  - { name: hosts, match: { host: [intern.example.com] }, action: escalate }
`;
const denying = 'version: 1\nid: more\npolicies:\n  - { name: twice, match: { command: { program: never } }, action: deny }\n';

function request(command: string): PolicyRequest {
  const world = scenarioWorld('/w', {
    'src/a.ts': '',
    'config/app.json': '',
    'config/deep/b.json': '',
    'config/run-12345.log': '',
    '.env': '',
  });
  const call = {
    tool: 'bash',
    nativeTool: 'Bash',
    args: { command },
    actions: [{ kind: 'bash', command } as const],
    agent: 'claude-code',
    cwd: '/w',
    workspace: '/w',
    home: '/home/dev',
  };
  return { call, analysis: analyze(call, world), subject: { user: 'dev', groups: [] }, session: newSession, environment: { now: 0 } };
}

function policy() {
  const loaded = loadPolicy([
    { layer: 'built-in', name: 'built-in', text: builtIn, trusted: true },
    { layer: 'user', name: 'own', text: own, trusted: true },
    { layer: 'workspace', name: 'more', text: denying },
  ]);
  assert.ok(loaded.policy, JSON.stringify(loaded.diagnostics));
  return loaded.policy;
}

function proposed(command: string) {
  const asked = request(command);
  const decision = evaluate(policy(), asked, { conditions: () => () => true });
  return propose(asked, decision, policy(), sha256);
}

describe('a rule that answers the like of a question', () => {
  const rows: readonly (readonly [string, object])[] = [
    ['git push --force-with-lease origin main', { acts: ['git.push.lease'], effects: ['write'] }],
    ['npm publish', { acts: ['package.publish'], command: { program: 'npm', subcommand: 'publish' } }],
    ['npm publish --tag next', { acts: ['package.publish'], command: { program: 'npm', subcommand: 'publish' } }],
    ['rm -rf src', { acts: ['files.delete.recursive'], effects: ['delete'], paths: ['${workspace}/src/**'] }],
    ['deploy staging --fast', { command: { program: 'deploy', subcommand: 'staging' } }],
    ['echo x > config/app.json', { effects: ['write'], paths: ['${workspace}/config/*.json'] }],
    [
      'echo x > config/deep/b.json; echo y > config/app.json',
      { effects: ['write'], paths: ['${workspace}/config/deep/*.json', '${workspace}/config/*.json'] },
    ],
    ['curl https://intern.example.com/x', { effects: ['network'], host: ['intern.example.com'] }],
  ];
  for (const [command, match] of rows) it(command, () => assert.deepEqual(proposed(command)?.match, match));

  const none: readonly (readonly [string, string])[] = [
    ['make all', 'make runs anything'],
    ['python3 x.py', 'an interpreter'],
    ['sudo deploy x', 'a wrapper'],
    ['deploy $WHERE', 'words that are not known'],
    ['cat .env', 'a secret'],
    ['git push --force', 'a denial'],
    ['lint', 'a condition on the session'],
    ['rollout now', 'a rule of the same name that denies'],
    ['echo ok', 'nothing is asked'],
    ['bash -c "$X"', 'code that is not known'],
    ['rm -rf src && npm publish', 'two things at once'],
    ['deploy', 'a program with nothing to hold on to'],
  ];
  for (const [command, why] of none) it(`none for ${command}: ${why}`, () => assert.equal(proposed(command), undefined));

  it('answers its own question, and is written with a scenario that passes, keeping what was there', () => {
    for (const [command] of rows) {
      const proposal = proposed(command);
      assert.ok(proposal, command);
      const before = own.replace('id: own', 'id: own # mine');
      const text = withRule(before, proposal, 'because', { name: 'n', tool: 'bash', args: { command } });
      assert.match(text ?? '', /# mine/);
      const { policy: after, diagnostics } = loadPolicy([
        { layer: 'built-in', name: 'built-in', text: builtIn, trusted: true },
        { layer: 'user', name: 'own', text: text ?? '', trusted: true },
      ]);
      assert.ok(after, JSON.stringify(diagnostics));
      assert.equal(evaluate(after, request(command)).verdict, 'approve', command);
      assert.notEqual(evaluate(after, request(`${command}; cat .env`)).verdict, 'approve', command);
    }
  });

  it('makes a new policy where there is none, and leaves a broken one alone', () => {
    const proposal = proposed('npm publish');
    assert.ok(proposal);
    const test = { name: 'n', tool: 'bash', args: { command: 'npm publish' } };
    const made = withRule('', proposal, 'because', test);
    assert.equal(loadPolicy([{ layer: 'user', name: 'x', text: made ?? '', trusted: true }]).diagnostics.length, 0);
    for (const broken of ['policies: [', 'policies: 3\n', 'tests: x\n']) assert.equal(withRule(broken, proposal, 'r', test), undefined);
  });
});
