import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { runCli } from './run-cli.ts';
import { scratchFolder } from '../support/scratch.ts';

/** A directory with these files. */
function folder(files: Readonly<Record<string, string>>): string {
  const path = scratchFolder('tools');
  for (const [name, text] of Object.entries(files)) {
    if (text === '') mkdirSync(join(path, name));
    else writeFileSync(join(path, name), text);
  }
  return path;
}

const good = `version: 1
id: p
policies:
  - { name: no-push, match: { command: { program: git, subcommand: push } }, action: deny, reason: Not here. }
  - { name: no-docs, match: { effects: [write], paths: ["docs/**"] }, action: escalate, reason: Docs are reviewed. }
tests:
  - { name: no push, tool: bash, args: { command: cd sub && git push }, expect: deny, rule: no-push }
`;
const docs = `extends: [./.agent-policy.yaml]
tests:
  - { name: docs, tool: write, args: { path: docs/a.md, content: x }, expect: escalate, rule: no-docs }
`;

describe('agent-policy test', () => {
  const rows: readonly [
    name: string,
    files: Readonly<Record<string, string>>,
    args: readonly string[],
    code: number,
    out: RegExp,
    err: RegExp,
  ][] = [
    ['all as expected', { '.agent-policy.yaml': good }, [], 0, /^1 of 1 scenarios/, /^$/],
    ['a rule that no scenario reaches', { '.agent-policy.yaml': good }, ['--coverage'], 2, /uncovered .*:5 .*no-docs/, /^$/],
    ['a test file that extends the policy', { '.agent-policy.yaml': good, 'docs.test.yaml': docs }, ['--coverage'], 0, /^2 of 2/, /^$/],
    [
      'a scenario that comes out otherwise',
      { '.agent-policy.yaml': good.replace('expect: deny', 'expect: approve') },
      [],
      2,
      /failed .*:7 .*It should be approve, and is deny by the rule “no-push”/,
      /^$/,
    ],
    ['no scenario', { '.agent-policy.yaml': 'version: 1\npolicies: []\n' }, [], 1, /^$/, /no scenario was found/],
    ['nothing to test', { 'a.txt': 'x' }, [], 1, /^$/, /there is no \.agent-policy\.yaml/],
    ['a file that is not there', { 'a.txt': 'x' }, ['nothing.yaml'], 1, /^$/, /there is no such file/],
    ['a broken file', { '.agent-policy.yaml': 'policies: [{ nam: x }]\n' }, [], 1, /^$/, /:1:\d+: .*nam/],
    ['an unknown format', { '.agent-policy.yaml': good }, ['--format', 'html'], 1, /^$/, /human, tap or junit/],
    ['TAP', { '.agent-policy.yaml': good }, ['--format', 'tap'], 0, /^TAP version 14\n1\.\.1\nok 1 - no push/, /^$/],
    ['JUnit', { '.agent-policy.yaml': good }, ['--format', 'junit'], 0, /<testsuite .*tests="1" failures="0"/, /^$/],
    ['JSON', { '.agent-policy.yaml': good }, ['--json'], 0, /"name":"no push","passed":true.*"line":7/, /^$/],
  ];
  for (const [name, files, args, code, out, err] of rows) {
    it(name, () => {
      const result = runCli(['test', ...args], { cwd: folder(files) });
      assert.match(result.out, out);
      assert.match(result.err, err);
      assert.equal(result.code, code);
    });
  }
});

describe('agent-policy init', function () {
  this.timeout(60_000);

  it('writes a policy whose own scenarios hold and reach every rule, whatever is in the project', () => {
    for (const names of [[], ['migrations'], ['.github', 'terraform'], ['migrations', '.github', 'infra', 'CODEOWNERS']]) {
      const cwd = folder(Object.fromEntries(names.map((name) => [name, ''])));
      assert.equal(runCli(['init'], { cwd }).code, 0);
      const tested = runCli(['test', '--coverage'], { cwd });
      assert.equal(tested.code, 0, tested.out + tested.err);
      assert.equal(runCli(['lint'], { cwd }).code, 0);
    }
  });

  it('never overwrites a policy', () => {
    const cwd = folder({ '.agent-policy.yaml': good });
    const { code, err } = runCli(['init'], { cwd });
    assert.equal(code, 1);
    assert.match(err, /there is a policy already/);
    assert.equal(readFileSync(join(cwd, '.agent-policy.yaml'), 'utf8'), good);
  });
});

describe('agent-policy lint, schema and explain', () => {
  const twice = good.replace(
    'tests:',
    '  - { name: again, match: { effects: [write], paths: ["docs/**"] }, action: deny, reason: Never. }\ntests:',
  );

  it('lint holds what a workspace policy relaxes against what stands above it', () => {
    const relaxing = (overrides: string) =>
      `version: 1\npolicies:\n  - { name: w, match: { acts: [git.push.lease] }, action: approve, overrides: [${overrides}], reason: r }\n`;
    const own = folder({ 'policy.yaml': 'version: 1\npolicies:\n  - { name: mine, match: { tool: x }, reason: r }\n' });
    const home = folder({ '.config': '' });
    mkdirSync(join(home, '.config', 'agent-policy'));
    const linted = (overrides: string) =>
      runCli(['lint', '--json'], { cwd: folder({ '.agent-policy.yaml': relaxing(overrides) }), env: { HOME: home, XDG_CONFIG_HOME: '' } });
    const codes = (overrides: string) =>
      (JSON.parse(linted(overrides).out) as readonly { readonly code: string }[]).map(({ code }) => code);
    assert.deepEqual(codes('force-push-with-lease'), []);
    assert.deepEqual(codes('mine'), ['overrides-nothing']);
    writeFileSync(join(home, '.config', 'agent-policy', 'policy.yaml'), readFileSync(join(own, 'policy.yaml')));
    assert.deepEqual(codes('mine'), []);
    assert.deepEqual(codes('force-push-with-lease'), ['overrides-nothing']);
    // What is wrong with those is not said of this one.
    writeFileSync(join(home, '.config', 'agent-policy', 'policy.yaml'), 'version: 1\npolicies: [{ name: mine, match: { tool: x } }]\n');
    assert.deepEqual(codes('mine'), []);
  });

  it('lint names a rule that never decides, in each format', () => {
    const cwd = folder({ '.agent-policy.yaml': twice });
    const human = runCli(['lint'], { cwd });
    assert.equal(human.code, 2);
    assert.match(human.out, /warning: .*:6:1: .*again.*\(contradicts\)/);
    assert.equal(JSON.parse(runCli(['lint', '--json'], { cwd }).out)[0].code, 'contradicts');
    assert.equal(JSON.parse(runCli(['lint', '--format', 'sarif'], { cwd }).out).version, '2.1.0');
  });

  it('schema is the schema that is shipped', () => {
    assert.deepEqual(JSON.parse(runCli(['schema']).out), JSON.parse(readFileSync('policies/schema.json', 'utf8')));
  });

  it('explain --all names every rule for every effect, and why it did not match', () => {
    const cwd = folder({ '.agent-policy.yaml': good });
    const { out, code } = runCli(['explain', '--all', '--policy', './.agent-policy.yaml', '--', 'git push'], { cwd });
    assert.equal(code, 0);
    assert.match(out, /yes +deny +no-push .*\.agent-policy\.yaml:4\] +Everything in its match holds/);
    assert.match(out, /no +escalate +no-docs .*:5\] +“effects”/);
  });
});
