import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { bundles } from '../../src/agents/install/place.ts';

interface Output {
  readonly bytes: number;
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
}

const dist = join(import.meta.dirname, '..', '..', 'dist');
const outputs: Readonly<Record<string, Output>> = JSON.parse(readFileSync(join(dist, 'meta.json'), 'utf8')).outputs;

function modulesOf(bundle: string): readonly string[] {
  return Object.keys(outputs[`dist/${bundle}.cjs`]?.inputs ?? {});
}

/** What the hook may hold: these rooms, and doors to what is loaded when it is needed. */
const allowedInHook = /^(src\/(hook\.ts|gate\.ts|(model|platform|analysis|policy|audit|approval|session|gateway|agents)\/)|door:)/;
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
    for (const bundle of [
      'gate',
      'parser',
      'analysis',
      'commands',
      'scripts',
      'ways',
      'contents',
      'builders',
      'git',
      'files',
      'runners',
      'programs',
      'patterns',
      'dialects',
      'rare',
      'compiler',
    ]) {
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

  it('no bundle that is loaded with the interpreter holds what another of them has already', () => {
    const places = new Map<string, string[]>();
    for (const bundle of ['commands', 'scripts', 'ways', 'contents', 'git', 'files', 'runners', 'builders', 'programs']) {
      assert.ok(modulesOf(bundle).length > 0, bundle);
      for (const file of modulesOf(bundle)) {
        const bytes = outputs[`dist/${bundle}.cjs`]?.inputs[file]?.bytesInOutput ?? 0;
        if (file.startsWith('src/') && bytes > 0) places.set(file, [...(places.get(file) ?? []), bundle]);
      }
    }
    assert.deepEqual(
      [...places].filter(([, bundles]) => bundles.length > 1),
      [],
    );
  });

  it('a call loads the analysis, the interpreter and patterns as far as it needs them', () => {
    const early = (bundle: string, modules: RegExp) => modulesOf(bundle).filter((file) => modules.test(file));
    assert.deepEqual(early('gate', /^src\/analysis\/(?!analyze-call\.ts$)|^src\/policy\/(?:automaton|glob|overlap|pattern)\.ts$/), []);
    assert.deepEqual(early('analysis', /^src\/analysis\/(?:shell\/(?:interpret|simple|expand|plain)\.ts|programs\/)/), []);
    assert.deepEqual(
      early('commands', /^src\/analysis\/(?:shell\/(?:builtins|parameter|arithmetic)|programs\/(?:network|output|interpreters))\.ts$/),
      [],
    );
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
