import { closeSync, openSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { exportLog } from '../audit/export.ts';
import { writeAll } from '../platform/atomic-write.ts';
import { randomHex } from '../platform/ids.ts';
import { filterOf } from './audit-filter.ts';
import { exitCodes, type Io, type Parsed, textOption, UsageError } from './command.ts';

/** `agent-policy audit export`: the log, or what passes the filters, for other programs. */
export async function exportAudit(directory: string, parsed: Parsed, io: Io): Promise<number> {
  const format = textOption(parsed, 'format') ?? 'json';
  if (format !== 'json' && format !== 'csv') throw new UsageError('--format must be json or csv');
  const pieces = exportLog(directory, format, filterOf(parsed));
  const out = textOption(parsed, 'out');
  if (out === undefined) {
    for (const { text } of pieces) await io.out(text);
    return exitCodes.ok;
  }
  const count = writeFile(target(directory, resolve(io.cwd, out)), pieces);
  io.err(`${count} ${count === 1 ? 'record' : 'records'} written to ${out}.\n`);
  return exitCodes.ok;
}

/** Where the file is written: not into the log, whose files it would take the place of. */
function target(directory: string, path: string): string {
  const real = (folder: string) => {
    try {
      return realpathSync(folder);
    } catch {
      return resolve(folder);
    }
  };
  const file = join(real(dirname(path)), basename(path));
  const place = relative(real(directory), file);
  if (place === '' || !/^\.\.(?:$|[\\/])|^[A-Za-z]:|^\\\\/.test(place)) throw new UsageError('--out must not lie in the folder of the log');
  return file;
}

/** Writes beside the file and puts it in its place when all is there; the file is readable by the user only, as the log is. */
function writeFile(path: string, pieces: Iterable<{ readonly text: string; readonly count: number }>): number {
  const next = `${path}.${process.pid}.${randomHex(8)}.next`;
  try {
    let written = 0;
    const descriptor = openSync(next, 'wx', 0o600);
    try {
      for (const { text, count } of pieces) {
        writeAll(descriptor, Buffer.from(text));
        written = count;
      }
    } finally {
      closeSync(descriptor);
    }
    renameSync(next, path);
    return written;
  } catch (error) {
    rmSync(next, { force: true });
    throw new UsageError(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
