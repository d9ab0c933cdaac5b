/** How much may still be spent on patterns, in places looked at; shared by all patterns of one decision. */
export interface Work {
  left: number;
}

/** What one decision may spend: about a tenth of a second, and ten times that where nothing is compiled to machine code. That is enough for 20 regexes over 300,000 characters. */
const usualWork = 1_500_000;

export const newWork = (): Work => ({ left: usualWork });
