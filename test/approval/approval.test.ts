import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { askWindow, parseAnswer } from '../../src/approval/client.ts';
import type { ApprovalAnswer, ApprovalRequest } from '../../src/approval/messages.ts';
import { orderWindows, registerWindow, windowsDirectory } from '../../src/approval/registry.ts';
import { type ApprovalServer, startApprovalServer } from '../../src/approval/server.ts';
import { directories } from '../../src/platform/directories.ts';
import { scratchFolder } from '../support/scratch.ts';

describe('approval', () => {
  let root = '';
  let home = '';
  let servers: ApprovalServer[] = [];
  beforeEach(() => {
    root = scratchFolder('approval');
    home = root;
  });
  afterEach(async () => {
    for (const server of servers) await server.dispose();
    servers = [];
    rmSync(root, { recursive: true, force: true });
  });

  const places = () => directories({}, 'linux', home);
  const request = (change: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
    type: 'request',
    version: 1,
    id: 'r1',
    agent: 'Claude Code',
    cwd: '/project/sub',
    workspace: '/project',
    tool: 'bash',
    nativeTool: 'Bash',
    actions: [{ kind: 'bash', command: 'git push -f' }],
    rule: 'no-force-push',
    layer: 'user',
    reason: 'Overwrites.',
    risk: 'high',
    effects: [],
    deadline: Date.now() + 5000,
    ...change,
  });
  async function window(
    answer: (request: ApprovalRequest, signal: AbortSignal) => Promise<ApprovalAnswer>,
    folders: readonly string[] = ['/project'],
    problems: string[] = [],
  ): Promise<ApprovalServer> {
    const server = await startApprovalServer({
      directories: places(),
      workspaceFolders: folders,
      onRequest: answer,
      onProblem: (message) => problems.push(message),
    });
    servers.push(server);
    return server;
  }
  const never = () => new Promise<ApprovalAnswer>(() => {});
  const allow = async (): Promise<ApprovalAnswer> => ({ answer: 'allow', scope: 'once' });

  const answers: readonly ApprovalAnswer[] = [
    { answer: 'allow', scope: 'once' },
    { answer: 'allow', scope: 'session' },
    { answer: 'deny' },
    { answer: 'deny', message: 'Use another branch.' },
  ];
  for (const answer of answers) {
    it(`brings back ${JSON.stringify(answer)}`, async () => {
      let seen: ApprovalRequest | undefined;
      await window(async (asked) => {
        seen = asked;
        return answer;
      });
      const sent = request();
      const asked = await askWindow(places(), sent);
      assert.deepEqual(asked.by === 'window' ? asked.answer : asked.by, answer);
      assert.deepEqual(seen, sent);
    });
  }

  it('carries a content of megabytes whole', async () => {
    const content = 'ä\u2028"\\\n'.repeat(300_000);
    let seen = '';
    await window(async ({ actions: [action] }) => {
      seen = action?.kind === 'write' ? (action.content ?? '') : '';
      return { answer: 'deny' };
    });
    await askWindow(places(), request({ actions: [{ kind: 'write', path: '/project/x', content }] }));
    assert.ok(seen === content);
  });

  it('does not ask what is too large to be shown', async () => {
    await window(allow);
    const asked = await askWindow(places(), request({ actions: [{ kind: 'write', path: '/x', content: 'x'.repeat(9_000_000) }] }));
    assert.equal(asked.by, 'no-window');
  });

  it('says that there is no window', async () => {
    assert.equal((await askWindow(places(), request())).by, 'no-window');
  });

  it('takes a rejected question for deny', async () => {
    await window(() => Promise.reject(new Error('no screen')));
    const asked = await askWindow(places(), request());
    assert.deepEqual(asked.by === 'window' && asked.answer, { answer: 'deny' });
  });

  it('expires at the deadline and takes the question back', async () => {
    const taken = new Promise<void>((resolve) => {
      window((_, signal) => {
        signal.addEventListener('abort', () => resolve());
        return never();
      });
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal((await askWindow(places(), request({ deadline: Date.now() + 150 }))).by, 'expired');
    await taken;
  });

  it('takes the question back when the call ends', async () => {
    let aborted = false;
    await window((_, signal) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return never();
    });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    assert.equal((await askWindow(places(), request(), controller.signal)).by, 'expired');
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(aborted);
  });

  it('ends with deny when the window closes', async () => {
    const server = await window(never);
    setTimeout(() => server.dispose(), 100);
    assert.equal((await askWindow(places(), request())).by, 'lost');
    assert.deepEqual(readdirSync(windowsDirectory(places())), []);
  });

  it('forgets a window that died and asks the next', async () => {
    await window(allow, ['/other']);
    const stale = {
      id: 'dead',
      pid: 2 ** 22 + 1,
      host: hostname(),
      socket: join(home, 'dead.sock'),
      workspaceFolders: ['/project/sub'],
      focused: Date.now(),
    };
    registerWindow(places(), stale);
    writeFileSync(join(windowsDirectory(places()), 'junk.json'), '{');
    assert.equal((await askWindow(places(), request())).by, 'window');
    assert.ok(!readdirSync(windowsDirectory(places())).includes('dead.json'));
  });

  it('asks the window with the closest folder, else the one last in focus', () => {
    const entry = (id: string, focused: number, ...workspaceFolders: string[]) => ({
      id,
      pid: 1,
      host: '',
      socket: '',
      workspaceFolders,
      focused,
    });
    const windows = [entry('far', 9, '/p-other'), entry('root', 5, '/'), entry('outer', 3, '/p'), entry('inner', 1, '/x', '/p/sub/')];
    const order = (cwd: string, workspace = '/none') => orderWindows(windows, cwd, workspace).map(({ id }) => id);
    assert.deepEqual(order('/p/sub/deep'), ['inner', 'outer', 'root', 'far']);
    assert.equal(order('/p/subway')[0], 'outer');
    assert.equal(order('/p-other/x')[0], 'far');
    assert.equal(order('/q')[0], 'root');
    assert.equal(orderWindows(windows.slice(2), '/q', '/p/sub')[0]?.id, 'inner');
    assert.equal(orderWindows([entry('a', 1, '/a'), entry('b', 2, '/b')], '/q', '/q')[0]?.id, 'b');
  });

  it('keeps socket and directory private', async () => {
    const server = await window(allow);
    assert.equal(statSync(server.socket).mode & 0o777, 0o600);
    assert.equal(statSync(join(server.socket, '..')).mode & 0o777, 0o700);
  });

  it('moves a socket with a long path to a private temporary directory', async () => {
    home = join(home, 'x'.repeat(120));
    mkdirSync(home, { recursive: true });
    const server = await window(allow);
    assert.ok(server.socket.startsWith(tmpdir()));
    assert.equal(statSync(join(server.socket, '..')).mode & 0o777, 0o700);
    assert.equal((await askWindow(places(), request())).by, 'window');
    await server.dispose();
    rmSync(join(server.socket, '..'), { recursive: true });
  });

  const hostile: readonly (readonly [string, (send: (text: string) => void) => void, RegExp])[] = [
    ['garbage', (send) => send('\0\xff garbage\n'), /not JSON/],
    ['an array', (send) => send('[]\n'), /not an object/],
    ['an answer', (send) => send('{"type":"answer","id":"r1","answer":"allow","scope":"once"}\n'), /neither a request nor/],
    ['an approval', (send) => send('{"type":"approve","id":"r1"}\n'), /neither a request nor/],
    [
      'a request of wrong type',
      (send) => send(`${JSON.stringify({ ...request(), actions: [{ kind: 'bash', command: 5 }] })}\n`),
      /"actions"/,
    ],
    ['a request without rule', (send) => send(`${JSON.stringify({ ...request(), rule: undefined })}\n`), /"rule"/],
    ['a rule that is written nowhere', (send) => send(`${JSON.stringify({ ...request(), source: { file: 'x' } })}\n`), /"source"/],
    ['another version', (send) => send(`${JSON.stringify({ ...request(), version: 2 })}\n`), /another version/],
    ['a request that is over', (send) => send(`${JSON.stringify(request({ deadline: 1 }))}\n`), /after its deadline/],
    ['two requests', (send) => send(`${JSON.stringify(request())}\n${JSON.stringify(request({ id: 'r2' }))}\n`), /second request/],
    ['a line without end', (send) => send('x'.repeat(9_000_000)), /too large/],
    ['deep nesting', (send) => send(`${'['.repeat(100_000)}\n`), /not JSON/],
  ];
  for (const [name, send, expected] of hostile) {
    it(`turns away ${name} and goes on`, async () => {
      const problems: string[] = [];
      let hang = true;
      const server = await window(() => (hang ? never() : allow()), ['/project'], problems);
      const received = await new Promise<string>((resolve) => {
        let text = '';
        const socket = connect(server.socket, () => send((line) => socket.write(line)));
        socket.on('data', (data) => {
          text += data.toString();
        });
        socket.on('error', () => {});
        socket.on('close', () => resolve(text));
      });
      assert.equal(received, '');
      assert.match(problems.join(), expected);
      hang = false;
      assert.equal((await askWindow(places(), request())).by, 'window');
    });
  }

  it('forgets a peer that goes away in the middle of its request', async () => {
    const server = await window(allow);
    await new Promise<void>((resolve) => {
      const socket = connect(server.socket, () => {
        socket.write('{"type":"req');
        socket.destroy();
        resolve();
      });
    });
    assert.equal((await askWindow(places(), request())).by, 'window');
  });

  const replies: readonly (readonly [string, ApprovalAnswer | undefined])[] = [
    ['', undefined],
    ['null', undefined],
    ['"allow"', undefined],
    ['{"type":"answer","id":"other","answer":"allow","scope":"once"}', undefined],
    ['{"type":"answer","id":"r1","answer":"allow"}', undefined],
    ['{"type":"answer","id":"r1","answer":"allow","scope":"always"}', undefined],
    ['{"type":"answer","id":"r1","answer":"ALLOW","scope":"once"}', undefined],
    ['{"type":"answer","id":"r1","answer":"allow","scope":"once"}', { answer: 'allow', scope: 'once' }],
    ['{"type":"answer","id":"r1","answer":"deny","message":7}', { answer: 'deny' }],
  ];
  for (const [line, expected] of replies) {
    it(`reads ${line || 'nothing'}`, () => assert.deepEqual(parseAnswer(line, 'r1'), expected));
  }
});
