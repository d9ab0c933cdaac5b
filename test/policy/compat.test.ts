import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { PolicyDenied, PolicyEngine, PolicyEscalated, PolicyInvalid, guard } from '../../src/policy/engine.ts';
import { PythonFloat } from '../../src/policy/python-str.ts';

/** The rule that decides a call by a list of rules written in YAML's short form, as `verdict rule`. */
function check(rules: string, tool: string, args: unknown, expected: string): void {
  const { verdict, rule } = PolicyEngine.fromYaml(`policies: [${rules}]`).evaluate(tool, args);
  assert.equal(`${verdict} ${rule}`.trim(), expected, `${rules} on ${tool} ${JSON.stringify(args)}`);
}

describe('policy: the reference library’s decisions', () => {
  it('the first match by priority decides, equal priorities in the order of the file', () => {
    check('{name: a, action: deny}, {name: b, action: approve}', 'x', {}, 'deny a');
    check('{name: a, action: deny, priority: 101}, {name: b, action: approve}', 'x', {}, 'approve b');
    check('{name: a, action: deny}, {name: b, action: approve, priority: 99}', 'x', {}, 'approve b');
    check('{name: a, action: deny, priority: -1}, {name: b, action: approve, priority: 0}', 'x', {}, 'deny a');
  });

  it('the action is deny unless given, in any case of letters', () => {
    check('{name: a}', 'x', {}, 'deny a');
    check('{name: a, action: APPROVE}', 'x', {}, 'approve a');
    check('{name: a, action: Escalate}', 'x', {}, 'escalate a');
    assert.equal(PolicyEngine.fromYaml('policies: [{name: a}]').evaluate('x').reason, '');
  });

  it('without a match: approve with no rule, or the default action with the rule “default”', () => {
    check('{name: a, match: {tool: y}}', 'x', {}, 'approve');
    const engine = PolicyEngine.fromYaml('policies: []', { defaultAction: 'deny' });
    assert.deepEqual({ ...engine.evaluate('x'), reason: '' }, { verdict: 'deny', rule: 'default', reason: '' });
    assert.equal(PolicyEngine.fromTemplate('strict', { defaultAction: 'escalate' }).evaluate('bash', {}).verdict, 'escalate');
  });

  it('a tool pattern is a regex search, a glob or equality', () => {
    const tools: readonly (readonly [string, string, boolean])[] = [
      ['~(read|cat)', 'notification_send', true],
      ['~^read$', 'read_x', false],
      ['~(?i)BASH', 'bash', true],
      ['mcp:*', 'mcp:a/b', true],
      ['b?sh', 'bash', true],
      ['[bc]ash', 'cash', true],
      ['[!b]ash', 'bash', false],
      ['bash', 'Bash', false],
      ['bash', 'bash', true],
      ['*', '', true],
      ['ba.h', 'bash', false],
    ];
    for (const [pattern, tool, matches] of tools) check(`{name: a, match: {tool: "${pattern}"}}`, tool, {}, matches ? 'deny a' : 'approve');
  });

  it('args_pattern searches the arguments as text', () => {
    const args: readonly (readonly [string, unknown, boolean])[] = [
      ['^git', { command: 'git push' }, false],
      ['^command=git', { command: 'git push' }, true],
      ['^git', 'git push', true],
      ['a=1 b=2', { b: 2, a: 1 }, true],
      ['k=None', { k: null }, true],
      ['k=True', { k: true }, true],
      ['k=1\\.0$', { k: new PythonFloat(1) }, true],
      ["k=\\['a', 1, False\\]", { k: ['a', 1, false] }, true],
      ["k=\\{'x': 'it\\\\\\\\'s'\\}", { k: { x: 'it' } }, false],
      ['.*', undefined, false],
      ['.*', null, false],
      ['x', 'a\nx', true],
    ];
    for (const [pattern, value, matches] of args)
      check(`{name: a, match: {args_pattern: ${JSON.stringify(pattern)}}}`, 'x', value, matches ? 'deny a' : 'approve');
  });

  it('path_patterns test the first of five arguments, or a text', () => {
    const paths: readonly (readonly [string, unknown, boolean])[] = [
      ['"/etc/*"', { path: '/etc/ssh/sshd_config' }, true],
      ['"/etc/*"', { path: '/etc' }, false],
      ['"/etc/*"', { file_path: '/etc/x' }, true],
      ['"/etc/*"', { filename: '/etc/x' }, true],
      ['"/etc/*"', { file: '/etc/x' }, true],
      ['"/etc/*"', { filepath: '/etc/x' }, true],
      ['"/etc/*"', { filePath: '/etc/x' }, false],
      ['"/etc/*"', { path: '/a', file_path: '/etc/x' }, false],
      ['"/etc/*"', '/etc/x', true],
      ['"/etc/*"', {}, false],
      ['"/etc/*"', undefined, false],
      ['["/a", "/b*"]', { path: '/bc' }, true],
      ['/etc/hosts', { path: '/etc/hosts' }, true],
      ['"~/x"', { path: 'a/xy' }, true],
      ['"~/x"', { path: '~x' }, false],
      ['"*"', { path: '.env' }, true],
      ['"a/**/b"', { path: 'a/b' }, false],
      ['"{a,b}"', { path: 'a' }, false],
    ];
    for (const [pattern, value, matches] of paths)
      check(`{name: a, match: {path_patterns: ${pattern}}}`, 'x', value, matches ? 'deny a' : 'approve');
  });

  it('all keys of a match must hold', () => {
    const rule = '{name: a, match: {tool: bash, args_pattern: rm, path_patterns: "/x*"}}';
    check(rule, 'bash', { command: 'rm', path: '/x' }, 'deny a');
    check(rule, 'bash', { command: 'rm' }, 'approve');
    check(rule, 'sh', { command: 'rm', path: '/x' }, 'approve');
  });

  it('back references work here, and only here', () => {
    check(`{name: a, match: {args_pattern: '(?P<q>.)x(?P=q)'}}`, 'x', 'axa', 'deny a');
    check(`{name: a, match: {args_pattern: '(?P<q>.)x(?P=q)'}}`, 'x', 'axb', 'approve');
  });

  it('what is wrong with a file is an error', () => {
    for (const text of [
      'policies: [{name: a, match: {args_pattern: "("}}]',
      'policies: [{name: a, match: {tool: "~("}}]',
      'policies: [{match: {}}]',
      'policies: {}',
      'policies: [{name: a, action: allow}]',
      'policies: [{name: a, priority: high}]',
      'policies: [{name: a, match: {zones: system}}]',
      '',
    ]) {
      assert.throws(() => PolicyEngine.fromYaml(text), PolicyInvalid, text);
    }
  });

  it('an unknown template is an error that lists the known ones', () => {
    assert.throws(() => PolicyEngine.fromTemplate('safe_codding'), /safe_coding, safe_browsing, safe_database, strict.*“safe_coding”/);
    assert.throws(() => PolicyEngine.fromTemplate('__proto__'), RangeError);
  });

  it('templates decide what the reference’s do', () => {
    const rows: readonly (readonly [string, string, unknown, string])[] = [
      ['safe_coding', 'bash', { command: 'git push --force origin main' }, 'deny'],
      ['safe_coding', 'bash', { command: 'git reset --hard' }, 'deny'],
      ['safe_coding', 'bash', { command: 'git clean -fd' }, 'deny'],
      ['safe_coding', 'bash', { command: 'git branch -D x' }, 'deny'],
      ['safe_coding', 'bash', { command: 'git commit --no-verify' }, 'deny'],
      ['safe_coding', 'bash', { command: 'git commit --no-gpg-sign' }, 'deny'],
      ['safe_coding', 'bash', { command: 'rm -rf build' }, 'escalate'],
      ['safe_coding', 'bash', { command: 'ls' }, 'approve'],
      ['safe_coding', 'write_file', { path: '/etc/hosts' }, 'deny'],
      ['safe_coding', 'write_file', { path: '/boot/x' }, 'deny'],
      ['safe_coding', 'read_file', { path: '/x/.env' }, 'escalate'],
      ['safe_coding', 'read_file', { path: '/h/.aws/config' }, 'escalate'],
      ['safe_browsing', 'fetch', { url: 'http://127.0.0.1/' }, 'deny'],
      ['safe_browsing', 'fetch', { url: 'http://192.168.1.1/' }, 'deny'],
      ['safe_browsing', 'fetch', { url: 'http://169.254.169.254/' }, 'deny'],
      ['safe_browsing', 'fetch', { url: 'file:///x' }, 'deny'],
      ['safe_browsing', 'download', { url: 'https://x' }, 'escalate'],
      ['safe_browsing', 'fetch', { url: 'https://example.com' }, 'approve'],
      ['safe_database', 'sql', { query: 'drop table x' }, 'deny'],
      ['safe_database', 'sql', { query: 'truncate x' }, 'deny'],
      ['safe_database', 'sql', { query: 'DELETE FROM x' }, 'escalate'],
      ['safe_database', 'sql', { query: 'DELETE FROM x WHERE a' }, 'approve'],
      ['safe_database', 'sql', { query: 'UPDATE x SET a = 1' }, 'escalate'],
      ['strict', 'read_file', { path: 'x' }, 'approve'],
      ['strict', 'bash', { command: 'ls' }, 'deny'],
    ];
    for (const [template, tool, args, expected] of rows) {
      assert.equal(
        PolicyEngine.fromTemplate(template).evaluate(tool, args).verdict,
        expected,
        `${template}: ${tool} ${JSON.stringify(args)}`,
      );
    }
  });

  it('guard runs the function on approve only, and throws with the decision', () => {
    const engine = PolicyEngine.fromDict({
      policies: [
        { name: 'no', match: { args_pattern: 'rm' }, reason: 'why' },
        { name: 'ask', match: { args_pattern: 'mv' }, action: 'escalate' },
      ],
    });
    const ran: string[] = [];
    const bash = engine.guard('bash', (args: { command: string }) => ran.push(args.command));
    bash({ command: 'ls' });
    assert.throws(
      () => bash({ command: 'rm x' }),
      (error) => error instanceof PolicyDenied && error.decision.rule === 'no' && /why/.test(error.message),
    );
    assert.throws(
      () => bash({ command: 'mv x' }),
      (error) => error instanceof PolicyEscalated && error.decision.rule === 'ask',
    );
    assert.deepEqual(ran, ['ls']);
    function list(text: string): string {
      return text;
    }
    engine.addPolicy({ name: 'no-list', match: { tool: 'list' }, priority: 1 });
    assert.throws(() => guard(engine, list)('ls'), PolicyDenied);
    assert.throws(() => engine.addPolicy({ action: 'deny' }), PolicyInvalid);
  });
});
