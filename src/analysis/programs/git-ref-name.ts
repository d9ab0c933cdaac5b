import type { Invocation, Result } from '../shell/invocation.ts';
import { anyText, known, type Text, unknownFrom } from '../shell/value.ts';

/** git-check-ref-format(1) forbids blanks in names of branches and tags, but nothing else that a shell would act on. */
const actsInShell = /[;&|<>`$()]/;
/** A push by that name would be forced. */
const forces = /^\+/;

/**
 * Names that branches or tags get. Build files print them into shells (`$(shell git describe)`), which would run a tag called
 * `v1;reboot`: that is told when one is made, and names are not doubted later. Those that come from a remote are trusted as much as
 * the files that do.
 */
export function nameRefs(call: Invocation, names: readonly (Text | undefined)[]): void {
  if (names.some((name) => actsInShell.test(known(name ?? '') ?? '') || forces.test(known(name ?? '') ?? '')))
    call.opaque('a branch or tag whose name would do something where it is put in');
}

/** What a list of branches or tags prints: names, unless it is to print more of them, such as messages. No name begins with a dash. */
export function listedNames(args: readonly Text[]): Result {
  const isPlain = args.every((arg, i) => {
    const text = known(arg);
    // git takes the beginning of an option for it.
    if (text === undefined || /^(?:-\w*v\w*|--ver\w*|--fo\w{0,3}(?:=.*)?)$/s.test(text)) return false;
    const format = known(args[i - 1] ?? '') === '--format' ? text : /^--format=(.*)$/s.exec(text)?.[1];
    return format === undefined || /^%\(refname(?::[\w=]+)*\)$/.test(format);
  });
  return { out: isPlain ? unknownFrom('reference') : anyText };
}
