import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Directories } from '../platform/directories.ts';
import { readTextFile } from '../platform/read-file.ts';
import type { LayerSource } from '../policy/load.ts';
import { builtIn, usual } from './compile-policy.ts';
import { largestPolicy, managedPolicyFile } from './policy-source.ts';

/** The policy of the user who sits here. */
export function userPolicyFile(directories: Directories): string {
  return join(directories.config, 'policy.yaml');
}

/** The layers of this machine that hold above a policy of a workspace, or of its user. What cannot be read is left out: it is told of where it is used. */
export function strongerLayers(layer: 'user' | 'workspace', directories: Directories, platform: NodeJS.Platform): readonly LayerSource[] {
  const managed = layerIn('managed', managedPolicyFile(platform));
  const user = layer === 'workspace' ? layerIn('user', userPolicyFile(directories)) : undefined;
  const others = [managed, user].filter((each) => each !== undefined);
  return [builtIn, ...others, ...(others.length === 0 && layer === 'workspace' ? [usual] : [])];
}

function layerIn(layer: 'managed' | 'user', path: string): LayerSource | undefined {
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    return { layer, name: path, text: readTextFile(path, largestPolicy), trusted: true };
  } catch {
    return undefined;
  }
}
