import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { describe, it } from 'mocha';

describe('policy: what the hook loads of it', () => {
  it('is small and holds neither YAML nor CEL nor a parser of regexes', async () => {
    const { metafile, outputFiles } = await build({
      entryPoints: [new URL('../../src/policy/evaluate.ts', import.meta.url).pathname],
      bundle: true,
      minify: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'cjs',
    });
    const inputs = Object.keys(metafile.inputs).map((path) => path.replace(/^.*src\//, ''));
    assert.deepEqual(
      inputs.filter((path) => /node_modules|python-regex|document|condition\.ts|compile|load|templates/.test(path)),
      [],
    );
    assert.ok((outputFiles[0]?.contents.length ?? 0) < 28_000);
  });
});
