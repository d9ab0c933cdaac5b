import type { Zone } from '../../model/zone.ts';
import { absolute, dirname, isAbsolute, isWithin } from '../paths.ts';
import type { Invocation } from '../shell/invocation.ts';
import { contentOf, madeFile, sourceOf } from '../shell/files.ts';
import type { MadeFile } from '../shell/join.ts';
import { known, type Text } from '../shell/value.ts';
import { locations } from '../touch.ts';

/** What is known of files and folders goes with them where they are copied, moved and linked to. */

/** A folder that gets files from two places comes from neither. */
export function merged(file: MadeFile, to: Text, call: Invocation): MadeFile {
  const path = known(to);
  const places = path === undefined || file.from === undefined ? [] : locations(path, call.state, call.run, true);
  const isMerged = places.some(({ typed }) => {
    const before = call.state.file(typed);
    return before?.gone !== true && before?.from !== undefined && before.from !== file.from;
  });
  return isMerged ? { ...file, from: '' } : file;
}

/** What is known of a file that may be a folder, and where what lies in it comes from. */
export function withFolder(file: MadeFile | undefined, from: Text, call: Invocation): MadeFile {
  const path = known(from);
  const [place, ...others] = path === undefined ? [] : locations(path, call.state, call.run);
  const kind = place && call.run.world.kind(place.real);
  if (file?.text !== undefined || file?.same !== undefined || kind === 'file') return file ?? { text: undefined };
  return { ...(file ?? { text: undefined }), from: place && others.length === 0 ? sourceOf(place.real, call.state) : '' };
}

/** What the command itself has made in a folder comes along. */
export function takeAlong(from: Text, to: Text, call: Invocation): void {
  const [source, target] = [known(from), known(to)];
  if (source === undefined || target === undefined || !call.state.hasFiles()) return;
  const [before, after] = [source, target].map((path) => locations(path, call.state, call.run)[0]?.typed);
  if (before === undefined || after === undefined || before === after) return;
  for (const [path, file] of [...call.state.files])
    if (path !== before && isWithin(path, before)) call.state.setFile(after + path.slice(before.length), file);
}

function isProgram(from: string): boolean {
  return /^\/(?:usr\/)?(?:local\/)?s?bin\//.test(from);
}

export function linkTo(target: Text, call: Invocation): MadeFile | undefined {
  const path = known(target);
  if (path === undefined) return undefined;
  const same = locations(path, call.state, call.run).map(({ typed }) => typed);
  return { text: undefined, ...(same.length > 0 ? { same } : {}) };
}

/** What is known of a file, to be known of what it becomes; `keepsLinks`: a link becomes a link. */
export function knowledgeOf(from: Text, call: Invocation, keepsLinks: boolean): MadeFile | undefined {
  const path = known(from);
  if (path === undefined) return undefined;
  const [source, ...others] = locations(path, call.state, call.run, keepsLinks);
  if (!source || others.length > 0) return { text: undefined };
  const made = keepsLinks ? call.state.file(source.typed) : madeFile(source.typed, source.real, call.state);
  if (made && !made.gone && (keepsLinks || made.copy)) return made;
  if (keepsLinks && !made && call.run.world.kind(source.real) === 'link') {
    const text = call.run.world.readLink(source.real);
    if (text === undefined) return { text: undefined };
    return { text: undefined, same: [absolute(text, dirname(source.real))], ...(isAbsolute(text) ? {} : { link: text }) };
  }
  if (isProgram(source.real)) return { text: undefined, same: [source.real], copy: true };
  return { text: contentOf(from, call.state, call.run, call.io.input)?.text, ...(made?.origin ? { origin: made.origin } : {}) };
}

/** What a path is by its place, or by the place it had before it was moved. */
export function zonesBefore(from: Text, call: Invocation): readonly Zone[] {
  const path = known(from);
  const [place] = path === undefined ? [] : locations(path, call.state, call.run, true);
  return (place && call.state.file(place.typed)?.moved) ?? call.zonesOf(from);
}

export function wasRemoved(from: Text, call: Invocation): boolean {
  const path = known(from);
  if (path === undefined) return false;
  const places = locations(path, call.state, call.run, true);
  return places.length > 0 && places.every(({ typed }) => call.state.file(typed)?.gone === true);
}

export function setKnowledge(to: Text, file: MadeFile | undefined, call: Invocation): void {
  const target = known(to);
  if (target === undefined || !file) return;
  // What a link says counts from the folder it lies in.
  for (const { typed } of locations(target, call.state, call.run, true))
    call.state.setFile(typed, file.link === undefined ? file : { ...file, same: [absolute(file.link, dirname(typed))] });
}
