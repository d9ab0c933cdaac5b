import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, lchownSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { type Compiler, compilePolicy } from '../../src/gateway/compile-policy.ts';
import { type FoundPolicy, findPolicy } from '../../src/gateway/policy-source.ts';
import { setTrust, trustedHashes } from '../../src/gateway/trust.ts';
import { directories } from '../../src/platform/directories.ts';
import type { CompiledPolicy } from '../../src/policy/compiled.ts';
import { scratchFolder } from '../support/scratch.ts';

describe('policy source', () => {
  let home = '';
  let compiled: string[] = [];
  beforeEach(() => {
    home = scratchFolder('source');
    compiled = [];
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const places = () => directories({}, 'linux', home);
  const workspace = () => join(home, 'project/sub');
  const policy: CompiledPolicy = { format: 1, ref: { id: 'x', revision: '', hash: '' }, mode: 'enforce', layers: [] };

  /** Says which layers it was given, and reads what a line `extends <name>` names. */
  const compiler: Compiler = {
    loadPolicy: (layers, read) => {
      compiled.push(
        layers.map(({ layer, name, trusted }) => `${layer} ${name.replace(home, '~')}${trusted ? '' : ' untrusted'}`).join(', '),
      );
      const follow = (text: string, from: string): void => {
        for (const [, name = ''] of text.matchAll(/^extends (\S+)$/gm)) {
          const found = read?.(name, from);
          if (found !== undefined) follow(found.text, found.name);
        }
      };
      for (const { text, name } of layers) follow(text, name);
      return { policy, diagnostics: [] };
    },
  };
  const find = (change: { compilerStamp?: string; in?: string; managed?: string } = {}): FoundPolicy =>
    findPolicy({
      directories: places(),
      workspace: change.in ?? workspace(),
      platform: 'linux',
      compile: (files, trusted) => compilePolicy(files, trusted, () => compiler),
      compilerStamp: change.compilerStamp ?? '1',
      trusted: () => trustedHashes(places()),
      managedFile: change.managed ?? join(home, 'managed.yaml'),
    });
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  };

  it('uses the built-in layer and the usual template where nobody wrote a policy', () => {
    find();
    assert.deepEqual(compiled, ['built-in built-in, user default']);
  });

  it('keeps the usual template under a workspace policy, which is not trusted', () => {
    put('project/.agent-policy.yaml', 'a');
    find();
    assert.deepEqual(compiled, ['built-in built-in, user default, workspace ~/project/.agent-policy.yaml untrusted']);
  });

  it('takes all layers, strongest first', () => {
    put('managed.yaml', 'm');
    put('.config/agent-policy/policy.yaml', 'u');
    put('project/sub/.agent-policy.yaml', 'w');
    find();
    assert.deepEqual(compiled, [
      'built-in built-in, managed ~/managed.yaml, user ~/.config/agent-policy/policy.yaml, workspace ~/project/sub/.agent-policy.yaml untrusted',
    ]);
  });

  it('does not look beyond the repository', () => {
    put('.agent-policy.yaml', 'outer');
    mkdirSync(join(home, 'project/.git'), { recursive: true });
    find();
    assert.doesNotMatch(compiled.join(), /workspace/);
  });

  it('compiles once, and again after each change of a source, of the compiler or of what was missing', () => {
    put('project/.agent-policy.yaml', 'extends ./team.yaml\n');
    put('project/team.yaml', 'extends ./more.yaml\n');
    const changes: readonly (readonly [string, () => void])[] = [
      ['the policy', () => put('project/.agent-policy.yaml', '# new\nextends ./team.yaml\n')],
      ['an extended file', () => put('project/team.yaml', '# new\nextends ./more.yaml\n')],
      ['a missing extended file', () => put('project/more.yaml', '')],
      ['the user policy', () => put('.config/agent-policy/policy.yaml', 'u')],
      ['a nearer policy', () => put('project/sub/.agent-policy.yaml', 'w')],
    ];
    find();
    for (const [what, change] of changes) {
      compiled = [];
      find();
      assert.deepEqual(compiled, [], `before ${what}`);
      change();
      assert.deepEqual(find().policy, policy);
      assert.equal(compiled.length, 1, what);
    }
    find({ compilerStamp: '2' });
    assert.equal(compiled.length, 2);
  });

  it('recovers from a cache that is broken or cannot be written', () => {
    find();
    rmSync(places().cache, { recursive: true });
    writeFileSync(places().cache, 'in the way');
    assert.deepEqual(find().policy, policy);
  });

  it('trusts exactly the content that a person approved, with all that it extends', () => {
    put('project/.agent-policy.yaml', 'extends ./team.yaml\n');
    put('project/team.yaml', 'a');
    const { pin = '' } = find();
    setTrust(places(), pin, true);
    assert.equal(find().trusted, true);
    assert.match(compiled.at(-1) ?? '', /project\/\.agent-policy\.yaml$/);
    put('project/team.yaml', 'b');
    assert.equal(find().trusted, false);
    put('project/team.yaml', 'a');
    assert.equal(find().trusted, true);
    renameSync(join(home, 'project'), join(home, 'moved'));
    assert.equal(find({ in: join(home, 'moved') }).trusted, true);
    setTrust(places(), pin, false);
    assert.equal(find({ in: join(home, 'moved') }).trusted, false);
  });

  const linkTo = (file: string) => {
    renameSync(file, `${file}.real`);
    symlinkSync(`${file}.real`, file);
  };
  const owners: readonly (readonly [what: string, change: (file: string) => void, expected: RegExp | undefined])[] = [
    ['is root’s', () => {}, undefined],
    ['is an ordinary user’s', (file) => chownSync(file, 1000, 1000), /belongs to an ordinary user/],
    ['can be written by a group', (file) => chmodSync(file, 0o664), /written by others/],
    ['can be written by everybody', (file) => chmodSync(file, 0o646), /written by others/],
    ['lies in a folder that everybody can write', (file) => chmodSync(dirname(file), 0o777), /written by others/],
    ['lies in a folder of an ordinary user', (file) => chownSync(dirname(file), 1000, 1000), /belongs to an ordinary user/],
    [
      'is a link of an ordinary user',
      (file) => {
        linkTo(file);
        lchownSync(file, 1000, 1000);
      },
      /ordinary user/,
    ],
    [
      'is a link to a file of an ordinary user',
      (file) => {
        linkTo(file);
        chownSync(`${file}.real`, 1000, 1000);
      },
      /ordinary user/,
    ],
  ];
  for (const [what, change, expected] of owners) {
    it(`${expected === undefined ? 'takes' : 'does not take'} a managed policy that ${what}`, () => {
      put('etc/managed.yaml', 'm');
      const file = join(home, 'etc/managed.yaml');
      const problem = () => find({ managed: file }).diagnostics[0];
      // Only root can give files away; everybody else sees that his own file is not root's.
      const isRoot = process.getuid?.() === 0;
      if (isRoot) change(file);
      if (isRoot && expected === undefined) assert.equal(problem(), undefined);
      else {
        assert.match(problem()?.message ?? 'nothing', isRoot ? (expected ?? /./) : /belongs to an ordinary user/);
        assert.equal(problem()?.severity, 'error');
        if (!isRoot) return;
        // What is mended is taken at once, although the content is the same.
        for (const each of [dirname(file), file, `${file}.real`].filter((path) => existsSync(path))) {
          chownSync(each, 0, 0);
          lchownSync(each, 0, 0);
          chmodSync(each, 0o700);
        }
        assert.equal(problem(), undefined);
      }
    });
  }

  it('compiles what it pins, whoever writes to the files meanwhile', () => {
    put('project/.agent-policy.yaml', 'extends ./team.yaml\n');
    put('project/team.yaml', 'good');
    const seen: string[] = [];
    const files = [{ layer: 'workspace', path: join(home, 'project/.agent-policy.yaml') } as const];
    const compile = (trusted: ReadonlySet<string>) =>
      compilePolicy(
        files,
        () => trusted,
        () => ({
          loadPolicy: (layers, read) => {
            const own = layers.find(({ layer }) => layer === 'workspace');
            if (own !== undefined) seen.push(read?.('./team.yaml', own.name)?.text ?? '');
            put('project/team.yaml', 'evil');
            return { policy, diagnostics: [] };
          },
        }),
      );
    const { pin = '' } = compile(new Set());
    put('project/team.yaml', 'good');
    seen.length = 0;
    assert.equal(compile(new Set([pin])).trusted, true);
    assert.deepEqual(seen, ['good', 'good']);
  });

  const unusable: readonly (readonly [string, (path: string) => void, RegExp])[] = [
    ['a folder', (path) => mkdirSync(path, { recursive: true }), /cannot be read: it is not a file/],
    ['too large', (path) => writeFileSync(path, 'x'.repeat(1_100_000)), /larger than/],
    ['no text', (path) => writeFileSync(path, Buffer.from([0xff])), /not UTF-8/],
    ['a dangling link', (path) => symlinkSync('none', path), /ENOENT/],
    ['a link to itself', (path) => symlinkSync('policy.yaml', path), /ELOOP/],
  ];
  for (const [name, make, expected] of unusable) {
    it(`says that a policy that is ${name} cannot be used`, () => {
      mkdirSync(places().config, { recursive: true });
      make(join(places().config, 'policy.yaml'));
      for (const _ of ['compiled', 'cached']) {
        const { diagnostics } = find();
        assert.match(diagnostics[0]?.message ?? '', expected);
        assert.equal(diagnostics[0]?.severity, 'error');
      }
      assert.equal(compiled.length, 1);
    });
  }
});
