import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { runCondition } from '../../src/policy/condition.ts';
import { evaluate } from '../../src/policy/evaluate.ts';
import { effect, type Made, policy, request, run } from './request.ts';

/**
 * One row: a `match` and the calls that a denying rule stops (`deny`), puts to a person because they may match (`ask`), leaves alone
 * (`pass`), and the ones that an approving rule lets through (`sure`) or not (`unsure`) where everything else is denied.
 */
interface Row {
  readonly match: string;
  readonly deny?: readonly Made[];
  readonly ask?: readonly Made[];
  readonly pass?: readonly Made[];
  readonly sure?: readonly Made[];
  readonly unsure?: readonly Made[];
}

const bash = (...effects: ReturnType<typeof effect>[]): Made => ({ tool: 'bash', effects });
const path = (kind: 'read' | 'write' | 'delete', at: string, more = {}): Made => bash(effect({ kind, path: at, ...more }));
const url = (of: string, more = {}): Made => bash(effect({ kind: 'network', url: of, ...more }));
const git = (...argv: (string | null)[]): Made => bash(run('git', ...argv));
const sql = (statement: string): Made => ({ tool: 'sql', effects: [effect({ kind: 'unknown', statement })] });
const opaque = { certainty: 'opaque' } as const;
const approximate = { certainty: 'approximate' } as const;
const mcp = (server: string, tool: string, args: unknown = {}): Made => ({
  tool: `mcp:${server}/${tool}`,
  actions: [{ kind: 'mcp', server, tool, args }],
});

const rows: Readonly<Record<string, Row>> = {
  'tool by name': {
    match: '{ tool: bash }',
    deny: [{ tool: 'bash' }, { tool: 'x', nativeTool: 'bash' }],
    pass: [{ tool: 'Bash' }, { tool: 'bash2' }],
    sure: [{ tool: 'bash' }],
  },
  'tool by glob': {
    match: '{ tool: "mcp:git*/delete_?" }',
    deny: [{ tool: 'mcp:github/delete_x' }],
    pass: [{ tool: 'mcp:github/delete_xy' }],
  },
  'tool by regex: part of a name stops, only the whole lets through': {
    match: '{ tool: "~(read|cat)" }',
    deny: [{ tool: 'notification_send' }, { tool: 'read' }],
    pass: [{ tool: 'write' }],
    sure: [{ tool: 'read' }, { tool: 'cat' }],
    unsure: [{ tool: 'notification_send' }, { tool: 'read_x' }],
  },
  'several tools': { match: '{ tool: [a, b] }', deny: [{ tool: 'a' }, { tool: 'b' }], pass: [{ tool: 'c' }] },
  'arguments as text': {
    match: '{ args_pattern: "command=git" }',
    deny: [{ args: { command: 'git x', a: 1 } }],
    pass: [{ args: { command: 'x git' } }, { args: undefined }],
    sure: [{ args: { command: 'git x' }, effects: [run('git', 'x')] }],
    unsure: [{ args: { command: 'git $x' }, effects: [effect({ program: 'git', argv: [null], ...opaque })] }],
  },
  'kinds of effect': {
    match: '{ effects: [write, delete] }',
    deny: [path('write', '/x'), path('delete', '/x')],
    pass: [path('read', '/x'), {}],
  },
  acts: {
    match: '{ acts: [git.push.*, db.drop] }',
    deny: [bash(effect({ act: 'git.push.force' })), bash(effect({ act: 'db.drop' }))],
    pass: [bash(effect({ act: 'git.push' })), bash(effect({}))],
  },
  zones: {
    match: '{ zones: [system] }',
    deny: [path('write', '/etc/x', { zones: ['outside', 'system'] })],
    pass: [path('write', '/x', { zones: ['outside'] }), path('write', '/x')],
  },
  certainty: { match: '{ certainty: opaque }', deny: [bash(effect(opaque))], pass: [bash(effect({}))], sure: [bash(effect(opaque))] },
  'one effect must satisfy all keys': {
    match: '{ effects: write, zones: system }',
    deny: [path('write', '/etc', { zones: ['system'] })],
    pass: [bash(effect({ kind: 'write', path: '/a' }), effect({ kind: 'read', path: '/etc', zones: ['system'] }))],
  },
  not: {
    match: '{ effects: delete, not: { zones: [temp, session] } }',
    deny: [path('delete', '/x'), path('delete', '/x', { zones: ['outside'] })],
    pass: [path('delete', '/tmp/x', { zones: ['temp'] })],
  },
  'not, for something that may hold': {
    match: '{ effects: write, not: { paths: "${workspace}/**" } }',
    deny: [path('write', '/x'), path('write', '/ws2/x')],
    ask: [bash(effect({ kind: 'write', ...opaque }))],
    pass: [path('write', '/ws/x')],
  },
  'path patterns of the reference format': {
    match: '{ path_patterns: ["/etc/*", "*.pem", "~\\\\.ssh/", "src/gen", "${workspace}/x*"] }',
    deny: [
      path('write', '/etc/ssh/sshd_config'),
      path('read', '/a/b.pem'),
      path('read', '/ws/k.pem'),
      path('read', '/h/.ssh/id'),
      path('write', '/ws/src/gen'),
      path('write', '/ws/x/y'),
    ],
    pass: [path('write', '/etc'), path('write', '/ws/etc/x'), path('write', '/src/gen'), {}],
    ask: [bash(effect({ kind: 'write', ...opaque }))],
  },
  'path globs': {
    match: '{ paths: ["migrations/**", "/etc/*", "~/.x/**", "**/*.key", "a.{txt,md}"] }',
    deny: [
      path('write', '/ws/migrations/1/a.sql'),
      path('write', '/ws/migrations'),
      path('write', '/etc/a'),
      path('read', '/home/dev/.x/y'),
      path('read', '/q/w.key'),
      path('read', '/k.key'),
      path('write', '/ws/a.md'),
    ],
    pass: [
      path('write', '/ws/x/migrations/1'),
      path('write', '/etc/a/b'),
      path('read', '/home/eve/.x/y'),
      path('read', '/ws/b/a.md'),
      path('read', '/ws-evil/a.md'),
    ],
  },
  'a folder deleted with what a rule protects inside of it': {
    match: '{ paths: ["db/migrations/**", "conf/a.yaml"] }',
    deny: [
      path('delete', '/ws/db', { act: 'files.delete.recursive' }),
      path('delete', '/ws', { act: 'files.delete.recursive' }),
      path('delete', '/', { act: 'files.delete.recursive' }),
      path('delete', '/ws/conf', { act: 'files.delete.recursive' }),
    ],
    pass: [
      path('delete', '/ws/db'),
      path('delete', '/ws/d', { act: 'files.delete.recursive' }),
      path('delete', '/other', { act: 'files.delete.recursive' }),
    ],
  },
  'a folder deleted is approved only with all it holds': {
    match: '{ paths: ["build/*", "out/**", "tmp"] }',
    sure: [
      path('delete', '/ws/build/x'),
      path('delete', '/ws/out/x', { act: 'files.delete.recursive' }),
      path('delete', '/ws/out', { act: 'files.delete.recursive' }),
      path('delete', '/ws/tmp', { act: 'files.delete.recursive' }),
    ],
    unsure: [path('delete', '/ws/build/x', { act: 'files.delete.recursive' })],
  },
  'many files at once': {
    match: '{ paths: ["src/**", "*.md"] }',
    deny: [path('write', '/ws/src/*.ts', approximate), path('write', '/ws/src/**', approximate)],
    ask: [path('write', '/ws/*', approximate), path('write', '/w*/src/a', approximate), path('write', '/ws/*.m?', approximate)],
    pass: [path('write', '/ws/*.txt', approximate), path('write', '/etc/*', approximate)],
    sure: [path('write', '/ws/src/a/*', approximate), path('write', '/ws/[ab].md', approximate)],
    unsure: [path('write', '/ws/*.m*', approximate), path('write', '/ws/**', approximate)],
  },
  hosts: {
    match: '{ host: ["github.com", "*.internal", "~^10\\\\."] }',
    deny: [
      url('https://github.com/x'),
      url('https://GitHub.com./x'),
      url('git@github.com:a/b'),
      url('http://a.b.internal:80'),
      url('http://10.0.0.1/'),
    ],
    pass: [url('https://github.com.evil.org'), url('https://x.org/?github.com'), path('read', '/x')],
    ask: [bash(effect({ kind: 'network', ...opaque })), bash(effect({ kind: 'network' }))],
    sure: [url('https://github.com/x')],
    unsure: [url('http://10.0.0.1/'), bash(effect({ kind: 'network' }))],
  },
  methods: {
    match: '{ method: [post] }',
    deny: [{ actions: [{ kind: 'fetch', url: 'x', method: 'POST' }] }],
    pass: [{ actions: [{ kind: 'fetch', url: 'x' }] }, {}],
  },
  sql: {
    match: '{ sql: { kind: [delete, update], where: missing } }',
    deny: [
      sql('DELETE FROM a'),
      sql("update a set b='where'"),
      sql('with x as (select 1) delete from a'),
      sql('select 1; delete from a'),
      sql('delete from a -- where'),
    ],
    pass: [sql('delete from a where b'), sql("select 'delete from a'"), sql('drop table a'), {}],
  },
  'command, by program and subcommand': {
    match: '{ command: { program: git, subcommand: [push, fetch] } }',
    deny: [git('push'), git('-C', '/x', 'push'), git('-c', 'a.b=c', '--no-pager', 'fetch'), git('--git-dir=x', 'push')],
    pass: [git('log', 'push'), git('commit', '-m', 'push'), bash(run('gitx', 'push')), {}],
    ask: [git(null), git(null, 'push'), bash(effect({}))],
    unsure: [git(null, 'push'), git(null)],
    sure: [git('push', 'x')],
  },
  'command, by flags': {
    match: '{ command: { program: git, flags: [--force, -f] } }',
    deny: [git('push', '-f'), git('push', '--force'), git('push', '-uf'), git('push', '--force=x'), git('push', 'a', '--force')],
    pass: [git('push'), git('push', '--force-with-lease'), git('commit', '-mfix'), git('log', '--', '-f'), git('push', '--follow-tags')],
    ask: [git('push', '--forc'), git('push', null)],
    unsure: [git('push', null), git('push', '--fo')],
  },
  'command, other programs': {
    match: '{ command: { program: rm, flags: [-f] } }',
    deny: [bash(run('rm', '-rf', 'x')), bash(run('rm', '-f'))],
    pass: [bash(run('rm', 'f')), bash(run('rm', '--', '-f'))],
  },
  'command, by refspec': {
    match: '{ command: { program: git, subcommand: push, refspec: "+*" } }',
    deny: [git('push', 'origin', '+main'), git('push', 'origin', 'a', '+b:c')],
    pass: [git('push', 'origin', 'main'), git('push', 'origin')],
    ask: [git('push', '+main'), git('push', 'origin', null)],
  },
  'command, by option or refspec, which are two ways to ask for the same': {
    match: '{ command: { program: git, subcommand: push, flags: [--force, -f], refspec: "+*" } }',
    deny: [git('push', '-f'), git('push', 'origin', '+main'), git('push', 'origin', '+main', '-f')],
    pass: [git('push', 'origin', 'main'), git('push')],
    sure: [git('push', 'origin', '+main', '-f')],
    unsure: [git('push', '-f'), git('push', 'origin', '+main')],
  },
  'command, several': {
    match: '{ command: [{ program: a }, { program: b, args: x }] }',
    deny: [bash(run('a')), bash(run('b', 'y', 'x'))],
    pass: [bash(run('b', 'y'))],
  },
  mcp: {
    match: '{ mcp: { server: github, tool: "delete_*", args: { repo: [a, "b*"], force: true } } }',
    deny: [mcp('github', 'delete_repo', { repo: 'a', force: true }), mcp('github', 'delete_x', { repo: 'bc', force: true, z: 1 })],
    pass: [
      mcp('github', 'delete_repo', { repo: 'a' }),
      mcp('github', 'delete_repo', { repo: 'c', force: true }),
      mcp('gitlab', 'delete_repo', { repo: 'a', force: true }),
      { tool: 'mcp:github/delete_x' },
    ],
  },
  agent: { match: '{ agent: [codex, "cl*"] }', deny: [{ agent: 'codex' }, { agent: 'cline' }], pass: [{ agent: 'gemini' }] },
  risk: { match: '{ risk: ">=high" }', deny: [{ risk: 'high' }, { risk: 'critical' }], pass: [{ risk: 'medium' }] },
  'risk, exactly': { match: '{ risk: medium }', deny: [{ risk: 'medium' }], pass: [{ risk: 'high' }] },
  'a condition on session and effect': {
    match: "{ when: 'session.denials >= 2 && resource.path.startsWith(workspace)' }",
    deny: [{ ...path('write', '/ws/x'), facts: { denials: 2 } }],
    pass: [path('write', '/ws/x'), { ...path('write', '/x'), facts: { denials: 5 } }],
  },
  'a condition that asks for what is not there': {
    match: "{ when: 'args.size > 3' }",
    ask: [{ args: {} }],
    unsure: [{ args: {} }],
    deny: [{ args: { size: 4.5 } }],
  },
  'a condition with a pattern': {
    match: `{ when: 'env.branch.matches("^(main|release/.*)$")' }`,
    deny: [{ branch: 'main' }, { branch: 'release/1' }],
    pass: [{ branch: 'x' }, { branch: '' }],
    ask: [{}],
    unsure: [{}],
  },
};

/** The verdict of a rule, in a policy that decides everything else otherwise. */
function verdict(match: string, action: 'deny' | 'approve', made: Made): string {
  const text = `default_action: ${action === 'deny' ? 'approve' : 'deny'}\npolicies:\n  - name: rule\n    match: ${match}\n    action: ${action}\n`;
  return evaluate(policy(text), request(made), { conditions: () => runCondition }).verdict;
}

describe('policy: keys of a match', () => {
  for (const [name, row] of Object.entries(rows)) {
    it(name, () => {
      for (const [action, calls, expected] of [
        ['deny', row.deny, 'deny'],
        ['deny', row.ask, 'escalate'],
        ['deny', row.pass, 'approve'],
        ['approve', row.sure, 'approve'],
        ['approve', row.unsure, 'deny'],
      ] as const) {
        for (const call of calls ?? [])
          assert.equal(verdict(row.match, action, call), expected, `${action} ${row.match} on ${JSON.stringify(call)}`);
      }
    });
  }

  it('a condition that cannot be evaluated is put to a person', () => {
    const text = 'policies: [{ name: rule, match: { when: "risk == \'low\'" }, action: deny }]';
    assert.equal(evaluate(policy(text), request({})).verdict, 'escalate');
  });
});
