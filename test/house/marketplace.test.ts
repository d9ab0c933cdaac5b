// What the marketplaces (Visual Studio Marketplace, Open VSX) and VS Code itself ask of the package. Rules: the reference of the extension manifest and of vsce.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'mocha';

const root = join(import.meta.dirname, '..', '..');
const read = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8');

interface Step {
  readonly id: string;
  readonly media: { readonly markdown: string };
  readonly completionEvents: readonly string[];
}

interface Manifest {
  readonly version: string;
  readonly publisher: string;
  readonly license: string;
  readonly icon: string;
  readonly pricing: string;
  readonly galleryBanner: { readonly color: string; readonly theme: string };
  readonly categories: readonly string[];
  readonly keywords: readonly string[];
  readonly badges?: readonly unknown[];
  readonly extensionKind: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: string;
      readonly description: string;
      readonly restrictedConfigurations: readonly string[];
    };
    readonly virtualWorkspaces: { readonly supported: string };
  };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly category?: string; readonly icon?: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope: string }>> };
    readonly walkthroughs: readonly { readonly icon: string; readonly steps: readonly Step[] }[];
  };
}

const manifest: Manifest = JSON.parse(read('package.json'));
const packed = spawnSync(process.execPath, [join(root, 'node_modules', '@vscode', 'vsce', 'vsce'), 'ls', '--no-dependencies'], {
  cwd: root,
  encoding: 'utf8',
})
  .stdout.split('\n')
  .map((line) => line.trim());

/** Width and height of a PNG file. */
function sizeOf(file: string): readonly [number, number] {
  const bytes = readFileSync(join(root, file));
  assert.equal(bytes.toString('latin1', 1, 4), 'PNG', file);
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

describe('the package for the marketplaces', () => {
  it('has a picture, a colour, categories and words to be found by', () => {
    const [width, height] = sizeOf(manifest.icon);
    assert.ok(width === height && width >= 128, `${width}×${height}`);
    assert.match(manifest.galleryBanner.color, /^#[0-9a-f]{6}$/);
    assert.match(manifest.galleryBanner.theme, /^(dark|light)$/);
    assert.deepEqual(manifest.categories, ['AI', 'Chat', 'Other']);
    assert.ok(manifest.keywords.length <= 30 && new Set(manifest.keywords).size === manifest.keywords.length);
    assert.equal(manifest.pricing, 'Free');
    assert.match(manifest.version, /^\d+\.\d+\.\d+$/);
    assert.ok(manifest.publisher !== '' && manifest.license !== '');
  });

  it('holds its texts, in every language, and nothing that is not for its users', () => {
    for (const file of [
      'README.md',
      'CHANGELOG.md',
      'LICENSE',
      'SECURITY.md',
      'package.nls.json',
      'package.nls.de.json',
      'l10n/bundle.l10n.de.json',
    ])
      assert.ok(packed.includes(file), `${file} in\n${packed.join('\n')}`);
    assert.deepEqual(
      packed.filter((file) => /^(src|test|scripts|node_modules|\.)|\.map$|index\.cjs$|meta\.json$/.test(file)),
      [],
    );
    assert.match(read('CHANGELOG.md'), new RegExp(`^## \\[(Unreleased|${manifest.version})\\]`, 'm'));
  });

  it('shows pictures that are in it, and none of a kind or a place that a marketplace turns away', () => {
    for (const file of ['README.md', 'CHANGELOG.md']) {
      assert.doesNotMatch(read(file), /<img|<svg|http:\/\//i, file);
      for (const [, target = ''] of read(file).matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) {
        assert.match(target, /\.png$/, `${file}: ${target}`);
        assert.ok(packed.includes(target), `${file}: ${target}`);
      }
    }
    assert.equal(manifest.badges, undefined, 'badges name a host: only those that the marketplace trusts');
  });

  it('links to nothing that is not there', () => {
    const texts = [
      'README.md',
      ...readdirSync(join(root, 'docs'))
        .filter((file) => file.endsWith('.md'))
        .map((file) => `docs/${file}`),
    ];
    for (const file of texts)
      for (const [, target = ''] of read(file).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g))
        if (!/^https:/.test(target)) assert.ok(existsSync(join(root, dirname(file), target)), `${file}: ${target}`);
  });

  it('has pages and a true end for each step of the walkthrough', () => {
    for (const { icon, steps } of manifest.contributes.walkthroughs) {
      assert.ok(packed.includes(icon));
      for (const { id, media, completionEvents } of steps) {
        assert.ok(completionEvents.length > 0, `${id} is done when it is clicked`);
        for (const file of [media.markdown, media.markdown.replace('.md', '.nls.de.md')]) {
          assert.ok(packed.includes(file), file);
          for (const [, target = ''] of read(file).matchAll(/!\[[^\]]*\]\(([^)]+)\)/g))
            assert.ok(packed.includes(normalize(join(dirname(file), target)).replaceAll('\\', '/')), `${file}: ${target}`);
        }
      }
    }
  });

  it('runs where the agents run, also in an untrusted folder, which may set nothing that guards less', () => {
    assert.deepEqual(manifest.extensionKind, ['workspace']);
    const { untrustedWorkspaces: untrusted, virtualWorkspaces } = manifest.capabilities;
    assert.deepEqual([untrusted.supported, virtualWorkspaces.supported], ['limited', 'limited']);
    assert.notEqual(untrusted.description, '');
    const settings = Object.entries(manifest.contributes.configuration.properties);
    const guarding = settings.filter(([, { scope }]) => scope === 'machine').map(([key]) => key);
    assert.deepEqual([...untrusted.restrictedConfigurations].sort(), guarding.sort());
    // The mode is no setting at all: neither a project nor a synchronisation can bring one.
    assert.ok(!settings.some(([key]) => /mode|enforce/i.test(key)));
  });

  it('has a category and a sign for every command', () => {
    for (const { command, category, icon } of manifest.contributes.commands) {
      assert.equal(category, 'Agent Policy', command);
      assert.match(icon ?? '', /^\$\([a-z-]+\)$/, command);
    }
  });

  it('sends nothing, and says so', () => {
    assert.match(read('README.md'), /no telemetry/);
    const bundles = packed.filter((file) => /^dist\/[^/]+\.cjs$/.test(file)).map((file) => [file, read(file)] as const);
    assert.ok(bundles.length > 5);
    for (const [file, text] of bundles) assert.doesNotMatch(text, /createTelemetryLogger|applicationinsights|sentry\.io/i, file);
  });
});
