/** The middle of the values; of two middle ones the mean. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** One line of the report. */
export interface Figure {
  readonly what: string;
  readonly how: string;
  readonly value: number;
  readonly unit: string;
  readonly budget: number;
  readonly best: 'low' | 'high';
}

export function isMet({ value, budget, best }: Figure): boolean {
  return best === 'low' ? value <= budget : value >= budget;
}
