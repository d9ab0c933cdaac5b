import type { Analysis, Effect } from '../model/effect.ts';
import type { FileChange, Gap, LostCommits, Preview } from '../model/preview.ts';
import type { ToolCall } from '../model/tool-call.ts';
import { dryRun, type DryRunPlace } from './dry-run.ts';
import { Budget } from './budget.ts';
import { fileLosses } from './file-losses.ts';
import { gitImpact } from './git-impact.ts';
import { programs } from './programs.ts';
import { Recovery } from './recovery.ts';

export interface PreviewOptions {
  /** Milliseconds for all of it. */
  readonly timeLimit: number;
  /** Where a command can be tried out; absent: nothing is tried out. */
  readonly dryRun?: DryRunPlace;
}

/** Files that are listed at most. */
export const mostFiles = 5000;

/**
 * What the commands of a call would change. Reads the disk and git's own data, runs git's reading plumbing with everything switched off
 * by which a repository could make it run a program, and changes nothing. Never rejects: what cannot be found out is a gap.
 */
export async function previewOf(call: ToolCall, analysis: Analysis, options: PreviewOptions): Promise<Preview> {
  const budget = new Budget(options.timeLimit, mostFiles);
  const commands = call.actions.filter((action) => action.kind === 'bash');
  const gaps: Gap[] = [];
  const files = new Map<string, FileChange>();
  const commits: LostCommits[] = [];
  const add = (changes: readonly FileChange[]) => {
    for (const change of changes) files.set(change.path, change);
  };
  try {
    const git = analysis.effects.filter(isGit);
    const others = programs(analysis).filter((program) => program !== 'git');
    const command = commands.length === 1 ? commands[0] : undefined;
    const tried =
      command !== undefined && git.length === 0 && options.dryRun !== undefined
        ? await dryRun(
            { command: command.command, dialect: command.dialect, cwd: command.cwd ?? call.cwd, call, analysis },
            options.dryRun,
            budget,
          )
        : undefined;
    if (tried !== undefined && !('why' in tried)) add(tried.files);
    else {
      if (tried !== undefined) gaps.push(tried);
      else if (git.length === 0 && commands.length > 0) gaps.push({ why: 'unknown', subject: others[0] ?? '' });
      const known = fileLosses(analysis, budget);
      add(known.files);
      gaps.push(...known.gaps);
    }
    if (git.length > 0) {
      const moved = commands.some((each) => /(?:^|[\s;&|(])(?:cd|pushd|popd)\b/.test(each.command));
      for (const effect of git) {
        const impact = moved
          ? { files: [], commits: [], gaps: [{ why: 'git' as const, subject: 'cd' }] }
          : await gitImpact(effect.argv ?? [], command?.cwd ?? call.cwd, budget);
        add(impact.files);
        commits.push(...impact.commits);
        gaps.push(...impact.gaps);
      }
      if (others.length > 0) gaps.push({ why: 'program', subject: others[0] ?? '' });
    }
    add(await new Recovery(call.cwd, budget).of([...files.values()]));
  } catch (error) {
    gaps.push({ why: 'failed', subject: error instanceof Error ? error.message : String(error) });
  }
  if (budget.isSpent) gaps.push({ why: 'too-much', subject: '' });
  const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)).slice(0, mostFiles);
  return { files: sorted, commits, gaps: unique(gaps) };
}

function isGit({ kind, program, act }: Effect): boolean {
  return kind === 'execute' && program === 'git' && act === undefined;
}

function unique(gaps: readonly Gap[]): readonly Gap[] {
  return [...new Map(gaps.map((gap) => [`${gap.why} ${gap.subject}`, gap])).values()];
}
