import type { Effect } from '../model/effect.ts';
import { testText } from './test-text.ts';
import { newWork } from './work.ts';
import type { OwnerTest, RoleTest } from './compiled.ts';
import type { OwnersOf } from './evaluate.ts';
import { isOfFiles } from './match-path.ts';
import { testName } from './test-name.ts';
import { allOf, anyOf, no, possible, type Truth, yes } from './truth.ts';

/** What a question for owners is asked with. */
export interface OwnerQuestion {
  readonly owners: () => ReturnType<OwnersOf>;
  readonly roles: Readonly<Record<string, RoleTest>> | undefined;
  readonly hasRole: (role: RoleTest) => boolean;
  /** Whether the answer will be used to let something happen. */
  readonly sure: boolean;
}

/**
 * Whether an effect's path is owned so. A rule against something holds where any version of CODEOWNERS says so, one that lets something happen
 * where all do: an agent that makes itself an owner in one of them gains nothing.
 */
export function matchOwner(test: OwnerTest, effect: Effect, { owners, roles, hasRole, sure }: OwnerQuestion): Truth {
  if (effect.path === undefined) return effect.certainty === 'opaque' && isOfFiles(effect) ? possible : no;
  const work = newWork();
  const own = Object.values(roles ?? {}).filter((role) => role.owns !== undefined && hasRole(role));
  const isOwn = (owner: string): boolean => own.some((role) => role.owns?.some((each) => testText(each, owner) === yes));
  const isOwnedSo = (names: readonly string[]): boolean => {
    const ownedBySelf = names.some(isOwn);
    return (
      (test.none === true && names.length === 0) ||
      (test.self === true && ownedBySelf) ||
      (test.others === true && names.length > 0 && !ownedBySelf) ||
      names.some((name) => test.names?.some((each) => testName(each, name, sure, work) === yes) === true)
    );
  };
  const versions = owners().map((alternatives): Truth => {
    if (alternatives === undefined) return possible;
    const count = alternatives.filter(isOwnedSo).length;
    return count === alternatives.length ? yes : count === 0 ? no : possible;
  });
  return sure ? allOf(versions, (each) => each) : anyOf(versions, (each) => each);
}
