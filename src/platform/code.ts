import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Script } from 'node:vm';
import { requireHere } from './require-here.ts';

/** Code that was loaded: what to save of it, and for which text. */
export interface LoadedCode {
  readonly cacheFile: string;
  readonly script: Script;
}

/** How a bundle begins whose first line is the sha-256 of the rest of it, and where that line ends. */
const stampStart = '// ';
const stampEnd = 67;

/** Folder, beside the bundles, of what V8 has compiled of them. */
export const codeFolder = 'code';

/**
 * Loads a bundle that lies beside the running one, and what that one loads with `require('./….cjs')`, from what V8 compiled of it earlier: compiling it
 * takes longer than all else that the hook does. The compiled code lies in the folder of the bundles and can be changed by nobody who could not
 * change those; it is made when they are installed (src/prepare.ts), never by the hook, and named after the text, the version of Node and the processor.
 * V8 refuses what another version of it has made, or this one with other options; without it, or when it is refused, the text is compiled as always.
 * `onLoad` is told of each bundle.
 * Where the sources run directly, loads the source. Throws where the file is missing or broken.
 */
export function loadCode(name: string, onLoad?: (loaded: LoadedCode) => void): unknown {
  if (extname(import.meta.filename) === '.ts') return requireHere(`../${name}.ts`);
  const folder = import.meta.dirname;
  const loaded = new Map<string, { exports: unknown }>();
  const load = (file: string): unknown => {
    const before = loaded.get(file);
    if (before !== undefined) return before.exports;
    const path = join(folder, file);
    // The bundles are ASCII.
    const text = readFileSync(path, 'latin1');
    if (!text.startsWith(stampStart) || text.charAt(stampEnd) !== '\n') return requireHere(path);
    const cacheFile = join(folder, codeFolder, `${text.slice(stampStart.length, 35)}-${process.version}-${process.arch}`);
    const cachedData = readIfThere(cacheFile);
    // The text as it was read: a wrapper around it would be a second copy, and what is copied is soon collected.
    const script = new Script(text, { filename: path, ...(cachedData === undefined ? {} : { cachedData }) });
    const module = { exports: {} };
    loaded.set(file, module);
    try {
      script.runInThisContext()(module.exports, requireFrom, module, path, folder);
    } catch (error) {
      loaded.delete(file);
      throw error;
    }
    onLoad?.({ cacheFile, script });
    return module.exports;
  };
  // Bundles ask for the same few modules of Node once for each of their sources.
  const ofNode = new Map<string, unknown>();
  const requireFrom = (id: string): unknown => {
    if (id.startsWith('./')) return load(id.slice(2));
    const known = ofNode.get(id) ?? requireHere(id);
    ofNode.set(id, known);
    return known;
  };
  return load(`${name}.cjs`);
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
