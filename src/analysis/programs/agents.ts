import type { Invocation, Result } from '../shell/invocation.ts';
import type { Outcome } from '../shell/outcome.ts';
import { display, known, knownPrefix } from '../shell/value.ts';
import type { Program } from './registry.ts';
import { commandLine } from './verbs.ts';

/**
 * Agents, the editor and the guard itself: starting one with its guard off is a bypass, changing what governs them is the person's.
 * Source: the agents' documentation and measurements of which flags and settings keep hooks from running.
 */
interface AgentFlags {
  /** Flags that keep hooks from running, or run them from somewhere else. */
  readonly off: readonly string[];
  /** Values of options that do so, as `option value` in lower case. */
  readonly settings?: RegExp;
  /** Options whose value that test is for. */
  readonly options?: readonly string[];
  /** Subcommands that change what governs the agent. */
  readonly changes?: RegExp;
}

const agents: Readonly<Record<string, AgentFlags>> = {
  claude: {
    off: [
      '--bare',
      '--safe-mode',
      '--setting-sources',
      '--settings',
      '--managed-settings',
      '--dangerously-skip-permissions',
      '--allow-dangerously-skip-permissions',
    ],
    options: ['--permission-mode'],
    settings: /^(?:bypassPermissions|dontAsk)$/,
    changes:
      /^(?:config (?:set|add|remove|rm)|mcp (?:add|add-json|remove|reset-project-choices)|plugin (?:install|uninstall|disable|enable|marketplace)|migrate-installer|install|uninstall)\b/,
  },
  codex: {
    off: [
      '--ignore-user-config',
      '--ignore-rules',
      '--dangerously-bypass-hook-trust',
      '--dangerously-bypass-approvals-and-sandbox',
      '--yolo',
    ],
    options: ['--disable', '-c', '--config', '--profile', '-p', '-a', '--ask-for-approval', '-s', '--sandbox'],
    settings:
      /^(?:hooks|hooks[._].*|features\.hooks\s*=\s*"?false"?|.*hooks.*=.*|projects\..*trust_level.*|notify=.*|never|danger-full-access|approval_policy\s*=\s*"?never"?|sandbox_mode\s*=\s*"?danger-full-access"?)$/i,
    changes: /^(?:mcp (?:add|remove)|features (?:disable|enable))\b/,
  },
  gemini: {
    off: ['--skip-trust', '--admin-policy', '--policy', '--yolo', '-y'],
    options: ['--approval-mode'],
    settings: /^yolo$/,
    changes: /^(?:hooks (?:disable|uninstall|migrate)|extensions (?:install|uninstall|disable|enable|link)|mcp (?:add|remove)|trust)\b/,
  },
  qwen: {
    off: ['--skip-trust', '--bare', '--safe-mode', '--yolo', '-y'],
    options: ['--approval-mode'],
    settings: /^yolo$/,
    changes: /^(?:hooks (?:disable|uninstall)|extensions (?:install|uninstall|disable|enable|link)|mcp (?:add|remove))\b/,
  },
  copilot: {
    off: ['--config-dir', '--no-hooks', '--disable-hooks', '--allow-all-tools', '--allow-all', '--allow-all-paths', '--yolo'],
    changes: /^plugin (?:install|uninstall|disable)\b/,
  },
  opencode: { off: ['--pure'], changes: /^(?:plugin|uninstall|mcp (?:add|remove))\b/ },
  cline: { off: ['--hooks-dir', '--no-hooks', '--config', '--yolo', '-y'] },
  cursor: { off: [] },
  'cursor-agent': { off: ['--no-hooks', '--force', '-f', '--yolo'] },
  amp: {
    off: ['--settings-file', '--no-plugins', '--dangerously-allow-all'],
    changes: /^(?:permissions (?:edit|add)|plugins remove|mcp (?:add|remove))\b/,
  },
  kiro: { off: ['--trust-all-tools'] },
  'kiro-cli': { off: ['--trust-all-tools', '-a'] },
  q: { off: ['--trust-all-tools'] },
  aider: { off: ['--yes-always', '--yes'] },
  auggie: { off: [] },
  droid: { off: ['--skip-permissions-unsafe'] },
  crush: { off: ['--yolo', '-y'] },
  goose: { off: [] },
};

function agent(flags: AgentFlags): Program {
  const off = new Set(flags.off);
  return (call): undefined => {
    for (const [i, arg] of call.args.entries()) {
      const text = known(arg) ?? knownPrefix(arg);
      if (text === '--') break;
      const name = text.startsWith('--') ? text.replace(/=[\s\S]*$/, '') : text.slice(0, 2);
      if (off.has(name) || (text.startsWith('--') && abbreviates(name, off))) call.act('guard.bypass', `${call.name} ${name}`);
      if (flags.options?.includes(name)) {
        const value =
          text.includes('=') && text.startsWith('--')
            ? text.slice(text.indexOf('=') + 1)
            : text.startsWith('--') || text.length === 2
              ? (known(call.args[i + 1] ?? '') ?? display(call.args[i + 1] ?? ''))
              : text.slice(2);
        if (flags.settings?.test(value.trim())) call.act('guard.bypass', `${call.name} ${name} ${value}`);
      }
    }
    const words = commandLine(call.args, {})
      .words.map((word) => known(word) ?? '…')
      .join(' ');
    if (flags.changes?.test(words)) call.act('guard.change', `${call.name} ${words.split(' ', 2).join(' ')}`);
    return undefined;
  };
}

function abbreviates(name: string, off: ReadonlySet<string>): boolean {
  // Three letters less than all are no other option's name.
  return name.length > 6 && [...off].some((full) => full.startsWith(name) && full.length - name.length <= 3);
}

const ourExtension = /agent-policy/i;

/** `code` and its like: extensions gone or off, other user data, settings that it is told to write. */
function editor(call: Invocation): Result | Outcome | undefined {
  const line = commandLine(call.args, {
    values:
      '--uninstall-extension --install-extension --disable-extension --user-data-dir --extensions-dir --profile --goto -g --add -a --remove --folder-uri --file-uri --log --sync --locate-shell-integration-path --inspect-extensions --add-mcp --shared-data-dir',
  });
  for (const name of line.all('--uninstall-extension', '--disable-extension'))
    if (ourExtension.test(display(name)) || known(name) === undefined)
      call.act('guard.bypass', `${call.name} --uninstall-extension ${display(name)}`);
  for (const name of ['--disable-extensions', '--extensions-dir', '--user-data-dir', '--disable-workspace-trust'])
    if (line.has(name)) call.act('guard.bypass', `${call.name} ${name}`);
  if (line.has('--add-mcp')) call.act('guard.change', `${call.name} --add-mcp`);
  for (const name of line.all('--install-extension'))
    if (/\.vsix$/i.test(display(name)) && !ourExtension.test(display(name))) call.read(name);
  if (known(line.words[0] ?? '') === 'chat' || known(line.words[0] ?? '') === 'tunnel')
    call.act('guard.bypass', `${call.name} ${display(line.words[0] ?? '')}`);
  return undefined;
}

const reads = new Set([
  'check',
  'analyze',
  'explain',
  'doctor',
  'audit',
  'compile',
  'help',
  'demo',
  'test',
  'verify',
  'replay',
  'suggest',
  'schema',
  'lint',
  'version',
]);

/** The guard's own program: an agent may ask it and may not change it. */
function guard(call: Invocation): undefined {
  const line = commandLine(call.args, { values: '--out --output' });
  const verb = known(line.words[0] ?? '');
  // `audit export` and `compile` write where they are told to.
  for (const file of line.all('--out', '--output')) call.write(file);
  // `hook` takes its input for an agent's word: what a session has done could be made up with it.
  if (verb === 'hook') call.act('guard.bypass', 'agent-policy hook');
  const onlyShows = (verb === 'mode' && line.words.length === 1) || (verb === 'trust' && line.has('--show'));
  if (line.words.length === 0 || onlyShows || (verb !== undefined && reads.has(verb))) {
    const inner = known(line.words[1] ?? '');
    if (verb === 'audit' && inner !== undefined && !/^(?:tail|verify|query|show|review|path|list|export|stats)$/.test(inner))
      call.act('guard.change', `agent-policy audit ${inner}`);
    return undefined;
  }
  call.act('guard.change', `agent-policy ${verb ?? '…'}`);
  return undefined;
}

const openEditor: Program = editor;

/** Names of the packages that agents come in, where they are others: `npx @anthropic-ai/claude-code`. */
const packages: Readonly<Record<string, string>> = {
  'claude-code': 'claude',
  'gemini-cli': 'gemini',
  'qwen-code': 'qwen',
  'opencode-ai': 'opencode',
};

export const agentPrograms: Readonly<Record<string, Program>> = {
  ...Object.fromEntries(Object.entries(agents).map(([name, flags]) => [name, agent(flags)])),
  ...Object.fromEntries(Object.entries(packages).map(([name, own]) => [name, agent(agents[own] ?? { off: [] })])),
  ...Object.fromEntries(
    ['code', 'code-insiders', 'code-server', 'codium', 'vscodium', 'cursor', 'windsurf', 'code.cmd', 'code.exe'].map((name) => [
      name,
      openEditor,
    ]),
  ),
  'agent-policy': guard,
};
