import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEntry } from '../audit/chain.ts';
import { passes, queryLog, readNew } from '../audit/query.ts';
import { verifyLog } from '../audit/verify.ts';
import { directories } from '../platform/directories.ts';
import { visibleLine } from '../present/visible-text.ts';
import { exportAudit } from './audit-export.ts';
import { filterHelp, filterOf, filterOptions } from './audit-filter.ts';
import { review } from './audit-review.ts';
import { type Command, exitCodes, hasFlag, type Io, type Parsed, textOption, UsageError } from './command.ts';

const help = `Reads the audit log: every decision, and everything else worth a line.

Usage: agent-policy audit verify [--anchor SEQ:HASH]   check that no record was changed, removed or added
       agent-policy audit tail [-n N] [--follow]       the newest records
       agent-policy audit show [-n N] [filters]        the newest records that pass all filters
       agent-policy audit export [--format json|csv] [filters] [--out FILE]
                                                       all records that pass, for other programs
       agent-policy audit review                       every use of break-glass, with all that ran because of it
       agent-policy audit path                         where the log is

Options:
  -n, --lines N       how many records (default: 20)
  -f, --follow        go on as records are written, until interrupted
${filterHelp}  --format json|csv   json: one array, one record on each line, as in the log; csv: a table (default: json)
  --out FILE          where "export" writes (default: standard output)
  --anchor SEQ:HASH   a head of the log that "verify" printed earlier and you kept elsewhere
  --directory DIR     another log than your own
  --json              JSON lines, or one JSON object for "verify"

Exit codes: 0 done, 1 wrong usage or unreadable; "verify": 2 where the log was tampered with or damaged.
`;

export const audit: Command = {
  summary: 'read and verify the audit log',
  help,
  options: {
    lines: { type: 'string', short: 'n' },
    follow: { type: 'boolean', short: 'f' },
    anchor: { type: 'string' },
    directory: { type: 'string' },
    format: { type: 'string' },
    out: { type: 'string' },
    ...filterOptions,
  },
  run,
};

/** Where the audit log of a user lies. */
export function auditDirectory(io: Pick<Io, 'env' | 'platform' | 'home'>): string {
  return join(directories(io.env, io.platform, io.home).state, 'audit');
}

async function run(parsed: Parsed, io: Io): Promise<number> {
  const directory = textOption(parsed, 'directory') ?? auditDirectory(io);
  const [action, ...more] = parsed.positionals;
  if (more.length > 0) throw new UsageError(`"${more.join(' ')}" is too much`);
  switch (action) {
    case 'verify':
      return verify(directory, parsed, io);
    case 'tail':
    case 'show':
      return show(directory, parsed, io);
    case 'export':
      return exportAudit(directory, parsed, io);
    case 'review':
      return review(directory, parsed, io);
    case 'path':
      await io.out(`${directory}\n`);
      return exitCodes.ok;
    default:
      throw new UsageError('say what to do: verify, tail, show, export, review or path');
  }
}

async function verify(directory: string, parsed: Parsed, io: Io): Promise<number> {
  const anchor = anchorOf(textOption(parsed, 'anchor'));
  const result = verifyLog(directory, anchor === undefined ? {} : { anchor });
  if (hasFlag(parsed, 'json')) {
    await io.out(`${JSON.stringify(result)}\n`);
  } else {
    const { ok, records, files, head, problems } = result;
    for (const { code, message, file, line } of problems) {
      await io.out(`${[file, line].filter((part) => part !== undefined).join(':')}: ${message} (${code})\n`);
    }
    await io.out(
      `${ok ? 'The chain is whole' : 'THE LOG IS NOT AS IT WAS WRITTEN'}: ${records} records in ${files} ${files === 1 ? 'file' : 'files'}.\n`,
    );
    await io.out(`Head: ${head.seq}:${head.hash}\n`);
  }
  return result.ok ? exitCodes.ok : 2;
}

function anchorOf(text: string | undefined) {
  if (text === undefined) return undefined;
  const match = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text);
  if (!match) throw new UsageError('--anchor must be a head as "audit verify" prints it: a number, a colon and 64 hexadecimal digits');
  return { seq: Number(match[1]), hash: match[2] ?? '' };
}

async function show(directory: string, parsed: Parsed, io: Io): Promise<number> {
  const lines = Number(textOption(parsed, 'lines') ?? 20);
  if (!Number.isInteger(lines) || lines < 0) throw new UsageError('--lines must be a whole number');
  const filter = filterOf(parsed);
  const print = async (entries: readonly AuditEntry[]) => {
    for (const entry of entries) await io.out(hasFlag(parsed, 'json') ? `${JSON.stringify(entry)}\n` : lineOf(entry));
  };
  let place = readNew(directory).next;
  await print(queryLog(directory, filter, lines));
  // Ends when the user interrupts it or the reader of the output goes away.
  while (hasFlag(parsed, 'follow')) {
    await sleep(300);
    const { entries, next } = readNew(directory, place);
    place = next;
    await print(entries.filter(({ record }) => passes(record, filter)));
  }
  return exitCodes.ok;
}

function lineOf({ seq, record }: AuditEntry): string {
  if (record.type === 'event')
    return `${seq}  ${record.timestamp}  event     ${visibleLine(`${record.event} ${JSON.stringify(record.details)}`)}\n`;
  const { timestamp, outcome, agent, native_tool, input, rule, reason, approval, degraded } = record;
  const parts = [
    `${seq}`,
    timestamp,
    outcome.padEnd(8),
    agent,
    `${native_tool} ${JSON.stringify(input)}`,
    rule === '' ? '' : `[${rule}]`,
    reason,
    approval === undefined ? '' : `(${approval.by}: ${approval.answer})`,
    degraded === undefined ? '' : `(degraded: ${degraded})`,
  ];
  return `${visibleLine(parts.filter((part) => part !== '').join('  '))}\n`;
}
