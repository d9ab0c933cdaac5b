import type { Invocation } from '../shell/invocation.ts';
import { display, known, originOf, type Text } from '../shell/value.ts';

/** A package that comes from an address and not from a registry: what is there today may be something else tomorrow, and nobody has read it. */
const address =
  /^(?:[\w.@/-]+?\s*@\s*|[\w.-]+=)?(?:git\+|(?:git|ssh|https?|ftp|svn|hg|bzr):\/\/|git@|(?:github|gitlab|bitbucket|gist|sourcehut):)/i;
/** npm and its like take `owner/name` for a repository on GitHub. */
const shorthand = /^(?![@.~/])[\w.-]+\/[\w.-]+(?:#.+)?$/;

/** Says so where packages to be installed or run come from an address, or from a file that was downloaded just before. */
export function judgeSpecs(call: Invocation, specs: readonly Text[], { takesShorthand = false } = {}): void {
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
