import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { workspacePolicyName } from '../gateway/policy-source.ts';
import { approveContent, revokeContent } from '../gateway/approve-content.ts';
import { reviewTrust, type TrustReview } from '../gateway/trust-review.ts';
import { loadPolicy } from '../policy/load.ts';
import { looseningLine } from '../policy/loosening.ts';
import { visibleLine } from '../present/visible-text.ts';
import { type Command, exitCodes, hasFlag, type Io, type Parsed, UsageError } from './command.ts';
import { personOf, placesOf, requirePerson, typed } from './person.ts';
import { diagnosticLine } from './policy.ts';

const help = `Approves a workspace policy, so that it may also loosen what stronger layers say.

Usage: agent-policy trust [FILE]            shows what the approval loosens, asks, and approves this exact content
       agent-policy trust --show [FILE]     only shows
       agent-policy trust --revoke [FILE]   takes the approval back

FILE is a policy or a folder that holds one (default: the policy that holds here). The approval is for the content of the file and
of all files that it extends: it survives a move of the folder, and ends with the first edit. Without it, a workspace policy can
only tighten. Approving is for a person at a terminal; no agent may do it.

Options:
  --show      show what is or would be loosened, and change nothing
  --revoke    take the approval back
  --json      with --show: one JSON object

Exit codes: 0 done, 1 error or not approved.
`;

export const trust: Command = {
  summary: 'let a workspace policy loosen what you have read',
  help,
  options: { show: { type: 'boolean' }, revoke: { type: 'boolean' } },
  run,
};

async function run(parsed: Parsed, io: Io): Promise<number> {
  const [name, ...more] = parsed.positionals;
  if (more.length > 0) throw new UsageError('name one policy');
  if (hasFlag(parsed, 'show') && hasFlag(parsed, 'revoke'))
    throw new UsageError('--show changes nothing, so it cannot be used with --revoke');
  const review = reviewTrust({
    directories: placesOf(io),
    platform: io.platform,
    workspace: io.cwd,
    ...(name === undefined ? {} : { file: fileOf(resolve(io.cwd, name)) }),
    compiler: () => ({ loadPolicy }),
  });
  if (review === undefined) throw new UsageError(name === undefined ? 'no workspace policy holds here' : `${name} cannot be read`);
  if (hasFlag(parsed, 'show')) return show(review, hasFlag(parsed, 'json'), io);
  if (hasFlag(parsed, 'revoke')) return revoke(review, io);
  return approve(review, io);
}

function fileOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new UsageError(`there is no ${path}`);
  return stat.isDirectory() ? join(path, workspacePolicyName) : path;
}

async function show(review: TrustReview, json: boolean, io: Io): Promise<number> {
  const { texts: _, ...shown } = review;
  await io.out(json ? `${JSON.stringify(shown)}\n` : textOf(review));
  return exitCodes.ok;
}

/** Everything in it comes from a file that an agent may have written. */
function textOf({ file, pin, trusted, loosens, diff, problems }: TrustReview): string {
  const places = loosens.flatMap((each) =>
    each.kind === 'rule' ? [`    ${looseningLine(each)} — ${each.file}:${each.line}`] : [`    ${looseningLine(each)}`],
  );
  const lines = [
    `Policy:   ${file}`,
    `Content:  ${pin}`,
    `Approved: ${trusted ? 'yes, this content' : 'no'}`,
    ...problems.filter(({ severity }) => severity === 'error').map(diagnosticLine),
    diff.length === 0 ? 'It loosens nothing.' : 'It loosens (+ new, - no longer, since it was last approved):',
    ...diff.map(({ sign, text }) => `  ${sign} ${text}`),
    ...(places.length === 0 ? [] : ['Where:', ...places]),
  ];
  return lines.map((line) => `${visibleLine(line)}\n`).join('');
}

async function approve(review: TrustReview, io: Io): Promise<number> {
  requirePerson(io, 'Approving a policy');
  const { pin, trusted, problems } = review;
  await io.out(textOf(review));
  const error = problems.find(({ severity }) => severity === 'error');
  if (error !== undefined) throw new UsageError('a policy with an error cannot be approved: mend it first');
  if (trusted) return exitCodes.ok;
  const code = pin.slice('sha256:'.length, 'sha256:'.length + 6);
  if (!(await typed(io, 'Approve this content for your agents?', code))) throw new UsageError('nothing was approved');
  approveContent(placesOf(io), personOf(io), review, Date.now());
  await io.out('Approved. It holds from the next call of any agent.\n');
  return exitCodes.ok;
}

/** Tightens: anybody may. */
async function revoke(review: TrustReview, io: Io): Promise<number> {
  if (review.trusted) revokeContent(placesOf(io), personOf(io), review);
  await io.out(review.trusted ? 'The approval was taken back.\n' : 'This content was not approved.\n');
  return exitCodes.ok;
}
