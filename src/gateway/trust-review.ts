import type { Diagnostic } from '../model/diagnostic.ts';
import type { Directories } from '../platform/directories.ts';
import { type Loosening, loosenings, looseningLine } from '../policy/loosening.ts';
import { type Compiler, compilePolicy } from './compile-policy.ts';
import { layerFiles } from './policy-source.ts';
import { pins, trustedHashes } from './trust.ts';

/** What a person must see before a workspace policy may loosen others. */
export interface TrustReview {
  /** The workspace policy: absolute. */
  readonly file: string;
  /** Hash over the file and all that it extends: what would be approved. */
  readonly pin: string;
  readonly trusted: boolean;
  /** All that the approval would loosen, or does. */
  readonly loosens: readonly Loosening[];
  /** The same as lines of a diff against what was last approved for this file. */
  readonly diff: readonly DiffLine[];
  /** What is wrong with the policy; with an error there is nothing to approve. */
  readonly problems: readonly Diagnostic[];
  /** The very texts that the review is of, by path. */
  readonly texts: ReadonlyMap<string, string | undefined>;
}

/** A line that the content loosens anew (`+`), no longer (`-`), or as before (` `). */
export interface DiffLine {
  readonly sign: '+' | '-' | ' ';
  readonly text: string;
}

/** Where the policy is looked for, and what compiles it. */
export interface TrustReviewOptions {
  readonly directories: Directories;
  readonly platform: NodeJS.Platform;
  /** Absolute: the folder whose policy is meant, or with `file` any folder. */
  readonly workspace: string;
  /** The workspace policy, where it is not the one that holds for the folder: absolute. */
  readonly file?: string;
  readonly compiler: () => Compiler;
  /** The managed policy's path, where it is not the platform's own. */
  readonly managedFile?: string;
}

/**
 * Reviews the policy of a workspace; `undefined` where it has none. Pin and loosenings come from one reading of the files, so that what is
 * shown is what is approved. Throws only where the compiler cannot be loaded.
 */
export function reviewTrust(options: TrustReviewOptions): TrustReview | undefined {
  const found = layerFiles(options);
  const file = options.file ?? found.find(({ layer }) => layer === 'workspace')?.path;
  if (file === undefined) return undefined;
  const files = [...found.filter(({ layer }) => layer !== 'workspace'), { layer: 'workspace', path: file } as const];
  const { pin, loaded, untrusted, texts } = compilePolicy(files, () => anything, options.compiler);
  if (pin === undefined) return undefined;
  const before = untrusted?.policy;
  const loosens = before !== undefined && loaded.policy !== undefined ? loosenings(before, loaded.policy) : [];
  const now = [...new Set(loosens.map(looseningLine))];
  const last = pins(options.directories)
    .filter((each) => each.file === file)
    .at(-1)?.loosens;
  return {
    file,
    pin,
    trusted: trustedHashes(options.directories).has(pin),
    loosens,
    diff: [
      ...(last ?? []).filter((text) => !now.includes(text)).map((text): DiffLine => ({ sign: '-', text })),
      ...now.map((text): DiffLine => ({ sign: last?.includes(text) === true ? ' ' : '+', text })),
    ],
    problems: loaded.diagnostics,
    texts,
  };
}

/** A set that holds every hash. */
const anything: ReadonlySet<string> = Object.assign(new Set<string>(), { has: () => true });
