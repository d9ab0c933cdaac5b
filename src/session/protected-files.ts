import { type Dirent, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

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
  '.cline/plugins',
];
const homeFiles: readonly string[] = `.claude/settings.json .codex/config.toml .codex/hooks.json .gemini/settings.json .qwen/settings.json
  .cursor/hooks.json .cursor/mcp.json .config/opencode/opencode.json .codeium/windsurf/hooks.json .config/amp/settings.json .copilot/config.json`.split(
  /\s+/,
);
const homeFolders: readonly string[] = [
  '.copilot/hooks',
  '.config/opencode/plugin',
  '.config/opencode/plugins',
  '.kiro/hooks',
  '.cline/plugins',
];

/** Of one folder no more files are watched than this. */
const filesOfFolder = 50;

/**
 * Files to watch (the threat model's list): of projects, of the home directory, and of the user's policy in `config`; whether they are there or not.
 * `.git/config` is not among them: git itself writes it all day.
 */
export function protectedFiles(projects: readonly string[], home: string, config: string): readonly string[] {
  return [
    ...new Set([
      ...projects.flatMap((root) => projectFiles.map((file) => join(root, file))),
      ...homeFiles.map((file) => join(home, file)),
      join(config, 'policy.yaml'),
    ]),
  ];
}

/** Folders in which every file is protected, whether they are there or not. */
export function protectedFolders(projects: readonly string[], home: string): readonly string[] {
  return [...projects.flatMap((root) => projectFolders.map((each) => join(root, each))), ...homeFolders.map((each) => join(home, each))];
}

/** Files that are in a folder now; none where it cannot be read. */
export function filesIn(folder: string): readonly string[] {
  let entries: readonly Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => !entry.isDirectory())
    .slice(0, filesOfFolder)
    .map(({ name }) => join(folder, name))
    .filter((file) => !isUnfinished(file));
}

/** Whether a file at this path, new or not, is protected because of its folder. */
export function isInProtectedFolder(path: string, projects: readonly string[], home: string): boolean {
  return protectedFolders(projects, home).includes(dirname(path)) && !isUnfinished(path);
}

/** A file that is about to be moved to its place in one step. */
function isUnfinished(path: string): boolean {
  return basename(path).endsWith('.next');
}
