import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { scratchFolder } from '../support/scratch.ts';

const root = join(import.meta.dirname, '..', '..');

/** A program of somebody who uses the library, as ES module and as CommonJS; the last line is a mistake that types must find. */
const program = `import { guard, PolicyDenied, PolicyEngine } from 'agent-policy';
const engine = PolicyEngine.fromTemplate('safe_coding');
const run = guard(engine, (args: { command: string }) => args.command.length, 'bash');
let answer = String(run({ command: 'ls' }));
try {
  run({ command: 'git push --force origin main' });
} catch (error) {
  answer += error instanceof PolicyDenied ? error.decision.verdict : 'other';
}
console.log(answer);
`;
const mistake = `export const wrong: number = engine.evaluate('bash').verdict;\n`;

describe('library', () => {
  const scratch = scratchFolder('library');
  const run = (args: readonly string[]) => spawnSync(process.execPath, args, { cwd: scratch, encoding: 'utf8' });
  before(() => {
    mkdirSync(join(scratch, 'node_modules'));
    symlinkSync(root, join(scratch, 'node_modules', 'agent-policy'), 'junction');
    for (const kind of ['mts', 'cts']) {
      writeFileSync(join(scratch, `right.${kind}`), program);
      writeFileSync(join(scratch, `wrong.${kind}`), program + mistake);
    }
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  const check = (...files: string[]) =>
    run([
      join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
      '--outDir',
      'out',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      ...files,
    ]);

  it('has types for both kinds of modules', () => {
    const right = check('right.mts', 'right.cts');
    assert.equal(right.stdout, '');
    assert.equal(right.status, 0);
    assert.equal(check('wrong.mts', 'wrong.cts').stdout.match(/error TS2322/g)?.length, 2);
  });

  for (const file of ['right.mjs', 'right.cjs']) {
    it(`runs as ${file.slice(-3)}`, () => {
      check('right.mts', 'right.cts');
      assert.equal(run([join('out', file)]).stdout, '2deny\n');
    });
  }
});
