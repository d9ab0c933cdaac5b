import { resolve } from 'node:path';
import { breakGlassFile, longestBreakGlass, readBreakGlass } from '../session/break-glass.ts';
import { breakGlassNow, breakGlassProblem, endBreakGlassNow, longestReason } from '../session/start-break-glass.ts';
import { visibleLine } from '../present/visible-text.ts';
import { type Command, exitCodes, hasFlag, type Io, type Parsed, textOption, UsageError } from './command.ts';
import { personOf, placesOf, requirePerson, typed } from './person.ts';

const help = `Suspends the policy for a short time, when something must be done now and the policy is in the way.

Usage: agent-policy break-glass --reason TEXT --minutes N [--scope workspace|everything]
       agent-policy break-glass          shows whether the glass is broken
       agent-policy break-glass --end    ends it before its time

While it lasts, what the policy denies or asks about runs, and each such call is recorded with the reason; "agent-policy audit
review" lists them afterwards. What keeps agents from changing what governs them still holds, and so does the lock.

Options:
  --reason TEXT   why; required
  --minutes N     for how long, at most ${longestBreakGlass}; required
  --scope WORD    workspace (the default): agents that work in this folder; everything: all of them
  --workspace DIR another folder than this
  --end           end it
  --json          one JSON object when it shows

For a person at a terminal. Exit codes: 0 done, 1 error.
`;

export const breakGlass: Command = {
  summary: 'suspend the policy for a short time, on record',
  help,
  options: {
    reason: { type: 'string' },
    minutes: { type: 'string' },
    scope: { type: 'string' },
    workspace: { type: 'string' },
    end: { type: 'boolean' },
  },
  run,
};

async function run(parsed: Parsed, io: Io): Promise<number> {
  if (parsed.positionals.length > 0) throw new UsageError(`"${parsed.positionals.join(' ')}" is too much`);
  const reason = textOption(parsed, 'reason');
  const minutes = textOption(parsed, 'minutes');
  const starts = ['reason', 'minutes', 'scope', 'workspace'].some((name) => textOption(parsed, name) !== undefined);
  if (hasFlag(parsed, 'end')) {
    if (starts) throw new UsageError('--end takes no other option');
    return end(io);
  }
  if (!starts) return show(io, hasFlag(parsed, 'json'));
  const length = Number(minutes ?? Number.NaN);
  const problem = breakGlassProblem({ reason: reason ?? '', minutes: length });
  if (reason === undefined || problem === 'no-reason') throw new UsageError('say why, with --reason "…"');
  if (problem === 'long-reason') throw new UsageError(`the reason may have at most ${longestReason} characters`);
  if (problem === 'minutes') throw new UsageError(`say for how long, with --minutes and a whole number from 1 to ${longestBreakGlass}`);
  const scope = textOption(parsed, 'scope') ?? 'workspace';
  if (scope !== 'workspace' && scope !== 'everything') throw new UsageError('--scope must be workspace or everything');
  const folder = textOption(parsed, 'workspace');
  if (folder !== undefined && scope === 'everything') throw new UsageError('--workspace goes with --scope workspace');
  return start(io, reason.trim(), length, scope, resolve(io.cwd, folder ?? '.'));
}

async function start(io: Io, reason: string, minutes: number, scope: 'workspace' | 'everything', workspace: string): Promise<number> {
  requirePerson(io, 'Breaking the glass');
  const where = scope === 'everything' ? 'everywhere on this machine' : `in ${workspace}`;
  if (!(await typed(io, visibleLine(`For ${minutes} minutes, agents ${where} may do what the policy would stop.`), 'break')))
    throw new UsageError('nothing was changed');
  const glass = breakGlassNow(placesOf(io), personOf(io), { reason, minutes, scope, workspace }, Date.now());
  await io.out(
    `The glass is broken until ${new Date(glass.until).toLocaleTimeString()}. "agent-policy break-glass --end" ends it before.\n`,
  );
  return exitCodes.ok;
}

/** Tightens: anybody may. */
async function end(io: Io): Promise<number> {
  const glass = endBreakGlassNow(placesOf(io), personOf(io), Date.now());
  await io.out(glass === undefined ? 'The glass is not broken.\n' : 'Ended: the policy holds again.\n');
  return exitCodes.ok;
}

async function show(io: Io, json: boolean): Promise<number> {
  const glass = readBreakGlass(placesOf(io), Date.now());
  if (json) await io.out(`${JSON.stringify({ active: glass ?? null, file: breakGlassFile(placesOf(io)) })}\n`);
  else if (glass === undefined) await io.out('The glass is not broken: the policy holds.\n');
  else {
    const where = glass.scope === 'everything' ? 'everywhere' : `in ${glass.workspace}`;
    await io.out(`${visibleLine(`Broken ${where} until ${new Date(glass.until).toISOString()} by ${glass.who}: ${glass.reason}`)}\n`);
  }
  return exitCodes.ok;
}
