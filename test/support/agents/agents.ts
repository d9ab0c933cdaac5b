// The agents as the tests drive them: how each is started without a sign-in and without asking anybody, what it calls its tools, and
// which of its files hold the guard.
import { join } from 'node:path';
import type { Offered } from './dialects.ts';
import type { RealAgent } from './install.ts';
import type { NativeCall } from './model.ts';

/** Where one session runs. */
export interface Place {
  readonly home: string;
  readonly project: string;
  /** Address of the model. */
  readonly url: string;
  /** Name of the model, where the agent chooses its tools by it. */
  readonly model: string;
  /** Writes a file below the home. */
  readonly write: (name: string, text: string) => void;
  /** The text of a file below the home. */
  readonly read: (name: string) => string | undefined;
  /** Command line of an MCP server called "probe"; nothing where the session needs none. */
  readonly mcp: readonly [string, ...string[]] | undefined;
}

type Making = NativeCall | ((offered: readonly Offered[]) => NativeCall);

/** One agent. */
export interface AgentUnderTest {
  readonly id: RealAgent;
  readonly model: string;
  /** A model with which the agent offers a patch tool instead of writing and editing. */
  readonly patchModel?: string;
  start(place: Place): { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> };
  shell(command: string): Making;
  write(path: string, content: string): Making;
  edit(path: string, oldText: string, newText: string): Making;
  /** A call that reads a file; absent where the agent edits what it has not read. */
  read?(path: string): Making;
  mcp(tool: string, args: Readonly<Record<string, unknown>>): Making;
  /** The agent gives up after that many calls in a row that failed; none where it goes on for ever. */
  readonly patience?: number;
  /** Files below the home that hold the guard: what is gone or changed there can end it. */
  readonly guardFiles: readonly string[];
}

const envelope = (text: string): string => `*** Begin Patch\n${text}\n*** End Patch\n`;
const prefixed = (sign: string, text: string): string =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => sign + line)
    .join('\n');

export const patches = {
  add: (path: string, content: string): string => envelope(`*** Add File: ${path}\n${prefixed('+', content)}`),
  update: (path: string, oldText: string, newText: string): string =>
    envelope(`*** Update File: ${path}\n@@\n${prefixed('-', oldText)}\n${prefixed('+', newText)}`),
};

/** A patch in whichever form the agent declares the tool. */
export const patchCall =
  (text: string): Making =>
  (offered) => {
    const tool = offered.find(({ name }) => name === 'apply_patch');
    if (tool === undefined) throw new Error(`no patch tool is offered, only ${offered.map(({ name }) => name).join(', ')}`);
    return { tool: tool.name, input: tool.isCustom ? text : { input: text, patchText: text } };
  };

const mergeJson = (place: Place, name: string, value: object): void =>
  place.write(name, `${JSON.stringify({ ...JSON.parse(place.read(name) ?? '{}'), ...value }, undefined, 2)}\n`);

const mcpEntry = ({ mcp }: Place): { readonly command: string; readonly args: readonly string[] } | undefined =>
  mcp && { command: mcp[0], args: mcp.slice(1) };

const claudeCode: AgentUnderTest = {
  id: 'claude-code',
  model: 'claude-sonnet-4-5',
  start(place) {
    const entry = mcpEntry(place);
    const args = ['-p', 'Do the steps.', '--model', place.model, '--output-format', 'stream-json', '--verbose'];
    return {
      args: [
        ...args,
        '--dangerously-skip-permissions',
        ...(entry === undefined ? [] : ['--mcp-config', JSON.stringify({ mcpServers: { probe: entry } })]),
      ],
      env: {
        ANTHROPIC_BASE_URL: place.url,
        ANTHROPIC_API_KEY: 'x',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
        DISABLE_TELEMETRY: '1',
        // Root may bypass permissions in a sandbox only, and this is one.
        IS_SANDBOX: '1',
      },
    };
  },
  shell: (command) => ({ tool: 'Bash', input: { command, description: 'step' } }),
  write: (path, content) => ({ tool: 'Write', input: { file_path: path, content } }),
  edit: (path, oldText, newText) => ({ tool: 'Edit', input: { file_path: path, old_string: oldText, new_string: newText } }),
  read: (path) => ({ tool: 'Read', input: { file_path: path } }),
  mcp: (tool, args) => ({ tool: `mcp__probe__${tool}`, input: args }),
  guardFiles: ['.claude/settings.json'],
};

const codex: AgentUnderTest = {
  id: 'codex',
  model: 'gpt-5.5',
  start({ project, url, model, mcp }) {
    const set = (key: string, value: unknown): readonly string[] => ['-c', `${key}=${String(value)}`];
    const retries = 'request_max_retries=0,stream_max_retries=0';
    const provider = `{name="scripted",base_url="${url}/v1",wire_api="responses",env_key="SCRIPTED_KEY",${retries}}`;
    return {
      args: [
        ...['exec', '-C', project, '-m', model, '--color', 'never', '--dangerously-bypass-approvals-and-sandbox'],
        ...set('model_provider', '"scripted"'),
        ...set('model_providers.scripted', provider),
        ...set('check_for_update_on_startup', false),
        ...set('analytics.enabled', false),
        ...set('projects', `{${JSON.stringify(project)}={trust_level="trusted"}}`),
        ...(mcp === undefined ? [] : set('mcp_servers.probe', `{command=${JSON.stringify(mcp[0])},args=${JSON.stringify(mcp.slice(1))}}`)),
        'Do the steps.',
      ],
      env: { SCRIPTED_KEY: 'x' },
    };
  },
  shell: (command) => (offered) =>
    offered.some(({ name }) => name === 'exec_command')
      ? { tool: 'exec_command', input: { cmd: command, yield_time_ms: 8000 } }
      : { tool: 'shell_command', input: { command } },
  write: (path, content) => patchCall(patches.add(path, content)),
  edit: (path, oldText, newText) => patchCall(patches.update(path, oldText, newText)),
  mcp: (tool, args) => ({ tool, input: args, namespace: 'mcp__probe' }),
  guardFiles: ['.codex/hooks.json', '.codex/config.toml'],
};

const gemini: AgentUnderTest = {
  id: 'gemini',
  model: 'gemini-2.5-pro',
  start(place) {
    const entry = mcpEntry(place);
    if (entry !== undefined) mergeJson(place, '.gemini/settings.json', { mcpServers: { probe: entry } });
    return {
      args: ['-m', place.model, '-p', 'Do the steps.', '-o', 'text', '--yolo', '--skip-trust'],
      // Vertex "express" mode needs neither sign-in nor settings.
      env: {
        GOOGLE_GENAI_USE_VERTEXAI: 'true',
        GOOGLE_API_KEY: 'x',
        GOOGLE_VERTEX_BASE_URL: place.url,
        GEMINI_TELEMETRY_ENABLED: 'false',
      },
    };
  },
  shell: (command) => ({ tool: 'run_shell_command', input: { command, description: 'step' } }),
  write: (path, content) => ({ tool: 'write_file', input: { file_path: path, content } }),
  edit: (path, oldText, newText) => ({
    tool: 'replace',
    input: { file_path: path, old_string: oldText, new_string: newText, instruction: 'step' },
  }),
  mcp: (tool, args) => ({ tool: `mcp_probe_${tool}`, input: args }),
  guardFiles: ['.gemini/settings.json'],
};

const copilot: AgentUnderTest = {
  id: 'copilot',
  model: 'gpt-4.1',
  patchModel: 'gpt-5.5',
  start(place) {
    const entry = mcpEntry(place);
    if (entry !== undefined)
      mergeJson(place, '.copilot/mcp-config.json', { mcpServers: { probe: { type: 'local', ...entry, tools: ['*'] } } });
    return {
      args: ['-p', 'Do the steps.', '--no-auto-update', '--no-color', '--disable-client-telemetry', '--yolo'],
      env: {
        COPILOT_OFFLINE: 'true',
        COPILOT_AUTO_UPDATE: 'false',
        COPILOT_PROVIDER_BASE_URL: `${place.url}/v1`,
        COPILOT_PROVIDER_API_KEY: 'x',
        COPILOT_MODEL: place.model,
        ...(/gpt-[56]/.test(place.model) ? { COPILOT_PROVIDER_WIRE_API: 'responses' } : {}),
      },
    };
  },
  shell: (command) => ({ tool: 'bash', input: { command, description: 'step' } }),
  write: (path, content) => ({ tool: 'create', input: { path, file_text: content } }),
  edit: (path, oldText, newText) => ({ tool: 'edit', input: { path, old_str: oldText, new_str: newText } }),
  mcp: (tool, args) => ({ tool: `probe-${tool}`, input: args }),
  guardFiles: ['.copilot/hooks/agent-policy.json'],
};

const opencode: AgentUnderTest = {
  id: 'opencode',
  model: 'scripted',
  patchModel: 'gpt-5-x',
  start({ home, url, model, mcp }) {
    const models = { [model]: { name: model, tool_call: true, limit: { context: 200_000, output: 8000 } } };
    const options = { baseURL: `${url}/v1`, apiKey: 'x' };
    // By environment, so that the settings of home and project stay as they are.
    const config = {
      ...{ model: `scripted/${model}`, small_model: `scripted/${model}`, autoupdate: false, share: 'disabled' },
      provider: { scripted: { npm: '@ai-sdk/openai-compatible', name: 'scripted', options, models } },
      ...(mcp === undefined ? {} : { mcp: { probe: { type: 'local', command: mcp, enabled: true } } }),
    };
    return {
      args: ['run', '--format', 'json', '--auto', 'Do the steps.'],
      env: {
        OPENCODE_CONFIG_CONTENT: JSON.stringify(config),
        OPENCODE_DISABLE_AUTOUPDATE: '1',
        OPENCODE_DISABLE_MODELS_FETCH: '1',
        OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
        OPENCODE_DISABLE_SHARE: '1',
        XDG_DATA_HOME: join(home, '.local/share'),
        XDG_CONFIG_HOME: join(home, '.config'),
        XDG_STATE_HOME: join(home, '.local/state'),
        XDG_CACHE_HOME: join(home, '.cache'),
      },
    };
  },
  shell: (command) => ({ tool: 'bash', input: { command, description: 'step' } }),
  write: (path, content) => ({ tool: 'write', input: { filePath: path, content } }),
  edit: (path, oldText, newText) => ({ tool: 'edit', input: { filePath: path, oldString: oldText, newString: newText } }),
  read: (path) => ({ tool: 'read', input: { filePath: path } }),
  mcp: (tool, args) => ({ tool: `probe_${tool}`, input: args }),
  guardFiles: ['.config/opencode/plugin/agent-policy.js', '.config/opencode/opencode.json'],
};

const cline: AgentUnderTest = {
  id: 'cline',
  model: 'scripted',
  patience: 2,
  start(place) {
    const settings = { provider: 'openai-compatible', apiKey: 'x', model: place.model, baseUrl: `${place.url}/v1` };
    const entry = { settings, updatedAt: new Date(0).toISOString(), tokenSource: 'manual' };
    const providers = { 'openai-compatible': entry };
    mergeJson(place, '.cline/data/settings/providers.json', { version: 1, lastUsedProvider: 'openai-compatible', modes: {}, providers });
    const server = mcpEntry(place);
    if (server !== undefined) {
      const probe = { ...server, disabled: false, autoApprove: ['write_note', 'echo'] };
      mergeJson(place, '.cline/data/settings/cline_mcp_settings.json', { mcpServers: { probe } });
    }
    return {
      args: ['--json', '-P', 'openai-compatible', '-m', place.model, '--auto-approve', 'true', 'Do the steps.'],
      // Cline's sessions share a background process at a fixed port, also with a session of another test or person on this machine.
      env: {
        CLINE_NO_AUTO_UPDATE: '1',
        CLINE_TELEMETRY_DISABLED: '1',
        CLINE_HUB_PORT: String(20_000 + Math.floor(Math.random() * 10_000)),
      },
    };
  },
  shell: (command) => ({ tool: 'run_commands', input: { commands: [command] } }),
  write: (path, content) => ({ tool: 'editor', input: { path, new_text: content } }),
  edit: (path, oldText, newText) => ({ tool: 'editor', input: { path, old_text: oldText, new_text: newText } }),
  mcp: (tool, args) => ({ tool: `probe__${tool}`, input: args }),
  guardFiles: ['.cline/plugins/agent-policy.js'],
};

const qwen: AgentUnderTest = {
  id: 'qwen',
  model: 'qwen3-coder-plus',
  start(place) {
    const entry = mcpEntry(place);
    if (entry !== undefined) mergeJson(place, '.qwen/settings.json', { mcpServers: { probe: entry } });
    return {
      args: ['--auth-type', 'openai', '-m', place.model, '-p', 'Do the steps.', '--yolo'],
      env: { OPENAI_API_KEY: 'x', OPENAI_BASE_URL: `${place.url}/v1`, OPENAI_MODEL: place.model, QWEN_CODE_SUPPRESS_YOLO_WARNING: '1' },
    };
  },
  shell: (command) => ({ tool: 'run_shell_command', input: { command, description: 'step', is_background: false } }),
  write: (path, content) => ({ tool: 'write_file', input: { file_path: path, content } }),
  edit: (path, oldText, newText) => ({ tool: 'edit', input: { file_path: path, old_string: oldText, new_string: newText } }),
  read: (path) => ({ tool: 'read_file', input: { file_path: path } }),
  mcp: (tool, args) => ({ tool: `mcp__probe__${tool}`, input: args }),
  guardFiles: ['.qwen/settings.json'],
};

export const agentsUnderTest: Readonly<Record<RealAgent, AgentUnderTest>> = {
  'claude-code': claudeCode,
  codex,
  gemini,
  copilot,
  opencode,
  cline,
  qwen,
};
