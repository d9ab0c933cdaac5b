import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ApprovalRequest } from '../../src/approval/messages.ts';
import type { Action } from '../../src/model/tool-call.ts';
import { elide } from '../../src/present/elide.ts';
import { fullText, mostLines, question } from '../../src/present/question.ts';
import { hasDeceptiveText, visibleLine, visibleText, withoutIcons, withoutLinks } from '../../src/present/visible-text.ts';

const request = (change: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  type: 'request',
  version: 1,
  id: '1',
  agent: 'Copilot',
  session: '6b590000-0000-4000-8000-000000000000',
  cwd: '/home/me/project',
  workspace: '/home/me/project',
  tool: 'bash',
  nativeTool: 'run_in_terminal',
  actions: [{ kind: 'bash', command: 'git push --force-with-lease origin main' }],
  rule: 'git-push-lease',
  layer: 'built-in',
  reason: 'It overwrites remote history.',
  risk: 'high',
  danger: { evidence: '--force-with-lease', act: 'git.push.lease', action: 0, span: { start: 9, end: 27 } },
  effects: [{ kind: 'network', target: 'origin', certainty: 'exact' }],
  deadline: 0,
  ...change,
});

const bash = (command: string): readonly Action[] => [{ kind: 'bash', command }];

describe('text of an agent, made visible', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['rm -rf x', 'rm -rf x'],
    ['echo "ünï – 日本 😀"', 'echo "ünï – 日本 😀"'],
    ['a\u202Eb', 'a⟨U+202E⟩b'],
    ['a\u2066b\u2069', 'a⟨U+2066⟩b⟨U+2069⟩'],
    ['pass\u200Bword', 'pass⟨U+200B⟩word'],
    ['a\u001b[2Kb', 'a␛[2Kb'],
    ['a\u0000b\u007f', 'a␀b␡'],
    ['a\u0085b', 'a⟨U+0085⟩b'],
    ['a\u00A0b\u3000c', 'a⟨U+00A0⟩b⟨U+3000⟩c'],
    ['a\u3164b\u2800c', 'a⟨U+3164⟩b⟨U+2800⟩c'],
    ['a\u{E0041}b', 'a⟨U+E0041⟩b'],
    ['a\uD800b', 'a⟨U+D800⟩b'],
    ['a\u2028b', 'a⟨U+2028⟩b'],
    ['a\rb', 'a␍b'],
    ['a\r\nb', 'a\nb'],
    ['a\tb', 'a␉b'],
  ];
  for (const [text, shown] of rows) {
    it(JSON.stringify(text), () => {
      assert.equal(visibleText(text), shown);
      assert.equal(hasDeceptiveText(text), shown !== text.replace(/\r\n/g, '\n'));
    });
  }
  it('keeps one line one line', () => assert.equal(visibleLine('a\nb'), 'a⏎b'));
});

describe('text of an agent in places that know a markup', () => {
  const links: readonly (readonly [string, string])[] = [
    ['echo [Allow](command:agentPolicy.denyAll)', 'echo [Allow] (command:agentPolicy.denyAll)'],
    ['[a](https://example.com)[b](command:x "title")', '[a] (https://example.com)[b] (command:x "title")'],
    ['case [a-z]) echo;; esac', 'case [a-z]) echo;; esac'],
  ];
  for (const [text, shown] of links) it(`no link: ${text}`, () => assert.equal(withoutLinks(text), shown));
  it('no icon', () => assert.equal(withoutIcons('echo $(whoami) $x'), 'echo \\$(whoami) $x'));
});

describe('abridging', () => {
  it('leaves a short text alone', () => assert.equal(elide('git status', { lines: 3, characters: 300 }), 'git status'));
  it('keeps head, tail and the dangerous part, and names the operators left out', () => {
    const filler = 'echo aaaaaaaaaaaaaaaaaaaa; '.repeat(40);
    const text = `first ${filler}rm -rf ~ && ${filler}last`;
    const start = text.indexOf('rm -rf');
    const shown = elide(text, { lines: 3, characters: 200 }, { start, end: start + 8 });
    assert.match(shown, /^first/);
    assert.match(shown, /rm -rf ~/);
    assert.match(shown, /last$/);
    assert.match(shown, /characters left out, with ; in them/);
    assert.ok(shown.length < 400, String(shown.length));
  });
  it('cuts many lines', () => {
    const shown = elide(Array.from({ length: 500 }, (_, i) => `line ${i}`).join('\n'), { lines: 4, characters: 300 });
    assert.ok(shown.split('\n').length <= 4, shown);
    assert.match(shown, /line 0/);
    assert.match(shown, /line 499/);
  });
  it('never splits a character', () => assert.ok(!/\p{Cs}/u.test(elide('😀'.repeat(500), { lines: 3, characters: 101 }))));
});

describe('a question', () => {
  it('names the dangerous part in its first line', () => {
    const { message, detail } = question(request(), { deadline: '14:03:12' });
    assert.equal(message, 'Copilot wants to overwrite remote history, unless somebody else has pushed: --force-with-lease');
    assert.match(detail, /^git push --force-with-lease origin main\n/);
    for (const part of [
      'session 6b59000…',
      '/home/me/project',
      'git-push-lease (built-in policy)',
      'It overwrites',
      'contacts origin',
      'high',
      '14:03:12',
    ]) {
      assert.ok(detail.includes(part), `${part} in\n${detail}`);
    }
  });

  const placed = (file: string) => request({ layer: 'user', source: { file, line: 17 } });
  const places: readonly (readonly [string, string])[] = [
    ['template safe_coding', 'Risk: high. Rule: git-push-lease (user policy, template safe_coding:17)'],
    ['/home/me/.config/agent-policy/policy.yaml', 'Risk: high. Rule: git-push-lease (user policy, ~/.config/agent-policy/policy.yaml:17)'],
    [`/srv/${'deep/'.repeat(80)}.agent-policy.yaml`, '/deep/.agent-policy.yaml:17)'],
    ['/srv/\u202Emoc/policy.yaml', '/srv/⟨U+202E⟩moc/policy.yaml:17)'],
  ];
  for (const [file, shown] of places) {
    it(`says where the rule is written: ${file.slice(0, 30)}`, () => {
      const line =
        question(placed(file), { home: '/home/me' })
          .detail.split('\n')
          .find((each) => each.startsWith('Risk:')) ?? '';
      assert.ok(line.endsWith(shown), line);
      assert.ok(line.length <= 200, line);
      assert.ok(fullText(placed(file)).includes('.yaml:17)') || fullText(placed(file)).includes('safe_coding:17)'));
    });
  }

  const hostile: readonly (readonly [string, Partial<ApprovalRequest>])[] = [
    ['a huge command', { actions: bash('x'.repeat(2_000_000)) }],
    ['ten thousand lines', { actions: bash('echo a\n'.repeat(10_000)) }],
    [
      'long everything',
      {
        agent: 'A'.repeat(500),
        reason: 'r'.repeat(5000),
        rule: 'n'.repeat(500),
        description: 'd\n'.repeat(900),
        cwd: `/${'p/'.repeat(500)}`,
        effects: Array.from({ length: 50 }, () => ({ kind: 'write' as const, target: 'x'.repeat(400), certainty: 'opaque' as const })),
      },
    ],
    ['line feeds in every field', { reason: 'a\nb\nc', rule: 'a\nb', description: 'a\nb', cwd: '/a\nb', session: 'a\nb', layer: 'x\ny' }],
    ['reversed text', { actions: bash('echo \u202Ehsup tig'), description: '\u202Esafe' }],
    ['no action', { actions: [] }],
    ['a span outside the text', { danger: { evidence: 'x', action: 0, span: { start: 900, end: 9000 } } }],
    ['an action that is not there', { danger: { evidence: 'x', action: 7 } }],
  ];
  for (const [name, change] of hostile) {
    it(`stays small and plain: ${name}`, () => {
      const { message, detail } = question(request(change), { waiting: 3, deadline: '14:03:12' });
      assert.ok(detail.split('\n').length <= mostLines, detail);
      assert.ok(detail.length <= 1500, String(detail.length));
      assert.ok(!message.includes('\n'));
      assert.ok(!hasDeceptiveText(detail));
      assert.match(detail, /Closing this denies it/);
    });
  }

  it('shows all of it in the full text', () => {
    const command = `echo ${'x'.repeat(5000)} && rm -rf ~`;
    assert.ok(fullText(request({ actions: bash(command) })).includes(command));
  });
});
