/** What a patch does to one file. */
export interface PatchedFile {
  readonly operation: 'add' | 'update' | 'delete' | 'move';
  readonly path: string;
  /** Where a moved file goes. */
  readonly to?: string;
  /** Text of an added file; of a changed one the lines that the patch shows of what it will be. */
  readonly content?: string;
}

export interface ParsedPatch {
  readonly files: readonly PatchedFile[];
  /** Set where the text is no patch that is understood. */
  readonly problem?: string;
}

/**
 * The files a patch touches: the form of Codex, Copilot and opencode (`*** Begin Patch`), unified diffs and those of git.
 * Never throws; a text that names no file is a problem, since a patch nobody understands may touch anything.
 */
export function parsePatch(text: string): ParsedPatch {
  const files = /^\*\*\* (?:Begin Patch|Add File|Update File|Delete File)/m.test(text) ? agentPatch(text) : unifiedPatch(text);
  return files.length === 0 ? { files, problem: 'the patch names no file' } : { files };
}

function agentPatch(text: string): PatchedFile[] {
  const files: PatchedFile[] = [];
  let added: string[] | undefined;
  const finish = (): void => {
    const last = files.at(-1);
    if (added && last && last.operation !== 'delete')
      files[files.length - 1] = { ...last, content: added.map((line) => `${line}\n`).join('') };
    added = undefined;
  };
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\*\*\* (Add|Update|Delete) File: (.+?)\s*$/.exec(line);
    const moved = /^\s*\*\*\* Move to: (.+?)\s*$/.exec(line);
    if (header) {
      finish();
      const operation = header[1] === 'Add' ? 'add' : header[1] === 'Delete' ? 'delete' : 'update';
      files.push({ operation, path: header[2] ?? '' });
      if (operation !== 'delete') added = [];
    } else if (moved) {
      const last = files.pop();
      if (last) files.push({ operation: 'move', path: last.path, to: moved[1] ?? '' });
    } else if (added && /^[+ ]/.test(line)) added.push(line.slice(1));
    else if (/^\s*\*\*\* End Patch/.test(line)) finish();
  }
  finish();
  return files;
}

function unifiedPatch(text: string): PatchedFile[] {
  const files: PatchedFile[] = [];
  let from: string | undefined;
  let renamed: string | undefined;
  let shown: string[] | undefined;
  const finish = (): void => {
    const last = files.at(-1);
    if (shown && last && last.operation !== 'delete')
      files[files.length - 1] = { ...last, content: shown.map((line) => `${line}\n`).join('') };
    shown = undefined;
  };
  for (const line of text.split(/\r?\n/)) {
    const old = /^--- (.+?)(?:\t.*)?$/.exec(line);
    const next = /^\+\+\+ (.+?)(?:\t.*)?$/.exec(line);
    const rename = /^rename (from|to) (.+)$/.exec(line);
    if (old) {
      finish();
      from = old[1];
    } else if (line.startsWith('@@')) shown ??= [];
    else if (shown && /^[+ ]/.test(line) && !next) shown.push(line.slice(1));
    else if (next && from !== undefined) {
      const target = strip(next[1] ?? '');
      const source = strip(from);
      if (target === '/dev/null') files.push({ operation: 'delete', path: source });
      else files.push({ operation: source === '/dev/null' ? 'add' : 'update', path: target });
      from = undefined;
    } else if (rename?.[1] === 'from') renamed = rename[2];
    else if (rename && renamed !== undefined) {
      files.push({ operation: 'move', path: renamed, to: rename[2] ?? '' });
      renamed = undefined;
    }
  }
  finish();
  return files;
}

function strip(path: string): string {
  const unquoted = /^"(.*)"$/.exec(path)?.[1]?.replace(/\\(["\\])/g, '$1') ?? path;
  return unquoted === '/dev/null' ? unquoted : unquoted.replace(/^[ab]\//, '');
}
