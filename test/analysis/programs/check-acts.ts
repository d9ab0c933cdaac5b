import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { analyzeCommand } from '../../../src/analysis/analyze.ts';
import type { Effect } from '../../../src/model/effect.ts';
import type { Dialect } from '../../../src/model/tool-call.ts';
import type { World } from '../../../src/model/world.ts';

/** A command and what it amounts to: acts separated by blanks, or `none` where nothing in it deserves a question. */
export type Row = readonly [command: string, expected: string];

/** What is no reason for a question on its own. */
const harmless = new Set([
  'files.delete',
  'files.permissions',
  'code.inline',
  'net.upload',
  'system.install',
  'cloud.change',
  'db.write',
  'git.push',
  'privilege.raise',
]);

export interface RowOptions {
  /** Files of the project, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly dialect?: Dialect;
  /** The machine is one with drive letters. */
  readonly windows?: boolean;
}

export function worldOf(files: Readonly<Record<string, string>>, root: string): World {
  const texts = new Map(Object.entries(files).map(([path, text]) => [path.startsWith('/') ? path : `${root}/${path}`, text]));
  const isFolder = (path: string) => [...texts.keys()].some((file) => file.startsWith(`${path}/`));
  return {
    kind: (path) => (texts.has(path) ? 'file' : isFolder(path) ? 'directory' : undefined),
    readLink: () => undefined,
    list: () => undefined,
    readText: (path) => texts.get(path),
    variable: () => undefined,
    madeBySession: () => false,
    ignoresCase: false,
  };
}

/** What in an effect deserves a question, in one word. */
function reasonOf(effect: Effect): string | undefined {
  if (effect.act !== undefined && !harmless.has(effect.act)) {
    const isOutput = effect.act === 'files.delete.recursive' && (effect.zones?.includes('build-output') ?? false);
    return isOutput ? undefined : effect.act;
  }
  const changes = effect.kind === 'write' || effect.kind === 'delete';
  if (
    changes &&
    effect.zones?.some((zone) => zone === 'system' || zone === 'root' || zone === 'home' || zone === 'secret' || zone === 'startup')
  )
    return `${effect.kind}:${effect.zones.join(',')}`;
  return effect.kind === 'execute' && effect.certainty === 'opaque' ? 'opaque' : undefined;
}

/** One test for each row. */
export function check(title: string, rows: readonly Row[], { files = {}, dialect, windows = false }: RowOptions = {}): void {
  const root = windows ? 'C:\\work\\app' : '/work/app';
  const context = { cwd: root, workspace: root, home: windows ? 'C:\\Users\\dev' : '/home/dev', ...(dialect ? { dialect } : {}) };
  describe(title, () => {
    for (const [command, expected] of rows) {
      it(`${command} is ${expected}`, () => {
        const { effects } = analyzeCommand(command, context, worldOf(files, root));
        if (expected === 'none') assert.deepEqual([...new Set(effects.map(reasonOf).filter((reason) => reason !== undefined))], []);
        else {
          const acts = new Set(effects.flatMap((effect) => [effect.act, reasonOf(effect)]));
          assert.deepEqual(
            expected.split(' ').filter((act) => !acts.has(act as Effect['act'])),
            [],
            `found ${[...acts].join(' ')}`,
          );
        }
      });
    }
  });
}
