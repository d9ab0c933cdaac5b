import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { AgentId, DecodeContext, Decoded } from '../../src/agents/agent.ts';
import { decodeTool } from '../../src/agents/decode-tool.ts';
import { quickTool } from '../../src/agents/quick-tool.ts';
import { allAdapters, recognise } from '../../src/agents/registry.ts';

const context: DecodeContext = { env: {}, cwd: '/work/project', home: '/home/user', platform: 'linux' };

function claude(tool_name: unknown, tool_input: unknown, platform: NodeJS.Platform = 'linux'): Decoded {
  const payload = { hook_event_name: 'PreToolUse', prompt_id: 'p', cwd: '/work/project', tool_name, tool_input };
  const adapter = recognise(payload);
  assert.equal(adapter?.id, 'claude-code');
  return adapter.decode(payload, { ...context, platform });
}

/** What a call comes down to, in short: `kind target`, or `! message`, or `-` for a call without effects. */
function brief(decoded: Decoded): string {
  if (decoded.kind === 'invalid') return `! ${decoded.problem.message}`;
  if (decoded.kind !== 'call') return decoded.kind;
  const parts = decoded.call.actions.map((action) => {
    switch (action.kind) {
      case 'bash':
        return `bash ${action.command}${action.cwd === undefined ? '' : ` (in ${action.cwd})`}${action.dialect === undefined ? '' : ` (${action.dialect})`}`;
      case 'patch':
        return `patch ${action.text.split('\n')[1]}`;
      case 'fetch':
        return `fetch ${action.url}`;
      case 'sql':
        return `sql ${action.query}`;
      case 'mcp':
        return `mcp ${action.server}/${action.tool}`;
      case 'other':
        return 'other';
      default:
        return `${action.kind} ${action.path}`;
    }
  });
  return parts.join(' + ') || '-';
}

const patch = '*** Begin Patch\n*** Add File: .env\n+A=1\n*** End Patch';

/** Tools that hosts give or may give their agents: every way to run, write, delete, read and fetch. */
const tools: readonly (readonly [name: string, args: unknown, expected: string])[] = [
  // Side doors to a shell.
  ['Monitor', { command: 'rm -rf ~' }, 'bash rm -rf ~'],
  ['send_to_terminal', { id: '1', command: 'git push -f' }, 'bash git push -f'],
  ['write_stdin', { session_id: 1, chars: 'rm -rf ~\n' }, 'bash rm -rf ~\n'],
  ['write_bash', { shellId: 's', input: 'git push -f{enter}' }, 'bash git push -f{enter}'],
  ['send_command_input', { CommandId: 'c', Input: 'y' }, 'bash y'],
  ['run_vscode_command', { commandId: 'workbench.action.terminal.sendSequence', args: [{ text: 'git push -f\r' }] }, 'bash git push -f\r'],
  ['run_vscode_command', { commandId: 'workbench.action.files.saveAll', args: [] }, '-'],
  ['run_vscode_command', { commandId: 'workbench.extensions.uninstallExtension', args: ['agent-policy.agent-policy'] }, 'other'],
  ['run_vscode_command', { commandId: 'workbench.action.files.save.evil' }, 'other'],
  ['create_and_run_task', { task: { command: 'rm', args: ['-rf', { value: 'a b', quoting: 'strong' }] } }, "bash rm -rf 'a b'"],
  ['create_and_run_task', { task: { label: 'x' } }, '! tool_input.task.command of create_and_run_task must be text, but is missing.'],
  ['run_task', { id: 'npm: build' }, 'bash npm run build'],
  ['run_task', { id: 'shell: mine' }, 'other'],
  ['run_notebook_cell', { filePath: '/work/project/a.ipynb', cellId: '1' }, 'write /work/project/a.ipynb + other'],
  ['install_python_packages', { packageList: ['requests', 'a b'] }, "bash pip install requests 'a b'"],
  ['install_extension', { id: 'a.b' }, 'other'],
  ['Config', { setting: 'theme' }, '-'],
  ['Config', { setting: 'permissions.defaultMode', value: 'bypassPermissions' }, 'other'],
  ['ExitWorktree', { action: 'keep' }, '-'],
  ['ExitWorktree', { action: 'remove', discard_changes: true }, 'other'],
  // Several at once.
  ['run_commands', { commands: ['git status', 'rm -rf ~'] }, 'bash git status + bash rm -rf ~'],
  ['run_commands', { commands: '["git status","rm -rf ~"]' }, 'bash git status + bash rm -rf ~'],
  ['run_commands', { commands: [{ command: 'git', args: ['push', '-f'] }] }, 'bash git push -f'],
  ['run_commands', { commands: [] }, '! tool_input.commands of run_commands must be text or a list of texts, but is a list.'],
  ['run_commands', { commands: ['ls', 5] }, '! tool_input.commands of run_commands must be text or a list of texts, but is a list.'],
  ['shell', { command: ['bash', '-lc', 'git push -f'], workdir: 'sub' }, "bash bash -lc 'git push -f' (in /work/project/sub)"],
  ['run_shell_command', { command: 'ls', dir_path: '/tmp' }, 'bash ls (in /tmp)'],
  ['run_command', { CommandLine: 'ls', Cwd: '/tmp' }, 'bash ls (in /tmp)'],
  ['powershell', { command: 'Remove-Item x' }, 'bash Remove-Item x (powershell)'],
  [
    'multi_replace_string_in_file',
    {
      replacements: [
        { filePath: 'a', oldString: 'x', newString: 'y' },
        { filePath: '/etc/hosts', oldString: 'x', newString: 'y' },
      ],
    },
    'edit a + edit /etc/hosts',
  ],
  ['MultiEdit', { file_path: '/etc/hosts', edits: [{ old_string: 'a', new_string: 'b' }] }, 'edit /etc/hosts'],
  [
    'batch',
    {
      tool_calls: [
        { tool: 'read', parameters: { filePath: 'a' } },
        { tool: 'bash', parameters: { command: 'rm -rf ~' } },
      ],
    },
    'read a + bash rm -rf ~',
  ],
  ['batch', { tool_calls: ['x'] }, '! tool_input of batch must list calls as objects, but one is text.'],
  ['tool_call', { name: 'run_shell_command', arguments: '{"command":"rm -rf ~"}' }, 'bash rm -rf ~'],
  ['read_files', { files: [{ path: 'a' }, { path: '/home/user/.ssh/id_rsa' }] }, 'read a + read /home/user/.ssh/id_rsa'],
  ['fs_read', { operations: [{ mode: 'Line', path: '.env' }] }, 'read .env'],
  [
    'fetch_webpage',
    { urls: ['https://a.example', 'file:///etc/passwd'], query: 'x' },
    'fetch https://a.example + fetch file:///etc/passwd',
  ],
  ['web_fetch', { prompt: 'Summarise https://a.example/x and http://10.0.0.1/' }, 'fetch https://a.example/x + fetch http://10.0.0.1/'],
  // Files.
  ['NotebookEdit', { notebook_path: '/work/project/.env', new_source: 'x' }, 'edit /work/project/.env'],
  ['create_file', { filePath: 'file:///etc/hosts', content: 'x' }, 'write /etc/hosts'],
  ['create_file', { filePath: 'vscode-userdata:/User/settings.json', content: 'x' }, 'write /User/settings.json'],
  ['write_to_file', { TargetFile: '/etc/hosts', CodeContent: 'x' }, 'write /etc/hosts'],
  ['replace_file_content', { TargetFile: '/etc/hosts', TargetContent: 'a', ReplacementContent: 'b' }, 'edit /etc/hosts'],
  ['editor', { path: 'a', new_text: 'x' }, 'write a'],
  ['editor', { path: 'a', new_text: 'x', insert_line: 3 }, 'edit a'],
  ['Delete', { path: 'src' }, 'delete src'],
  ['apply_patch', patch, 'patch *** Add File: .env'],
  ['Edit', patch, 'patch *** Add File: .env'],
  ['edit', { patch }, 'patch *** Add File: .env'],
  ['apply_patch', { patchText: patch }, 'patch *** Add File: .env'],
  ['fs_write', { command: 'create', path: '/etc/hosts', file_text: 'x' }, 'write /etc/hosts'],
  ['fs_write', { command: 'str_replace', path: '/etc/hosts', old_str: 'x', new_str: 'y' }, 'edit /etc/hosts'],
  ['use_aws', { service_name: 's3api', operation_name: 'delete-bucket' }, 'bash aws s3api delete-bucket'],
  ['save_memory', { fact: 'x' }, 'write /home/user/.gemini/GEMINI.md'],
  ['memory', { command: 'create', path: '/memories/a.md' }, '-'],
  ['memory', { command: 'create', path: '/memories/../../.env' }, 'bash create + write /memories/../../.env'],
  ['Grep', { pattern: 'KEY', path: '/home/user/.ssh' }, 'read /home/user/.ssh'],
  ['Grep', { pattern: 'KEY', glob: '.env' }, 'read ./.env'],
  ['grep_search', { query: 'x', includePattern: '**/.env' }, 'read ./**/.env'],
  ['Glob', { pattern: '**/*' }, '-'],
  ['TodoWrite', { todos: [] }, '-'],
  // MCP, under every agent's spelling that this host could load.
  ['mcp__files__write_file', { path: '/etc/hosts' }, 'mcp files/write_file + write /etc/hosts'],
  ['mcp__files__read_file', { path: '/etc/hosts' }, 'mcp files/read_file + read /etc/hosts'],
  ['mcp__files__delete_file', { path: 'a' }, 'mcp files/delete_file + delete a'],
  ['mcp__files__move_file', { source: '.env', destination: 'b' }, 'mcp files/move_file + read .env + delete .env + read b + write b'],
  ['mcp__files__copyFile', { source: '.env', destination: 'b' }, 'mcp files/copyFile + read .env + write b'],
  ['mcp__db__query', { query: 'DROP TABLE users' }, 'mcp db/query + sql DROP TABLE users'],
  ['mcp__web__get', { address: 'http://169.254.169.254/' }, 'mcp web/get + fetch http://169.254.169.254/'],
  ['mcp__sh__run', { deep: [{ command: ['rm', '-rf', 'a b'] }] }, "mcp sh/run + bash rm -rf 'a b'"],
  [
    'use_mcp_tool',
    { server_name: 'files', tool_name: 'write_file', arguments: '{"path":"/etc/hosts"}' },
    'mcp files/write_file + write /etc/hosts',
  ],
  // Unknown tools are judged by what they are given.
  ['frobnicate', { command: 'rm -rf ~' }, 'bash rm -rf ~'],
  ['frobnicate', { path: '/etc/hosts' }, 'write /etc/hosts'],
  ['frobnicate', { anything: '/etc/hosts' }, 'write /etc/hosts'],
  ['frobnicate', { anything: '~/.ssh/id_rsa' }, 'write ~/.ssh/id_rsa'],
  ['get_thing', { anything: '~/.ssh/id_rsa' }, 'read ~/.ssh/id_rsa'],
  ['get_or_create_thing', { path: '.env' }, 'write .env'],
  ['frobnicate', { url: 'https://a.example/x' }, 'fetch https://a.example/x'],
  ['frobnicate', { x: 1 }, 'other'],
  ['frobnicate', {}, 'other'],
  ['constructor', { x: 1 }, 'other'],
  ['__proto__', { x: 1 }, 'other'],
];

/** Arguments that are not of the form the tool has: named, and never a call without effects. */
const wrong: readonly (readonly [name: unknown, args: unknown, expected: string])[] = [
  [undefined, {}, '! tool_name must be the name of a tool, but is missing.'],
  ['', {}, '! tool_name must be the name of a tool, but is empty.'],
  [['Bash'], { command: 'rm -rf ~' }, '! tool_name must be the name of a tool, but is a list.'],
  ['Bash', { command: 5 }, '! tool_input.command of Bash must be text or a list of texts, but is a number.'],
  ['Bash', { command: { text: 'rm -rf ~' } }, '! tool_input.command of Bash must be text or a list of texts, but is an object.'],
  ['Bash', {}, '! tool_input.command of Bash must be text or a list of texts, but is missing.'],
  ['Bash', undefined, '! tool_input.command of Bash must be text or a list of texts, but is missing.'],
  ['Bash', null, '! tool_input of Bash must be an object, but is null.'],
  ['Bash', ['rm'], '! tool_input of Bash must be an object, but is a list.'],
  ['Bash', 'rm -rf ~', '! tool_input of Bash must be an object, but is text.'],
  ['Bash', { command: 'ls', cwd: 7 }, '! tool_input.cwd of Bash must be text, but is a number.'],
  ['Write', { content: 'x' }, '! tool_input.file_path of Write must be text, but is missing.'],
  ['Write', { file_path: ['/etc/hosts', 5], content: 'x' }, '! tool_input.file_path of Write must be text, but is a number.'],
  ['create_file', { fileContent: 'x' }, '! tool_input.filePath of create_file must be text, but is missing.'],
  ['Write', { file_path: true }, '! tool_input.file_path of Write must be text, but is a boolean.'],
  ['Read', { file_path: 5 }, '! tool_input.file_path of Read must be text, but is a number.'],
  ['apply_patch', { command: 5 }, '! tool_input.command of apply_patch must be text, but is a number.'],
  ['WebFetch', { url: 5 }, '! tool_input.url of WebFetch must be text, but is a number.'],
  ['Evil\nname\u202e', 5, '! tool_input of Evil\\u000aname\\u202e must be an object, but is a number.'],
];

describe('agents: what a tool asks for', () => {
  for (const [name, args, expected] of [...tools, ...wrong]) {
    it(`${JSON.stringify(name)} ${JSON.stringify(args)?.slice(0, 80)}`, () => assert.equal(brief(claude(name, args)), expected));
  }

  it('takes a relative or missing cwd from the process, and refuses one that is not text', () => {
    const payload = { hook_event_name: 'PreToolUse', prompt_id: 'p', tool_name: 'Bash', tool_input: { command: 'ls' } };
    const cwdOf = (cwd: unknown): unknown => {
      const decoded = recognise(payload)?.decode({ ...payload, cwd }, context);
      return decoded?.kind === 'call' ? decoded.call.cwd : decoded?.kind === 'invalid' ? decoded.problem.message : undefined;
    };
    assert.deepEqual(
      [cwdOf(undefined), cwdOf('sub'), cwdOf('/x'), cwdOf(5)],
      ['/work/project', '/work/project', '/x', 'cwd must be text, but is a number.'],
    );
  });

  it('finds the workspace by what the host states, never by a directory the model chose', () => {
    const payload = {
      hook_event_name: 'PreToolUse',
      prompt_id: 'p',
      cwd: '/tmp/evil',
      tool_name: 'Bash',
      tool_input: { command: 'ls', workdir: '/tmp/evil' },
    };
    const workspace = (env: DecodeContext['env']): unknown => {
      const decoded = recognise(payload)?.decode(payload, { ...context, env });
      return decoded?.kind === 'call' && decoded.call.workspace;
    };
    assert.equal(workspace({ CLAUDE_PROJECT_DIR: '/work/root' }), '/work/root');
    assert.equal(workspace({ CLAUDE_PROJECT_DIR: 'relative' }), '/work/project');
    assert.equal(workspace({}), '/work/project');
  });

  it('takes the shell tool for PowerShell on Windows, but not Claude Code’s, which brings Git Bash', () => {
    assert.equal(brief(claude('Bash', { command: 'ls' }, 'win32')), 'bash ls (bash)');
    const payload = { toolName: 'bash', toolArgs: { command: 'ls' } };
    const decoded = recognise(payload)?.decode(payload, { ...context, platform: 'win32' });
    assert.equal(decoded && brief(decoded), 'bash ls (powershell)');
  });

  it('bounds what it looks at in unknown arguments', () => {
    let deep: unknown = { command: 'rm -rf ~' };
    for (let i = 0; i < 1000; i += 1) deep = [deep];
    const problem = '! tool_input of frobnicate holds too much or is nested too deeply to be judged.';
    assert.equal(brief(claude('frobnicate', { deep })), problem);
    assert.equal(brief(claude('frobnicate', { paths: Array.from({ length: 1000 }, (_, i) => `/etc/${i}`) })), problem);
    let calls: unknown = { tool: 'bash', parameters: { command: 'x' } };
    for (let i = 0; i < 50; i += 1) calls = { tool: 'batch', parameters: { tool_calls: [calls] } };
    assert.equal(brief(claude('batch', { tool_calls: [calls] })), '! tool_input of batch holds calls in calls, more than 4 deep.');
  });

  it('never throws, whatever the payload holds', () => {
    const values: unknown[] = [
      undefined,
      null,
      0,
      '',
      'x',
      [],
      {},
      [[]],
      { name: 5 },
      { toolCallId: 5 },
      { command: [null] },
      { path: [null] },
    ];
    const fields =
      `hook_event_name prompt_id tool_name tool_input cwd toolName toolArgs hook input output ctx toolCall workspaceRoots tool_call preToolUse
      clineVersion agent_action_name tool_info conversationId workspacePaths event workspace_roots cursor_version turn_id tool_call_id`.split(
        /\s+/,
      );
    for (const adapter of allAdapters()) {
      for (const field of fields) {
        for (const value of values) {
          const base = {
            hook_event_name: adapter.id === 'gemini' ? 'BeforeTool' : 'PreToolUse',
            hookName: 'tool_call',
            agent_action_name: 'pre_run_command',
          };
          const decoded = adapter.decode({ ...base, [field]: value }, context);
          assert.ok(decoded.kind.length > 0);
          assert.ok(adapter.encode({ verdict: 'deny', reason: 'x' }, decoded).stderr.length > 0);
        }
      }
    }
  });
});

describe('agents: frequent tools', () => {
  const names =
    'Bash bash run_in_terminal Read view read_file Write create create_file Edit edit replace_string_in_file Agent Glob TodoWrite list_dir'.split(
      ' ',
    );
  const shapes: readonly Record<string, unknown>[] = [
    ...[
      { command: 'ls' },
      { command: 'ls', description: 'd', timeout: 5 },
      { command: 'ls', cwd: '/x' },
      { command: 5 },
      { command: ['a', 'b'] },
      {},
    ],
    ...[
      { file_path: '/a' },
      { filePath: 'a' },
      { path: '~/a' },
      { path: '' },
      { path: 5 },
      { path: 'a', file_path: 'b' },
      { path: 'file:///a' },
      { path: '["a"]' },
    ],
    ...[
      { path: 'a', content: 'x' },
      { path: 'a', content: '' },
      { path: 'a', file_text: 'x' },
      { path: 'a', old_str: 'x', new_str: '' },
      { path: 'a', new_str: 'y' },
    ],
    ...[
      { file_path: 'a', old_string: 'x', new_string: 'y', replace_all: true },
      { filePath: 'a', oldString: 'x', newString: 'y' },
      { path: 'a', old_string: 5, new_string: 5 },
    ],
    ...[{ path: 'a', files: ['b'] }, { path: 'a', edits: [] }, { path: 'a', command: 'x' }, { uri: 'a', path: 'b' }, { Path: 'a' }],
  ];
  for (const name of names) {
    it(`${name}: the short way and the full decoder say the same`, () => {
      let quick = 0;
      for (const args of shapes) {
        for (const dialect of [undefined, 'powershell'] as const) {
          const use = { agent: 'claude-code', name, args, field: 'tool_input', cwd: '/w', home: '/h', dialect } as const;
          const short = quickTool(use);
          if (short === undefined) continue;
          quick += 1;
          assert.deepEqual(short, decodeTool(use), JSON.stringify(args));
        }
      }
      assert.ok(quick > 0);
    });
  }
});

describe('agents: recognition', () => {
  const cases: readonly (readonly [payload: Record<string, unknown>, claimed: AgentId, expected: AgentId])[] = [
    // Claude Code's settings are loaded by Copilot, VS Code and Cursor.
    [
      {
        hook_event_name: 'PreToolUse',
        session_id: 's',
        timestamp: '2026-11-20T20:59:30.394Z',
        cwd: '/w',
        tool_name: 'Edit',
        tool_input: {},
      },
      'claude-code',
      'copilot',
    ],
    [{ hook_event_name: 'PreToolUse', tool_use_id: 'call_1__vscode-1', tool_name: 'create_file' }, 'claude-code', 'vscode'],
    [{ hook_event_name: 'preToolUse', cursor_version: '3', conversation_id: 'c' }, 'claude-code', 'cursor'],
    [{ hook_event_name: 'PreToolUse', transcript_path: '/h/.claude/projects/x.jsonl' }, 'junie', 'claude-code'],
    // Nothing distinctive: the command line's word counts.
    [{ hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: {} }, 'junie', 'junie'],
    [{ hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: {} }, 'claude-code', 'claude-code'],
    [{ hook_event_name: 'preToolUse', tool_name: 'fs_write', tool_input: {} }, 'claude-code', 'kiro'],
    [{ agent_action_name: 'pre_run_command' }, 'claude-code', 'windsurf'],
    [{ conversationId: 'c', toolCall: { name: 'x' } }, 'claude-code', 'antigravity'],
    [{ hook: 'tool.call', event: {} }, 'claude-code', 'amp'],
  ];
  for (const [payload, claimed, expected] of cases) {
    it(`${claimed} claimed, ${expected} found: ${Object.keys(payload).join(' ')}`, () =>
      assert.equal(recognise(payload, claimed)?.id, expected));
  }
});
