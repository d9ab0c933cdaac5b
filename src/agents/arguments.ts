import { fileURLToPath } from 'node:url';
import type { Action } from '../model/tool-call.ts';
import type { Payload } from './agent.ts';
import { isRecord, shellWord } from './values.ts';

/** Names of arguments, in lower case and without `_` and `-`, so that `file_path`, `filePath` and `FilePath` are one. */
const pathNames = new Set(
  `path filepath file filename notebookpath targetfile absolutepath dirpath directorypath directory dir folder uri fileuri target
  targetpath destination dest dst destpath destinationpath output outputpath outputfile source src sourcepath srcpath oldpath newpath
  files paths filepaths inputpath inputfile searchpath`.split(/\s+/),
);
const sourceNames = new Set(['source', 'src', 'sourcepath', 'srcpath', 'oldpath', 'inputpath', 'inputfile']);
const commandNames = new Set(['command', 'cmd', 'commandline', 'shellcommand', 'commands', 'script', 'bash', 'shell']);
const sqlNames = new Set(['sql', 'statement', 'sqlquery']);

const maxDepth = 8;
const maxActions = 256;

export function plain(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase();
}

/** The first argument that has one of these plain names, with its own spelling. */
export function pick(args: Payload, ...wanted: readonly string[]): { readonly name: string; readonly value: unknown } | undefined {
  for (const want of wanted) {
    for (const name in args)
      if (plain(name) === want && args[name] !== undefined && args[name] !== null) return { name, value: args[name] };
  }
  return undefined;
}

/** A path as the tool will open it: `file:` URLs name files, too. */
export function toPath(text: string): string {
  if (!/^(file|vscode-remote|vscode-userdata):/i.test(text)) return text;
  try {
    const url = new URL(text);
    return url.protocol === 'file:' && url.host === '' ? fileURLToPath(url) : decodeURIComponent(url.pathname);
  } catch {
    return text;
  }
}

const pathLike = /^(~|\.{1,2})?[\\/][^\n]*$|^[A-Za-z]:[\\/][^\n]*$|^file:/;
const urlLike = /^[a-z][a-z0-9+.-]*:\/\/\S+$/i;
const sqlLike = /^\s*(select|insert|update|delete|drop|truncate|alter|create|grant|revoke|with|merge|replace)\s+\S/i;

/** What a tool does to the paths it is given, by the verbs in its name. A tool that says nothing of itself is taken for one that writes. */
function verbOf(tool: string): 'read' | 'delete' | 'move' | 'write' {
  const words = tool
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const has = (verbs: string): boolean => words.some((word) => verbs.split(' ').includes(word));
  if (has('delete remove rm unlink trash erase destroy')) return 'delete';
  if (has('move rename mv')) return 'move';
  if (has('write edit create update set save put append insert replace patch copy upload add make mkdir format modify')) return 'write';
  return has('read get list search find view show describe query fetch stat info grep glob load cat head tail count inspect lookup analyze')
    ? 'read'
    : 'write';
}

/**
 * What the arguments of an unknown tool ask for, each judged by its own name and form: a command, a URL, an SQL statement, a path.
 * What lies too deep or is too much is not looked at; `complete` is then false.
 */
export function actionsOfArguments(tool: string, args: unknown): { readonly actions: Action[]; readonly complete: boolean } {
  const actions: Action[] = [];
  const verb = verbOf(tool);
  let complete = true;

  const addPath = (name: string, text: string): void => {
    const path = toPath(text);
    const isSource = sourceNames.has(name);
    if (verb === 'read' || verb === 'move' || isSource) actions.push({ kind: 'read', path });
    if (verb === 'delete' || (verb === 'move' && isSource)) actions.push({ kind: 'delete', path });
    else if (verb !== 'read' && !isSource) actions.push({ kind: 'write', path });
  };

  const visit = (name: string, value: unknown, depth: number): void => {
    if (depth > maxDepth || actions.length > maxActions) {
      complete = false;
    } else if (typeof value === 'string') {
      if (value === '') return;
      if (commandNames.has(name)) actions.push({ kind: 'bash', command: value });
      else if (sqlNames.has(name) || (name === 'query' && sqlLike.test(value))) actions.push({ kind: 'sql', query: value });
      else if (urlLike.test(value) && !/^(file|vscode-)/i.test(value)) actions.push({ kind: 'fetch', url: value });
      else if (pathNames.has(name) || (pathLike.test(value) && value.length < 4096)) addPath(name, value);
    } else if (Array.isArray(value)) {
      if (name === 'command' && value.every((word) => typeof word === 'string'))
        actions.push({ kind: 'bash', command: value.map(shellWord).join(' ') });
      else for (const item of value) visit(name, item, depth + 1);
    } else if (isRecord(value)) {
      for (const key in value) visit(plain(key), value[key], depth + 1);
    }
  };
  visit('', args, 0);
  return { actions, complete };
}
