import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';

interface Manifest {
  readonly main: string;
  readonly types: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface Locked {
  readonly resolved?: string;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, '..', '..');
const manifest: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));

describe('manifest', () => {
  it('agrees with the lock file, or a fresh machine could install nothing', () => {
    assert.deepEqual(lock.packages['']?.devDependencies, manifest.devDependencies);
    assert.equal(manifest.dependencies, undefined, 'what runs is bundled');
  });

  it('pins every dependency exactly', () => {
    for (const [name, version] of Object.entries(manifest.devDependencies)) assert.match(version, /^\d+\.\d+\.\d+$/, name);
  });

  it('locks every optional package, also those of other platforms', () => {
    for (const [path, { optionalDependencies = {} }] of Object.entries(lock.packages)) {
      for (const name of Object.keys(optionalDependencies)) {
        assert.ok(`node_modules/${name}` in lock.packages || `${path}/node_modules/${name}` in lock.packages, `${name} of ${path}`);
      }
    }
  });

  it('locks no registry: a machine uses its own', () => {
    assert.deepEqual(
      Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined),
      [],
    );
  });

  it('names files that are built', () => {
    for (const file of [manifest.main, manifest.types, ...Object.values(manifest.bin)]) assert.ok(existsSync(join(root, file)), file);
  });
});
