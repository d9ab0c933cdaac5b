import { policyJsonSchema } from '../policy/document.ts';
import { type Command, exitCodes, type Io, type Parsed } from './command.ts';

const help = `Prints the JSON Schema of policy files, for editors that complete and check YAML by one.

Usage: agent-policy schema

Exit code: 0.
`;

export const schema: Command = { summary: 'print the JSON Schema of policy files', help, options: {}, run };

async function run(_parsed: Parsed, io: Io): Promise<number> {
  await io.out(`${JSON.stringify(policyJsonSchema(), undefined, 2)}\n`);
  return exitCodes.ok;
}
