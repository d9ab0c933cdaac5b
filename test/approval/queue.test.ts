import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ApprovalAnswer, ApprovalRequest } from '../../src/approval/messages.ts';
import { type Pending, RequestQueue } from '../../src/approval/queue.ts';

const request = (command: string, change: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  type: 'request',
  version: 1,
  id: command,
  agent: 'A',
  session: 's',
  cwd: '/w',
  workspace: '/w',
  tool: 'bash',
  nativeTool: 'bash',
  actions: [{ kind: 'bash', command }],
  rule: 'r',
  layer: 'user',
  reason: '',
  risk: 'high',
  effects: [],
  deadline: 1,
  ...change,
});
const once: ApprovalAnswer = { answer: 'allow', scope: 'once' };
const deny: ApprovalAnswer = { answer: 'deny' };
const never = () => new AbortController().signal;

/** A person who answers only when told, and remembers what was shown. */
function person(isQuiet: (request: ApprovalRequest) => boolean = () => false) {
  const shown: Pending[] = [];
  const answers: ((answer: ApprovalAnswer | Error) => void)[] = [];
  const counts: number[] = [];
  const queue = new RequestQueue(
    (current) => {
      shown.push(current());
      return new Promise((resolve, reject) => answers.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer))));
    },
    (count) => counts.push(count),
    isQuiet,
  );
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    queue,
    shown,
    counts,
    settle,
    answer: async (answer: ApprovalAnswer | Error) => {
      answers.shift()?.(answer);
      await settle();
    },
  };
}

describe('questions in a queue', () => {
  it('are put one at a time, oldest first', async () => {
    const p = person();
    const a = p.queue.ask(request('a'), never());
    const b = p.queue.ask(request('b'), never());
    assert.deepEqual(
      p.shown.map((s) => s.request.id),
      ['a'],
    );
    await p.answer(once);
    assert.deepEqual(
      p.shown.map((s) => s.request.id),
      ['a', 'b'],
    );
    await p.answer(deny);
    assert.deepEqual(await Promise.all([a, b]), [once, deny]);
    assert.equal(p.queue.size, 0);
    assert.equal(p.counts.at(-1), 0);
  });

  it('fold when identical, and an allow is only for those that were counted', async () => {
    const p = person();
    const [x, a1, a2] = [
      p.queue.ask(request('x'), never()),
      p.queue.ask(request('a'), never()),
      p.queue.ask(request('a', { id: 'a2' }), never()),
    ];
    assert.equal(p.queue.size, 2);
    await p.answer(deny);
    assert.equal(p.shown[1]?.waiting, 2);
    const late = p.queue.ask(request('a', { id: 'a3' }), never());
    await p.answer(once);
    assert.deepEqual(await Promise.all([x, a1, a2]), [deny, once, once]);
    assert.equal(p.shown[2]?.waiting, 1);
    await p.answer(deny);
    assert.deepEqual(await late, deny);
  });

  it('do not fold over sessions, agents, folders or rules', () => {
    const p = person();
    for (const change of [{}, { session: 't' }, { agent: 'B' }, { cwd: '/v' }, { rule: 'q' }])
      void p.queue.ask(request('a', change), never());
    assert.equal(p.queue.size, 5);
  });

  it('end as denied when the call gives up, and the shown one is told', async () => {
    const p = person();
    const gone = new AbortController();
    const a = p.queue.ask(request('a'), gone.signal);
    gone.abort();
    assert.deepEqual(await a, deny);
    assert.equal(p.shown[0]?.signal.aborted, true);
    await p.answer(once);
    assert.equal(p.queue.size, 0);
  });

  it('that were given up before are not put at all', async () => {
    const p = person();
    assert.deepEqual(await p.queue.ask(request('a'), AbortSignal.abort()), deny);
    assert.equal(p.shown.length, 0);
  });

  it('are denied when showing them fails, when all are denied, and when the window goes', async () => {
    const p = person();
    const a = p.queue.ask(request('a'), never());
    await p.answer(new Error('no screen'));
    assert.deepEqual(await a, deny);
    const rest = [p.queue.ask(request('b'), never()), p.queue.ask(request('c'), never())];
    p.queue.denyAll();
    assert.deepEqual(await Promise.all(rest), [deny, deny]);
    p.queue.dispose();
    assert.deepEqual(await p.queue.ask(request('d'), never()), deny);
  });

  const quiet = (request: ApprovalRequest) => request.risk === 'low';
  const ids = (p: ReturnType<typeof person>) => p.shown.map(({ request: { id } }) => id);

  it('that are quiet wait until they are opened, and keep nothing else waiting', async () => {
    const p = person(quiet);
    const a = p.queue.ask(request('a', { risk: 'low' }), never());
    const b = p.queue.ask(request('b'), never());
    const c = p.queue.ask(request('c', { risk: 'low' }), never());
    assert.deepEqual(ids(p), ['b']);
    assert.deepEqual(
      p.queue.items.map((item) => [item.request.id, item.isQuiet]),
      [
        ['a', true],
        ['b', false],
        ['c', true],
      ],
    );
    const d = p.queue.ask(request('d'), never());
    assert.equal(p.queue.open(p.queue.items[2]?.id), true);
    await p.answer(deny);
    // What a person opened goes before what only came earlier.
    assert.deepEqual(ids(p), ['b', 'c']);
    await p.answer(once);
    assert.deepEqual(ids(p), ['b', 'c', 'd']);
    await p.answer(once);
    assert.deepEqual(ids(p), ['b', 'c', 'd']);
    assert.equal(p.queue.open(), true);
    await p.answer(once);
    assert.deepEqual(await Promise.all([a, b, c, d]), [once, deny, once, once]);
    assert.equal(p.queue.open(), false);
  });

  it('can be denied one by one, with a message, shown or not', async () => {
    const p = person(quiet);
    const a = p.queue.ask(request('a', { risk: 'low' }), never());
    const b = p.queue.ask(request('b'), never());
    p.queue.deny(p.queue.items[0]?.id ?? 0, 'not now');
    p.queue.deny(p.queue.items[0]?.id ?? 0);
    p.queue.deny(77);
    assert.deepEqual(await Promise.all([a, b]), [{ answer: 'deny', message: 'not now' }, deny]);
    assert.equal(p.queue.size, 0);
    assert.equal(p.shown[0]?.signal.aborted, true);
  });
});
