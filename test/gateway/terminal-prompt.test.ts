import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { scratchFolder } from '../support/scratch.ts';

const module = join(import.meta.dirname, '..', '..', 'src', 'gateway', 'terminal-prompt.ts');

/** A program that asks as a hook does, on the terminal that it is started on, and writes the answer into a file. */
const asker = (file: string, deadline: number, change = '{}') => `
import { writeFileSync } from 'node:fs';
import { askTerminal } from ${JSON.stringify(module)};
const request = { type: 'request', version: 1, id: '1', agent: 'Claude Code', cwd: '/w', workspace: '/w', tool: 'bash', nativeTool: 'Bash',
  actions: [{ kind: 'bash', command: 'echo \\u202e\\u001b[2J && npm publish' }], rule: 'publishing', layer: 'built-in', reason: 'It publishes.', risk: 'high',
  effects: [], deadline: Date.now() + ${deadline}, ...${change} };
const asked = await askTerminal(request);
writeFileSync(${JSON.stringify(file)}, JSON.stringify(asked ?? 'not asked'));
`;

describe('a question at the terminal', function () {
  this.timeout(20_000);
  let folder: string;
  before(() => {
    folder = scratchFolder('terminal');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the asker on a terminal of its own. `types` is told what the terminal shows and gives what the person types. */
  function onTerminal(
    types: (shown: string) => string | undefined,
    { deadline = 10_000, early = '', wrap = (command: string) => command, change = '{}' } = {},
  ): Promise<{ readonly asked: unknown; readonly shown: string }> {
    const [program, answer] = [join(folder, 'ask.ts'), join(folder, 'answer.json')];
    rmSync(answer, { force: true });
    writeFileSync(program, asker(answer, deadline, change));
    return new Promise((resolve) => {
      const child = spawn('script', ['-qec', wrap(`${process.execPath} ${program}`), '/dev/null'], {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, AGENT_POLICY_PROMPT: 'on' },
      });
      let shown = '';
      let done = false;
      if (early !== '') child.stdin.write(early);
      child.stdout.on('data', (data: Buffer) => {
        shown += data.toString('utf8');
        const text = done ? undefined : types(shown);
        if (text === undefined) return;
        done = true;
        child.stdin.write(text);
      });
      child.on('close', () => resolve({ asked: JSON.parse(readFileSync(answer, 'utf8')), shown }));
    });
  }

  const wordIn = (shown: string) => /Type ([a-z]{4}) to allow/.exec(shown)?.[1];
  const answer = (asked: unknown) => {
    const { by, answer: given } = asked as { by: string; answer?: unknown };
    return [by, given];
  };

  it('is allowed by its own word only', async () => {
    const { asked, shown } = await onTerminal((text) => (wordIn(text) === undefined ? undefined : `${wordIn(text)}\n`));
    assert.deepEqual(answer(asked), ['terminal', { answer: 'allow', scope: 'once' }]);
    assert.match(shown, /Claude Code wants to run a command/);
    assert.match(shown, /Allowed once/);
    assert.ok(shown.includes('⟨U+202E⟩') && shown.includes('␛[2J') && !shown.includes('\u001b[2J'));
  });

  for (const [name, text] of [
    ['Enter', '\n'],
    ['another word', 'yes\n'],
    ['the end of input', '\u0004'],
  ] as const) {
    it(`is denied by ${name}`, async () => {
      const { asked } = await onTerminal((shown) => (wordIn(shown) === undefined ? undefined : text));
      assert.deepEqual(answer(asked), ['terminal', { answer: 'deny' }]);
    });
  }

  it('takes nothing that was typed before it', async () => {
    const { asked } = await onTerminal((shown) => (wordIn(shown) === undefined ? undefined : `${wordIn(shown)}\n`), {
      early: 'y\nyes\nallow\n',
    });
    assert.deepEqual(answer(asked), ['terminal', { answer: 'allow', scope: 'once' }]);
  });

  it('expires', async () => {
    const { asked, shown } = await onTerminal(() => undefined, { deadline: 1500 });
    assert.equal((asked as { by: string }).by, 'expired');
    assert.match(shown, /Nobody answered in time/);
  });

  const unasked: readonly (readonly [string, (command: string) => string])[] = [
    ['an agent with a screen of its own reads the keys', (command) => `stty raw -echo; ${command}`],
    ['there is no terminal', (command) => `setsid --wait ${command}`],
    ['it is in the background', (command) => `bash -mc '${command} & wait'`],
  ];
  for (const [why, wrap] of unasked) {
    it(`is not put where ${why}`, async () => {
      const { asked, shown } = await onTerminal(() => undefined, { wrap });
      assert.equal(asked, 'not asked');
      assert.doesNotMatch(shown, /Type/);
    });
  }

  it('is not put where a reason is wanted', async () => {
    assert.equal((await onTerminal(() => undefined, { change: '{ needsReason: true }' })).asked, 'not asked');
  });
});
