import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { once } from '../../src/gateway/once.ts';
import type { ToolCall } from '../../src/model/tool-call.ts';
import { directories } from '../../src/platform/directories.ts';
import { scratchFolder } from '../support/scratch.ts';

describe('once', () => {
  let home = '';
  let decided = 0;
  beforeEach(() => {
    home = scratchFolder('once');
    decided = 0;
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const call = (change: Partial<ToolCall> = {}): ToolCall => ({
    tool: 'bash',
    nativeTool: 'Bash',
    args: {},
    actions: [{ kind: 'bash', command: 'a' }],
    agent: 'vscode',
    session: 's',
    callId: 'c',
    cwd: '/p',
    workspace: '/p',
    home,
    ...change,
  });
  const ask = (change: Partial<ToolCall> = {}) =>
    once(
      directories({}, 'linux', home),
      call(change),
      Date.now() + 5000,
      async () => {
        await wait(60);
        decided += 1;
        return decided;
      },
      (value): value is number => typeof value === 'number',
    );
  const folder = () => join(home, '.local/state/agent-policy/decisions');

  it('decides the same call once', async () => {
    assert.deepEqual(await Promise.all([ask(), ask(), ask({ agent: 'copilot' })]), [1, 1, 1]);
    assert.equal(await ask(), 1);
    assert.deepEqual(
      readdirSync(folder()).map((name) => name.split('.')[1]),
      ['json'],
    );
  });

  it('keeps what was decided between two looks at it', async () => {
    assert.equal(await ask(), 1);
    let looks = 0;
    const seen = await once(
      directories({}, 'linux', home),
      call(),
      Date.now() + 5000,
      async () => {
        decided += 1;
        return decided;
      },
      (value): value is number => {
        looks += 1;
        return looks > 1 && typeof value === 'number';
      },
    );
    assert.deepEqual([seen, decided], [1, 1]);
  });

  it('decides another call anew', async () => {
    const changes: readonly Partial<ToolCall>[] = [
      {},
      { callId: 'd' },
      { session: 't' },
      { cwd: '/q' },
      { actions: [{ kind: 'bash', command: 'b' }] },
      { tool: 'x' },
    ];
    for (const change of changes) await ask(change);
    assert.equal(decided, changes.length);
  });

  it('decides a call without an id each time', async () => {
    const { callId: _, ...nameless } = call();
    for (const _try of [1, 2]) {
      await once(
        directories({}, 'linux', home),
        nameless,
        Date.now() + 1000,
        async () => {
          decided += 1;
          return 1;
        },
        (value): value is number => typeof value === 'number',
      );
    }
    assert.equal(decided, 2);
  });

  it('does not believe a stored decision that is old, broken or from the future', async () => {
    await ask();
    const [name = ''] = readdirSync(folder());
    for (const text of [
      '',
      '{',
      '1',
      '{"at":1,"value":9}',
      `{"at":${Date.now() + 60_000},"value":9}`,
      `{"at":${Date.now()},"value":"approve"}`,
    ]) {
      writeFileSync(join(folder(), name), `1\n${text}\n`);
      assert.notEqual(await ask(), 9);
    }
    assert.equal(decided, 7);
  });

  it('goes on when the one who decided died, and when nothing can be stored', async () => {
    await ask();
    const [name = ''] = readdirSync(folder());
    writeFileSync(join(folder(), name), `${2 ** 22 + 5}\n`);
    assert.equal(await ask(), 2);
    writeFileSync(join(folder(), name), `${2 ** 22 + 5}\n{"at":${Date.now()},"val`);
    assert.equal(await ask(), 3);
    rmSync(folder(), { recursive: true });
    mkdirSync(join(folder(), '..'), { recursive: true });
    writeFileSync(folder(), 'in the way');
    assert.equal(await ask(), 4);
  });
});
