import { display, known, type Text } from './shell/value.ts';

/** Whether what an address gives can be changed by anybody on the way; to one's own machine there is no way. */
export function isUnprotected(address: Text): boolean {
  const text = known(address) ?? display(address);
  return /^(?:\w+\+)?(?:http|ftp):\/\/(?!localhost\b|127\.|\[::1\]|0\.0\.0\.0)/i.test(text);
}
