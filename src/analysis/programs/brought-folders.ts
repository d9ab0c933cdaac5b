import { absolute, basename, isWithin } from '../paths.ts';
import type { Invocation } from '../shell/invocation.ts';
import { mayFit } from '../shell/files.ts';
import { known, type Text } from '../shell/value.ts';

/** Names of what counts in folders that do not count themselves: hooks and configuration of git, settings of the editor, hooks of agents. */
const inner = ['settings.json', 'hooks', 'config'];

/**
 * A folder takes a place with all that lies in it: `mv /tmp/x .git` brings hooks, `cp -r /tmp/x .vscode` settings. `source` is the absolute path
 * that it comes from, and empty where that cannot be known. What the project has under the same name is guarded there, and nothing new.
 */
export function bringInside(folder: Text, source: string, call: Invocation, evidence: string): void {
  const place = known(folder);
  if (place === undefined || call.isIn(place, 'guard') || call.isIn(place, 'workspace-root')) return;
  if (call.isIn(place, 'temp') && !call.isIn(place, 'workspace')) return;
  const last = basename(absolute(place, '/'));
  if (basename(source) === last && call.isIn(source, 'workspace')) return;
  for (const name of inner)
    if (call.isIn(`${place}/${name}`, 'guard') && mayHold(source, name, last, call)) call.change(`${place}/${name}`, { evidence });
}

/** Whether a folder has something of that name in it, as far as the disk and the command itself tell; else whether folders like it do. */
function mayHold(source: string, name: string, folder: string, call: Invocation): boolean {
  const { state, run } = call;
  const path = `${source}/${name}`;
  const made = source === '' ? [] : [...state.files].filter(([file, { gone }]) => !gone && isWithin(file, source));
  if (made.some(([file]) => isWithin(file, path))) return true;
  const isAsOnDisk = source !== '' && made.length === 0 && !state.touched && !mayFit(state.written, path);
  if (isAsOnDisk && run.world.kind(source) !== undefined) return run.world.kind(path) !== undefined;
  return /^\.(?:git|vscode)$/.test(folder);
}
