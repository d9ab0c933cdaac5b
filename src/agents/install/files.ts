import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, realpathSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { writeAtomically } from '../../platform/atomic-write.ts';
import { errorCode } from '../../platform/process.ts';

/** Something that a person must put right: shown as one line. */
export class InstallError extends Error {}

/** A settings file of more bytes than this is no settings file. */
const mostBytes = 32 * 1024 * 1024;
/** Links to follow to where nothing is yet, as the kernel does. */
const mostLinks = 40;

/**
 * Text of a file with its byte order mark, or nothing where there is none. Throws an {@link InstallError} where it cannot be read as UTF-8, is
 * no file, or is larger than settings can be.
 */
export function readFile(file: string): string | undefined {
  try {
    const stat = statSync(file);
    if (!stat.isFile()) throw new InstallError(`${file} is not a file, so it was left as it is.`);
    if (stat.size > mostBytes) throw new InstallError(`${file} is larger than ${mostBytes / 1024 / 1024} MiB, so it was left as it is.`);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof InstallError) throw error;
    if (error instanceof TypeError) throw new InstallError(`${file} is not UTF-8 text, so it was left as it is.`);
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new InstallError(`${file} cannot be read (${code}).`);
  }
}

/** The folders that would have to be made for a file, outermost first. */
export function missingFolders(file: string): readonly string[] {
  const missing: string[] = [];
  for (let folder = dirname(targetOf(file)); !existsSync(folder) && dirname(folder) !== folder; folder = dirname(folder))
    missing.unshift(folder);
  return missing;
}

/**
 * Writes a file in one step. A link stays a link, also one to where nothing is yet; a file keeps its mode, a new one gets `mode`. Returns the folders that
 * had to be made, outermost first. Throws an {@link InstallError}; the file is then what it was.
 */
export function writeFile(file: string, text: string, mode: number): readonly string[] {
  try {
    const real = targetOf(file);
    const made = missingFolders(file);
    const kept = existsSync(real) ? statSync(real).mode & 0o7777 : mode;
    if (made.length > 0) mkdirSync(dirname(real), { recursive: true, mode: (mode & 0o044) === 0 ? 0o700 : 0o755 });
    writeAtomically(real, text);
    chmodSync(real, kept);
    return made;
  } catch (error) {
    throw new InstallError(`${file} cannot be written (${errorCode(error) || String(error)}).`);
  }
}

/** Removes a file; of a link, what it leads to. Throws an {@link InstallError}. */
export function removeFile(file: string): void {
  try {
    rmSync(targetOf(file), { force: true });
  } catch (error) {
    throw new InstallError(`${file} cannot be removed (${errorCode(error) || String(error)}).`);
  }
}

/** Where a path leads to through links, whether something is there or not. Throws what the file system says. */
function targetOf(file: string): string {
  if (existsSync(file)) return realpathSync(file);
  let path = file;
  for (let links = 0; isLink(path); links += 1) {
    if (links === mostLinks) throw new InstallError(`${file} is a link that leads nowhere.`);
    path = resolve(dirname(path), readlinkSync(path));
  }
  return path;
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    // Nothing is there, or it cannot be seen: writing will say so.
    return false;
  }
}
