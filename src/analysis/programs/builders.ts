import { buildPrograms } from './build-tools.ts';
import { orGenerated } from './generated.ts';
import { nodePackagePrograms } from './node-packages.ts';
import { packagePrograms } from './packages.ts';
import type { Program } from './registry.ts';

/** Programs that build, test and install packages. This module and what it imports is a bundle of its own, as `more.ts` is. */
export const builders: Readonly<Record<string, Program>> = { ...nodePackagePrograms, ...packagePrograms, ...buildPrograms };

/** The table of a program that builds. */
export function builder(name: string): Program | undefined {
  const program = Object.hasOwn(builders, name) ? builders[name] : undefined;
  return program && orGenerated(program);
}
