import type { Action } from '../model/tool-call.ts';
import type { ToolMeaning, ToolUse } from './decode-tool.ts';
import { isRecord } from './values.ts';

/**
 * The tools that make up nearly all calls of the agents whose adapters are in the hook's own bundle, with the one spelling of their
 * arguments that those agents have. Everything else goes to decode-tool.ts, which reads these the same way (tested).
 */
const shells = new Set(['Bash', 'bash', 'run_in_terminal']);
const files: Readonly<Record<string, 'read' | 'write' | 'edit'>> = {
  Read: 'read',
  view: 'read',
  read_file: 'read',
  Write: 'write',
  create: 'write',
  create_file: 'write',
  Edit: 'edit',
  edit: 'edit',
  replace_string_in_file: 'edit',
};
const silent = new Set([
  'Agent',
  'Glob',
  'TodoWrite',
  'ToolSearch',
  'Skill',
  'TaskUpdate',
  'manage_todo_list',
  'list_dir',
  'file_search',
  'get_errors',
  'glob',
]);
const shellArguments = new Set(['command', 'description', 'timeout', 'run_in_background', 'explanation', 'goal', 'mode', 'isBackground']);
const fileArguments = new Set([
  'file_path',
  'filePath',
  'path',
  'content',
  'file_text',
  'old_string',
  'new_string',
  'oldString',
  'newString',
  'old_str',
  'new_str',
  'replace_all',
  'offset',
  'limit',
  'startLine',
  'endLine',
  'description',
  'explanation',
]);

/** What a frequent tool in its usual form asks for; nothing where the full decoder has to say. Never throws. */
export function quickTool({ name, args, dialect }: ToolUse): ToolMeaning | undefined {
  if (!isRecord(args)) return undefined;
  if (silent.has(name)) return { tool: name.toLowerCase(), actions: [] };
  const names = Object.keys(args);
  if (shells.has(name)) {
    const { command } = args;
    if (typeof command !== 'string' || !names.every((key) => shellArguments.has(key))) return undefined;
    return { tool: 'bash', actions: [{ kind: 'bash', command, ...(dialect === undefined ? {} : { dialect }) }] };
  }
  const kind = Object.hasOwn(files, name) ? files[name] : undefined;
  if (kind === undefined || !names.every((key) => fileArguments.has(key))) return undefined;
  const paths = [args['file_path'], args['filePath'], args['path']].filter((value) => value !== undefined);
  const [path] = paths;
  // A path with a scheme is one in the full decoder's words.
  if (paths.length !== 1 || typeof path !== 'string' || path === '' || path.includes(':') || path.startsWith('[') || path.startsWith('{'))
    return undefined;
  return { tool: kind, actions: [actionOn(kind, path, args)] };
}

function actionOn(kind: 'read' | 'write' | 'edit', path: string, args: Readonly<Record<string, unknown>>): Action {
  if (kind === 'read') return { kind, path };
  if (kind === 'write') {
    const content = args['content'] ?? args['file_text'];
    return { kind, path, ...(typeof content === 'string' ? { content } : {}) };
  }
  const newText = args['new_string'] ?? args['newString'] ?? args['new_str'];
  const oldText = args['old_string'] ?? args['oldString'] ?? args['old_str'];
  return {
    kind,
    path,
    replacements: typeof newText === 'string' ? [{ oldText: typeof oldText === 'string' ? oldText : '', newText }] : [],
  };
}
