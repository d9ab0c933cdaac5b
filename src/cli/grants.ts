import { type Grant, listGrants, revokeGrant } from '../gateway/grants.ts';
import { visibleLine } from '../present/visible-text.ts';
import { type Command, exitCodes, hasFlag, type Io, type Parsed, UsageError } from './command.ts';
import { placesOf, recordEvent } from './person.ts';

const help = `Lists what a person has allowed until further notice, and takes it back.

Usage: agent-policy grants                  lists what is in force
       agent-policy grants --revoke ID…     takes these back
       agent-policy grants --revoke all     takes everything back

Such an allowance is made with "Allow…" when VS Code asks. It answers the questions of the rules that it names, for a session, a project
or everywhere, and never what a rule denies. Rules that were saved to your policy are not listed: they are in the file.
What was allowed for the very same action in one session ends with the session.

Options:
  --revoke    take back; anybody may, as it only tightens
  --json      one JSON object a line

Exit codes: 0 done, 1 error.
`;

export const grants: Command = {
  summary: 'list or take back what was allowed until further notice',
  help,
  options: { revoke: { type: 'boolean' } },
  run,
};

async function run(parsed: Parsed, io: Io): Promise<number> {
  const places = placesOf(io);
  const found = listGrants(places, Date.now());
  if (!hasFlag(parsed, 'revoke')) {
    if (parsed.positionals.length > 0) throw new UsageError('to take something back, say --revoke');
    return list(found, hasFlag(parsed, 'json'), io);
  }
  const named = parsed.positionals.includes('all') ? found.map(({ id }) => id) : parsed.positionals;
  if (named.length === 0 && !parsed.positionals.includes('all')) throw new UsageError('name what to take back, or "all"');
  const missing = named.find((id) => !found.some((grant) => grant.id === id));
  if (missing !== undefined) throw new UsageError(`there is no "${missing}"; "agent-policy grants" lists what there is`);
  for (const id of named) {
    revokeGrant(places, id);
    recordEvent(io, 'grant-revoked', { grant: id });
  }
  await io.out(named.length === 1 ? 'It was taken back.\n' : `${named.length} were taken back.\n`);
  return exitCodes.ok;
}

async function list(found: readonly Grant[], json: boolean, io: Io): Promise<number> {
  if (json)
    await io.out(
      found.map(({ id, created, expires, by, scope, text }) => `${JSON.stringify({ id, created, expires, by, scope, text })}\n`).join(''),
    );
  else if (found.length === 0) await io.out('Nothing is allowed until further notice.\n');
  else await io.out(`${found.map(textOf).join('\n')}`);
  return exitCodes.ok;
}

function textOf({ id, created, expires, by, scope, text }: Grant): string {
  const where =
    scope.kind === 'session' ? `session ${scope.session} of ${scope.agent}` : scope.kind === 'workspace' ? scope.workspace : 'everywhere';
  const end = expires === undefined ? (scope.kind === 'session' ? 'with the session' : 'never') : expires;
  const lines = text.trimEnd().split('\n');
  return [`${id}`, `  where:   ${where}`, `  made:    ${created} by ${by}`, `  ends:    ${end}`, ...lines.map((line) => `    ${line}`)]
    .map((line) => `${visibleLine(line)}\n`)
    .join('');
}
