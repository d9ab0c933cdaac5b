/** Time that is left as minutes and seconds, `1:05`; `0:00` when it is over. Both in milliseconds since 1970. */
export function remaining(deadline: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((deadline - now) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
