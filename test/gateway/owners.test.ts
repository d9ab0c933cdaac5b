import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { branchIn } from '../../src/gateway/branch.ts';
import { ownersHere, ownersInWorld } from '../../src/gateway/owners.ts';
import type { Effect } from '../../src/model/effect.ts';
import { groupNames } from '../../src/platform/who.ts';
import { scenarioWorld } from '../../src/policy/scenario-world.ts';
import { scratchFolder } from '../support/scratch.ts';

describe('owners on this machine', () => {
  let root = '';
  beforeEach(() => {
    root = scratchFolder('owners');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const git = (folder: string, ...args: string[]): string =>
    execFileSync('git', ['-C', join(root, folder), '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: root },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const commit = (folder: string): void => {
    git(folder, 'add', '-A');
    git(folder, 'commit', '-q', '--allow-empty', '-m', 'x');
  };
  const repository = (folder: string): void => {
    mkdirSync(join(root, folder), { recursive: true });
    git(folder, 'init', '-q', '-b', 'main');
  };
  /** Owners of a path by each version, as text. */
  const owners = (path: string, more: Partial<Effect> = {}, ignoresCase = false): string =>
    ownersHere(ignoresCase)({ kind: 'write', certainty: 'exact', path: join(root, path), ...more })
      .map((version) => version?.map((each) => each.join(' ') || '-').join(', ') ?? 'not known')
      .join(' | ');

  it('nobody owns what lies in no repository, or in one without the file', () => {
    put('a', '');
    assert.equal(owners('a'), '-');
    repository('r');
    commit('r');
    assert.equal(owners('r/a'), '-');
  });

  it('the versions of the remote, of the branch and of the disk all count', () => {
    repository('origin');
    put('origin/CODEOWNERS', '* @remote\n');
    commit('origin');
    git('', 'clone', '-q', 'origin', 'r');
    assert.equal(owners('r/a'), '@remote');
    put('r/CODEOWNERS', '* @agent\n');
    assert.equal(owners('r/a'), '@remote | @agent');
    commit('r');
    assert.equal(owners('r/a'), '@remote | @agent');
    rmSync(join(root, 'r/CODEOWNERS'));
    assert.equal(owners('r/a'), '@remote | @agent');
    git('r', 'checkout', '-q', '-b', 'other');
    put('r/docs/CODEOWNERS', '* @disk\n');
    assert.equal(owners('r/a'), '@remote | @agent | @disk');
  });

  it('without a remote, or without a commit, there are fewer', () => {
    repository('r');
    put('r/.github/CODEOWNERS', '* @hub\n');
    put('r/CODEOWNERS', '* @root\n');
    assert.equal(owners('r/a'), '@hub');
    commit('r');
    assert.equal(owners('r/deep/down/a'), '@hub');
    rmSync(join(root, 'r/.github'), { recursive: true });
    assert.equal(owners('r/a'), '@hub | @root');
  });

  it('a repository inside of another does not hide that one', () => {
    repository('r');
    put('r/CODEOWNERS', '/src/ @outer\n');
    commit('r');
    repository('r/src/db');
    assert.equal(owners('r/src/db/a'), '@outer');
    put('r/src/db/CODEOWNERS', '* @inner\n');
    assert.equal(owners('r/src/db/a'), '@inner | @outer');
  });

  it('a folder that is no real repository is not known', () => {
    put('r/.git/config', '');
    put('r/CODEOWNERS', '* @a\n');
    assert.equal(owners('r/a'), 'not known | @a');
  });

  it('folders that are deleted and globs may have several owners', () => {
    repository('r');
    put('r/CODEOWNERS', '* @all\n/src/db/ @db\n/a[x]/ @x\n');
    commit('r');
    const remove = { kind: 'delete', act: 'files.delete.recursive' } as const;
    assert.equal(owners('r/src', remove), '@db, @all');
    assert.equal(owners('r', remove), '@db, @all');
    assert.equal(owners('r/src/db/x', remove), '@db');
    assert.equal(owners('r/src/{db,ui}/*', { certainty: 'approximate' }), '@db, @all');
    assert.equal(owners('r/src/ui/*', { certainty: 'approximate' }), '@all');
  });

  it('letter case may not matter', () => {
    repository('r');
    put('r/CODEOWNERS', '* @all\n/src/DB/ @db\n');
    commit('r');
    assert.equal(owners('r/src/db/a'), '@all');
    assert.equal(owners('r/src/db/a', {}, true), '@all, @db');
    assert.equal(owners('r/src/DB/a', {}, true), '@db, @db');
  });

  it('the branch of the workspace is known', () => {
    assert.equal(branchIn(root), '');
    repository('r');
    assert.equal(branchIn(join(root, 'r/deep/down')), 'main');
    commit('r');
    git('r', 'checkout', '-q', '-b', 'release/1');
    assert.equal(branchIn(join(root, 'r')), 'release/1');
    git('r', 'worktree', 'add', '-q', '../tree', 'main');
    assert.equal(branchIn(join(root, 'tree')), 'main');
    git('r', 'checkout', '-q', '--detach');
    assert.equal(branchIn(join(root, 'r')), '');
    put('broken/.git', 'nonsense');
    assert.equal(branchIn(join(root, 'broken')), undefined);
    put('odd/.git/HEAD', 'ref: somewhere');
    assert.equal(branchIn(join(root, 'odd')), undefined);
  });

  it('the groups of the user are known by their names', () => {
    const names = execFileSync('id', ['-Gn'], { encoding: 'utf8' }).trim().split(' ');
    assert.deepEqual([...new Set(groupNames())].sort(), [...new Set(names)].sort());
  });

  it('a scenario has the file that it names', () => {
    const world = scenarioWorld('/ws', { 'docs/CODEOWNERS': '* @docs\n' });
    assert.deepEqual(ownersInWorld(world, '/ws')({ kind: 'write', certainty: 'exact', path: '/ws/a' }), [[['@docs']]]);
    assert.deepEqual(ownersInWorld(world, '/ws')({ kind: 'write', certainty: 'exact', path: '/tmp/a' }), [[[]]]);
  });
});
