import { existsSync } from 'node:fs';
import type { World } from '../model/world.ts';
import { diskWorld } from '../platform/disk-world.ts';
import type { Io } from './command.ts';

/** A machine on which nothing is known to exist: for calls in directories that are not there. */
export const nowhere: World = {
  kind: () => undefined,
  readLink: () => undefined,
  list: () => undefined,
  readText: () => undefined,
  variable: () => undefined,
  madeBySession: () => false,
  ignoresCase: false,
};

/**
 * The world for calls in a directory: this machine where the directory exists, else one where nothing does, so that calls that
 * were written down elsewhere are judged the same on every machine. Each call sees one state of the machine, a new one each.
 */
export function worlds(env: Io['env'], platform: Io['platform']): (cwd: string) => World {
  const exists = new Map<string, boolean>();
  return (cwd) => {
    let isHere = exists.get(cwd);
    if (isHere === undefined) {
      isHere = existsSync(cwd);
      if (exists.size >= 1000) exists.clear();
      exists.set(cwd, isHere);
    }
    return isHere ? diskWorld({ env, platform }) : nowhere;
  };
}
