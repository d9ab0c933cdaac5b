/** What is done with a call: it runs, a person is asked, or it does not run. */
export type Verdict = 'approve' | 'escalate' | 'deny';

const strictness: Readonly<Record<Verdict, number>> = { approve: 0, escalate: 1, deny: 2 };

/** Whether `value` is one of the three verdicts. */
export function isVerdict(value: unknown): value is Verdict {
  return typeof value === 'string' && Object.hasOwn(strictness, value);
}

/**
 * The stricter of two verdicts: the join of the lattice approve < escalate < deny.
 * It is associative, commutative, idempotent and monotone, so the order in which parts of a call are judged cannot matter.
 */
export function join(a: Verdict, b: Verdict): Verdict {
  return strictness[a] >= strictness[b] ? a : b;
}

/** The strictest of any number of verdicts; approve, the bottom of the lattice, for none. */
export function strictest(verdicts: Iterable<Verdict>): Verdict {
  let result: Verdict = 'approve';
  for (const verdict of verdicts) result = join(result, verdict);
  return result;
}

/** Whether `a` lets less happen than `b`. */
export function isStricter(a: Verdict, b: Verdict): boolean {
  return strictness[a] > strictness[b];
}
