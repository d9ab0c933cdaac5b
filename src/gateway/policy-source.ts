import { existsSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Directories } from '../platform/directories.ts';
import { writeAtomically } from '../platform/atomic-write.ts';
import { errorCode } from '../platform/process.ts';
import { readTextFile, UnreadableFile } from '../platform/read-file.ts';
import { compiledFormat } from '../policy/compiled.ts';
import type { Loaded } from '../policy/load.ts';
import { sha256 } from '../platform/sha256.ts';

/** What finding a policy needs of the machine. */
export interface PolicySourceOptions {
  readonly directories: Directories;
  /** Project root that the host stated: absolute. */
  readonly workspace: string;
  readonly platform: NodeJS.Platform;
  /** Reads and compiles what the cache has not. */
  readonly compile: (files: readonly LayerFile[], trusted: () => ReadonlySet<string>) => CachedPolicy;
  /** Changes with the compiler. */
  readonly compilerStamp: string;
  /** Content hashes of workspace policies that a person approved. */
  readonly trusted: () => ReadonlySet<string>;
  /** The managed policy's path, where it is not the platform's own. */
  readonly managedFile?: string;
}

export const workspacePolicyName = '.agent-policy.yaml';

/** Largest policy file that is read, in bytes. */
export const largestPolicy = 1024 * 1024;

/** Code of the diagnostic for a managed policy that is not the administrator's. */
export const managedOwnerCode = 'managed-policy-owner';

/** A file that a policy was made of: its hash, or `null` where it was missing. */
export type SourceHash = readonly [path: string, hash: string | null];

/** A policy as it lies in the cache. */
export interface CachedPolicy {
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
  // No longer than it has to be, as each call hashes it: the layers stand in one order, so their paths are enough.
  const key = sha256([compiledFormat, options.compilerStamp, ...files.map(({ path }) => JSON.stringify(path))].join('\n'));
  const cacheFile = join(options.directories.cache, 'policies', `${key.slice(0, 32)}.json`);
  const cached = readCached(cacheFile);
  const isCurrent =
    cached?.sources.every(([path, hash]) => currentHash(path) === hash) &&
    cached.trusted === (cached.pin !== undefined && options.trusted().has(cached.pin));
  if (cached !== undefined && isCurrent) return found(cached);
  const fresh = options.compile(files, options.trusted);
  // Whose a file is does not show in its content: what depends on it is asked again each time.
  if (fresh.loaded.diagnostics.some(({ code }) => code === managedOwnerCode)) return found(fresh);
  try {
    const { sources, pin, trusted, loaded } = fresh;
    writeAtomically(cacheFile, JSON.stringify({ sources, pin, trusted, loaded }));
  } catch {
    // A read-only or full disk: the policy is compiled again each time.
  }
  return found(fresh);
}

function found({ loaded, sources, pin, trusted }: CachedPolicy): FoundPolicy {
  return { ...loaded, files: sources.map(([path]) => path), trusted, ...(pin === undefined ? {} : { pin }) };
}

/** A file that holds a layer, where it exists. */
export interface LayerFile {
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

/** The nearest policy from a folder upwards, not beyond the repository that the folder belongs to. Folders above a link to it are not above it. */
function findUpwards(folder: string): string | undefined {
  let current = realFolder(folder);
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

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

/** `sha256:` and the hex digest. */
export function hashOf(text: string): string {
  return `sha256:${sha256(text)}`;
}

/** Hash of a file as it is now; `null` where it is missing, a word where it cannot be read. */
export function currentHash(path: string): string | null {
  try {
    // Most are missing, and an error takes longer to make than the question.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return null;
    return hashOf(readTextFile(path, largestPolicy));
  } catch (error) {
    if (error instanceof UnreadableFile) return error.message;
    const code = errorCode(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : code;
  }
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
