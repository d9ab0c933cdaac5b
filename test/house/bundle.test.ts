import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { bundles } from '../../src/agents/install/place.ts';

interface Output {
  readonly bytes: number;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const dist = join(import.meta.dirname, '..', '..', 'dist');
const outputs: Readonly<Record<string, Output>> = JSON.parse(readFileSync(join(dist, 'meta.json'), 'utf8')).outputs;

function modulesOf(bundle: string): readonly string[] {
  return Object.keys(outputs[`dist/${bundle}.cjs`]?.inputs ?? {});
}

/** What the hook may hold: these rooms, and none of other people's code but the door to the shell parser. */
const allowedInHook =
  /^(src\/(hook\.ts|gate\.ts|(model|platform|analysis|policy|audit|approval|session|gateway|agents)\/)|lazy-parser:unbash$|lazy-door:)/;
/** What reads policy texts, installs, or talks to people is loaded lazily or not at all. */
const forbiddenInHook = /(^src\/(agents\/install|policy\/(load|templates|lint)\b)|\.yaml$)/;

describe('bundles', () => {
  it('the hook holds only what its hot path needs', () => {
    const strangers = [...modulesOf('hook'), ...modulesOf('gate')].filter(
      (file) => !allowedInHook.test(file) || forbiddenInHook.test(file),
    );
    assert.deepEqual(strangers, []);
    assert.ok(modulesOf('hook').includes('src/hook.ts'));
    assert.ok(modulesOf('gate').includes('src/gate.ts'));
  });

  it('the hook is at most 150 kB', () => {
    const size = statSync(join(dist, 'hook.cjs')).size + statSync(join(dist, 'gate.cjs')).size;
    assert.ok(size <= 150_000, `dist/hook.cjs and dist/gate.cjs have ${size} bytes`);
  });

  it('what may be loaded from compiled code is ASCII and names its hash', () => {
    for (const bundle of ['gate', 'parser', 'commands', 'programs', 'dialects', 'rare', 'compiler']) {
      const text = readFileSync(join(dist, `${bundle}.cjs`));
      assert.ok(
        text.every((byte) => byte < 128),
        bundle,
      );
      const [first = '', ...rest] = text.toString('latin1').split('\n');
      assert.equal(first, `// ${createHash('sha256').update(rest.join('\n')).digest('hex')}`, bundle);
    }
  });

  it('what the hook loads beside itself is installed with it', () => {
    const built = readdirSync(dist).filter(
      (file) =>
        file.endsWith('.cjs') &&
        !['cli.cjs', 'extension.cjs', 'index.cjs', 'dry-run.cjs', 'terminal.cjs', 'uninstall.cjs', 'viewer-thread.cjs'].includes(file),
    );
    const names: readonly string[] = bundles;
    assert.deepEqual(
      built.filter((file) => !names.includes(file)),
      [],
    );
  });

  it('the rare programs bring nothing of the interpreter with them', () => {
    const doubled = modulesOf('programs').filter(
      (file) => file.startsWith('src/analysis/shell/') && file !== 'src/analysis/shell/value.ts',
    );
    assert.deepEqual(doubled, []);
  });

  it('the parser of policies lies in a bundle of its own', () => {
    assert.ok(modulesOf('compiler').some((file) => file.startsWith('node_modules/yaml/')));
  });

  for (const bundle of ['hook', 'gate', 'cli', 'index', 'compiler']) {
    it(`${bundle} knows nothing of the editor`, () => {
      const code = readFileSync(join(dist, `${bundle}.cjs`), 'utf8');
      assert.ok(!/require\("vscode"\)/.test(code));
      assert.deepEqual(
        modulesOf(bundle).filter((file) => file.startsWith('src/vscode/') || file.startsWith('src/webview/')),
        [],
      );
    });
  }
});
