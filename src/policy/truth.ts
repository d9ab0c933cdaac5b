/** Whether a key of a rule holds: no, it cannot be ruled out, yes. Kleene's logic: and is the least, or the greatest, not the mirror. */
export type Truth = 0 | 1 | 2;
export const no = 0;
export const possible = 1;
export const yes = 2;

export const truth = (value: boolean): Truth => (value ? yes : no);
export const not = (value: Truth): Truth => (value === yes ? no : value === no ? yes : possible);

/** The greatest over a list: whether any of them holds. */
export function anyOf<T>(list: readonly T[], test: (item: T) => Truth): Truth {
  let result: Truth = no;
  for (const item of list) {
    const each = test(item);
    if (each === yes) return yes;
    if (each > result) result = each;
  }
  return result;
}

/** The least over a list: whether all of them hold. */
export function allOf<T>(list: readonly T[], test: (item: T) => Truth): Truth {
  let result: Truth = yes;
  for (const item of list) {
    const each = test(item);
    if (each === no) return no;
    if (each < result) result = each;
  }
  return result;
}
