import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Directories } from '../platform/directories.ts';
import { writeAtomically } from '../platform/atomic-write.ts';
import { errorCode } from '../platform/process.ts';
import { readTextFile, UnreadableFile } from '../platform/read-file.ts';
import { compiledFormat } from '../policy/compiled.ts';
import type { Loaded, LayerSource, loadPolicy } from '../policy/load.ts';

/** What turns policy texts into a policy; loaded only where the cache has none. */
export interface Compiler {
  readonly loadPolicy: typeof loadPolicy;
}

/** What finding a policy needs of the machine. */
export interface PolicySourceOptions {
  readonly directories: Directories;
  /** Project root that the host stated: absolute. */
  readonly workspace: string;
  readonly platform: NodeJS.Platform;
  readonly loadCompiler: () => Compiler;
  /** Changes with the compiler. */
  readonly compilerStamp: string;
  /** Content hashes of workspace policies that a person approved. */
  readonly trusted: () => ReadonlySet<string>;
  /** The managed policy's path, where it is not the platform's own. */
  readonly managedFile?: string;
}

export const workspacePolicyName = '.agent-policy.yaml';

/** Largest policy file that is read, in bytes. */
const largestPolicy = 1024 * 1024;

/** What always holds, and what holds where nobody wrote a policy. */
export const builtIn: LayerSource = {
  layer: 'built-in',
  name: 'self_protection',
  text: 'version: 1\nid: agent-policy\nextends: [self_protection]\n',
  trusted: true,
};
export const usual: LayerSource = {
  layer: 'user',
  name: 'safe_coding',
  text: 'version: 1\nid: safe_coding\nextends: [safe_coding]\n',
  trusted: true,
};

/** A file that a policy was made of: its hash, or `null` where it was missing. */
type SourceHash = readonly [path: string, hash: string | null];

interface CachedPolicy {
  readonly sources: readonly SourceHash[];
  /** Hash over everything that the workspace policy consists of: what a person approves. */
  readonly pin?: string;
  readonly trusted: boolean;
  readonly loaded: Loaded;
}

/** A loaded policy and where it came from. */
export interface FoundPolicy extends Loaded {
  /** Files that it was made of; the missing ones too. */
  readonly files: readonly string[];
  /** What a person would approve to let the workspace policy loosen others. */
  readonly pin?: string;
  readonly trusted: boolean;
}

/**
 * The policy for a workspace: from the cache where each file it was made of is unchanged, else compiled and put there. A file that exists and cannot
 * be used is an error among the diagnostics. Never throws, unless the compiler cannot be loaded.
 */
export function findPolicy(options: PolicySourceOptions): FoundPolicy {
  const files = layerFiles(options);
  const key = hashOf(JSON.stringify([compiledFormat, options.compilerStamp, files]));
  const cacheFile = join(options.directories.cache, 'policies', `${key.slice(7, 39)}.json`);
  const cached = readCached(cacheFile);
  const isCurrent =
    cached?.sources.every(([path, hash]) => currentHash(path) === hash) &&
    cached.trusted === (cached.pin !== undefined && options.trusted().has(cached.pin));
  if (cached !== undefined && isCurrent) return found(cached);
  const fresh = compile(files, options);
  try {
    writeAtomically(cacheFile, JSON.stringify(fresh));
  } catch {
    // A read-only or full disk: the policy is compiled again each time.
  }
  return found(fresh);
}

function found({ loaded, sources, pin, trusted }: CachedPolicy): FoundPolicy {
  return { ...loaded, files: sources.map(([path]) => path), trusted, ...(pin === undefined ? {} : { pin }) };
}

interface LayerFile {
  readonly layer: 'managed' | 'user' | 'workspace';
  readonly path: string;
}

/** Where policies are looked for; the workspace's only where there is one. */
export function layerFiles(
  options: Pick<PolicySourceOptions, 'directories' | 'workspace' | 'platform' | 'managedFile'>,
): readonly LayerFile[] {
  const workspace = findUpwards(options.workspace);
  return [
    { layer: 'managed', path: options.managedFile ?? managedPolicyFile(options.platform) },
    { layer: 'user', path: join(options.directories.config, 'policy.yaml') },
    ...(workspace === undefined ? [] : [{ layer: 'workspace', path: workspace } as const]),
  ];
}

/** Where a machine's administrator puts a policy. */
export function managedPolicyFile(platform: NodeJS.Platform): string {
  if (platform === 'win32') return 'C:\\ProgramData\\agent-policy\\policy.yaml';
  return platform === 'darwin' ? '/Library/Application Support/agent-policy/policy.yaml' : '/etc/agent-policy/policy.yaml';
}

/** The nearest policy from a folder upwards, not beyond the repository that the folder belongs to. */
function findUpwards(folder: string): string | undefined {
  let current = folder;
  for (let level = 0; level < 64; level += 1) {
    const path = join(current, workspacePolicyName);
    // A dangling link counts: it is a policy that cannot be read, not none.
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return path;
    const parent = dirname(current);
    if (parent === current || existsSync(join(current, '.git'))) return undefined;
    current = parent;
  }
  return undefined;
}

function compile(files: readonly LayerFile[], options: PolicySourceOptions): CachedPolicy {
  const sources = new Map<string, string | null>();
  const problems: Diagnostic[] = [];
  const read = (path: string): string | undefined => {
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
    if (layer === 'managed' && isOurs(path)) problems.push(notManaged(path));
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
    );
  };
  const compiler = options.loadCompiler();
  let loaded = load(false);
  const own = all.find(({ layer }) => layer === 'workspace');
  const pin = own === undefined ? undefined : pinned.length === 0 ? hashOf(own.text) : hashOf([hashOf(own.text), ...pinned].join());
  const trusted = pin !== undefined && options.trusted().has(pin);
  if (trusted) loaded = load(true);
  const diagnostics = [...new Map([...problems, ...loaded.diagnostics].map((each) => [JSON.stringify(each), each])).values()];
  return { sources: [...sources], trusted, loaded: { ...loaded, diagnostics }, ...(pin === undefined ? {} : { pin }) };
}

const strength = ['built-in', 'managed', 'user', 'workspace'];

function byStrength(a: LayerSource, b: LayerSource): number {
  return strength.indexOf(a.layer) - strength.indexOf(b.layer);
}

function hashOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** Hash of a file as it is now; `null` where it is missing, a word where it cannot be read. */
function currentHash(path: string): string | null {
  try {
    return hashOf(readTextFile(path, largestPolicy));
  } catch (error) {
    if (error instanceof UnreadableFile) return error.message;
    const code = errorCode(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : code;
  }
}

function unreadable(path: string, error: unknown): Diagnostic {
  const why = error instanceof UnreadableFile ? error.message : errorCode(error) || 'unknown error';
  return { code: 'policy-unreadable', severity: 'error', message: `The policy ${path} cannot be read: ${why}.`, source: path };
}

/** Whether a file belongs to the user that the agent runs as, so that the agent could have put it there. */
function isOurs(path: string): boolean {
  const uid = process.getuid?.() ?? 0;
  return uid !== 0 && lstatSync(path, { throwIfNoEntry: false })?.uid === uid;
}

function notManaged(path: string): Diagnostic {
  return {
    code: 'managed-policy-owner',
    severity: 'error',
    message: `The managed policy ${path} belongs to an ordinary user: it must belong to root.`,
    source: path,
  };
}

function readCached(path: string): CachedPolicy | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const isCached =
      typeof value === 'object' &&
      value !== null &&
      'loaded' in value &&
      'sources' in value &&
      Array.isArray(value.sources) &&
      'trusted' in value;
    return isCached ? (value as CachedPolicy) : undefined;
  } catch {
    return undefined;
  }
}
