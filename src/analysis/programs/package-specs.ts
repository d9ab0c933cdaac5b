import type { Invocation } from '../shell/invocation.ts';
import { display, known, originOf, type Text } from '../shell/value.ts';
import { isUnprotected } from '../unprotected-url.ts';

/** A package that comes from an address and not from a registry: what is there today may be something else tomorrow, and nobody has read it. */
const address =
  /^(?:[\w.@/-]+?\s*@\s*|[\w.-]+=)?(?:git\+|(?:git|ssh|https?|ftp|svn|hg|bzr):\/\/|git@|(?:github|gitlab|bitbucket|gist|sourcehut):)/i;
/** npm and its like take `owner/name` for a repository on GitHub. */
const shorthand = /^(?![@.~/])[\w.-]+\/[\w.-]+(?:#.+)?$/;

/** Options of package managers that say where packages come from. */
const indexOption =
  /^(?:--(?:extra-|default-)?index(?:-url)?|--find-links|--registry|--source|--repository(?:-url)?|--channel|-[ifsc])(?:=(.*))?$/;

/** Says so where packages come from an index that nobody vouches for on the way. */
function judgeIndexes(call: Invocation): void {
  for (const [i, arg] of call.args.entries()) {
    const option = indexOption.exec(known(arg) ?? '');
    const index = option ? (option[1] ?? call.args[i + 1] ?? '') : '';
    if (isUnprotected(index)) call.opaque(`packages from ${display(index)}, which anybody on the way can change`);
    else if (/^--trusted-host(?:=|$)/.test(known(arg) ?? '')) call.opaque('packages from a host that need not prove who it is');
  }
}

/** Says so where packages to be installed or run come from an address, or from a file that was downloaded just before. */
export function judgeSpecs(call: Invocation, specs: readonly Text[], { takesShorthand = false } = {}): void {
  judgeIndexes(call);
  for (const spec of specs) {
    const text = known(spec) ?? display(spec);
    if (text === '' || text.startsWith('-')) continue;
    if (address.test(text) || (takesShorthand && shorthand.test(text) && !call.content(text))) {
      const url = /(?:git\+)?((?:https?|ssh|git):\/\/\S+)/.exec(text)?.[1];
      if (url !== undefined) call.network(url);
      call.act('code.remote', text);
    } else if (/\.(?:tgz|tar\.gz|whl|deb|rpm|gem|zip|apk|pkg|vsix|crate)$/i.test(text) || /^(?:\.{0,2}\/|~)/.test(text)) {
      const content = call.content(spec);
      if (content && originOf(content.text) === 'download') call.act('code.remote', text);
    }
  }
}
