import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { judgeConfigChange } from '../../src/agents/config-change.ts';

const ours = '/home/user/.claude/settings.json';
const other = '/work/project/.claude/settings.local.json';
const hook = {
  type: 'command',
  command: '/usr/bin/node',
  args: ['/home/user/.local/share/agent-policy/bin/hook.cjs', 'claude-code'],
  onFailure: 'block',
};
const withHooks = (one: object = hook, matcher?: string): object => ({
  hooks: {
    PreToolUse: [
      { matcher: 'Bash', hooks: [] },
      { matcher: matcher ?? '*', hooks: [one] },
    ],
    ConfigChange: [{ hooks: [hook] }],
  },
});

const cases: readonly (readonly [name: string, file: string | undefined, content: unknown, denied: RegExp | undefined])[] = [
  ['another file, harmless', other, { model: 'opus' }, undefined],
  ['another file, gone', other, undefined, undefined],
  ['another file, broken', other, '{', undefined],
  ['hooks off', other, { disableAllHooks: true }, /settings\.local\.json sets "disableAllHooks"/],
  ['hooks off, as text', other, { disableAllHooks: 'yes' }, /disableAllHooks/],
  ['hooks not off', other, { disableAllHooks: false }, undefined],
  ['a variable that reaches the hook', other, { env: { NODE_OPTIONS: '--require ./evil.js' } }, /variable NODE_OPTIONS/],
  ['a harmless variable', other, { env: { EDITOR: 'vi' } }, undefined],
  ['no file named', undefined, {}, /was not said which/],
  ['ours, other settings changed', ours, { model: 'opus', ...withHooks() }, undefined],
  ['ours, without a matcher', ours, withHooks(hook, ''), undefined],
  ['ours, with a byte order mark', ours, `\ufeff${JSON.stringify(withHooks())}`, undefined],
  ['ours, gone', ours, undefined, /is gone/],
  ['ours, broken', ours, '{', /not valid JSON/],
  ['ours, a list', ours, [], /no longer holds/],
  ['ours, no hooks', ours, {}, /PreToolUse hook/],
  ['ours, for one tool only', ours, withHooks(hook, 'Read'), /PreToolUse hook/],
  ['ours, does not block', ours, withHooks({ ...hook, onFailure: 'continue' }), /PreToolUse hook/],
  ['ours, in the background', ours, withHooks({ ...hook, async: true }), /PreToolUse hook/],
  ['ours, under a condition', ours, withHooks({ ...hook, if: 'Bash(git *)' }), /PreToolUse hook/],
  ['ours, another program', ours, withHooks({ ...hook, args: ['/tmp/evil.cjs'] }), /PreToolUse hook/],
  ['ours, no ConfigChange', ours, { hooks: { PreToolUse: [{ hooks: [hook] }] } }, /ConfigChange hook/],
];

describe('agents: a change of settings during a session', () => {
  for (const [name, file, content, denied] of cases) {
    it(`${denied === undefined ? 'takes' : 'refuses'} ${name}`, () => {
      const text = content === undefined ? undefined : typeof content === 'string' ? content : JSON.stringify(content);
      const reply = judgeConfigChange(file, ours, (path) => (path === file ? text : undefined));
      assert.equal(reply.verdict, denied === undefined ? 'approve' : 'deny');
      if (denied !== undefined) assert.match(reply.reason ?? '', denied);
    });
  }
});
