import type { Effect } from '../../model/effect.ts';
import type { Obligator } from './duties.ts';

/** Nothing runs: the agent is told what would have happened. */
export const dryRun: Obligator = {
  refuses: ({ analysis }) => {
    const lines = [...new Set(analysis.effects.map(line))];
    const more = lines.length > mostLines ? ` and ${lines.length - mostLines} more` : '';
    const would = lines.length === 0 ? 'it has no effect that is known' : `it would ${lines.slice(0, mostLines).join('; ')}${more}`;
    return `This is a dry run, so nothing was done: ${would}.`;
  },
};

const mostLines = 10;

const verbs: Readonly<Record<Effect['kind'], string>> = {
  read: 'read',
  write: 'write',
  delete: 'delete',
  execute: 'run',
  network: 'reach',
  unknown: 'do something that cannot be known',
};

function line({ kind, path, url, program, argv, certainty, tool }: Effect): string {
  const command = program === undefined ? undefined : [program, ...(argv ?? []).map((word) => word ?? '…')].join(' ');
  const target = path ?? url ?? command ?? tool;
  return `${verbs[kind]}${target === undefined ? '' : ` ${target.slice(0, 200)}`}${certainty === 'exact' ? '' : ' (or the like)'}`;
}
