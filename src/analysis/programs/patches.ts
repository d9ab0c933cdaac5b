import { doesNothing, isProjectHook } from '../hook-content.ts';
import { parsePatch } from '../patch.ts';
import type { Invocation } from '../shell/invocation.ts';
import { anyName, anyText, concat, known, originOf, type Text } from '../shell/value.ts';

/**
 * A patch is applied: every file that it names is changed, as if the command had named it (`git apply <<EOF` writes `.env` just as
 * `> .env` does). Without `files` it is read from standard input. A patch that was downloaded or decoded and that nobody has read may
 * change anything; one that is the output of another command (`git diff … | git apply`) is left to what that command is.
 */
export function applyPatch(call: Invocation, files: readonly Text[], folder?: Text, isReverse = false): void {
  const sources = files.filter((file) => known(file) !== '-');
  const texts = sources.map((file) => call.content(file)?.text);
  const isTyped = sources.length < files.length || files.length === 0;
  if (isTyped) texts.push(call.io.input?.text);
  for (const text of texts) applyPatchText(call, text ?? anyText, folder);
  // `git diff | git apply -R` takes away what nobody has committed, and keeps no copy.
  if (isReverse && isTyped && call.io.input && originOf(call.io.input.text) === 'changes')
    call.act('git.discard', `${call.name} -R`, 'delete');
}

/** The same for a patch given as text. */
export function applyPatchText(call: Invocation, text: Text, folder?: Text): void {
  const patch = known(text);
  const origin = originOf(text);
  if (patch === undefined) {
    // Which files it changes nobody knows; in which folder they lie may be known.
    if (folder !== undefined) call.change(concat(folder, '/', anyName));
    if (origin === 'download' || origin === 'decoded')
      call.act(origin === 'download' ? 'code.remote' : 'code.decoded', 'a patch nobody has read', 'write', 'opaque');
    return;
  }
  for (const { operation, path, to, content } of parsePatch(patch).files) {
    const at = (name: string): Text => (folder === undefined ? name : concat(folder, '/', name));
    if (operation === 'delete') call.remove(at(path));
    else call.change(at(path));
    if (content !== undefined && isProjectHook(`/${path}`) && doesNothing(content))
      call.act('checks.skip', 'a hook that does nothing', 'write');
    if (to !== undefined) call.change(at(to));
  }
}
