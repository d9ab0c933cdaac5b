import { basename } from 'node:path';
import { builtIn } from '../gateway/compile-policy.ts';
import { workspacePolicyName } from '../gateway/policy-source.ts';
import { strongerLayers, userPolicyFile } from '../gateway/stronger-layers.ts';
import { directories } from '../platform/directories.ts';
import { type LayerSource, loadPolicy } from '../policy/load.ts';
import { lintPolicy, toSarif } from '../policy/lint.ts';
import { type Command, exitCodes, hasFlag, type Io, type Parsed, textOption, UsageError } from './command.ts';
import { diagnosticLine, layerOf, readBeside } from './policy.ts';

const help = `Says what a policy's writer can hardly have meant: rules that can never match, never decide, contradict or relax nothing,
and patterns that are too broad. Errors that keep the policy from being used are named first.

Usage: agent-policy lint [FILE] [--format human|json|sarif]

Without a name it takes .agent-policy.yaml of this directory. What a file of that name relaxes is held against the policies
above it on this machine, as if it were approved.

Exit codes: 0 nothing was found, 1 the policy has errors, 2 there are warnings.
`;

export const lint: Command = { summary: 'find rules that cannot mean what they say', help, options: { format: { type: 'string' } }, run };

const warned = 2;

/** What holds above the policy on this machine, so that what it relaxes in vain can be told from what it relaxes. */
function above({ name }: LayerSource, { env, platform, home }: Io): readonly LayerSource[] {
  const places = directories(env, platform, home);
  if (basename(name) === workspacePolicyName) return strongerLayers('workspace', places, platform);
  return name === userPolicyFile(places) ? strongerLayers('user', places, platform) : [builtIn];
}

async function run(parsed: Parsed, io: Io): Promise<number> {
  const format = hasFlag(parsed, 'json') ? 'json' : (textOption(parsed, 'format') ?? 'human');
  if (!['human', 'json', 'sarif'].includes(format)) throw new UsageError(`--format is human, json or sarif, and not "${format}"`);
  if (parsed.positionals.length > 1) throw new UsageError('name one policy');
  const name = parsed.positionals[0] ?? '.agent-policy.yaml';
  const file = layerOf(name, io.cwd);
  const own = basename(file.name) === workspacePolicyName ? { ...file, layer: 'workspace' as const } : file;
  const stronger = above(own, io);
  const others = new Set(stronger.map((layer) => layer.name));
  const { policy, diagnostics } = loadPolicy([...stronger, own], readBeside);
  const all = [...diagnostics, ...(policy === undefined ? [] : lintPolicy(policy, Date.now()))];
  const found = all.filter(({ source }) => source === undefined || !others.has(source));
  if (format === 'sarif') await io.out(`${JSON.stringify(toSarif(found, '1'), undefined, 2)}\n`);
  else if (format === 'json') await io.out(`${JSON.stringify(found)}\n`);
  else await io.out(found.map((each) => `${each.severity}: ${diagnosticLine(each)}\n`).join('') || `${name}: nothing to say\n`);
  if (found.some(({ severity }) => severity === 'error')) return exitCodes.error;
  return found.length === 0 ? exitCodes.ok : warned;
}
