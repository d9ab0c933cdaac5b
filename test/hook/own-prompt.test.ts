import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { scratchFolder } from '../support/scratch.ts';

const hook = join(import.meta.dirname, '..', '..', 'dist', 'hook.cjs');

describe('a question where there is no window', () => {
  let root: string;
  before(() => {
    root = scratchFolder('own-prompt');
    mkdirSync(join(root, 'project'));
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  function ask(agent: string, command: string, more: object = {}) {
    const payload = {
      hook_event_name: 'PreToolUse',
      session_id: 's',
      cwd: join(root, 'project'),
      tool_name: agent === 'qwen' ? 'run_shell_command' : 'Bash',
      tool_input: { command },
      tool_use_id: `${agent} ${command} ${JSON.stringify(more)}`,
      ...more,
    };
    const env = { PATH: process.env['PATH'] ?? '', HOME: root, CLAUDE_PROJECT_DIR: join(root, 'project') };
    const { status, stdout } = spawnSync('setsid', ['--wait', process.execPath, hook, agent], {
      cwd: join(root, 'project'),
      env,
      input: JSON.stringify(payload),
      encoding: 'utf8',
    });
    return `${status} ${/"permissionDecision":"(\w+)"/.exec(stdout)?.[1] ?? ''}`.trim();
  }

  const escalated = 'git push --force-with-lease origin main';
  const rows: readonly (readonly [string, string, object, string])[] = [
    // Whoever does not say in which mode it is may be in one that asks nothing.
    ['claude-code', escalated, {}, '2 deny'],
    ['copilot', escalated, {}, '0 deny'],
    ['claude-code', escalated, { permission_mode: 'default' }, '0 ask'],
    ['claude-code', escalated, { permission_mode: 'bypassPermissions' }, '2 deny'],
    ['claude-code', 'git push --force', {}, '2 deny'],
    ['claude-code', 'ls', {}, '0'],
    ['codex', escalated, {}, '2 deny'],
  ];
  for (const [agent, command, more, expected] of rows) {
    it(`${agent}: ${command} ${JSON.stringify(more)}`, () => assert.equal(ask(agent, command, more), expected));
  }

  it('is on record as left to the agent', () => {
    const folder = join(root, '.local', 'state', 'agent-policy', 'audit');
    const lines = readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
    const records = lines.map((line) => JSON.parse(line).record).filter((record) => record.approval?.by === 'agent');
    assert.deepEqual(
      records.map(({ verdict, outcome }) => [verdict, outcome]),
      [['escalate', 'escalate']],
    );
  });
});
