import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { runCli } from './run-cli.ts';

/** Runs lines through a batch command and gives the answers. */
function answers(command: string, lines: readonly string[], options: readonly string[] = []): readonly Record<string, unknown>[] {
  const { code, out, err } = runCli([command, '--batch', ...options], { input: lines.join('\n') });
  assert.equal(err, '');
  assert.equal(code, 0);
  return out
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

const place = { cwd: '/nowhere/project', home: '/nowhere' };
const bash = (id: unknown, command: unknown) => JSON.stringify({ id, tool: 'bash', args: { command }, ...place });

describe('batches', () => {
  const bad: readonly [name: string, line: string, error: RegExp][] = [
    ['no JSON', 'nonsense', /^line 1: not JSON/],
    ['a truncated object', '{"id":1,"tool":', /^line 1: not JSON/],
    ['a list', '[1]', /^line 1: must be an object, but is a list/],
    ['null', 'null', /^line 1: must be an object, but is null/],
    ['a number', '7', /^line 1: must be an object, but is 7/],
    ['no tool', '{"id":1}', /^line 1: tool must be a name/],
    ['a tool that is a number', '{"id":1,"tool":4}', /^line 1: tool must be a name/],
    ['a directory that is a number', '{"id":1,"tool":"bash","args":{"command":"ls"},"cwd":4}', /^line 1: cwd must be a path/],
    ['a home that is relative', '{"id":1,"tool":"bash","args":{"command":"ls"},"home":"me"}', /^line 1: home must be an absolute path/],
    ['a path with NUL', '{"id":1,"tool":"bash","args":{"command":"ls"},"cwd":"/a\\u0000b"}', /^line 1: cwd must be a path/],
    ['deep nesting', `${'['.repeat(100_000)}`, /^line 1: /],
    ['a command that is a number', bash(1, 5), /command/],
    ['no command', '{"id":1,"tool":"bash","args":{}}', /command/],
  ];
  for (const [name, line, error] of bad) {
    it(`${name} is answered with what is wrong, and the next line is decided`, () => {
      const [first, second] = answers('check', [line, bash('next', 'ls')]);
      assert.match(String(first?.['error']), error);
      assert.notEqual(first?.['action'], 'approve');
      assert.equal(second?.['id'], 'next');
      assert.equal(second?.['action'], 'approve');
    });
  }

  it('answers in order, with the ids as they came, and skips blank lines', () => {
    const ids = [1, 'two', null, { three: 3 }];
    const found = answers(
      'check',
      ids.flatMap((id) => [bash(id, 'ls'), '', '  ']),
    );
    assert.deepEqual(
      found.map(({ id }) => id),
      ids,
    );
  });

  it('has the stated keys and no others', () => {
    const [answer] = answers('check', [bash(1, 'git push --force origin main')]);
    assert.deepEqual(
      Object.keys(answer ?? {}).filter((key) => key !== 'advice'),
      ['id', 'action', 'rule', 'reason', 'risk', 'effects'],
    );
    assert.equal(answer?.['action'], 'deny');
  });

  it('answers a line before the next one comes, and a last line without an end', () => {
    const found = answers('analyze', [
      JSON.stringify({ id: 1, command: 'ls', ...place }),
      JSON.stringify({ id: 2, command: 'rm -rf build', ...place }),
    ]);
    assert.deepEqual(
      found.map(({ id }) => id),
      [1, 2],
    );
    const [, second] = found;
    assert.deepEqual(Object.keys(second ?? {}), ['id', 'effects', 'opaque', 'errors']);
    assert.ok(JSON.stringify(second?.['effects']).includes('"/nowhere/project/build"'));
  });

  it('decides by texts alone with --compat', () => {
    const lines = [
      bash(1, 'echo --no-verify'),
      bash(2, 'ls'),
      JSON.stringify({ id: 3, tool: 'bash', args: 'git push --force origin main' }),
    ];
    const byTexts = answers('check', lines, ['--compat']);
    assert.deepEqual(
      byTexts.map(({ action }) => action),
      ['deny', 'approve', 'deny'],
    );
    const [, other] = answers('check', lines, ['--compat', '--default-action', 'deny']);
    assert.deepEqual([other?.['action'], other?.['rule']], ['deny', 'default']);
  });

  it('names an unknown dialect', () => {
    const [answer] = answers('analyze', [JSON.stringify({ id: 1, command: 'ls', dialect: 'tcl' })]);
    assert.match(String(answer?.['error']), /^line 1: dialect must be one of bash/);
  });
});
