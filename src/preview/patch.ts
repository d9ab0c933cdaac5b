/** What a patch does to one file; `after` is absent where it deletes it. `ok` is false where the patch does not fit the file. */
export interface PatchedFile {
  readonly path: string;
  readonly after?: string;
  readonly ok: boolean;
}

interface Hunk {
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** First line in the old file from 1, where the patch states it. */
  readonly at?: number;
}

interface FilePatch {
  readonly path: string;
  readonly kind: 'add' | 'update' | 'delete';
  readonly moveTo?: string;
  readonly hunks: readonly Hunk[];
}

/**
 * Applies a patch in the `*** Begin Patch` form of agents' `apply_patch` tools, or a unified diff. `read` gives a file's text.
 * Never throws; what does not fit is reported as such with the text unchanged.
 */
export function applyPatch(text: string, read: (path: string) => string | undefined): readonly PatchedFile[] {
  const lines = text.replace(/\r\n/g, '\n').split('\n');
  const patches = lines.some((line) => /^\*\*\* (?:Add|Update|Delete) File: /.test(line)) ? readEnvelope(lines) : readUnified(lines);
  return patches.flatMap((patch) => apply(patch, read(patch.path)));
}

function apply(patch: FilePatch, before: string | undefined): readonly PatchedFile[] {
  if (patch.kind === 'delete') return [{ path: patch.path, ok: true }];
  if (patch.kind === 'add') {
    const added = patch.hunks.flatMap((hunk) => hunk.added);
    return [{ path: patch.path, after: added.length > 0 ? `${added.join('\n')}\n` : '', ok: true }];
  }
  let lines = (before ?? '').split('\n');
  let from = 0;
  let ok = before !== undefined;
  for (const hunk of patch.hunks) {
    const at = find(lines, hunk, from);
    if (at < 0) {
      ok = false;
      continue;
    }
    lines = [...lines.slice(0, at), ...hunk.added, ...lines.slice(at + hunk.removed.length)];
    from = at + hunk.added.length;
  }
  const after = lines.join('\n');
  return patch.moveTo === undefined
    ? [{ path: patch.path, after, ok }]
    : [
        { path: patch.path, ok },
        { path: patch.moveTo, after, ok },
      ];
}

/** Where a hunk's old lines are: at or after `from`, else anywhere, else with blanks at the ends ignored. */
function find(lines: readonly string[], hunk: Hunk, from: number): number {
  const fits = (at: number, same: (a: string, b: string) => boolean): boolean =>
    hunk.removed.every((line, i) => same(lines[at + i] ?? '\0', line));
  if (hunk.removed.length === 0)
    return hunk.at !== undefined ? Math.min(Math.max(hunk.at, 0), lines.length) : lines.length - (lines.at(-1) === '' ? 1 : 0);
  for (const same of [(a: string, b: string) => a === b, (a: string, b: string) => a.trim() === b.trim()]) {
    for (const start of [from, 0]) {
      for (let at = start; at + hunk.removed.length <= lines.length; at += 1) if (fits(at, same)) return at;
    }
  }
  return -1;
}

function readEnvelope(lines: readonly string[]): readonly FilePatch[] {
  const patches: { path: string; kind: FilePatch['kind']; moveTo?: string; hunks: { removed: string[]; added: string[] }[] }[] = [];
  for (const line of lines) {
    const header = /^\*\*\* (Add|Update|Delete) File: (.+)$/.exec(line);
    const patch = patches.at(-1);
    if (line.startsWith('*** End Patch')) break;
    if (header) {
      const kind = header[1] === 'Add' ? 'add' : header[1] === 'Delete' ? 'delete' : 'update';
      patches.push({ path: (header[2] ?? '').trim(), kind, hunks: [] });
    } else if (!patch || line.startsWith('*** End of File')) continue;
    else if (line.startsWith('*** Move to: ')) patch.moveTo = line.slice(13).trim();
    else if (line.startsWith('@@')) patch.hunks.push({ removed: [], added: [] });
    else addLine(patch.hunks, line);
  }
  return patches.map((patch) => ({ ...patch, hunks: patch.hunks.filter((hunk) => hunk.removed.length + hunk.added.length > 0) }));
}

function addLine(hunks: { removed: string[]; added: string[] }[], line: string): void {
  const hunk = hunks.at(-1) ?? { removed: [], added: [] };
  if (hunks.length === 0) hunks.push(hunk);
  const rest = line.slice(1);
  if (line.startsWith('+')) hunk.added.push(rest);
  else if (line.startsWith('-')) hunk.removed.push(rest);
  else if (line.startsWith(' ') || line === '') {
    hunk.removed.push(rest);
    hunk.added.push(rest);
  }
}

function readUnified(lines: readonly string[]): readonly FilePatch[] {
  const patches: {
    path: string;
    kind: FilePatch['kind'];
    hunks: { removed: string[]; added: string[]; at: number; left: [number, number] }[];
  }[] = [];
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? '';
    const next = lines[i + 1] ?? '';
    if (line.startsWith('--- ') && next.startsWith('+++ ')) {
      const [from, to] = [nameOf(line), nameOf(next)];
      patches.push({
        path: to === '/dev/null' ? from : to,
        kind: from === '/dev/null' ? 'add' : to === '/dev/null' ? 'delete' : 'update',
        hunks: [],
      });
      i += 1;
      continue;
    }
    const range = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    const hunks = patches.at(-1)?.hunks;
    if (range && hunks) hunks.push({ removed: [], added: [], at: Number(range[1]), left: [Number(range[2] ?? 1), Number(range[3] ?? 1)] });
    else {
      const hunk = hunks?.at(-1);
      // The counts say where a hunk ends, so that text after it is not taken for its lines.
      if (!hunk || (hunk.left[0] <= 0 && hunk.left[1] <= 0)) continue;
      addLine([hunk], line);
      if (!line.startsWith('+') && !line.startsWith('\\')) hunk.left[0] -= 1;
      if (!line.startsWith('-') && !line.startsWith('\\')) hunk.left[1] -= 1;
    }
  }
  return patches;
}

const nameOf = (line: string): string => (line.slice(4).split('\t')[0] ?? '').trim().replace(/^[ab]\//, '');
