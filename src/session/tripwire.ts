import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { AuditRecord } from '../model/audit-record.ts';
import { makeDirectory, writeAtomically } from '../platform/atomic-write.ts';
import { errorCode } from '../platform/process.ts';
import { sha256 } from '../platform/sha256.ts';

/** A protected file as it was or is: `undefined` content where there is none. */
export interface KnownFile {
  readonly content: Buffer | undefined;
  /** Permission bits; a restored hook must still be executable. */
  readonly mode: number;
}

/** A change that nothing explains. */
export interface UnexplainedChange {
  readonly path: string;
  readonly before: KnownFile;
  readonly after: KnownFile;
}

/** What is kept at most; a file beyond it is watched no more. */
export interface TripwireLimits {
  /** Bytes of one file. */
  readonly file: number;
  /** Bytes of all. */
  readonly total: number;
  readonly files: number;
}

export const tripwireLimits: TripwireLimits = { file: 1024 * 1024, total: 20 * 1024 * 1024, files: 200 };

/** What a tripwire asks of its surroundings. */
export interface TripwireOptions {
  /** Folder for the last known contents: private to the user. */
  readonly folder: string;
  readonly limits?: TripwireLimits;
  /** Whether a decision, or a person's own save, accounts for the change of a file that was just noticed. */
  readonly isExplained: (path: string) => boolean;
}

/**
 * Knows what protected files last held, and tells of changes that nothing explains. What it knows outlives the editor, so that a change that was made
 * meanwhile is noticed, too.
 */
export class Tripwire {
  readonly #options: TripwireOptions;
  readonly #limits: TripwireLimits;
  readonly #known = new Map<string, KnownFile>();

  constructor(options: TripwireOptions) {
    this.#options = options;
    this.#limits = options.limits ?? tripwireLimits;
    this.#load();
  }

  /** Paths whose content is known. */
  get paths(): readonly string[] {
    return [...this.#known.keys()];
  }

  /** What a file last held; `undefined` for one that is not known. */
  known(path: string): KnownFile | undefined {
    return this.#known.get(path);
  }

  /**
   * Looks at a file: the change that nothing explains, else `undefined`, and what is there now is what is known from now on. A file that is
   * looked at for the first time is taken as it is.
   */
  look(path: string): UnexplainedChange | undefined {
    const after = this.#read(path);
    if (after === undefined) return undefined;
    const before = this.#known.get(path);
    if (before === undefined || isSame(before, after)) {
      if (before === undefined) this.#remember(path, after);
      return undefined;
    }
    if (this.#options.isExplained(path)) {
      this.#remember(path, after);
      return undefined;
    }
    return { path, before, after };
  }

  /** Takes a file as it is now: a person has changed it, or wants to keep it. */
  keep(path: string): void {
    const now = this.#read(path);
    if (now !== undefined) this.#remember(path, now);
  }

  /** Puts back what a file held, or removes one that was not there. Throws what the file system says. */
  restore(path: string): void {
    const before = this.#known.get(path);
    if (before === undefined) return;
    // A link in the place of the file would lead the content elsewhere.
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) rmSync(path, { force: true, recursive: true });
    if (before.content === undefined) {
      rmSync(path, { force: true });
      return;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeAtomically(path, before.content);
    chmodSync(path, before.mode);
  }

  /** A file as it is; `undefined` where it is too large or cannot be read. What is no file counts as none. */
  #read(path: string): KnownFile | undefined {
    try {
      const stat = lstatSync(path);
      if (stat.size > this.#limits.file) return undefined;
      return stat.isFile() ? { content: readFileSync(path), mode: stat.mode & 0o777 } : nothing;
    } catch (error) {
      return ['ENOENT', 'ENOTDIR'].includes(errorCode(error)) ? nothing : undefined;
    }
  }

  #remember(path: string, file: KnownFile): void {
    const others = [...this.#known].filter(([each]) => each !== path);
    const bytes = others.reduce((sum, [, { content }]) => sum + (content?.length ?? 0), 0);
    if (others.length >= this.#limits.files || bytes + (file.content?.length ?? 0) > this.#limits.total) return;
    this.#known.set(path, file);
    try {
      const stored = { path, mode: file.mode, content: file.content?.toString('base64') ?? null };
      writeAtomically(join(this.#options.folder, `${sha256(path).slice(0, 32)}.json`), JSON.stringify(stored));
    } catch {
      // It is known for as long as this process lives.
    }
  }

  #load(): void {
    const { folder } = this.#options;
    try {
      makeDirectory(folder);
      for (const name of readdirSync(folder)
        .filter((each) => each.endsWith('.json'))
        .slice(0, this.#limits.files)) {
        const stored = parseStored(readFileSync(join(folder, name), 'utf8'));
        if (stored !== undefined && name === `${sha256(stored.path).slice(0, 32)}.json`) this.#known.set(stored.path, stored.file);
      }
    } catch {
      // What cannot be read is learnt anew.
    }
  }
}

const nothing: KnownFile = { content: undefined, mode: 0o600 };

function isSame(a: KnownFile, b: KnownFile): boolean {
  if (a.content === undefined || b.content === undefined) return a.content === b.content;
  return a.content.equals(b.content) && a.mode === b.mode;
}

function parseStored(text: string): { readonly path: string; readonly file: KnownFile } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('path' in value) || !('mode' in value) || !('content' in value)) return undefined;
    const { path, mode, content } = value;
    if (typeof path !== 'string' || typeof mode !== 'number' || (content !== null && typeof content !== 'string')) return undefined;
    return { path, file: { content: content === null ? undefined : Buffer.from(content, 'base64'), mode } };
  } catch {
    return undefined;
  }
}

/** How long after a decision its effect may come, in milliseconds. */
const decisionLifetime = 60_000;

/** Whether one of these records let an agent change that file a short time before `now`, in milliseconds since 1970. */
export function isExplainedBy(records: readonly AuditRecord[], path: string, now: number): boolean {
  return records.some((record) => {
    if (record.type !== 'decision' || record.outcome !== 'approve') return false;
    const age = now - Date.parse(record.timestamp);
    if (!(age < decisionLifetime)) return false;
    return record.effects.some(
      ({ kind, path: changed }) =>
        (kind === 'write' || kind === 'delete') && changed !== undefined && (changed === path || path.startsWith(`${changed}/`)),
    );
  });
}

const projectFiles: readonly string[] = `.agent-policy.yaml .agent-policy.yml .vscode/settings.json .vscode/tasks.json .mcp.json
  .vscode/mcp.json .claude/settings.json .claude/settings.local.json .codex/config.toml .codex/hooks.json .gemini/settings.json .qwen/settings.json
  .cursor/hooks.json .cursor/mcp.json opencode.json opencode.jsonc .windsurf/hooks.json .devin/hooks.json .agents/hooks.json .amp/settings.json
  .git/hooks/pre-commit .git/hooks/prepare-commit-msg .git/hooks/commit-msg .git/hooks/post-commit .git/hooks/pre-rebase .git/hooks/pre-push
  .git/hooks/post-checkout .git/hooks/post-merge .git/hooks/pre-merge-commit .git/hooks/post-rewrite`.split(/\s+/);
const projectFolders: readonly string[] = [
  '.github/hooks',
  '.github/copilot',
  '.clinerules',
  '.opencode/plugin',
  '.opencode/plugins',
  '.kiro/hooks',
  '.cline/hooks',
];
const homeFiles: readonly string[] = `.claude/settings.json .codex/config.toml .codex/hooks.json .gemini/settings.json .qwen/settings.json
  .cursor/hooks.json .cursor/mcp.json .config/opencode/opencode.json .codeium/windsurf/hooks.json .config/amp/settings.json .copilot/config.json`.split(
  /\s+/,
);
const homeFolders: readonly string[] = ['.copilot/hooks', '.config/opencode/plugin', '.config/opencode/plugins', '.kiro/hooks'];

/**
 * Files to watch (the threat model's list): of projects, of the home directory, and of the user's policy in `config`. Of some folders all files that are
 * there now. `.git/config` is not among them: git itself writes it all day.
 */
export function protectedFiles(projects: readonly string[], home: string, config: string): readonly string[] {
  const found = [
    ...projects.flatMap((root) => [
      ...projectFiles.map((file) => join(root, file)),
      ...projectFolders.flatMap((folder) => filesIn(join(root, folder))),
    ]),
    ...homeFiles.map((file) => join(home, file)),
    ...homeFolders.flatMap((folder) => filesIn(join(home, folder))),
    join(config, 'policy.yaml'),
  ];
  return [...new Set(found)].slice(0, tripwireLimits.files);
}

/** Whether a new file at this path is protected, too. */
export function isInProtectedFolder(path: string, projects: readonly string[], home: string): boolean {
  const folder = dirname(path);
  return [
    ...projects.flatMap((root) => projectFolders.map((each) => join(root, each))),
    ...homeFolders.map((each) => join(home, each)),
  ].some((each) => each === folder && !basename(path).endsWith('.next'));
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .slice(0, 50)
      .map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}
