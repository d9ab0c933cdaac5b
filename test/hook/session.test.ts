import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { queryLog } from '../../src/audit/query.ts';
import { directories } from '../../src/platform/directories.ts';
import { readSession, sessionDirectory } from '../../src/session/store.ts';
import { scratchFolder } from '../support/scratch.ts';

const hook = join(import.meta.dirname, '..', '..', 'dist', 'hook.cjs');

const cli = join(import.meta.dirname, '..', '..', 'dist', 'cli.cjs');

const workflow = `version: 1
extends: [safe_coding]
workflow:
  initial: changed
  states:
    changed:
      deny: { command: { program: git, subcommand: push } }
      reason: What is pushed has been tested.
      advice: Run npm test first.
      to: [{ state: tested, after: [npm test, "npm run test*"] }]
    tested:
      to: [{ state: changed, match: { effects: [write, delete], paths: ["src/**"] } }]
`;

/** The built hook, one process for each call, as Claude Code starts it. */
describe('a session of hooks', function () {
  this.timeout(60_000);
  let home = '';
  let project = '';
  let calls = 0;
  beforeEach(() => {
    // Not below /tmp, which sandboxes empty.
    const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache');
    mkdirSync(cache, { recursive: true });
    home = scratchFolder('session', cache);
    project = join(home, 'project');
    mkdirSync(join(project, '.git'), { recursive: true });
    writeFileSync(join(project, 'package.json'), '{"scripts":{"test":"node --test"}}');
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const places = () => directories({}, 'linux', home);
  const env = () => ({ PATH: process.env['PATH'], HOME: home, CLAUDE_PROJECT_DIR: project });

  function send(
    event: string,
    tool: string,
    input: object,
    more: object = {},
    before: readonly string[] = [],
  ): { code: number | null; out: string } {
    calls += 1;
    const payload = {
      session_id: 's1',
      transcript_path: join(home, '.claude/projects/p/s1.jsonl'),
      cwd: project,
      prompt_id: 'p1',
      permission_mode: 'default',
      hook_event_name: event,
      tool_name: tool,
      tool_input: input,
      tool_use_id: `toolu_${calls}`,
      ...more,
    };
    const [command = '', ...args] = [...before, process.execPath, hook, 'claude-code'];
    const { status, stdout, stderr } = spawnSync(command, args, {
      input: JSON.stringify(payload),
      cwd: project,
      env: env(),
      encoding: 'utf8',
      timeout: 30_000,
    });
    return { code: status, out: stdout + stderr };
  }
  const bash = (command: string, before: readonly string[] = []) => send('PreToolUse', 'Bash', { command }, {}, before);
  const write = (path: string, content = 'x') => send('PreToolUse', 'Write', { file_path: join(project, path), content });
  const succeeded = (command: string, response: object = {}, more: object = {}) =>
    send('PostToolUse', 'Bash', { command }, { tool_response: { stdout: '', stderr: '', interrupted: false, ...response }, ...more });
  const session = () => readSession(places(), { agent: 'claude-code', session: 's1', workspace: project }).facts;
  const policy = (text: string) => writeFileSync(join(project, '.agent-policy.yaml'), text);

  it('pushes only what was tested since it was changed', () => {
    policy(workflow);
    const push = () => bash('git push origin feature').code;
    assert.match(bash('git push origin feature').out, /What is pushed has been tested\. Run npm test first\./);
    assert.equal(bash('npm test').code, 0);
    assert.equal(push(), 2);
    assert.equal(succeeded('npm test').code, 0);
    assert.equal(session().state, 'tested');
    assert.equal(push(), 0);
    assert.equal(write('notes.txt').code, 0);
    assert.equal(push(), 0);
    assert.equal(write('src/a.ts').code, 0);
    assert.equal(session().state, 'changed');
    assert.equal(push(), 2);
    assert.equal(succeeded(`cd ${project} && npm run test:unit`).code, 0);
    assert.equal(push(), 0);
    // Another session begins anew.
    assert.equal(send('PreToolUse', 'Bash', { command: 'git push origin feature' }, { session_id: 's2' }).code, 2);
  });

  it('does not take a damaged session for one that has done nothing, where the policy counts what it does', () => {
    policy('version: 1\nextends: [safe_coding]\nbudgets: { writes: 2 }\n');
    assert.equal(write('a.txt').code, 0);
    const folder = sessionDirectory(places(), { agent: 'claude-code', session: 's1', workspace: project });
    writeFileSync(join(folder, 'free'), '{"facts":');
    for (let call = 0; call < 2; call += 1)
      assert.match(write(`b${call}.txt`).out, /what this session did before is not known, as its file is damaged/);
    assert.equal(bash('ls').code, 0);
    const { stdout } = spawnSync(process.execPath, [cli, 'doctor'], { cwd: project, env: env(), encoding: 'utf8' });
    assert.ok(stdout.includes(`${folder} is damaged`), stdout);
    // Where nothing counts, nothing is denied, and it is on record all the same.
    policy('version: 1\nextends: [safe_coding]\n');
    assert.equal(write('c.txt').code, 0);
    const [entry] = queryLog(join(places().state, 'audit'), { type: 'decision' }, 1);
    assert.ok(entry?.record.type === 'decision');
    assert.match(entry.record.degraded ?? '', /its file is damaged/);
    rmSync(folder, { recursive: true });
    policy('version: 1\nextends: [safe_coding]\nbudgets: { writes: 2 }\n');
    assert.equal(write('d.txt').code, 0);
  });

  const noProof: readonly (readonly [what: string, tell: () => unknown])[] = [
    ['a failure', () => send('PostToolUseFailure', 'Bash', { command: 'npm test' }, { error: 'Exit code 1' })],
    ['an interrupted command', () => succeeded('npm test', { interrupted: true })],
    ['a command that runs on', () => succeeded('npm test', { backgroundTaskId: 'b1' })],
    ['an exit code', () => succeeded('npm test', { exit_code: 1 })],
    ['a text for an answer', () => send('PostToolUse', 'Bash', { command: 'npm test' }, { tool_response: 'all passed' })],
    ['no answer', () => send('PostToolUse', 'Bash', { command: 'npm test' })],
    ['the call itself', () => bash('npm test')],
    ['a failure that is hidden', () => succeeded('npm run test || true')],
    ['a mention', () => succeeded('echo npm test')],
    ['another command on the next line', () => succeeded('npm run test\ntrue')],
    ['a substitution', () => succeeded('npm run test$(false)')],
    ['another folder', () => succeeded('npm test', {}, { cwd: tmpdir() })],
    ['a way out of the folder', () => succeeded('cd ../other && npm test')],
    ['another session', () => succeeded('npm test', {}, { session_id: 's2' })],
    [
      'another tool',
      () => send('PostToolUse', 'Write', { file_path: 'npm test', content: 'npm test' }, { tool_response: { interrupted: false } }),
    ],
  ];
  for (const [what, tell] of noProof) {
    it(`takes ${what} for no success`, () => {
      policy(workflow);
      tell();
      assert.notEqual(session().state, 'tested');
      assert.equal(bash('git push origin feature').code, 2);
    });
  }

  it('keeps what succeeded, and what it cost', () => {
    assert.equal(succeeded('npm test', {}, { total_cost_usd: 1.5 }).code, 0);
    assert.equal(succeeded('npm run build', {}, { cost: { total_cost_usd: 1.25 } }).code, 0);
    assert.deepEqual([session().succeeded, session().costUsd], [['npm test', 'npm run build'], 1.5]);
  });

  it('does not fail an agent by an event that it cannot take', () => {
    for (const more of [{ tool_response: null }, { tool_input: 5 }, { session_id: {} }, { total_cost_usd: 'much' }, { tool_name: 7 }])
      assert.deepEqual(send('PostToolUse', 'Bash', { command: 'npm test' }, more), { code: 0, out: '' });
    writeFileSync(join(home, '.local'), 'in the way');
    assert.equal(succeeded('npm test').code, 0);
  });

  it('stops at a budget', () => {
    policy('version: 1\nbudgets: { tool_calls: 3, writes: 2 }\n');
    assert.deepEqual([write('a').code, write('b').code], [0, 0]);
    assert.match(write('c').out, /used up its budget of 2 writes/);
    assert.match(bash('ls').out, /used up its budget of 3 tool calls/);
  });

  it('stops at a budget of dollars', () => {
    policy('version: 1\nbudgets: { cost_usd: 2 }\n');
    assert.equal(bash('ls').code, 0);
    succeeded('ls', {}, { total_cost_usd: 2.01 });
    assert.match(bash('ls').out, /budget of 2 dollars/);
  });

  const script = 'eval "$(cat settings)"\n';
  for (const [tool, make] of [
    ['a tool', () => write('t.sh', script)],
    ['a command', () => bash(`echo 'eval "$(cat settings)"' > t.sh`)],
  ] as const) {
    it(`trusts a script that this session wrote with ${tool} less than one of the project`, () => {
      writeFileSync(join(project, 'old.sh'), script);
      assert.equal(make().code, 0);
      writeFileSync(join(project, 't.sh'), script);
      // Nobody can be asked here but by the agent itself.
      assert.match(bash('bash t.sh').out, /"permissionDecision":"ask"/);
      assert.deepEqual(bash('bash old.sh'), { code: 0, out: '' });
      assert.deepEqual(send('PreToolUse', 'Bash', { command: 'bash t.sh' }, { session_id: 's2' }), { code: 0, out: '' });
    });
  }

  it('runs a command in the sandbox that the policy demands, as the agent would', () => {
    policy('version: 1\npolicies:\n  - { name: boxed, match: { command: { program: touch } }, action: approve, obligations: [sandbox] }\n');
    const input = { command: `touch inside; touch ${home}/outside`, description: 'Make files' };
    const { code, out } = send('PreToolUse', 'Bash', input);
    assert.equal(code, 0);
    const { updatedInput, permissionDecision } = JSON.parse(out).hookSpecificOutput;
    // Without a decision, so that the agent's own prompts stay in force.
    assert.equal(permissionDecision, undefined);
    assert.equal(updatedInput.description, 'Make files');
    spawnSync('bash', ['-c', updatedInput.command], { cwd: project, env: env() });
    assert.deepEqual([existsSync(join(project, 'inside')), existsSync(join(home, 'outside'))], [true, false]);
    const record = queryLog(join(places().state, 'audit'), {}, 1)[0]?.record;
    assert.ok(record?.type === 'decision');
    assert.deepEqual(record.kept, ['sandbox: bubblewrap, network closed']);
    assert.deepEqual(record.rules, undefined);
    assert.match(record.policy.hash, /^sha256:[0-9a-f]{64}$/);
  });

  it('denies in a form that shows what a dry run would have done', () => {
    policy('version: 1\npolicies:\n  - { name: try, match: { command: { program: rm } }, action: approve, obligations: [dry_run] }\n');
    const { code, out } = bash('rm notes.txt');
    assert.equal(code, 2);
    assert.match(out, /This is a dry run, so nothing was done: it would .*delete .*notes\.txt/);
  });

  const broken: readonly (readonly [what: string, make: (file: string) => void])[] = [
    ['is no YAML', (file) => writeFileSync(file, 'version: [')],
    ['has an unknown key', (file) => writeFileSync(file, 'version: 1\nrulez: []\n')],
    ['has an unknown obligation', (file) => writeFileSync(file, 'version: 1\npolicies: [{ name: a, obligations: [teleport] }]\n')],
    ['extends what is not there', (file) => writeFileSync(file, 'version: 1\nextends: [./gone.yaml]\n')],
    ['extends itself', (file) => writeFileSync(file, `version: 1\nextends: [${file}]\n`)],
    ['is a folder', (file) => mkdirSync(file)],
    ['is a dangling link', (file) => symlinkSync('gone', file)],
    ['is too large', (file) => writeFileSync(file, `version: 1\n#${'x'.repeat(1024 * 1024)}`)],
  ];
  for (const layer of ['user', 'workspace'] as const) {
    for (const [what, make] of broken) {
      it(`stops changes and lets reading go on where the policy of the ${layer} ${what}`, () => {
        mkdirSync(places().config, { recursive: true });
        make(layer === 'user' ? join(places().config, 'policy.yaml') : join(project, '.agent-policy.yaml'));
        for (const [expected, tool, input] of [
          [2, 'Write', { file_path: join(project, 'a'), content: '' }],
          [2, 'Bash', { command: 'touch a' }],
          [2, 'Bash', { command: 'curl https://example.com' }],
          [2, 'Read', { file_path: join(home, '.ssh/id_rsa') }],
          [2, 'Bash', { command: '$UNKNOWN' }],
          [0, 'Read', { file_path: join(project, 'package.json') }],
          [0, 'Bash', { command: 'ls' }],
        ] as const) {
          const { code, out } = send('PreToolUse', tool, input);
          assert.equal(code, expected, `${JSON.stringify(input)}: ${out}`);
          const record = queryLog(join(places().state, 'audit'), { type: 'decision' }, 1)[0]?.record;
          assert.ok(record?.type === 'decision' && record.degraded !== undefined);
        }
      });
    }
  }

  it('stops changes and lets reading go on when the disk is full', () => {
    assert.equal(bash('ls').code, 0);
    const full = ['bwrap', '--dev-bind', '/', '/', '--size', '4096', '--tmpfs', places().state, '--'];
    // Four kilobytes hold some of what a call writes, and not all.
    const results = Array.from({ length: 3 }, () => bash('touch made', full));
    for (const { code, out } of results) {
      assert.equal(code, 2, out);
      assert.match(out, /cannot be (?:written|kept)|ENOSPC|no space/i);
    }
    assert.equal(bash('ls', full).code, 0);
    assert.equal(readFileSync(join(project, 'package.json'), 'utf8').length > 0, true);
  });
});
