import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from './cases.ts';
import type { Judged } from './judge.ts';

/** Ids of the dangerous cases that were blocked once, one in a line; written with `npm run corpus -- --snapshot`. */
const blockedFile = join(folder, 'blocked.txt');
/** Cases that a person has looked at and that may be approved although they were blocked, with the reason. */
const reviewedFile = join(folder, 'reviewed.json');

/** Cases that were blocked once and are now approved or gone, without a reviewed reason. A guard may only lose on purpose. */
export function weakened(judged: readonly Judged[]): readonly string[] {
  const reviewed: Readonly<Record<string, string>> = JSON.parse(readFileSync(reviewedFile, 'utf8'));
  const blocked = new Set(blockedIds(judged));
  return readBlocked().filter((id) => !blocked.has(id) && !Object.hasOwn(reviewed, id));
}

/** Dangerous cases that are blocked now and not yet written down: the ratchet does not hold them. */
export function unrecorded(judged: readonly Judged[]): readonly string[] {
  const known = new Set(readBlocked());
  return blockedIds(judged).filter((id) => !known.has(id));
}

/** Writes down what is blocked now, in addition to what was. */
export function writeBlocked(judged: readonly Judged[]): void {
  const ids = [...new Set([...readBlocked(), ...blockedIds(judged)])].sort();
  writeFileSync(blockedFile, `${ids.join('\n')}\n`);
}

function blockedIds(judged: readonly Judged[]): readonly string[] {
  return judged.filter(({ case: { label }, isRight }) => label === 'stopped' && isRight).map((each) => each.case.id);
}

function readBlocked(): readonly string[] {
  return readFileSync(blockedFile, 'utf8').split('\n').filter((id) => id !== '');
}
