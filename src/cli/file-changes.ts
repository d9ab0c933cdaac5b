import { InstallError } from '../agents/install/files.ts';
import type { Change } from '../agents/install/install.ts';
import { type Io, UsageError } from './command.ts';

const words = { create: 'created', update: 'updated', delete: 'deleted', restore: 'restored', none: 'unchanged' } as const;

/** Says what became of each file, or what would. */
export async function tellChanges(io: Io, changes: readonly Change[], dryRun: boolean): Promise<void> {
  for (const { file, change } of changes)
    await io.out(`${dryRun && change !== 'none' ? `would be ${words[change]}` : words[change]}  ${file}\n`);
}

/** Runs `work`; what a person must put right is told in one line. */
export async function inOneLine(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InstallError) throw new UsageError(error.message);
    throw error;
  }
}
