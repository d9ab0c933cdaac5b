import { absolute, basename, isWithin } from '../paths.ts';
import { mayFit } from '../shell/files.ts';
import type { Invocation } from '../shell/invocation.ts';
import { known, type Text } from '../shell/value.ts';
import { locations } from '../touch.ts';

/** Names of what counts in folders that do not count themselves: hooks and configuration of git, settings of the editor, hooks of agents. */
const inner = ['settings.json', 'hooks', 'config'];
/** Folders that have such things in them as a rule. */
const usual = /^\.(?:git|vscode|gemini)$/;

/**
 * A folder takes a place with all that lies in it: `mv /tmp/x .git` brings hooks, `cp -r /tmp/x .vscode` settings. `source` is the absolute path
 * that it comes from, empty where that cannot be known, and absent where anything is put into the folder, as by unpacking.
 */
export function bringInside(folder: Text, source: string | undefined, call: Invocation, evidence: string): void {
  const place = known(folder);
  const zones = call.zonesOf(folder);
  if (place === undefined || zones.includes('guard') || zones.includes('workspace-root')) return;
  if (source !== undefined && zones.includes('temp') && !zones.includes('workspace')) return;
  for (const name of inner) {
    const path = `${place}/${name}`;
    if (call.isIn(path, 'guard') && (source === undefined || mayHold(source, name, place, call))) call.change(path, { evidence });
  }
}

/** Whether a folder has something of that name in it, as far as the disk and the command itself tell; else whether folders like it do. */
function mayHold(source: string, name: string, place: string, call: Invocation): boolean {
  const { state, run } = call;
  const isMade = (path: string) => [...state.files].some(([file, { gone }]) => !gone && isWithin(file, path));
  if (locations(place, state, run).some(({ typed }) => isMade(`${typed}/${name}`))) return true;
  const folder = basename(absolute(place, '/'));
  // What the project has under the same name is guarded there, and nothing new.
  if (!run.unpacked && basename(source) === folder && call.isIn(source, 'workspace')) return false;
  const isAsOnDisk = source !== '' && !isMade(source) && !state.touched && !run.unpacked && !mayFit(state.written, `${source}/${name}`);
  if (isAsOnDisk && run.world.kind(source) !== undefined) return run.world.kind(`${source}/${name}`) !== undefined;
  return usual.test(folder) || run.unpacked;
}
