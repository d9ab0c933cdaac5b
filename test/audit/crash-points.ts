import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

/** Files of a directory and its folders, by their path in it. */
export type Snapshot = ReadonlyMap<string, Buffer>;

/** A process id that no process has. */
const deadPid = 2 ** 30;

/** What a directory holds. */
export function snapshot(directory: string): Snapshot {
  const files = new Map<string, Buffer>();
  if (!fs.existsSync(directory)) return files;
  for (const entry of fs.readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(directory.length + 1), fs.readFileSync(path));
  }
  return files;
}

/** Makes a directory hold just that, as the death of the process that wrote it leaves it: what it held is held by a dead one. */
export function restore(directory: string, files: Snapshot): void {
  fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(directory, { recursive: true });
  for (const [name, content] of files) {
    const path = join(directory, name.replace(/(held\.[^.]+\.)\d+\./, `$1${deadPid}.`));
    fs.mkdirSync(join(path, '..'), { recursive: true });
    fs.writeFileSync(path, content);
  }
}

/** The calls by which files change. */
const changing = ['openSync', 'writeSync', 'renameSync', 'ftruncateSync', 'truncateSync', 'closeSync', 'mkdirSync', 'rmSync'] as const;

/**
 * Runs `work` and returns what the directory held before and after each call that changes a file, and in the middle of each writing: all that a kill at any
 * moment can leave, as the system keeps what a killed process had written.
 */
export function statesDuring(directory: string, work: () => void): readonly Snapshot[] {
  const states: Snapshot[] = [];
  const own = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  const originals = Object.fromEntries(changing.map((name) => [name, own[name]]));
  let depth = 0;
  const see = () => {
    depth += 1;
    states.push(snapshot(directory));
    depth -= 1;
  };
  for (const name of changing) {
    const original = originals[name];
    if (original === undefined) continue;
    own[name] = (...args) => {
      if (depth > 0) return original(...args);
      see();
      if (name === 'writeSync') half(original, args, see);
      const result = original(...args);
      see();
      return result;
    };
  }
  syncBuiltinESMExports();
  try {
    work();
  } finally {
    Object.assign(own, originals);
    syncBuiltinESMExports();
  }
  return different(states);
}

/** Writes half of what is to be written, looks, and takes it back where it made the file longer; what is overwritten in place is written whole next. */
function half(write: (...args: unknown[]) => unknown, args: unknown[], see: () => void): void {
  const [descriptor, data, offset, length, position] = args;
  if (typeof descriptor !== 'number') return;
  const { size } = fs.fstatSync(descriptor);
  if (typeof data === 'string') return;
  const bytes = (data as Uint8Array).subarray(Number(offset ?? 0), Number(offset ?? 0) + Number(length ?? (data as Uint8Array).length));
  write(descriptor, bytes, 0, bytes.length >> 1, position ?? null);
  see();
  fs.ftruncateSync(descriptor, size);
}

function different(states: readonly Snapshot[]): readonly Snapshot[] {
  const seen = new Set<string>();
  return states.filter((state) => {
    const key = JSON.stringify(
      [...state].map(([name, content]) => [name.replace(/\.[^.]*\.[^.]*\.[^.]*$/, ''), content.toString('latin1')]).sort(),
    );
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
