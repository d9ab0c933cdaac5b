/**
 * Signatures of long texts: which groups of three bytes occur in a text, hashed into a kilobit. A word of which a group is missing is not in the text, and
 * the text need not be read to know it; of the texts without a word of eight letters nine in ten are told so.
 */
export const signatureBytes = 128;

const mask = signatureBytes * 8 - 1;

/** Adds the signature of a text, in UTF-8, to the bytes from `at` on. */
export function sign(text: Uint8Array, signatures: Uint8Array, at: number): void {
  for (let index = 2; index < text.length; index += 1) {
    const bit = bitOf(text[index - 2] ?? 0, text[index - 1] ?? 0, text[index] ?? 0);
    const byte = at + (bit >> 3);
    signatures[byte] = (signatures[byte] ?? 0) | (1 << (bit & 7));
  }
}

/** The bits that a text with this word has. */
export function bitsOf(word: Uint8Array): Uint16Array {
  const bits = new Set<number>();
  for (let index = 2; index < word.length; index += 1) bits.add(bitOf(word[index - 2] ?? 0, word[index - 1] ?? 0, word[index] ?? 0));
  return Uint16Array.from(bits);
}

/** Whether a text with the signature at `at` can hold the word of these bits. */
export function mayHold(signatures: Uint8Array, at: number, bits: Uint16Array): boolean {
  for (const bit of bits) if (((signatures[at + (bit >> 3)] ?? 0) & (1 << (bit & 7))) === 0) return false;
  return true;
}

function bitOf(a: number, b: number, c: number): number {
  return (Math.imul((a << 16) | (b << 8) | c, 0x9e3779b1) >>> 20) & mask;
}
