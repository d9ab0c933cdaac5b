import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeAtomically } from '../../platform/atomic-write.ts';

/** Something that a person must put right: shown as one line. */
export class InstallError extends Error {}

/** Text of a file with its byte order mark, or nothing where there is none. Throws an {@link InstallError} where it cannot be read as UTF-8. */
export function readFile(file: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof TypeError) throw new InstallError(`${file} is not UTF-8 text, so it was left as it is.`);
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new InstallError(`${file} cannot be read (${code}).`);
  }
}

/**
 * Writes a file in one step. A link stays a link, a file keeps its mode, a new one gets `mode`. Returns the folders that had to be
 * made, outermost first. Throws an {@link InstallError}.
 */
export function writeFile(file: string, text: string, mode: number): readonly string[] {
  try {
    const real = existsSync(file) ? realpathSync(file) : file;
    const made: string[] = [];
    for (let folder = dirname(real); !existsSync(folder); folder = dirname(folder)) made.unshift(folder);
    const kept = existsSync(real) ? statSync(real).mode & 0o7777 : mode;
    if (made.length > 0) mkdirSync(dirname(real), { recursive: true, mode: (mode & 0o044) === 0 ? 0o700 : 0o755 });
    writeAtomically(real, text);
    chmodSync(real, kept);
    return made;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new InstallError(`${file} cannot be written (${code}).`);
  }
}
