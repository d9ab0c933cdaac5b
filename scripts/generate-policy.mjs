// Makes what comes from the policy sources: the templates as a module, and the JSON Schema.
// Run it after a change to policies/*.yaml or to the file format, then format: `node scripts/generate-policy.mjs && npx biome format --write src/policy policies`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { policyJsonSchema } from '../src/policy/document.ts';

const root = new URL('../', import.meta.url);

/** The YAML of every template, by name. */
export function templates() {
  const folder = new URL('policies/', root);
  const names = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return Object.fromEntries(names.sort().map((file) => [file.slice(0, -'.yaml'.length), readFileSync(new URL(file, folder), 'utf8')]));
}

if (process.argv[1] === import.meta.filename) {
  const write = (file, text) => writeFileSync(new URL(file, root), text);
  const note = '// Made by scripts/generate-policy.mjs from policies/*.yaml.\n';
  const texts = Object.entries(templates()).map(([name, text]) => `  ${name}: ${JSON.stringify(text)},\n`);
  write('src/policy/templates.generated.ts', `${note}export const templates: Readonly<Record<string, string>> = {\n${texts.join('')}};\n`);
  write('policies/schema.json', `${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
}
