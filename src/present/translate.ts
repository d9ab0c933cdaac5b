/** A value that is put into a sentence. */
export type SentencePart = string | number;

/** Gives a sentence in the reader's language: `{0}`, `{1}` … stand for the parts. The key is the English sentence itself. */
export type Translate = (sentence: string, ...parts: readonly SentencePart[]) => string;

/** The English sentence. */
export const english: Translate = (sentence, ...parts) =>
  sentence.replace(/\{(\d+)\}/g, (whole, index: string) => {
    const part = parts[Number(index)];
    return part === undefined ? whole : String(part);
  });
