import { type BreakGlassUse, breakGlassUses } from '../audit/break-glass-uses.ts';
import { queryLog } from '../audit/query.ts';
import { visibleLine } from '../present/visible-text.ts';
import { exitCodes, hasFlag, type Io, type Parsed, textOption } from './command.ts';

/** `agent-policy audit review`: what ran while the glass was broken, for whoever reviews it afterwards. */
export async function review(directory: string, parsed: Parsed, io: Io): Promise<number> {
  const since = textOption(parsed, 'since');
  const until = textOption(parsed, 'until');
  const filter = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
  const uses = breakGlassUses(queryLog(directory, filter, Number.POSITIVE_INFINITY));
  if (hasFlag(parsed, 'json')) await io.out(`${JSON.stringify(uses)}\n`);
  else if (uses.length === 0) await io.out('The glass was never broken in this time.\n');
  else for (const use of uses) await io.out(textOf(use));
  return exitCodes.ok;
}

function textOf({ who, reason, scope, since, until, ended, calls }: BreakGlassUse): string {
  const lines = [
    `${since} to ${ended ?? until}${ended === undefined ? '' : ' (ended early)'}, by ${who}, for ${scope}`,
    `  Why: ${reason}`,
    calls.length === 0
      ? '  Nothing ran that the policy would have stopped.'
      : `  ${calls.length} ${calls.length === 1 ? 'call' : 'calls'} ran that the policy would have stopped:`,
    ...calls.map(
      ({ timestamp, agent, native_tool, input, verdict, rule, cwd }) =>
        `    ${timestamp}  ${verdict} by ${rule === '' ? 'no rule' : rule}  ${agent}  ${native_tool} ${JSON.stringify(input)}  in ${cwd}`,
    ),
  ];
  return lines.map((line) => `${visibleLine(line)}\n`).join('');
}
