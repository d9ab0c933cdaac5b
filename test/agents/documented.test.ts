// Agents that cannot be run here: the payloads that their documentation shows, and the answers that it asks for.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { AgentId } from '../../src/agents/agent.ts';
import type { Action } from '../../src/model/tool-call.ts';
import { getAdapter } from '../support/agents/adapters.ts';

/** A documented payload, where it is documented, what it asks for, and what of the denial the agent reads. */
interface Documented {
  readonly agent: AgentId;
  readonly source: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly actions: readonly Partial<Action>[];
  readonly denied: { readonly stdout?: RegExp; readonly exitCode?: number };
}

const cursor = {
  conversation_id: 'c',
  generation_id: 'g',
  model: 'm',
  cursor_version: '2.4',
  workspace_roots: ['/w'],
  user_email: 'a@b.example',
};
const windsurf = { trajectory_id: 't', execution_id: 'e', timestamp: '2026-01-01T00:00:00Z', model_name: 'm' };
const antigravity = {
  conversationId: 'c',
  workspacePaths: ['/w'],
  transcriptPath: '/t',
  artifactDirectoryPath: '/a',
  modelName: 'm',
  stepIdx: 3,
};
const push = { kind: 'bash', command: 'git push --force' } as const;

const table: readonly Documented[] = [
  {
    agent: 'cursor',
    source: 'cursor.com/docs/hooks, preToolUse',
    payload: {
      ...cursor,
      hook_event_name: 'preToolUse',
      tool_name: 'Shell',
      tool_input: { command: push.command, working_directory: '/w' },
      tool_use_id: 'u',
      cwd: '/w',
    },
    actions: [{ ...push, cwd: '/w' }],
    denied: { stdout: /"permission":"deny"/, exitCode: 2 },
  },
  {
    agent: 'cursor',
    source: 'cursor.com/docs/hooks, beforeShellExecution',
    payload: { ...cursor, hook_event_name: 'beforeShellExecution', command: push.command, cwd: '/w', sandbox: false },
    actions: [push],
    denied: { stdout: /"permission":"deny"/, exitCode: 2 },
  },
  {
    agent: 'cursor',
    source: 'cursor.com/docs/hooks, beforeMCPExecution (tool_input is JSON text)',
    payload: {
      ...cursor,
      hook_event_name: 'beforeMCPExecution',
      tool_name: 'delete_repo',
      tool_input: '{"repo":"x"}',
      mcp_server_name: 'github',
      url: 'https://x.example',
    },
    actions: [{ kind: 'mcp', server: 'github', tool: 'delete_repo' }],
    denied: { stdout: /"permission":"deny"/, exitCode: 2 },
  },
  {
    agent: 'cursor',
    source: 'cursor.com/docs/hooks, beforeReadFile',
    payload: { ...cursor, hook_event_name: 'beforeReadFile', file_path: '/w/.env', content: 'A=1', attachments: [] },
    actions: [{ kind: 'read', path: '/w/.env' }],
    denied: { stdout: /"permission":"deny"/, exitCode: 2 },
  },
  {
    agent: 'windsurf',
    source: 'docs.windsurf.com/windsurf/cascade/hooks, pre_run_command: only exit code 2 blocks',
    payload: { ...windsurf, agent_action_name: 'pre_run_command', tool_info: { command_line: push.command, cwd: '/w' } },
    actions: [{ ...push, cwd: '/w' }],
    denied: { exitCode: 2 },
  },
  {
    agent: 'windsurf',
    source: 'docs.windsurf.com/windsurf/cascade/hooks, pre_write_code',
    payload: {
      ...windsurf,
      agent_action_name: 'pre_write_code',
      tool_info: { file_path: '/w/.env', edits: [{ old_string: '', new_string: 'A=1' }] },
    },
    actions: [{ kind: 'edit', path: '/w/.env' }],
    denied: { exitCode: 2 },
  },
  {
    agent: 'windsurf',
    source: 'docs.windsurf.com/windsurf/cascade/hooks, pre_mcp_tool_use',
    payload: {
      ...windsurf,
      agent_action_name: 'pre_mcp_tool_use',
      tool_info: { mcp_server_name: 'github', mcp_tool_name: 'delete_repo', mcp_tool_arguments: { repo: 'x' } },
    },
    actions: [{ kind: 'mcp', server: 'github', tool: 'delete_repo' }],
    denied: { exitCode: 2 },
  },
  {
    agent: 'kiro',
    source: 'kiro.dev/docs/cli/hooks: exit code 2 blocks, standard error is shown',
    payload: { hook_event_name: 'preToolUse', cwd: '/w', tool_name: 'execute_bash', tool_input: { command: push.command } },
    actions: [push],
    denied: { exitCode: 2 },
  },
  {
    agent: 'junie',
    source: 'junie.jetbrains.com/docs/junie-cli-hooks.html',
    payload: { hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command: push.command } },
    actions: [push],
    denied: { stdout: /"decision":"(?:deny|block)"/, exitCode: 2 },
  },
  {
    agent: 'antigravity',
    source: 'antigravity.google/docs/hooks: the object decides',
    payload: { ...antigravity, toolCall: { name: 'run_command', args: { CommandLine: push.command, Cwd: '/w' } } },
    actions: [{ ...push, cwd: '/w' }],
    denied: { stdout: /"decision":"deny"/ },
  },
  {
    agent: 'antigravity',
    source: 'antigravity.google/docs/hooks, write_to_file',
    payload: { ...antigravity, toolCall: { name: 'write_to_file', args: { TargetFile: '/w/.env', CodeContent: 'A=1' } } },
    actions: [{ kind: 'write', path: '/w/.env' }],
    denied: { stdout: /"decision":"deny"/ },
  },
  {
    agent: 'amp',
    source: 'ampcode.com/docs, plugins, tool.call; the envelope is that of the plugin that install writes',
    payload: { hook: 'tool.call', event: { tool: 'Bash', input: { cmd: push.command }, toolUseID: 'u' }, directory: '/w' },
    actions: [push],
    denied: { stdout: /"decision":"deny"/, exitCode: 2 },
  },
];

describe('agents: documented, not run', () => {
  for (const { agent, source, payload, actions, denied } of table) {
    it(`${agent}: ${source}`, () => {
      const adapter = getAdapter(agent);
      const decoded = adapter.decode(payload, { env: {}, cwd: '/w', home: '/h', platform: 'linux' });
      assert.equal(decoded.kind, 'call', JSON.stringify(decoded));
      const found = decoded.kind === 'call' ? decoded.call.actions : [];
      for (const [index, action] of actions.entries()) assert.deepEqual({ ...found[index], ...action }, found[index]);
      const output = adapter.encode({ verdict: 'deny', reason: 'It overwrites.' }, decoded);
      if (denied.stdout) assert.match(output.stdout, denied.stdout);
      if (denied.exitCode !== undefined) assert.equal(output.exitCode, denied.exitCode);
      assert.match(output.stdout + output.stderr, /It overwrites\./);
      assert.deepEqual(adapter.encode({ verdict: 'approve' }, decoded).exitCode, 0);
    });
  }
});
