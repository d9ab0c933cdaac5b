/** Sentences of the page in the editor's language, by their names. The host makes the table: see src/vscode/viewer/words.ts. */
export type Words = Readonly<Record<string, string>>;

/** A sentence with its parts put in: `{0}`, `{1}` … */
export function fill(sentence: string, ...parts: readonly (string | number)[]): string {
  return sentence.replace(/\{(\d+)\}/g, (whole, index: string) => {
    const part = parts[Number(index)];
    return part === undefined ? whole : String(part);
  });
}
