import { closeSync, openSync, readdirSync, readSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ViewerProblem } from '../model/viewer.ts';
import { errorCode } from '../platform/process.ts';
import { longestLine } from './append.ts';
import { logFileName, logFileNumber } from './chain.ts';
import { Block, type Shared } from './viewer-block.ts';
import { indexed } from './viewer-line.ts';

/** One file of the log, as far as it is in the index. */
export interface LogFile {
  readonly number: number;
  readonly name: string;
  readonly path: string;
  stat: Stats;
  /** The stretch that is in the index: lines before `from` are still to be read, backwards. */
  from: number;
  to: number;
  /** Oldest first. */
  readonly blocks: Block[];
  /** The last line: what is there must still be there when the file has grown. */
  lastLine: Buffer;
  /** Whether the last line has no end yet, being longer than any record. */
  isOpen: boolean;
  /** Length at which there was nothing more to read: a line without end that may be somebody's work in progress. */
  stuckAt: number;
}

const blockBytes = 2 * 1024 * 1024;
/** The very first piece that is read: enough for a screen, and there at once. */
const firstBytes = 256 * 1024;
/** Lines that are no records each get a row; of a long run of them, so many do. */
const longestRun = 100;

/** What {@link LogReader.look} found. */
export interface Looked {
  /** Files were replaced or removed, or lines came in between. */
  readonly isNew: boolean;
}

/**
 * The files of a log, read into blocks: at first backwards from the newest line, later forwards as they grow. Files that were replaced, shortened or
 * edited are read again, and those that are gone are forgotten. Never throws.
 */
export class LogReader {
  /** Oldest first. */
  files: LogFile[] = [];
  problem: ViewerProblem | undefined;
  rows = 0;
  readonly #directory: string;
  readonly #shared: Shared;
  #hasLooked = false;
  #isFirst = true;
  #run = 0;

  constructor(directory: string, shared: Shared) {
    this.#directory = directory;
    this.#shared = shared;
  }

  /** Compares the directory with what is known of it. */
  look(): Looked {
    let names: readonly string[];
    this.problem = undefined;
    try {
      names = readdirSync(this.#directory);
    } catch (error) {
      // A log that nobody has written to yet is empty.
      if (errorCode(error) !== 'ENOENT') this.problem = { code: 'directory', path: this.#directory, why: why(error) };
      names = [];
    }
    const numbers = names.flatMap((name) => logFileNumber(name) ?? []).sort((a, b) => a - b);
    const before = new Map(this.files.map((file) => [file.number, file]));
    const newestBefore = this.files.at(-1)?.number ?? 0;
    let isNew = false;
    const files: LogFile[] = [];
    for (const number of numbers) {
      const path = join(this.#directory, logFileName(number));
      const stat = this.#stat(path);
      if (stat === undefined) continue;
      const known = before.get(number);
      if (known !== undefined && isContinued(known, stat)) {
        before.delete(number);
        known.stat = stat;
        files.push(known);
        continue;
      }
      // A file that appears while the log is open is read from its beginning: its lines come at the top, one after the other.
      const isYoung = this.#hasLooked && number > newestBefore;
      const end = isYoung ? 0 : lineStart(path, stat.size);
      files.push({
        number,
        name: logFileName(number),
        path,
        stat,
        from: end,
        to: end,
        blocks: [],
        lastLine: Buffer.alloc(0),
        isOpen: false,
        stuckAt: -1,
      });
      if (!isYoung && this.#hasLooked) isNew = true;
    }
    for (const gone of before.values()) {
      isNew = true;
      for (const block of gone.blocks) this.#drop(block);
    }
    this.files = files;
    this.#hasLooked = true;
    return { isNew };
  }

  #stat(path: string): Stats | undefined {
    try {
      const stat = statSync(path);
      // Opening says what reading would: only then is it known that nothing is hidden.
      closeSync(openSync(path, 'r'));
      return stat;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') this.problem ??= { code: 'files', path, why: why(error) };
      return undefined;
    }
  }

  #drop(block: Block): void {
    this.rows -= block.rows;
    block.drop();
  }

  /** Reads on in a file that has grown; `undefined` where none has. */
  grow(): LogFile | undefined {
    return this.files.find((file) => file.stat.size > file.to && file.stat.size !== file.stuckAt && this.#growFile(file));
  }

  #growFile(file: LogFile): boolean {
    const { to } = file;
    const bytes = readBytes(file.path, to, Math.min(file.stat.size, to + blockBytes));
    let end = bytes.lastIndexOf(10) + 1;
    // A line without end is somebody's work in progress, unless it is not in the newest file or longer than any record.
    if (end === 0 && (bytes.length > 2 * longestLine || file !== this.files.at(-1))) end = bytes.length;
    if (end === 0) {
      file.stuckAt = file.stat.size;
      return false;
    }
    let block = file.blocks.at(-1);
    if (block === undefined || (block.end - block.start >= blockBytes && !file.isOpen)) {
      block?.close();
      block = new Block(to, this.#shared);
      file.blocks.push(block);
    }
    Object.assign(file, this.#fill(block, bytes.subarray(0, end), to, file.isOpen), { to: to + end });
    return true;
  }

  /** Reads the next block backwards, of the newest file that is not read to its beginning; `undefined` where all are. */
  fillBack(): LogFile | undefined {
    const file = this.files.findLast(({ from }) => from > 0);
    if (file === undefined) return undefined;
    const { from: end } = file;
    let start = Math.max(0, end - (this.#isFirst ? firstBytes : blockBytes));
    this.#isFirst = false;
    let bytes = readBytes(file.path, start, end);
    const isShort = bytes.length < end - start;
    const first = start === 0 ? 0 : bytes.indexOf(10) + 1;
    const isGiant = !isShort && start > 0 && (first === 0 || first === bytes.length);
    if (isGiant) {
      start = lineStart(file.path, start);
      bytes = bytes.subarray(Math.max(0, bytes.length - longestLine - 2));
    } else {
      start += first;
      bytes = bytes.subarray(first);
    }
    // A file that has become shorter meanwhile is found by the next look.
    file.from = isShort ? 0 : start;
    const block = new Block(start, this.#shared);
    const isLast = file.blocks.length === 0;
    file.blocks.unshift(block);
    if (isGiant) {
      block.add(indexed(bytes), end);
      this.rows += 1;
      if (isLast) file.lastLine = Buffer.from(bytes);
    } else {
      const { lastLine } = this.#fill(block, bytes, start, false);
      if (isLast) file.lastLine = lastLine;
    }
    if (!isLast || file !== this.files.at(-1)) block.close();
    return file;
  }

  /** Adds lines that begin at `start`. `isOpen`: the first is the rest of the line before. */
  #fill(block: Block, bytes: Buffer, start: number, isOpen: boolean): Pick<LogFile, 'lastLine' | 'isOpen'> {
    const before = block.rows;
    let isRest = isOpen;
    let from = 0;
    let last = bytes.subarray(0, 0);
    while (from < bytes.length) {
      const newline = bytes.indexOf(10, from);
      const to = newline < 0 ? bytes.length : newline + 1;
      if (isRest) block.extend(start + to);
      else this.#add(block, bytes.subarray(from, newline < 0 ? to : newline), start + to);
      isRest = newline < 0;
      last = bytes.subarray(from, to);
      from = to;
    }
    this.rows += block.rows - before;
    return { lastLine: Buffer.from(last.subarray(-longestLine)), isOpen: isRest };
  }

  #add(block: Block, bytes: Buffer, end: number): void {
    const line = indexed(bytes);
    this.#run = line.type === 'damaged' ? this.#run + 1 : 0;
    if (this.#run > longestRun && block.rows > 0) block.extend(end);
    else block.add(line, end);
  }
}

/** Whether a file is the one that was read, with nothing but lines at its end that are new. */
function isContinued(file: LogFile, stat: Stats): boolean {
  const { ino, size, mtimeMs } = file.stat;
  if (stat.ino !== ino || stat.size < file.to) return false;
  if (stat.size === size) return stat.mtimeMs === mtimeMs || size > file.to;
  return readBytes(file.path, file.to - file.lastLine.length, file.to).equals(file.lastLine);
}

/** The byte after the last newline before `end`; 0 where there is none. */
function lineStart(path: string, end: number): number {
  // The last line of a file is mostly whole, and short: this is asked of every file before the first line is shown.
  let size = 4096;
  for (let to = end; to > 0; to = Math.max(0, to - size), size = blockBytes) {
    const from = Math.max(0, to - size);
    const newline = readBytes(path, from, to).lastIndexOf(10);
    if (newline >= 0) return from + newline + 1;
  }
  return 0;
}

/** Bytes of a file; fewer where it is shorter or cannot be read. */
export function readBytes(path: string, from: number, to: number): Buffer {
  try {
    const descriptor = openSync(path, 'r');
    try {
      const bytes = Buffer.allocUnsafe(Math.max(0, to - from));
      let filled = 0;
      while (filled < bytes.length) {
        const read = readSync(descriptor, bytes, filled, bytes.length - filled, from + filled);
        if (read === 0) break;
        filled += read;
      }
      return bytes.subarray(0, filled);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return Buffer.alloc(0);
  }
}

function why(error: unknown): string {
  return errorCode(error) || (error instanceof Error ? error.message : String(error));
}
