import { closeSync, lstatSync, openSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { errorCode } from '../platform/process.ts';
import { readTextFile, UnreadableFile } from '../platform/read-file.ts';
import type { LayerSource, Loaded, loadPolicy } from '../policy/load.ts';
import { type CachedPolicy, currentHash, hashOf, type LayerFile, largestPolicy, managedOwnerCode } from './policy-source.ts';

/** What turns policy texts into a policy. */
export interface Compiler {
  readonly loadPolicy: typeof loadPolicy;
}

/** What always holds, and what holds where nobody wrote a policy. */
export const builtIn: LayerSource = {
  layer: 'built-in',
  name: 'built-in',
  text: 'version: 1\nid: agent-policy\nextends: [self_protection]\n',
  trusted: true,
};
export const usual: LayerSource = {
  layer: 'user',
  name: 'default',
  text: 'version: 1\nid: safe_coding\nextends: [safe_coding]\n',
  trusted: true,
};

/** Reads the files of all layers and what they extend, and compiles them. Throws only where the compiler cannot be loaded. */
export function compilePolicy(
  files: readonly LayerFile[],
  trustedHashes: () => ReadonlySet<string>,
  loadCompiler: () => Compiler,
): CompiledFiles {
  const sources = new Map<string, string | null>();
  const problems: Diagnostic[] = [];
  const texts = new Map<string, string | undefined>();
  // Each file is read once: what is pinned must be what is compiled, whoever writes to it meanwhile.
  const read = (path: string): string | undefined => {
    if (!texts.has(path)) texts.set(path, readNow(path));
    return texts.get(path);
  };
  const readNow = (path: string): string | undefined => {
    try {
      const text = readTextFile(path, largestPolicy);
      sources.set(path, hashOf(text));
      return text;
    } catch (error) {
      sources.set(path, currentHash(path));
      if (['ENOENT', 'ENOTDIR'].includes(errorCode(error)) && lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
      problems.push(unreadable(path, error));
      return undefined;
    }
  };
  const layers: LayerSource[] = [];
  for (const { layer, path } of files) {
    const text = read(path);
    if (text === undefined) continue;
    const notManaged = layer === 'managed' ? managedProblem(path) : undefined;
    if (notManaged !== undefined) problems.push(notManaged);
    layers.push({ layer, name: path, text, trusted: layer !== 'workspace' });
  }
  // A file of the user that is there but broken is no reason to go without rules.
  const all = [builtIn, ...layers, ...(layers.some(({ layer }) => layer !== 'workspace') ? [] : [usual])].sort(byStrength);

  const pinned: string[] = [];
  const load = (trusted: boolean): Loaded => {
    const members = new Set(files.filter(({ layer }) => layer === 'workspace').map(({ path }) => path));
    return compiler.loadPolicy(
      all.map((layer) => (layer.layer === 'workspace' ? { ...layer, trusted } : layer)),
      (name, from) => {
        const path = isAbsolute(name) ? name : join(dirname(from), name);
        const text = read(path);
        if (members.has(from)) {
          members.add(path);
          pinned.push(hashOf(text ?? ''));
        }
        return text === undefined ? undefined : { name: path, text };
      },
      usual,
    );
  };
  const compiler = loadCompiler();
  const untrusted = load(false);
  const own = all.find(({ layer }) => layer === 'workspace');
  const pin = own === undefined ? undefined : pinned.length === 0 ? hashOf(own.text) : hashOf([hashOf(own.text), ...pinned].join());
  const trusted = pin !== undefined && trustedHashes().has(pin);
  const loaded = trusted ? load(true) : untrusted;
  const diagnostics = [...new Map([...problems, ...loaded.diagnostics].map((each) => [JSON.stringify(each), each])).values()];
  return { sources: [...sources], trusted, loaded: { ...loaded, diagnostics }, untrusted, texts, ...(pin === undefined ? {} : { pin }) };
}

/** What a compilation gives besides what goes into the cache. */
export interface CompiledFiles extends CachedPolicy {
  /** The policy as it would be if nobody had approved the workspace's content. */
  readonly untrusted: Loaded;
  /** What was read, by path; `undefined` where nothing could be. */
  readonly texts: ReadonlyMap<string, string | undefined>;
}

const strength = ['built-in', 'managed', 'user', 'workspace'];

function byStrength(a: LayerSource, b: LayerSource): number {
  return strength.indexOf(a.layer) - strength.indexOf(b.layer);
}

function unreadable(path: string, error: unknown): Diagnostic {
  const why = error instanceof UnreadableFile ? error.message : errorCode(error) || 'unknown error';
  return { code: 'policy-unreadable', severity: 'error', message: `The policy ${path} cannot be read: ${why}.`, source: path };
}

/**
 * Why a managed policy cannot be believed to be the administrator's. On Unix the file, what a link leads to, and their folder must belong to root
 * and be writable by nobody else; elsewhere the user that the agent runs as must not be able to open it for writing.
 */
function managedProblem(path: string): Diagnostic | undefined {
  const why = process.getuid === undefined ? writableHere(path) : (openToOthers(path) ?? openToOthers(dirname(path)));
  return why === undefined
    ? undefined
    : { code: managedOwnerCode, severity: 'error', message: `The managed policy ${path} cannot be trusted: ${why}.`, source: path };
}

function openToOthers(path: string): string | undefined {
  for (const stat of [lstatSync(path), statSync(path)]) {
    if (stat.uid !== 0) return `${path} belongs to an ordinary user and must belong to root`;
    if (!stat.isSymbolicLink() && (stat.mode & 0o022) !== 0) return `${path} can be written by others than root; use "chmod go-w"`;
  }
  return undefined;
}

function writableHere(path: string): string | undefined {
  try {
    closeSync(openSync(path, 'r+'));
    return 'you can write it without being an administrator';
  } catch {
    return undefined;
  }
}
