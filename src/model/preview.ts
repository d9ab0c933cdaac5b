/** What would become of one file. */
export interface FileChange {
  /** Absolute. */
  readonly path: string;
  readonly change: 'create' | 'modify' | 'delete';
  /** Bytes that it holds now. */
  readonly size?: number;
  /** What of its present content would be left: `committed` can be taken from git again; everything else is lost. */
  readonly recovery?: 'committed' | 'changed' | 'untracked';
  /** Text now and afterwards, where both are known and fit to be shown. */
  readonly before?: string;
  readonly after?: string;
}

/** Commits that no branch, tag or remote would lead to any more. */
export interface LostCommits {
  readonly kind: 'push' | 'remote-branch' | 'reset' | 'branch' | 'stash';
  /** The branch, remote branch or stash that loses them. */
  readonly ref: string;
  readonly count: number;
  /** The newest, at most ten. */
  readonly commits: readonly { readonly id: string; readonly subject: string }[];
}

/** Why something cannot be previewed. `subject`: which program, path or reference. */
export interface Gap {
  readonly why: 'program' | 'unknown' | 'variable' | 'outside' | 'links' | 'too-much' | 'git' | 'failed';
  readonly subject: string;
}

/** What a call would change, found out without changing anything. */
export interface Preview {
  readonly files: readonly FileChange[];
  readonly commits: readonly LostCommits[];
  /** Empty where this is all that would happen to files and commits; else what may happen besides. */
  readonly gaps: readonly Gap[];
}
