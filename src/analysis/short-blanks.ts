/** A text in which each run of white space is one blank, or one end of a line: patterns that allow for any number of them take long for many. */
export function withShortBlanks(text: string): string {
  return text.replace(/\s+/g, (blanks) => (blanks.includes('\n') ? '\n' : ' '));
}
