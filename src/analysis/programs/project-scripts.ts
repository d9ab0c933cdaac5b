import type { Invocation } from '../shell/invocation.ts';
import { locations } from '../touch.ts';
import { concat, display, known, piecesOf, type Text } from '../shell/value.ts';

/**
 * Scripts that a project keeps in its own files: `package.json` and `composer.json` here, makefiles and justfiles beside it. They are found
 * and followed as if they had been typed, so that the name of a script hides nothing.
 */

/** A file of the project and whether somebody can have read it: one that this session made, nobody has. */
export interface Source {
  readonly text: string;
  readonly fresh: boolean;
}

/** The first of the files that is there. What was written in this session and cannot be known is said to be so. */
export function sourceOf(call: Invocation, names: readonly string[]): Source | undefined {
  for (const name of names) {
    const content = call.content(name);
    if (!content) continue;
    const text = known(content.text);
    if (text !== undefined) return { text, fresh: content.fresh };
    if (content.fresh) call.opaque(`what ${name} contains cannot be known`);
    return undefined;
  }
  return undefined;
}

/** Runs something in a folder, as `make -C` and `npm --prefix` do; in the current one where none is given. */
export function within<T>(call: Invocation, folder: Text | undefined, body: () => T): T {
  if (folder === undefined) return body();
  const { state, run } = call;
  const { cwds } = state;
  const path = known(folder);
  state.cwds = path === undefined ? [] : locations(path, state, run).map(({ typed }) => typed);
  const result = body();
  state.cwds = cwds;
  return result;
}

/** Follows a script; one of the project's committed files is a program like any other, so that what is unknown in it is no alarm. */
export function follow(call: Invocation, text: Text, fresh: boolean, mark: string): void {
  if (call.run.callStack.includes(mark) || call.run.callStack.length > 24) return;
  call.run.callStack.push(mark);
  if (!fresh) call.run.lenient += 1;
  call.shell(text);
  if (!fresh) call.run.lenient -= 1;
  call.run.callStack.pop();
}

function quoted(args: readonly Text[]): Text {
  return concat(...args.flatMap((arg) => [' ', typeof arg === 'string' ? `'${arg.replaceAll("'", `'\\''`)}'` : arg]));
}

/** The scripts of a manifest in JSON; nothing where it is none. */
function scriptsOf(source: Source): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  try {
    const manifest: unknown = JSON.parse(source.text);
    const scripts = isObject(manifest) ? manifest['scripts'] : undefined;
    for (const [name, value] of isObject(scripts) ? Object.entries(scripts) : []) {
      const lines = (Array.isArray(value) ? value : [value]).filter((line): line is string => typeof line === 'string');
      if (lines.length > 0) found.set(name, lines.join('\n'));
    }
  } catch {
    // No manifest anybody could run scripts of.
  }
  return found;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export interface ScriptOptions {
  /** Where the manifest lies, when not in the current folder. */
  readonly folder?: Text | undefined;
  readonly args?: readonly Text[];
  readonly manifest?: string;
  /** Scripts of these names before and after it run as well. */
  readonly hooks?: boolean;
}

/** Runs a script of `package.json` by its name, which may be a pattern as of `npm-run-all`. False where there is none. */
export function runManifestScript(call: Invocation, name: Text, options: ScriptOptions = {}): boolean {
  return within(call, options.folder, () => runScripts(call, name, options));
}

function runScripts(call: Invocation, name: Text, { args = [], manifest = 'package.json', hooks = true }: ScriptOptions): boolean {
  const source = sourceOf(call, [manifest]);
  // A pattern that the shell left alone is the runner's own.
  const wanted = known(name) ?? (piecesOf(name).every((piece) => typeof piece === 'string' || 'glob' in piece) ? display(name) : undefined);
  if (!source) {
    if (call.run.unpacked && hooks) call.run.reportOrigin('download');
    return false;
  }
  if (wanted === undefined) {
    call.opaque('a script whose name cannot be known');
    return true;
  }
  const scripts = scriptsOf(source);
  const pattern = wanted.includes('*') ? new RegExp(`^${wanted.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*')}$`) : undefined;
  const names = pattern ? [...scripts.keys()].filter((key) => pattern.test(key)).slice(0, 40) : [wanted];
  let found = false;
  for (const one of names) {
    for (const key of hooks ? [`pre${one}`, one, `post${one}`] : [one]) {
      const text = scripts.get(key);
      if (text === undefined) continue;
      found ||= key === one;
      const words =
        manifest === 'composer.json'
          ? text.replace(/^@(?:composer|php|putenv)\s/gm, (at) => at.slice(1)).replace(/^@([\w:-]+)/gm, 'composer run $1')
          : text;
      follow(call, key === one ? concat(words, quoted(args)) : words, source.fresh, `script ${key}`);
    }
  }
  return found;
}

/**
 * Runs those of the scripts of `package.json` that are there, as package managers do by themselves. They read the manifest anew for each, which
 * only tells something where a script has run before.
 */
export function runLifecycle(call: Invocation, names: readonly string[], folder: Text | undefined): void {
  within(call, folder, () => {
    let source = sourceOf(call, ['package.json']);
    for (const name of names) {
      const text = source && scriptsOf(source).get(name);
      if (!source || text === undefined) continue;
      follow(call, text, source.fresh, `script ${name}`);
      source = sourceOf(call, ['package.json']);
    }
  });
}

/** Whether `package.json` has a script of that name. */
export function hasManifestScript(call: Invocation, name: string, folder?: Text): boolean {
  const source = within(call, folder, () => sourceOf(call, ['package.json']));
  return source !== undefined && scriptsOf(source).has(name);
}
