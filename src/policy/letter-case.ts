/** Letters that Python's IGNORECASE treats as equal although neither is the other's lower or upper case (CPython, `_casefix.py`). */
const alike: readonly (readonly number[])[] = [
  [0x69, 0x131],
  [0x69, 0x130],
  [0x73, 0x17f],
  [0x6b, 0x212a],
  [0xe5, 0x212b],
  [0xb5, 0x3bc],
  [0x3c2, 0x3c3],
  [0xdf, 0x1e9e],
];

/** All code points that equal the given one when case does not count, itself included. */
export function caseVariants(code: number, asciiOnly: boolean): readonly number[] {
  if (asciiOnly && code >= 128) return [code];
  const variants = new Set([code]);
  const fold = (from: number): void => {
    const text = String.fromCodePoint(from);
    for (const other of [text.toLowerCase(), text.toUpperCase()]) {
      const folded = other.codePointAt(0) ?? from;
      if (other === String.fromCodePoint(folded) && !variants.has(folded)) {
        variants.add(folded);
        fold(folded);
      }
    }
  };
  fold(code);
  if (!asciiOnly) {
    for (const group of alike) {
      if (group.some((member) => variants.has(member))) {
        for (const member of group) {
          variants.add(member);
          fold(member);
        }
      }
    }
  }
  return [...variants].filter((variant) => !asciiOnly || variant < 128);
}

/** The most characters of a range whose cases are written out one by one; a larger one contains both cases of nearly all. */
const largestRange = 0x3000;

/** Ranges with the other cases of all their characters added. */
export function rangesInBothCases(ranges: readonly number[], asciiOnly: boolean): number[] {
  const result = [...ranges];
  for (let i = 0; i + 1 < ranges.length; i += 2) {
    const low = ranges[i] ?? 0;
    const high = Math.min(ranges[i + 1] ?? 0, low + largestRange);
    for (let code = low; code <= high; code++) {
      for (const variant of caseVariants(code, asciiOnly)) if (variant < low || variant > high) result.push(variant, variant);
    }
  }
  return result;
}
