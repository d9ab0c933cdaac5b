// Makes what comes from the policy sources: the templates as a module, the default policy compiled, and the JSON Schema.
// Run it after a change to policies/*.yaml or to the file format, then format: `node scripts/generate-policy.mjs && npx biome format --write src/policy policies`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { policyJsonSchema } from '../src/policy/document.ts';
import { loadPolicy } from '../src/policy/load.ts';

const root = new URL('../', import.meta.url);

/** The YAML of every template, by name. */
export function templates() {
  const folder = new URL('policies/', root);
  const names = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return Object.fromEntries(names.sort().map((file) => [file.slice(0, -'.yaml'.length), readFileSync(new URL(file, folder), 'utf8')]));
}

/** What decides where nobody has written a policy. */
export function defaultPolicy() {
  const text = templates();
  const { policy, diagnostics } = loadPolicy([
    { layer: 'built-in', name: 'self_protection', text: text.self_protection },
    { layer: 'user', name: 'safe_coding', text: text.safe_coding },
  ]);
  if (policy === undefined) throw new Error(JSON.stringify(diagnostics, null, 2));
  return policy;
}

if (process.argv[1] === import.meta.filename) {
  const write = (file, text) => writeFileSync(new URL(file, root), text);
  const note = '// Made by scripts/generate-policy.mjs from policies/*.yaml.\n';
  const texts = Object.entries(templates()).map(([name, text]) => `  ${name}: ${JSON.stringify(text)},\n`);
  write('src/policy/templates.generated.ts', `${note}export const templates: Readonly<Record<string, string>> = {\n${texts.join('')}};\n`);
  // As one text, since engines read JSON faster than an object written out.
  const compiled = JSON.stringify(JSON.stringify(defaultPolicy()));
  write(
    'src/policy/default-policy.generated.ts',
    `${note}import type { CompiledPolicy } from './compiled.ts';\n\nexport const defaultPolicy = JSON.parse(${compiled}) as CompiledPolicy;\n`,
  );
  write('policies/schema.json', `${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
}
