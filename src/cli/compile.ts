import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadPolicy } from '../policy/load.ts';
import { type Command, exitCodes, hasFlag, type Io, type Parsed, textOption, UsageError } from './command.ts';
import { diagnosticLine, layerOf, readBeside } from './policy.ts';

const help = `Checks a policy and compiles it into the form that the hook reads.

Usage: agent-policy compile [FILE|TEMPLATE] [--output FILE]

Without a name it takes .agent-policy.yaml of this directory. What is wrong is written to standard error as
FILE:LINE:COLUMN: MESSAGE (CODE).

Options:
  --output FILE   write the compiled policy there
  --json          print {"ok","policy","hash","rules","diagnostics"}

Exit codes: 0 no errors, 1 errors.
`;

export const compile: Command = { summary: 'check and compile a policy', help, options: { output: { type: 'string' } }, run };

async function run(parsed: Parsed, io: Io): Promise<number> {
  if (parsed.positionals.length > 1) throw new UsageError('name one policy');
  const name = parsed.positionals[0] ?? '.agent-policy.yaml';
  const { policy, diagnostics } = loadPolicy([layerOf(name, io.cwd)], readBeside);
  const ok = policy !== undefined && diagnostics.every(({ severity }) => severity !== 'error');
  const rules = policy?.layers.reduce((sum, layer) => sum + layer.rules.length, 0) ?? 0;
  const output = textOption(parsed, 'output');
  if (ok && output !== undefined) writeFileSync(resolve(io.cwd, output), `${JSON.stringify(policy)}\n`);
  if (hasFlag(parsed, 'json')) {
    await io.out(`${JSON.stringify({ ok, policy: policy?.ref.id, hash: policy?.ref.hash, rules, diagnostics })}\n`);
  } else {
    for (const diagnostic of diagnostics) io.err(`${diagnostic.severity}: ${diagnosticLine(diagnostic)}\n`);
    if (ok) await io.out(`${name}: policy ${policy.ref.id || '(no id)'}, ${rules} rules, ${policy.ref.hash}\n`);
  }
  return ok ? exitCodes.ok : exitCodes.error;
}
