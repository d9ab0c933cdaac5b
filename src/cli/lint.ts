import { loadPolicy } from '../policy/load.ts';
import { lintPolicy, toSarif } from '../policy/lint.ts';
import { type Command, exitCodes, hasFlag, type Io, type Parsed, textOption, UsageError } from './command.ts';
import { diagnosticLine, layerOf, readBeside } from './policy.ts';

const help = `Says what a policy's writer can hardly have meant: rules that can never match, never decide, contradict or relax nothing,
and patterns that are too broad. Errors that keep the policy from being used are named first.

Usage: agent-policy lint [FILE] [--format human|json|sarif]

Without a name it takes .agent-policy.yaml of this directory.

Exit codes: 0 nothing was found, 1 the policy has errors, 2 there are warnings.
`;

export const lint: Command = { summary: 'find rules that cannot mean what they say', help, options: { format: { type: 'string' } }, run };

const warned = 2;

async function run(parsed: Parsed, io: Io): Promise<number> {
  const format = hasFlag(parsed, 'json') ? 'json' : (textOption(parsed, 'format') ?? 'human');
  if (!['human', 'json', 'sarif'].includes(format)) throw new UsageError(`--format is human, json or sarif, and not "${format}"`);
  if (parsed.positionals.length > 1) throw new UsageError('name one policy');
  const name = parsed.positionals[0] ?? '.agent-policy.yaml';
  // A file is judged as it would hold without anybody's approval, so that what it relaxes in vain is named.
  const { policy, diagnostics } = loadPolicy([layerOf(name, io.cwd)], readBeside);
  const found = [...diagnostics, ...(policy === undefined ? [] : lintPolicy(policy, Date.now()))];
  if (format === 'sarif') await io.out(`${JSON.stringify(toSarif(found, '1'), undefined, 2)}\n`);
  else if (format === 'json') await io.out(`${JSON.stringify(found)}\n`);
  else await io.out(found.map((each) => `${each.severity}: ${diagnosticLine(each)}\n`).join('') || `${name}: nothing to say\n`);
  if (found.some(({ severity }) => severity === 'error')) return exitCodes.error;
  return found.length === 0 ? exitCodes.ok : warned;
}
