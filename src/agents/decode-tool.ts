import { resolve } from 'node:path';
import type { Action, Dialect, Replacement } from '../model/tool-call.ts';
import type { AgentId, Payload } from './agent.ts';
import { actionsOfArguments, pick, plain, toPath } from './arguments.ts';
import type { SplitMcp } from './envelope.ts';
import { isSpecial, specialTool } from './special-tools.ts';
import { shapeOf } from './tool-names.ts';
import { isRecord, kindOf, shellWord, shown, textOf, unwrapJson } from './values.ts';

/** A tool use as the host named it. */
export interface ToolUse {
  readonly agent: AgentId;
  readonly name: string;
  readonly args: unknown;
  /** The host's own name of the field with the arguments, for messages: `tool_input`. */
  readonly field: string;
  /** Directory from which a relative working directory counts: absolute. */
  readonly cwd: string;
  readonly home: string;
  /** Server and tool, where the host's name of the tool stands for a tool of an MCP server. */
  readonly mcp?: { readonly server: string; readonly tool: string } | undefined;
  /** The shell behind the host's shell tool, where it is known not to be a POSIX one. */
  readonly dialect?: Dialect | undefined;
}

/** What a tool use asks for, or what is wrong with its arguments in one sentence. */
export type ToolMeaning = { readonly tool: string; readonly actions: readonly Action[] } | { readonly problem: string };

/** How special tools decode the calls that are packed in theirs. */
export type DecodeTool = (use: ToolUse, depth: number) => ToolMeaning;

const maxNesting = 4;
const pathNames = [
  'filepath',
  'path',
  'notebookpath',
  'targetfile',
  'absolutepath',
  'file',
  'filename',
  'dirpath',
  'directorypath',
  'targetnotebook',
  'relativeworkspacepath',
  'uri',
] as const;
const listNames = ['files', 'paths', 'filepaths', 'include', 'operations', 'edits', 'replacements'] as const;
const oldNames = ['oldstring', 'oldstr', 'oldtext', 'targetcontent'] as const;
const newNames = [
  'newstring',
  'newstr',
  'newtext',
  'replacementcontent',
  'newsource',
  'newcode',
  'code',
  'codeedit',
  'diff',
  'inserttext',
] as const;
const patchText = /^\s*\*\*\* Begin Patch/;

/**
 * What a tool use asks for. A known tool whose arguments are not of the known form is a problem, never a call without effects.
 * Never throws.
 */
export function decodeTool(use: ToolUse, depth = 0): ToolMeaning {
  const args = unwrapJson(use.args ?? {});
  const wrong = (what: string, value: unknown, wanted: string): ToolMeaning => ({
    problem: `${use.field}${what === '' ? '' : `.${what}`} of ${shown(use.name)} must be ${wanted}, but is ${kindOf(value)}.`,
  });
  if (depth > maxNesting) return { problem: `${use.field} of ${shown(use.name)} holds calls in calls, more than ${maxNesting} deep.` };

  if (use.mcp !== undefined) {
    const { server, tool } = use.mcp;
    const found = actionsOfArguments(tool, args);
    if (!found.complete) return { problem: `${use.field} of ${shown(use.name)} holds too much or is nested too deeply to be judged.` };
    return { tool: `mcp:${server}/${tool}`, actions: [{ kind: 'mcp', server, tool, args }, ...found.actions] };
  }

  // Copilot sends a patch as bare text under the name of an edit tool.
  if (typeof args === 'string' && patchText.test(args)) return { tool: 'patch', actions: [{ kind: 'patch', text: args }] };
  const special = isRecord(args) ? specialTool(use, args, depth, decodeTool) : undefined;
  if (special !== undefined) return special;

  const shape = shapeOf(use.name);
  if (shape === 'none') return { tool: use.name.toLowerCase(), actions: [] };
  if (shape === undefined || shape === 'unknown') {
    const found = actionsOfArguments(use.name, args);
    if (!found.complete) return { problem: `${use.field} of ${shown(use.name)} holds too much or is nested too deeply to be judged.` };
    const isKnown = shape === undefined && found.actions.length > 0;
    // A tool that is known to run something is not the same as one that nobody knows.
    const rest: Action = shape === 'unknown' ? { kind: 'other', args, act: 'code.unknown' } : { kind: 'other', args };
    return { tool: use.name.toLowerCase(), actions: isKnown ? found.actions : [...found.actions, rest] };
  }
  if (!isRecord(args)) return wrong('', args, 'an object');

  const requireText = (...wanted: string[]): string | ToolMeaning => {
    const found = pick(args, ...wanted);
    return typeof found?.value === 'string' ? found.value : wrong(found?.name ?? firstSpelling(args, wanted), found?.value, 'text');
  };
  const one = (action: Action): ToolMeaning => ({ tool: action.kind, actions: [action] });

  switch (shape) {
    case 'bash': {
      const found = pick(args, 'commands', 'command', 'cmd', 'commandline', 'input', 'chars');
      const commands = commandsOf(found?.value, found?.name === 'commands');
      if (commands === undefined) return wrong(found?.name ?? 'command', found?.value, 'text or a list of texts');
      const dir = pick(args, 'workdir', 'dirpath', 'workingdirectory', 'cwd', 'directory');
      if (dir !== undefined && typeof dir.value !== 'string') return wrong(dir.name, dir.value, 'text');
      const cwd = typeof dir?.value === 'string' && dir.value !== '' ? resolve(use.cwd, dir.value) : undefined;
      const dialect: Dialect | undefined = /powershell|pwsh/i.test(use.name) ? 'powershell' : use.dialect;
      return {
        tool: 'bash',
        actions: commands.map((command) => ({
          kind: 'bash',
          command,
          ...(cwd === undefined ? {} : { cwd }),
          ...(dialect === undefined ? {} : { dialect }),
        })),
      };
    }
    case 'patch': {
      const text = requireText('command', 'input', 'patch', 'patchtext');
      return typeof text === 'string' ? one({ kind: 'patch', text }) : text;
    }
    case 'sql': {
      const query = requireText('query', 'sql', 'statement');
      return typeof query === 'string' ? one({ kind: 'sql', query }) : query;
    }
    case 'fetch': {
      const urls = textsAt(args, ['url', 'urls', 'requests'], ['url']);
      if ('problem' in urls) return wrong(urls.problem, urls.value, 'text');
      const found =
        urls.texts.length > 0 ? urls.texts : (textOf(pick(args, 'prompt')?.value)?.match(/\b(?:https?|file):\/\/[^\s"'<>)\]]+/gi) ?? []);
      if (found.length === 0 && pick(args, 'action') === undefined) return wrong('url', undefined, 'text');
      const { method } = args;
      return { tool: 'fetch', actions: found.map((url) => ({ kind: 'fetch', url, ...(typeof method === 'string' ? { method } : {}) })) };
    }
    case 'search': {
      // A search prints what it finds: searching a folder of secrets, or for files of that name, reads them.
      const where = textsAt(args, ['path', 'dirpath', 'searchpath', 'paths'], ['path']);
      if ('problem' in where) return wrong(where.problem, where.value, 'text');
      const which = textsAt(args, ['glob', 'include', 'includepattern', 'filepattern', 'includes'], []);
      if ('problem' in which) return wrong(which.problem, which.value, 'text');
      const folders = where.texts.length > 0 ? where.texts : which.texts.length > 0 ? ['.'] : [];
      const paths = which.texts.length === 0 ? folders : folders.flatMap((folder) => which.texts.map((glob) => `${folder}/${glob}`));
      return { tool: 'search', actions: paths.map((path) => ({ kind: 'read', path: toPath(path) })) };
    }
    case 'read':
    case 'delete':
    case 'write':
    case 'edit': {
      const found = textsAt(args, [...pathNames, ...listNames], pathNames);
      if ('problem' in found) return wrong(found.problem, found.value, 'text');
      if (found.texts.length === 0) {
        const patch = pick(args, 'command', 'input', 'patch', 'patchtext')?.value;
        if (shape !== 'read' && typeof patch === 'string' && patchText.test(patch)) return one({ kind: 'patch', text: patch });
        return wrong(firstSpelling(args, pathNames), undefined, 'text');
      }
      const paths = [...new Set(found.texts)].map(toPath);
      if (shape === 'read' || shape === 'delete') return { tool: shape, actions: paths.map((path) => ({ kind: shape, path })) };
      const isNew = shape === 'write' || (plain(use.name) === 'editor' && pick(args, ...oldNames, 'insertline') === undefined);
      if (!isNew) return { tool: 'edit', actions: paths.map((path) => ({ kind: 'edit', path, replacements: replacementsOf(args, path) })) };
      // An empty file is a content too: it is how a hook is switched off.
      const content = pick(args, 'content', 'contents', 'filetext', 'codecontent', 'newtext', 'text')?.value;
      return {
        tool: 'write',
        actions: paths.map((path) => ({ kind: 'write', path, ...(typeof content === 'string' ? { content } : {}) })),
      };
    }
  }
}

/** The same for a tool whose name the host may have made of an MCP server's and its tool's. */
export function decodeRareTool(use: ToolUse, splitMcp?: SplitMcp): ToolMeaning {
  return decodeTool({ ...use, mcp: splitMcp?.(use.name, isKnownTool(use.name)) });
}

/** Whether a tool of that name is one of an agent's own, whatever else its name looks like. */
function isKnownTool(name: string): boolean {
  return shapeOf(name) !== undefined || isSpecial(name);
}

/** The spelling a message should name for a missing argument: the host's style is seen in the arguments that are there. */
function firstSpelling(args: Payload, wanted: readonly string[]): string {
  const [first = ''] = wanted;
  return first === 'filepath' ? (Object.keys(args).some((name) => /[a-z][A-Z]/.test(name)) ? 'filePath' : 'file_path') : first;
}

/** The commands of a shell tool: one text; a list of texts as separate commands; a list under `command` as the words of one. */
function commandsOf(value: unknown, isList: boolean): string[] | undefined {
  const list = unwrapJson(value);
  if (typeof value === 'string' && !(isList && Array.isArray(list))) return [value];
  if (!Array.isArray(list) || list.length === 0) return undefined;
  if (!isList) return list.every((word) => typeof word === 'string') ? [list.map(shellWord).join(' ')] : undefined;
  const commands = list.map((item) => {
    if (typeof item === 'string') return item;
    const command = isRecord(item) ? item['command'] : undefined;
    const words = isRecord(item) ? (item['args'] ?? []) : undefined;
    if (typeof command !== 'string' || !Array.isArray(words) || !words.every((word) => typeof word === 'string')) return undefined;
    return [command, ...words.map(shellWord)].join(' ');
  });
  return commands.every((command) => command !== undefined) ? commands : undefined;
}

/** All texts under the named arguments, where lists may hold texts or objects that have one of `inner`. */
function textsAt(
  args: Payload,
  wanted: readonly string[],
  inner: readonly string[],
): { texts: string[] } | { problem: string; value: unknown } {
  const texts: string[] = [];
  for (const name in args) {
    const value = unwrapJson(args[name]);
    if (!wanted.includes(plain(name)) || value === undefined || value === null || value === '') continue;
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item === 'string') {
        texts.push(item);
      } else if (isRecord(item)) {
        // Edits without a path of their own belong to the file named beside the list.
        const found = pick(item, ...inner);
        if (typeof found?.value === 'string') texts.push(found.value);
        else if (found !== undefined) return { problem: `${name}.${found.name}`, value: found.value };
      } else {
        return { problem: name, value: item };
      }
    }
  }
  return { texts };
}

/** What an edit puts in the place of what, as far as the arguments say; other edits show the whole file as changed. */
function replacementsOf(args: Payload, path: string): Replacement[] {
  const list = pick(args, 'edits', 'replacements', 'replacementchunks')?.value;
  const edits = Array.isArray(list) ? list.filter(isRecord) : [args];
  return edits.flatMap((edit) => {
    const own = pick(edit, ...pathNames)?.value;
    if (typeof own === 'string' && toPath(own) !== path) return [];
    const newText = pick(edit, ...newNames)?.value;
    const oldText = pick(edit, ...oldNames)?.value;
    return typeof newText === 'string' ? [{ oldText: typeof oldText === 'string' ? oldText : '', newText }] : [];
  });
}
