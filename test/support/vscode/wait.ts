export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until there is an answer that is not `undefined` or `false`; `undefined` when the time is over. */
export async function until<T>(probe: () => T | Promise<T>, ms: number, step = 150): Promise<Exclude<T, undefined | false> | undefined> {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(step)) {
    const value = await probe();
    if (value !== undefined && value !== false) return value as Exclude<T, undefined | false>;
  }
  return undefined;
}
