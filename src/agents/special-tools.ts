import type { Act } from '../model/act.ts';
import type { Action } from '../model/tool-call.ts';
import type { Payload } from './agent.ts';
import { pick } from './arguments.ts';
import type { DecodeTool, ToolMeaning, ToolUse } from './decode-tool.ts';
import { isRecord, kindOf, shellWord, textOf, unwrapJson } from './values.ts';

type Reader = (use: ToolUse, args: Payload, depth: number, decode: DecodeTool) => ToolMeaning | undefined;

const none = (use: ToolUse): ToolMeaning => ({ tool: use.name.toLowerCase(), actions: [] });
/** Something is run, and nobody can say what. */
const other = (use: ToolUse, args: Payload, act: Act = 'code.unknown'): ToolMeaning => ({
  tool: use.name.toLowerCase(),
  actions: [{ kind: 'other', args, act }],
});
const bash = (command: string): ToolMeaning => ({ tool: 'bash', actions: [{ kind: 'bash', command }] });

/** Commands of VS Code that show or save something and take no argument by which they could do more. */
const harmlessCommand =
  /^(workbench\.action\.(files\.save\w*|quickOpen|showCommands|focus\w*|closePanel|toggle\w*|problems\.focus|navigate\w*)|editor\.action\.(formatDocument|organizeImports|fold\w*|unfold\w*|goTo\w*|reveal\w*|show\w*)|workbench\.view\.\w+|notebook\.(focus|fold)\w*)$/;

/** Commands of VS Code that change what governs agents: our own, extensions, settings and trust. */
const governingCommand =
  /^(agentPolicy\.|workbench\.extensions\.|extension\.|workbench\.(action\.)?(trust|manageTrust|openSettings|openRawDefaultSettings|.*[Ss]ettings|.*[Ee]xtension|.*[Tt]rust|configure)|_?workbench\.(un)?installExtension)/;

/** The calls inside a tool that passes them on, each judged as what it is. */
function unpack(use: ToolUse, calls: readonly unknown[], depth: number, decode: DecodeTool): ToolMeaning {
  const actions: Action[] = [];
  for (const call of calls) {
    if (!isRecord(call)) return { problem: `${use.field} of ${use.name} must list calls as objects, but one is ${kindOf(call)}.` };
    const name = pick(call, 'tool', 'toolname', 'name')?.value;
    if (typeof name !== 'string')
      return { problem: `${use.field} of ${use.name} must name a tool as text, but the name is ${kindOf(name)}.` };
    const meaning = decode(
      { ...use, name, args: pick(call, 'parameters', 'args', 'arguments', 'input', 'toolinput', 'toolargs')?.value, mcp: undefined },
      depth + 1,
    );
    if ('problem' in meaning) return meaning;
    actions.push(...meaning.actions);
  }
  return { tool: use.name.toLowerCase(), actions };
}

const readers: Readonly<Record<string, Reader>> = {
  // VS Code runs any command of any extension through this one.
  run_vscode_command: (use, args) => {
    const id = textOf(args['commandId']);
    if (id === 'workbench.action.terminal.sendSequence') {
      const first = unwrapJson(Array.isArray(args['args']) ? args['args'][0] : args['args']);
      const text = isRecord(first) ? first['text'] : first;
      return typeof text === 'string' ? bash(text) : other(use, args);
    }
    if (id !== undefined && harmlessCommand.test(id)) return none(use);
    return other(use, args, id !== undefined && governingCommand.test(id) ? 'guard.change' : 'code.unknown');
  },
  create_and_run_task: (use, args) => {
    const task = args['task'];
    const command = isRecord(task) ? task['command'] : undefined;
    const words = isRecord(task) ? (task['args'] ?? []) : undefined;
    if (typeof command !== 'string')
      return { problem: `${use.field}.task.command of ${use.name} must be text, but is ${kindOf(command)}.` };
    if (!Array.isArray(words)) return { problem: `${use.field}.task.args of ${use.name} must be a list, but is ${kindOf(words)}.` };
    // A quoted argument is { value, quoting }; the shell's own reading of an unquoted one is kept.
    return bash([command, ...words.map((word) => (isRecord(word) ? shellWord(String(word['value'])) : String(word)))].join(' '));
  },
  run_task: (use, args) => {
    const script = /^(?:shell: )?(npm|yarn|pnpm): (\S+)$/.exec(textOf(args['id']) ?? '');
    return script?.[1] !== undefined && script[2] !== undefined ? bash(`${script[1]} run ${shellWord(script[2])}`) : other(use, args);
  },
  install_python_packages: (use, args) => {
    const names = args['packageList'];
    return Array.isArray(names) && names.every((name) => typeof name === 'string')
      ? bash(['pip', 'install', ...names.map(shellWord)].join(' '))
      : other(use, args);
  },
  // Notes that live in the host's own store under a virtual folder, unless a path leads out of it.
  memory: (use, args) => {
    const paths = ['path', 'old_path', 'new_path'].map((name) => args[name]).filter((path) => path !== undefined);
    const isInside = paths.every(
      (path) => typeof path === 'string' && /^\/memories(\/|$)/.test(path) && !/(^|[\\/])\.\.([\\/]|$)/.test(path),
    );
    return isInside ? none(use) : undefined;
  },
  save_memory: (use) => ({
    tool: 'write',
    actions: [{ kind: 'write', path: `${use.home}/${use.agent === 'qwen' ? '.qwen/QWEN.md' : '.gemini/GEMINI.md'}` }],
  }),
  batch: (use, args, depth, decode) => {
    const calls = unwrapJson(pick(args, 'toolcalls', 'calls')?.value);
    return Array.isArray(calls) ? unpack(use, calls, depth, decode) : undefined;
  },
  tool_call: (use, args, depth, decode) => unpack(use, [args], depth, decode),
  use_mcp_tool: (use, args, depth, decode) => {
    const server = textOf(args['server_name']);
    const tool = textOf(args['tool_name']);
    return server !== undefined && tool !== undefined
      ? decode({ ...use, args: args['arguments'], mcp: { server, tool } }, depth + 1)
      : undefined;
  },
  fs_write: (use, args, depth, decode) =>
    decode({ ...use, name: args['command'] === 'create' ? 'write' : args['command'] === 'view' ? 'read' : 'edit' }, depth + 1),
  str_replace_based_edit_tool: (use, _args, depth, decode) => decode({ ...use, name: 'fs_write' }, depth + 1),
  fs_read: (use, _args, depth, decode) => decode({ ...use, name: 'read' }, depth + 1),
  use_aws: (_use, args) => {
    const service = textOf(args['service_name']);
    const operation = textOf(args['operation_name']);
    return service !== undefined && operation !== undefined ? bash(`aws ${shellWord(service)} ${shellWord(operation)}`) : undefined;
  },
  aws: (use, _args, depth, decode) => decode({ ...use, name: 'use_aws' }, depth + 1),
  exitworktree: (use, args) => (args['action'] === 'keep' || args['discard_changes'] !== true ? none(use) : undefined),
  config: (use, args) => (args['value'] === undefined ? none(use) : undefined),
};

/** Whether a tool has arguments of a form of its own. */
export function isSpecial(name: string): boolean {
  return Object.hasOwn(readers, name.toLowerCase());
}

/** What a tool with arguments of its own form asks for; nothing where it is to be read like any other. */
export function specialTool(use: ToolUse, args: Payload, depth: number, decode: DecodeTool): ToolMeaning | undefined {
  return isSpecial(use.name) ? readers[use.name.toLowerCase()]?.(use, args, depth, decode) : undefined;
}
