import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The packaged extension that is tested: the one `npm run package` makes, or the one that AGENT_POLICY_VSIX names. */
export function vsixFile(): string {
  const file = process.env['AGENT_POLICY_VSIX'] ?? fileURLToPath(new URL('../../../agent-policy.vsix', import.meta.url));
  if (!existsSync(file)) throw new Error(`There is no ${file}: run "npm run package" first.`);
  return file;
}
