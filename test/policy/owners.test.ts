import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ownersOf, ownersWithin, parseCodeOwners } from '../../src/policy/code-owners.ts';
import type { OwnersOf } from '../../src/policy/evaluate.ts';
import { evaluate } from '../../src/policy/evaluate.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { effect, type Made, policy, request, run } from './request.ts';

function owners(text: string, path: string): string {
  const parsed = parseCodeOwners(text);
  assert.ok(parsed);
  return ownersOf(parsed, path)?.join(' ') ?? 'not known';
}

/** The example file of GitHub's page "About code owners", without what its comments say, and what those say of it. */
const documented = `# This is a comment.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
`;
const only = (text: string) => (line: string) => text.split('\n').find((each) => each.startsWith(line)) ?? '';
const line = only(documented);

const github: readonly (readonly [text: string, path: string, owners: string])[] = [
  [documented, 'README', '@global-owner1 @global-owner2'],
  [documented, 'deep/down/x.js', '@js-owner'],
  [documented, 'x.go', 'docs@example.com'],
  [documented, 'x.txt', '@octo-org/octocats'],
  [line('/build/logs/'), 'build/logs/a/b', '@doctocat'],
  [line('/build/logs/'), 'x/build/logs/a', ''],
  [line('docs/*'), 'docs/getting-started.md', 'docs@example.com'],
  [line('docs/*'), 'docs/build-app/troubleshooting.md', ''],
  [line('apps/'), 'apps/a', '@octocat'],
  [line('apps/'), 'x/y/apps/z/a', '@octocat'],
  [line('apps/'), 'xapps/a', ''],
  [line('/docs/'), 'docs/a/b', '@doctocat'],
  [line('/docs/'), 'x/docs/a', ''],
  [line('/scripts/'), 'scripts/a', '@doctocat @octocat'],
  [line('**/logs'), 'build/logs/a', '@octocat'],
  [line('**/logs'), 'deeply/nested/logs/a/b', '@octocat'],
  [line('**/logs'), 'logs', '@octocat'],
  [documented, 'apps/a', '@octocat'],
  // "will be left without an owner"
  [documented, 'apps/github', ''],
  [documented, 'apps/github/workflow', ''],
  // The last line that fits decides, and not the most telling one.
  ['/a/b.js @one\n* @two', 'a/b.js', '@two'],
  ['* @two\n/a/b.js @one', 'a/b.js', '@one'],
  ['*.js @a\n*.ts @b', 'x.css', ''],
  ['*.js @a', 'x.js/y', '@a'],
  ['* @a', 'a/b/c', '@a'],
  ['/* @a', 'a', '@a'],
  ['/* @a', 'a/b', ''],
  ['a/*/c @a', 'a/b/c', '@a'],
  ['a/*/c @a', 'a/b/x/c', ''],
  ['a/**/c @a', 'a/b/x/c', '@a'],
  ['a/**/c @a', 'a/c', '@a'],
  ['a/** @a', 'a/b/c', '@a'],
  ['a?c @a', 'x/abc', '@a'],
  ['a?c @a', 'a/c', ''],
  ['/path\\ with\\ space/ @a', 'path with space/x', '@a'],
  ['/(group)/{x}/ @a', '(group)/{x}/page.tsx', '@a'],
  ['/+page.svelte @a', '+page.svelte', '@a'],
  ['/@types/ @a', '@types/x', '@a'],
  // Letters count, in paths and not in names.
  ['/Docs/ @Acme/DB', 'docs/x', ''],
  ['/docs/ @Acme/DB', 'docs/x', '@acme/db'],
  // "There are some syntax rules for gitignore files that do not work in CODEOWNERS files."
  ['\\#x @a', '#x', ''],
  ['#x @a', '#x', ''],
  ['* @a\n!x @b', 'x', '@a'],
  ['* @a\n[xy] @b', 'x', '@a'],
  // "If any line in your CODEOWNERS file contains invalid syntax, that line will be skipped."
  ['* @a\n*.js bob', 'x.js', '@a'],
  ['* @a\r\n*.js @b\r\n', 'x.js', '@b'],
  ['*.js\t@a\t# all', 'x.js', '@a'],
  ['/ @a', 'x', ''],
  ['', 'x', ''],
];

const gitlab: readonly (readonly [text: string, path: string, owners: string])[] = [
  ['[Docs]\n*.md @a\n[Code]\n*.md @b', 'x.md', '@a @b'],
  ['[Docs]\n*.md @a\nREADME.md @c\n[Code]\n* @b', 'README.md', '@c @b'],
  ['^[Optional][2] @team\n*.md\n*.rb @x', 'x.md', '@team'],
  ['^[Optional][2] @team\n*.md\n*.rb @x', 'x.rb', '@x'],
  ['[A]\n* @a\n!*.rb\n[B]\n* @b', 'x.rb', '@b'],
  ['[Docs]\n/x @a\n[DOCS]\n/x @b', 'x', '@b'],
  ['* @all\n[A]\ndocs/api/ @a', 'x/docs/api/y', '@all @a'],
  ['[A]\n\\#x @a', '#x', '@a'],
  ['[A]\n* @@developers', 'x', '@@developers'],
];

describe('policy: CODEOWNERS', () => {
  for (const [name, rows] of Object.entries({ GitHub: github, GitLab: gitlab })) {
    it(`is read as ${name} reads it`, () => {
      for (const [text, path, expected] of rows) assert.equal(owners(text, path), expected, `${path} by ${JSON.stringify(text)}`);
    });
  }

  it('is bounded', () => {
    assert.equal(parseCodeOwners('x @a\n'.repeat(10_001)), undefined);
    assert.equal(parseCodeOwners('x'.repeat(2 * 1024 * 1024)), undefined);
    const long = Array.from({ length: 9_000 }, (_, i) => `/src/part${i}/**/*a*/**/*b*/ @t${i}`).join('\n');
    assert.equal(owners(long, `src/part0/${'a/'.repeat(500)}b/x`), '@t0');
  });

  it('what a glob stands for may have several owners', () => {
    const within = (text: string, glob: string, inBuild = false): string => {
      const parsed = parseCodeOwners(text);
      assert.ok(parsed);
      return (
        ownersWithin(parsed, glob, inBuild)
          ?.map((each) => each.join(' ') || '-')
          .join(', ') ?? 'not known'
      );
    };
    assert.equal(within('* @a\n/src/db/ @db', 'src/**'), '@db, @a');
    assert.equal(within('* @a\n/src/db/ @db', 'src/db/**'), '@db');
    assert.equal(within('/src/db/ @db', 'src/ui/**'), '-');
    assert.equal(within('*.sql @db', 'node_modules/**'), '@db, -');
    assert.equal(within('*.sql @db', 'node_modules/**', true), '-');
    assert.equal(within('/dist/ @release', 'dist/**', true), '@release');
    assert.equal(within('[A]\n* @a\n[B]\n* @b', 'src/**'), 'not known');
  });
});

/** Owners as given, each version a list of alternatives. */
const says =
  (...versions: ReturnType<OwnersOf>): (() => OwnersOf) =>
  () =>
  () =>
    versions;

const text = (owner: string, action: string): string => `
roles: { database: { users: [dev], owns: ["@acme/db", "*@acme.dev"] } }
policies:
  - { name: r, match: { effects: write, owner: ${owner} }, action: ${action}, reason: r }
  - { name: rest, match: { effects: write }, action: ${action === 'approve' ? 'deny' : 'approve'}, priority: 200, reason: r }
`;
const write = effect({ kind: 'write', path: '/ws/a' });
function decided(
  owner: string,
  action: string,
  owners: (() => OwnersOf | undefined) | undefined,
  made: Made = { effects: [write] },
): string {
  const { verdict, rule } = evaluate(policy(text(owner, action)), request(made), owners === undefined ? {} : { owners });
  return `${verdict} ${rule}`;
}

describe('policy: owner', () => {
  for (const [owner, list, isOwned] of [
    ['"@acme/db"', ['@acme/db'], true],
    ['"@ACME/*"', ['@acme/db'], true],
    ['["@x", "@y"]', ['@z', '@y'], true],
    ['"@acme/db"', ['@acme/dba'], false],
    ['"@acme/db"', [], false],
    ['self', ['@other', '@acme/db'], true],
    ['self', ['me@acme.dev'], true],
    ['self', ['@other'], false],
    ['self', [], false],
    ['others', ['@other'], true],
    ['others', ['@other', '@acme/db'], false],
    ['others', [], false],
    ['none', [], true],
    ['none', ['@other'], false],
    ['[none, self]', ['@acme/db'], true],
  ] as const) {
    it(`${owner} ${isOwned ? 'fits' : 'does not fit'} ${list.join(' ') || 'nobody'}`, () => {
      assert.equal(decided(owner, 'deny', says([list])), isOwned ? 'deny r' : 'approve rest');
      assert.equal(decided(owner, 'approve', says([list])), isOwned ? 'approve r' : 'deny rest');
    });
  }

  it('a role that somebody else holds makes no owner', () => {
    assert.equal(decided('self', 'approve', says([['@acme/db']]), { effects: [write], user: 'eve' }), 'deny rest');
  });

  it('a version in which an agent made itself the owner changes nothing', () => {
    const mine = [['@acme/db']];
    const theirs = [['@other']];
    assert.equal(decided('others', 'deny', says(theirs, mine)), 'deny r');
    assert.equal(decided('others', 'deny', says(mine, theirs)), 'deny r');
    assert.equal(decided('self', 'approve', says(theirs, mine)), 'deny rest');
    assert.equal(decided('none', 'approve', says(theirs, [[]])), 'deny rest');
    assert.equal(decided('self', 'approve', says(mine, mine)), 'approve r');
  });

  it('what is not known is put to a person', () => {
    assert.equal(decided('others', 'deny', says(undefined)), 'escalate r');
    assert.equal(decided('others', 'deny', says(undefined, [['@other']])), 'deny r');
    assert.equal(decided('self', 'approve', says(undefined, [['@acme/db']])), 'deny rest');
    assert.equal(decided('others', 'deny', undefined), 'escalate r');
    assert.equal(
      decided('others', 'deny', () => undefined),
      'escalate r',
    );
    assert.equal(decided('others', 'deny', says([['@other'], []])), 'escalate r');
    assert.equal(
      decided('others', 'deny', says([[]]), { effects: [effect({ kind: 'write', certainty: 'opaque' })] }),
      'escalate owners.file',
    );
  });

  it('what changes who owns what is put to a person, in such a policy only', () => {
    const verdict = (source: string, of: ReturnType<typeof effect>): string => {
      const decision = evaluate(policy(source), request({ effects: [of] }), { owners: says([[]]) });
      return `${decision.verdict} ${decision.rule}`;
    };
    const own = 'policies: [{ name: r, match: { not: { owner: self }, effects: delete } }]';
    for (const path of ['/ws/CODEOWNERS', '/ws/.github/CODEOWNERS', '/other/docs/CODEOWNERS']) {
      assert.equal(verdict(own, effect({ kind: 'write', path })), 'escalate owners.file');
    }
    assert.equal(
      verdict('policies: [{ name: r, match: { effects: delete } }]', effect({ kind: 'write', path: '/ws/CODEOWNERS' })),
      'approve ',
    );
    for (const [argv, rule] of [
      [['remote', 'set-head', 'origin', 'mine'], 'escalate owners.ref'],
      [['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/mine'], 'escalate owners.ref'],
      [['fetch', '.', 'HEAD:refs/remotes/origin/main'], 'escalate owners.ref'],
      [['fetch', 'origin'], 'approve '],
      [['remote', '-v'], 'approve '],
    ] as const) {
      assert.equal(verdict(own, run('git', ...argv)), rule, argv.join(' '));
    }
  });

  it('a word that is no owner is an error', () => {
    for (const [word, message] of [
      ['other', /“other” is no owner; .* Did you mean “others”\?/],
      ['bob', /“bob” is no owner/],
    ] as const) {
      const { diagnostics } = loadPolicy([{ layer: 'user', name: 'own', text: `policies: [{ name: r, match: { owner: ${word} } }]` }]);
      assert.deepEqual(
        diagnostics.map(({ code }) => code),
        ['unknown-owner'],
      );
      assert.match(diagnostics[0]?.message ?? '', message);
    }
  });
});
