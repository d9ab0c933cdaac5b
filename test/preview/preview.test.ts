import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { analyze } from '../../src/analysis/analyze.ts';
import type { ToolCall } from '../../src/model/tool-call.ts';
import { diskWorld } from '../../src/platform/disk-world.ts';
import type { FileChange, Preview } from '../../src/model/preview.ts';
import { previewOf } from '../../src/preview/preview.ts';
import { scratchFolder } from '../support/scratch.ts';

const place = { folder: join(import.meta.dirname, '..', '..', 'src') };
const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
const author = ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false'];

let root: string;
let project: string;

function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', [...author, ...args], { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

/** A project with committed, changed, staged, untracked and ignored files, branches, a remote and stashes. */
function makeProject(): void {
  root = scratchFolder('preview');
  project = join(root, 'project');
  const write = (name: string, text: string) => {
    mkdirSync(join(project, name, '..'), { recursive: true });
    writeFileSync(join(project, name), text);
  };
  mkdirSync(project);
  git(project, 'init', '-q', '-b', 'main');
  write('.gitignore', 'dist/\n*.log\n');
  write('readme.md', '# Title\n\nold text\nold again\n');
  write('src/a.ts', 'export const a = 1;\n');
  write('src/b.ts', "import { a } from './a';\nconsole.log(a);\n");
  write('src/deep/c.ts', 'let c = 3;\n');
  write('notes.txt', 'banana\napple\ncherry\n');
  write('with space.txt', 'x\n');
  git(project, 'add', '-A');
  git(project, 'commit', '-qm', 'first');
  git(project, 'branch', 'merged');
  git(root, 'clone', '-q', '--bare', project, 'remote.git');
  git(project, 'remote', 'add', 'origin', join(root, 'remote.git'));
  git(project, 'checkout', '-qb', 'side');
  write('side.txt', 'side\n');
  git(project, 'add', '-A');
  git(project, 'commit', '-qm', 'on the side');
  git(project, 'push', '-q', 'origin', 'side:shared');
  git(project, 'checkout', '-q', 'main');
  git(project, 'fetch', '-q', 'origin');
  write('second.txt', 'second\n');
  git(project, 'add', '-A');
  git(project, 'commit', '-qm', 'second');
  write('notes.txt', 'stashed\n');
  git(project, 'stash', '-q');
  write('src/a.ts', 'export const a = 2;\n');
  write('src/b.ts', 'staged\n');
  git(project, 'add', 'src/b.ts');
  write('untracked.txt', 'new\n');
  write('scratch/one.txt', '1\n');
  write('scratch/two.txt', '2\n');
  write('dist/out.js', 'built\n');
  write('debug.log', 'log\n');
  symlinkSync('notes.txt', join(project, 'alias'));
  symlinkSync('scratch', join(project, 'folder'));
}

function call(command: string): ToolCall {
  return {
    tool: 'bash',
    nativeTool: 'bash',
    args: { command },
    actions: [{ kind: 'bash', command }],
    agent: 'x',
    cwd: project,
    workspace: project,
    home: root,
  };
}

function preview(command: string, timeLimit = 15_000): Promise<Preview> {
  const asked = call(command);
  return previewOf(asked, analyze(asked, diskWorld({ env: { HOME: root } })), { timeLimit, dryRun: place });
}

/** Everything below a folder: path → content, or target of a link. Without git's own folder unless asked for. */
function snapshot(folder: string, withGit = false): Map<string, string> {
  const found = new Map<string, string>();
  const open = [folder];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const stat = lstatSync(next);
    if (stat.isDirectory())
      open.push(
        ...readdirSync(next)
          .filter((name) => withGit || name !== '.git')
          .map((name) => join(next ?? '', name)),
      );
    else found.set(relative(folder, next), stat.isSymbolicLink() ? `→ ${readlinkSync(next)}` : readFileSync(next, 'latin1'));
  }
  return found;
}

function hashOf(folder: string): string {
  return createHash('sha256')
    .update(JSON.stringify([...snapshot(folder, true)].sort()))
    .digest('hex');
}

/** What really happens: the command runs in a copy of the project. */
function reality(command: string): Map<string, { change: FileChange['change']; after?: string }> {
  const copy = join(root, 'copy');
  rmSync(copy, { recursive: true, force: true });
  cpSync(project, copy, { recursive: true, verbatimSymlinks: true });
  const then = snapshot(copy);
  const { error } = spawnSync('bash', ['-c', command], { cwd: copy, env: { ...env, HOME: root }, timeout: 10_000 });
  assert.equal(error, undefined);
  const now = snapshot(copy);
  const changes = new Map<string, { change: FileChange['change']; after?: string }>();
  for (const [path, text] of then) {
    const later = now.get(path);
    if (later === undefined) changes.set(path, { change: 'delete' });
    else if (later !== text) changes.set(path, { change: 'modify', after: later });
  }
  for (const [path, text] of now) if (!then.has(path)) changes.set(path, { change: 'create', after: text });
  return changes;
}

/** Commands whose effect on files must be foreseen to the byte. */
const exact: readonly string[] = [
  'rm readme.md',
  'rm -rf src',
  'rm -rf src dist scratch',
  'rm -f *.txt',
  'rm src/*.ts',
  'rm -f src/?.ts missing.txt',
  'rm -r scratch && mkdir scratch && echo fresh > scratch/three.txt',
  'rm "with space.txt"',
  'rm -rf ./{scratch,dist}',
  'rm nothing-there',
  'rmdir scratch',
  'mv notes.txt renamed.txt',
  'mv notes.txt readme.md',
  'mv src lib',
  'mv scratch/* dist',
  'mv -n notes.txt readme.md',
  'cp notes.txt readme.md',
  'cp -r src copy-of-src',
  'cp src/a.ts src/deep',
  'echo hello > readme.md',
  'echo more >> readme.md',
  '> notes.txt',
  ': > notes.txt',
  'cat notes.txt src/a.ts > joined.txt',
  'cat > config.json <<\'EOF\'\n{\n  "a": 1\n}\nEOF',
  'cat <<EOF >> readme.md\none\ntwo\nEOF',
  "printf '%s\\n' a b c > abc.txt",
  "sed -i 's/old/new/' readme.md",
  "sed -i 's/old/new/g; /Title/d' readme.md",
  "sed -n '2,3p' notes.txt > part.txt",
  "sed -i '1i // header' src/a.ts src/b.ts",
  'awk \'{ print NR ": " $0 }\' notes.txt > numbered.txt',
  'sort notes.txt -o notes.txt',
  'sort notes.txt > sorted.txt && mv sorted.txt notes.txt',
  'grep -v apple notes.txt > rest.txt; mv rest.txt notes.txt',
  'tr a-z A-Z < notes.txt > upper.txt',
  'head -n 1 notes.txt | tee first.txt',
  'tail -n +2 notes.txt > tail.txt',
  'tee a.txt b.txt < notes.txt > /dev/null',
  'for f in scratch/*.txt; do mv "$f" "${f%.txt}.md"; done',
  'for f in src/*.ts; do echo "// end" >> "$f"; done',
  'for i in 1 2 3; do echo $i > n$i.txt; done',
  'if [ -f notes.txt ]; then rm notes.txt; else echo no > no.txt; fi',
  'if test -f missing; then rm notes.txt; else echo no > no.txt; fi',
  'name=out; echo x > $name.txt',
  "find . -name '*.log' -delete",
  "find src -type f -name 'a*' -exec rm {} \\;",
  "find scratch -name '*.txt' | xargs rm",
  'ls *.txt | xargs rm -f',
  'cd src && rm a.ts',
  '(cd scratch && echo 3 > three.txt) && rm debug.log',
  'mkdir -p x/y && echo z > x/y/z.txt',
  'touch new.txt',
  'echo a > one.txt && false && echo b > two.txt',
  'cut -c1-3 notes.txt > cut.txt; uniq cut.txt > uniq.txt; wc -l < notes.txt > count.txt',
  'cat notes.txt',
  'grep -r export src | sort | uniq -c',
  'git clean -fd',
  'git clean -fdx',
  'git clean -fX',
  'git clean -f scratch',
  'git clean -n',
  'git reset --hard',
  'git reset --hard HEAD~1',
  'git checkout -- src/a.ts',
  'git checkout -- .',
  'git checkout HEAD -- src',
  'git restore src/a.ts',
  'git restore --staged src/b.ts',
  'git restore --source=HEAD~1 .',
  'git rm -rf src/deep readme.md',
  'git status && git log --oneline',
  'git branch -D side',
  'git stash drop',
];

describe('a preview is what really happens', function () {
  this.timeout(60_000);
  before(makeProject);
  after(() => rmSync(root, { recursive: true, force: true }));

  for (const command of exact) {
    it(JSON.stringify(command), async () => {
      const untouched = hashOf(project);
      const { files, gaps } = await preview(command);
      assert.equal(hashOf(project), untouched, 'previewing changed something');
      assert.deepEqual(gaps, []);
      const foreseen = new Map(files.map(({ path, change, after: text }) => [relative(project, path), { change, text }]));
      const real = reality(command);
      const kinds = (map: ReadonlyMap<string, { change: string }>) => [...map].map(([path, { change }]) => `${change} ${path}`).sort();
      assert.deepEqual(kinds(foreseen), kinds(real));
      for (const [path, { text }] of foreseen) {
        if (text !== undefined) assert.equal(text, Buffer.from(real.get(path)?.after ?? '', 'latin1').toString('utf8'), path);
      }
    });
  }

  it('says of each file whether git could give it back', async () => {
    const { files } = await preview('rm -rf src scratch dist readme.md');
    const states = Object.fromEntries(files.map(({ path, recovery }) => [relative(project, path), recovery]));
    assert.deepEqual(states, {
      'dist/out.js': 'untracked',
      'readme.md': 'committed',
      'scratch/one.txt': 'untracked',
      'scratch/two.txt': 'untracked',
      'src/a.ts': 'changed',
      'src/b.ts': 'changed',
      'src/deep/c.ts': 'committed',
    });
  });

  const losses: readonly (readonly [string, readonly string[]])[] = [
    ['git branch -D side', []],
    ['git branch -D merged', []],
    ['git reset --hard HEAD~1', ['reset main: second']],
    ['git reset --soft HEAD~1', ['reset main: second']],
    ['git reset --hard', []],
    ['git push --force origin main:shared', ['push origin/shared: on the side']],
    ['git push origin +main:shared', ['push origin/shared: on the side']],
    ['git push --force-with-lease origin side:shared', []],
    ['git push origin --delete shared', ['remote-branch origin/shared: on the side']],
    ['git push origin :shared', ['remote-branch origin/shared: on the side']],
    ['git push origin main', []],
    ['git stash drop', ['stash stash@{0}: WIP']],
    ['git stash clear', ['stash stash@{0}: WIP']],
  ];
  for (const [command, lost] of losses) {
    it(`commits lost by ${command}`, async () => {
      const untouched = hashOf(project);
      const { commits } = await preview(command);
      assert.deepEqual(
        commits.map(
          ({ kind, ref, commits: [first] }) =>
            `${kind} ${ref}: ${first?.subject
              .split(' ')
              .slice(0, kind === 'stash' ? 1 : 9)
              .join(' ')}`,
        ),
        lost,
      );
      assert.equal(hashOf(project), untouched);
    });
  }

  const gaps: readonly (readonly [string, string])[] = [
    ['npm install left-pad', 'program'],
    ['python3 build.py > out.txt', 'program'],
    ['make', 'program'],
    ["sed -i.bak 's/1/2/' src/a.ts", 'program'],
    ['cp --backup src/a.ts src/b.ts', 'program'],
    ['cat /etc/hostname > name.txt', 'outside'],
    ['ls .. | xargs cat > all.txt', 'outside'],
    ['curl https://example.com > page.html', 'program'],
    ['rm $TARGET', 'variable'],
    ['rm -rf ../other', 'outside'],
    ['echo x > alias', 'links'],
    ['cat alias > x', 'links'],
    ['cat folder/* > x', 'links'],
    ['while true; do echo x >> big.txt; done', 'failed'],
    ['$(cat notes.txt) x', 'failed'],
    ['git rebase main', 'git'],
    ['git checkout side', 'git'],
    ['git -c alias.x="!rm -rf ." x', 'git'],
    ['rm readme.md && npm test', 'program'],
  ];
  for (const [command, why] of gaps) {
    it(`cannot be known: ${command}`, async () => {
      const untouched = hashOf(project);
      const result = await preview(command, 4000);
      assert.equal(hashOf(project), untouched);
      assert.ok(result.gaps.length > 0);
      if (why !== 'failed')
        assert.ok(
          result.gaps.some((gap) => gap.why === why),
          JSON.stringify(result.gaps),
        );
    });
  }

  it('still lists what is known where the rest is not', async () => {
    const { files } = await preview('rm readme.md && npm test');
    assert.deepEqual(
      files.map(({ path, change }) => `${change} ${relative(project, path)}`),
      ['delete readme.md'],
    );
  });

  it('does not run what a repository names as its helpers', async () => {
    const marker = join(root, 'ran');
    for (const name of [
      'core.fsmonitor',
      'core.pager',
      'diff.external',
      'core.sshCommand',
      'gpg.program',
      'filter.x.clean',
      'filter.x.smudge',
    ])
      git(project, 'config', name, `touch ${marker}`);
    git(project, 'config', 'log.showSignature', 'true');
    mkdirSync(join(project, '.git', 'info'), { recursive: true });
    writeFileSync(join(project, '.git', 'info', 'attributes'), '* filter=x diff=x\n');
    for (const command of [
      'git clean -fdx',
      'git reset --hard HEAD~1',
      'git restore .',
      'git branch -D side',
      'git push -f origin main:shared',
      'git stash clear',
      'rm -rf src',
      'git rm -rf src',
    ])
      await preview(command);
    assert.throws(() => lstatSync(marker));
  });
});
