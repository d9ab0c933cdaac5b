import { templates } from './templates.generated.ts';

/** The templates that `extends` may name, as the file format's reference lists them. */
export const templateNames: readonly string[] = ['safe_coding', 'safe_browsing', 'safe_database', 'strict'];

/** Under which name a template stands where files are named. */
export const templateFile = (name: string): string => `template ${name}`;

/** Whether a file's name is that of a template. */
export const isTemplate = (file: string): boolean => templateNames.some((name) => file === templateFile(name));

/** The YAML of a template, or of the built-in layer `self_protection`; `undefined` for any other name. */
export function templateText(name: string): string | undefined {
  return Object.hasOwn(templates, name) ? templates[name] : undefined;
}
