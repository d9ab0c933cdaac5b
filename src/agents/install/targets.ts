import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentId } from '../agent.ts';
import type { Machine, Scope } from './place.ts';
import { execForm, shellForm } from './place.ts';
import { ampPlugin, clinePlugin, opencodePlugin } from './plugins.ts';
import { codexRules, geminiRules } from './second-layer.ts';

/** A value of a settings file and its place: the names of the objects around it. */
export interface Entry {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** One file that an installation touches. */
export type Placement =
  /** Entries that are added to lists of a JSON file that others use, too; `defaults` are set where nothing is there. */
  | { readonly kind: 'entries'; readonly file: string; readonly entries: readonly Entry[]; readonly defaults?: readonly Entry[] }
  /** A file of our own that runs the hook. */
  | { readonly kind: 'whole'; readonly file: string; readonly text: string }
  /** A file of our own with rules that the agent keeps by itself: a second layer that needs no process and so cannot crash. */
  | { readonly kind: 'rules'; readonly file: string; readonly text: string }
  /** Denials of opencode in a settings file that others use, too: a second layer as well. */
  | { readonly kind: 'denials'; readonly file: string }
  /** Codex's trust in the hook that stands in `hooks`, by the hash of its definition in canonical JSON. */
  | { readonly kind: 'codex-trust'; readonly file: string; readonly hooks: string; readonly definition: string };

/** How an agent can be told to run without hooks, by a setting in a file. */
export interface Switch {
  readonly file: string;
  readonly path: readonly string[];
  /** Whether a value at that place switches hooks off. */
  readonly isOff: (value: unknown) => boolean;
}

/** How one agent is guarded. */
export interface Target {
  readonly id: AgentId;
  /** Files by scope; a scope that is missing is not supported. */
  readonly files: Partial<Record<Scope, (machine: Machine) => readonly Placement[]>>;
  /** Settings in files that switch the hooks off, in the scopes an agent or a cloned repository can write. */
  readonly switches: (machine: Machine) => readonly Switch[];
  /** Made after the agent's documentation: whether the program honours the hook was not tried. */
  readonly isUntried?: true;
  /** What a person must know or do besides; the honest limits. */
  readonly notes: readonly string[];
}

const isTrue = (value: unknown): boolean => value !== undefined && value !== false && value !== null;
const isFalse = (value: unknown): boolean => value === false;

/** A list entry as Claude Code has made it common. */
function group(hook: object, matcher = '*'): object {
  return { matcher, hooks: [hook] };
}

function claudeFolder({ env, home }: Machine): string {
  return env['CLAUDE_CONFIG_DIR'] ?? join(home, '.claude');
}

function claudeEntries(machine: Machine, scope: Scope, file: string): readonly Entry[] {
  const { command, args } = execForm(machine, scope, 'claude-code');
  const hook = { type: 'command', command, args: [...args, '--settings', file], timeout: 600, onFailure: 'block' };
  return [
    { path: ['hooks', 'PreToolUse'], value: group(hook) },
    { path: ['hooks', 'ConfigChange'], value: { hooks: [{ ...hook, timeout: 60 }] } },
    // What a command came to, for policies that ask for it. It has run by then, and nothing is stopped.
    { path: ['hooks', 'PostToolUse'], value: group({ ...hook, timeout: 60 }, 'Bash') },
  ];
}

const claudeManaged: Partial<Record<NodeJS.Platform, string>> = {
  linux: '/etc/claude-code',
  darwin: '/Library/Application Support/ClaudeCode',
  win32: 'C:\\Program Files\\ClaudeCode',
};

const claudeCode: Target = {
  id: 'claude-code',
  files: {
    user: (machine) => {
      const file = join(claudeFolder(machine), 'settings.json');
      return [{ kind: 'entries', file, entries: claudeEntries(machine, 'user', file) }];
    },
    project: (machine) => {
      const file = join(machine.project, '.claude', 'settings.json');
      return [{ kind: 'entries', file, entries: claudeEntries(machine, 'user', file) }];
    },
    system: (machine) => {
      const file = join(claudeManaged[machine.platform] ?? '/etc/claude-code', 'managed-settings.d', 'agent-policy.json');
      return [{ kind: 'entries', file, entries: claudeEntries(machine, 'system', file) }];
    },
  },
  switches: (machine) => [
    ...[
      join(claudeFolder(machine), 'settings.json'),
      ...['settings.json', 'settings.local.json'].map((name) => join(machine.project, '.claude', name)),
    ].map((file) => ({ file, path: ['disableAllHooks'], isOff: isTrue })),
    ...['disableAllHooks', 'allowManagedHooksOnly'].map((name) => ({
      file: join(claudeManaged[machine.platform] ?? '/etc/claude-code', 'managed-settings.json'),
      path: [name],
      isOff: isTrue,
    })),
  ],
  notes: [
    'Started with --bare, --safe-mode, --setting-sources without "user", or another CLAUDE_CONFIG_DIR, Claude Code does not run user hooks: use --scope system where that matters.',
    'What you type yourself after "!" passes through no hook.',
  ],
};

function copilotFile(machine: Machine, scope: Scope, file: string): Placement {
  const command = shellForm(machine, scope, 'copilot');
  // One event in Pascal case serves VS Code and the CLI. The one counts seconds in `timeout`, the other in `timeoutSec`.
  const hook = {
    type: 'command',
    command,
    ...(machine.platform === 'win32' ? { windows: command, powershell: command } : {}),
    timeout: 600,
    timeoutSec: 600,
  };
  return { kind: 'whole', file, text: `${JSON.stringify({ version: 1, hooks: { PreToolUse: [hook] } }, undefined, 2)}\n` };
}

const copilotFiles: Target['files'] = {
  user: (machine) => [
    copilotFile(machine, 'user', join(machine.env['COPILOT_HOME'] ?? join(machine.home, '.copilot'), 'hooks', 'agent-policy.json')),
  ],
  project: (machine) => [copilotFile(machine, 'user', join(machine.project, '.github', 'hooks', 'agent-policy.json'))],
};

const copilot: Target = {
  id: 'copilot',
  files: { ...copilotFiles, system: (machine) => [copilotFile(machine, 'system', '/etc/github-copilot/policy.d/agent-policy.json')] },
  switches: ({ home, project }) =>
    [
      join(home, '.copilot', 'settings.json'),
      join(project, '.github', 'copilot', 'settings.json'),
      join(project, '.github', 'copilot', 'settings.local.json'),
    ].map((file) => ({ file, path: ['disableAllHooks'], isOff: isTrue })),
  notes: [
    'Copilot lets a call run when a hook takes longer than its time-out; the guard denies before that.',
    'Hooks of a repository run only in a trusted folder; those of the user always.',
  ],
};

const vscode: Target = {
  id: 'vscode',
  files: copilotFiles,
  switches: ({ project }) => [
    { file: join(project, '.vscode', 'settings.json'), path: ['chat.useHooks'], isOff: isFalse },
    { file: join(project, '.vscode', 'settings.json'), path: ['chat.hookFilesLocations', '~/.copilot/hooks'], isOff: isFalse },
  ],
  notes: [
    'The extension brings the same hook as a plugin of its own; a call that both see is decided once.',
    'VS Code runs hooks in trusted workspaces only. Where an organisation allows managed hooks only, this hook does not run.',
    'What other extensions do by themselves does not pass through this hook: their agents need hooks of their own.',
  ],
};

const codex: Target = {
  id: 'codex',
  files: {
    user: (machine) => {
      const folder = machine.env['CODEX_HOME'] ?? join(machine.home, '.codex');
      const rules = { kind: 'rules', file: join(folder, 'rules', 'agent-policy.rules'), text: codexRules() } as const;
      return [...codexFiles(machine, 'user', join(folder, 'hooks.json')), rules];
    },
    project: (machine) => codexFiles(machine, 'user', join(machine.project, '.codex', 'hooks.json')),
  },
  switches: () => [],
  notes: [
    'What Codex types into a program that is running (write_stdin) passes through no hook. A shell or interpreter that waits for input is therefore judged when it is started.',
    'Started with --disable hooks, --ignore-user-config or -c features.hooks=false, Codex runs no user hooks; its own rules stay, which know the beginnings of some commands only.',
    'Hooks of a project run only where the project is trusted.',
  ],
};

function codexFiles(machine: Machine, scope: Scope, hooks: string): readonly Placement[] {
  const command = shellForm(machine, scope, 'codex');
  const hook = { type: 'command', command, timeout: 600 };
  return [
    { kind: 'entries', file: hooks, entries: [{ path: ['hooks', 'PreToolUse'], value: group(hook) }] },
    {
      kind: 'codex-trust',
      file: join(machine.env['CODEX_HOME'] ?? join(machine.home, '.codex'), 'config.toml'),
      hooks,
      definition: `{"event_name":"pre_tool_use","hooks":[{"async":false,"command":${JSON.stringify(command)},"timeout":600,"type":"command"}],"matcher":"*"}`,
    },
  ];
}

function geminiFile(machine: Machine, scope: Scope, file: string): Placement {
  const hook = { type: 'command', name: 'agent-policy', command: shellForm(machine, scope, 'gemini'), timeout: 600_000 };
  return { kind: 'entries', file, entries: [{ path: ['hooks', 'BeforeTool'], value: group(hook, '.*') }] };
}

const gemini: Target = {
  id: 'gemini',
  files: {
    user: (machine) => [
      geminiFile(machine, 'user', join(machine.home, '.gemini', 'settings.json')),
      { kind: 'rules', file: join(machine.home, '.gemini', 'policies', 'agent-policy.toml'), text: geminiRules() },
    ],
    project: (machine) => [geminiFile(machine, 'user', join(machine.project, '.gemini', 'settings.json'))],
    system: (machine) => [geminiFile(machine, 'system', '/etc/gemini-cli/settings.json')],
  },
  switches: ({ home, project }) =>
    [home, project].flatMap((root) => {
      const file = join(root, '.gemini', 'settings.json');
      return [
        { file, path: ['hooksConfig', 'enabled'], isOff: isFalse },
        { file, path: ['hooksConfig', 'disabled'], isOff: (value: unknown) => Array.isArray(value) && value.includes('agent-policy') },
      ];
    }),
  notes: ['In a folder that is not trusted, Gemini CLI runs no hooks; where nobody sits at the terminal it does not start there at all.'],
};

function qwenFile(machine: Machine, scope: Scope, file: string): Placement {
  const hook = { type: 'command', name: 'agent-policy', command: shellForm(machine, scope, 'qwen'), timeout: 600_000 };
  return { kind: 'entries', file, entries: [{ path: ['hooks', 'PreToolUse'], value: group(hook) }] };
}

const qwen: Target = {
  id: 'qwen',
  files: {
    user: (machine) => [qwenFile(machine, 'user', join(machine.home, '.qwen', 'settings.json'))],
    project: (machine) => [qwenFile(machine, 'user', join(machine.project, '.qwen', 'settings.json'))],
  },
  switches: ({ home, project }) =>
    [home, project].map((root) => ({ file: join(root, '.qwen', 'settings.json'), path: ['disableAllHooks'], isOff: isTrue })),
  notes: ['Qwen Code does not let a hook change a call, so what a policy allows in a changed form only, such as in a sandbox, is denied.'],
};

const opencode: Target = {
  id: 'opencode',
  files: {
    user: (machine) => {
      const folder = join(machine.env['XDG_CONFIG_HOME'] ?? join(machine.home, '.config'), 'opencode');
      return [
        { kind: 'whole', file: join(folder, 'plugin', 'agent-policy.js'), text: opencodePlugin(machine, 'user') },
        { kind: 'denials', file: opencodeSettings(folder) },
      ];
    },
    project: (machine) => [
      { kind: 'whole', file: join(machine.project, '.opencode', 'plugin', 'agent-policy.js'), text: opencodePlugin(machine, 'user') },
      { kind: 'denials', file: opencodeSettings(machine.project) },
    ],
  },
  switches: () => [],
  notes: [
    'Started with --pure or OPENCODE_PURE=1, opencode loads no plugins; what remains are the denials in its settings, which know the beginnings of some commands only.',
    'A project whose own settings allow a command overrides denials in your settings.',
  ],
};

/** The settings that opencode reads last. */
function opencodeSettings(folder: string): string {
  const withComments = join(folder, 'opencode.jsonc');
  return existsSync(withComments) ? withComments : join(folder, 'opencode.json');
}

const cline: Target = {
  id: 'cline',
  files: {
    user: (machine) => [
      { kind: 'whole', file: join(machine.home, '.cline', 'plugins', 'agent-policy.js'), text: clinePlugin(machine, 'user') },
    ],
    project: (machine) => [
      { kind: 'whole', file: join(machine.project, '.cline', 'plugins', 'agent-policy.js'), text: clinePlugin(machine, 'user') },
    ],
  },
  switches: () => [],
  notes: [
    'Cline waits 3 seconds for a plugin, which is too short for a person to answer: what the policy escalates is denied.',
    'Cline’s sessions share a background process; one that was started before the installation loads the plugin only after it is restarted.',
  ],
};

function cursorFile(machine: Machine, scope: Scope, file: string): Placement {
  const entry = { command: shellForm(machine, scope, 'cursor'), timeout: 600, failClosed: true };
  return { kind: 'entries', file, entries: [{ path: ['hooks', 'preToolUse'], value: entry }], defaults: [{ path: ['version'], value: 1 }] };
}

const cursor: Target = {
  id: 'cursor',
  files: {
    user: (machine) => [cursorFile(machine, 'user', join(machine.home, '.cursor', 'hooks.json'))],
    project: (machine) => [cursorFile(machine, 'user', join(machine.project, '.cursor', 'hooks.json'))],
    system: (machine) => [cursorFile(machine, 'system', '/etc/cursor/hooks.json')],
  },
  switches: () => [],
  isUntried: true,
  notes: ['Written after Cursor’s documentation; not tried with the program itself.', 'Cloud agents run hooks of the project only.'],
};

function windsurfFile(machine: Machine, scope: Scope, file: string): Placement {
  const value = { command: shellForm(machine, scope, 'windsurf'), show_output: true };
  const events = ['pre_run_command', 'pre_write_code', 'pre_read_code', 'pre_mcp_tool_use'];
  return { kind: 'entries', file, entries: events.map((event) => ({ path: ['hooks', event], value })) };
}

const windsurf: Target = {
  id: 'windsurf',
  files: {
    user: (machine) => [windsurfFile(machine, 'user', join(machine.home, '.codeium', 'windsurf', 'hooks.json'))],
    project: (machine) => [windsurfFile(machine, 'user', join(machine.project, '.windsurf', 'hooks.json'))],
    system: (machine) => [windsurfFile(machine, 'system', '/etc/windsurf/hooks.json')],
  },
  switches: () => [],
  isUntried: true,
  notes: ['Written after Windsurf’s documentation; not tried with the program itself.'],
};

const kiro: Target = {
  id: 'kiro',
  files: {
    project: (machine) => {
      const hook = {
        name: 'agent-policy',
        trigger: 'PreToolUse',
        matcher: '.*',
        action: { type: 'command', command: shellForm(machine, 'user', 'kiro') },
        timeout: 600,
      };
      return [
        {
          kind: 'whole',
          file: join(machine.project, '.kiro', 'hooks', 'agent-policy.json'),
          text: `${JSON.stringify({ version: 'v1', hooks: [hook] }, undefined, 2)}\n`,
        },
      ];
    },
  },
  switches: () => [],
  isUntried: true,
  notes: ['Written after the documentation of Kiro CLI 3; not tried with the program itself. Kiro IDE has hooks of another kind.'],
};

const junie: Target = {
  id: 'junie',
  files: {
    user: (machine) => {
      const hook = { type: 'command', command: shellForm(machine, 'user', 'junie'), timeout: 600, blockOnError: true };
      return [
        {
          kind: 'entries',
          file: join(machine.home, '.junie', 'config.json'),
          entries: [{ path: ['hooks', 'PreToolUse'], value: group(hook) }],
        },
      ];
    },
  },
  switches: () => [],
  isUntried: true,
  notes: ['Written after Junie’s documentation; not tried with the program itself. The IDE plugin runs no hooks.'],
};

function antigravityFile(machine: Machine, file: string): Placement {
  const hook = { type: 'command', command: shellForm(machine, 'user', 'antigravity'), timeout: 600 };
  return { kind: 'entries', file, entries: [{ path: ['agent-policy', 'PreToolUse'], value: group(hook) }] };
}

const antigravity: Target = {
  id: 'antigravity',
  files: {
    user: (machine) => [antigravityFile(machine, join(machine.home, '.gemini', 'config', 'hooks.json'))],
    project: (machine) => [antigravityFile(machine, join(machine.project, '.agents', 'hooks.json'))],
  },
  switches: () => [],
  isUntried: true,
  notes: [
    'Written after Antigravity’s documentation; not tried with the program itself. What it does when a hook crashes is not documented.',
  ],
};

const amp: Target = {
  id: 'amp',
  files: {
    user: (machine) => [
      {
        kind: 'whole',
        file: join(machine.env['XDG_CONFIG_HOME'] ?? join(machine.home, '.config'), 'amp', 'plugins', 'agent-policy.ts'),
        text: ampPlugin(machine, 'user'),
      },
    ],
    project: (machine) => [
      { kind: 'whole', file: join(machine.project, '.amp', 'plugins', 'agent-policy.ts'), text: ampPlugin(machine, 'user') },
    ],
  },
  switches: () => [],
  isUntried: true,
  notes: ['Written after Amp’s documentation; not tried with the program itself.'],
};

/** Every agent that can be guarded, in the order in which people read them. */
export const targets: readonly Target[] = [
  claudeCode,
  copilot,
  vscode,
  codex,
  gemini,
  opencode,
  cline,
  qwen,
  cursor,
  windsurf,
  kiro,
  junie,
  antigravity,
  amp,
];
