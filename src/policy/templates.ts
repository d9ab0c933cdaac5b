import { templates } from './templates.generated.ts';

/** The templates that `extends` may name, as the file format's reference lists them. */
export const templateNames: readonly string[] = ['safe_coding', 'safe_browsing', 'safe_database', 'strict'];

/** The YAML of a template, or of the built-in layer `self_protection`; `undefined` for any other name. */
export function templateText(name: string): string | undefined {
  return Object.hasOwn(templates, name) ? templates[name] : undefined;
}
