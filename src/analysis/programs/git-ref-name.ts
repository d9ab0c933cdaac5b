import type { Invocation } from '../shell/invocation.ts';
import { known, type Text } from '../shell/value.ts';

/** git-check-ref-format(1) forbids blanks in names of branches and tags, but nothing else that a shell would act on. */
const actsInShell = /[;&|<>`$()]/;

/**
 * Names that branches or tags get. Build files print them into shells (`$(shell git describe)`), which would run a tag called
 * `v1;reboot`: that is told when one is made, and names are not doubted later. Those that come from a remote are trusted as much as
 * the files that do.
 */
export function nameRefs(call: Invocation, names: readonly (Text | undefined)[]): void {
  if (names.some((name) => name !== undefined && actsInShell.test(known(name) ?? '')))
    call.opaque('a branch or tag whose name a shell would run');
}
