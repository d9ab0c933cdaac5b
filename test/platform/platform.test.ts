import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { privateDirectory, writeAtomically } from '../../src/platform/atomic-write.ts';
import { type Directories, directories, socketPlace } from '../../src/platform/directories.ts';
import { diskWorld } from '../../src/platform/disk-world.ts';
import { uuid7 } from '../../src/platform/ids.ts';
import { parseBounded, readInput } from '../../src/platform/input.ts';
import { TokenTimeout, takeToken } from '../../src/platform/token.ts';
import { scratchFolder } from '../support/scratch.ts';

describe('platform', () => {
  let folder = '';
  beforeEach(() => {
    folder = scratchFolder('platform');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  describe('directories', () => {
    type Row = readonly [string, Readonly<Record<string, string>>, NodeJS.Platform, string, Directories];
    const local = 'C:\\Users\\me\\AppData\\Local\\agent-policy';
    const rows: readonly Row[] = [
      [
        'Linux',
        {},
        'linux',
        '/home/me',
        {
          config: '/home/me/.config/agent-policy',
          state: '/home/me/.local/state/agent-policy',
          cache: '/home/me/.cache/agent-policy',
          runtime: '/home/me/.local/state/agent-policy/run',
        },
      ],
      [
        'XDG',
        { XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s', XDG_CACHE_HOME: '/k', XDG_RUNTIME_DIR: '/r' },
        'linux',
        '/home/me',
        { config: '/c/agent-policy', state: '/s/agent-policy', cache: '/k/agent-policy', runtime: '/r/agent-policy' },
      ],
      [
        'relative XDG',
        { XDG_CONFIG_HOME: 'c', XDG_STATE_HOME: '', XDG_CACHE_HOME: '../k', XDG_RUNTIME_DIR: 'r' },
        'linux',
        '/home/me',
        {
          config: '/home/me/.config/agent-policy',
          state: '/home/me/.local/state/agent-policy',
          cache: '/home/me/.cache/agent-policy',
          runtime: '/home/me/.local/state/agent-policy/run',
        },
      ],
      [
        'macOS',
        { XDG_CONFIG_HOME: '/c' },
        'darwin',
        '/Users/me',
        {
          config: '/Users/me/Library/Application Support/agent-policy',
          state: '/Users/me/Library/Application Support/agent-policy/state',
          cache: '/Users/me/Library/Caches/agent-policy',
          runtime: '/Users/me/Library/Application Support/agent-policy/run',
        },
      ],
    ];
    for (const [name, env, platform, home, expected] of rows) it(name, () => assert.deepEqual(directories(env, platform, home), expected));
    it('Windows', () => {
      const { runtime, ...rest } = directories({ APPDATA: 'D:\\Roaming', LOCALAPPDATA: 'x' }, 'win32', 'C:\\Users\\me');
      assert.deepEqual(rest, { config: 'D:\\Roaming\\agent-policy', state: `${local}\\state`, cache: `${local}\\cache` });
      assert.match(runtime, /^\\\\\.\\pipe\\agent-policy-[0-9a-f]{16}-$/);
    });
    it('sockets', () => {
      assert.deepEqual(socketPlace('/r', 'a', 'linux', '/tmp', 5), { path: '/r/a.sock', directory: '/r' });
      const long = socketPlace(`/${'r'.repeat(120)}`, 'a', 'linux', '/tmp', 5);
      assert.match(long.path, /^\/tmp\/agent-policy-5-[0-9a-f]{12}\/a\.sock$/);
      assert.deepEqual(socketPlace('\\\\.\\pipe\\x-', 'a', 'win32', '', 0), { path: '\\\\.\\pipe\\x-a' });
    });
  });

  describe('disk world', () => {
    beforeEach(() => {
      writeFileSync(join(folder, 'file'), 'text');
      writeFileSync(join(folder, 'binary'), Buffer.from([0xff, 0xfe]));
      mkdirSync(join(folder, 'many'));
      for (let index = 0; index < 20; index += 1) writeFileSync(join(folder, 'many', String(index)), '');
      symlinkSync('file', join(folder, 'link'));
      symlinkSync('loop', join(folder, 'loop'));
      assert.equal(spawnSync('mkfifo', [join(folder, 'pipe')]).status, 0);
      writeFileSync(join(folder, 'sparse'), '');
      truncateSync(join(folder, 'sparse'), 8_000_000_000);
    });

    const world = () => diskWorld({ maxNames: 10, env: { A: 'b' } });
    it('knows kinds without following links', () => {
      const kinds = ['file', 'many', 'link', 'loop', 'pipe', 'none', 'file/x', 'a\0b'].map((name) => world().kind(join(folder, name)));
      assert.deepEqual(kinds, ['file', 'directory', 'link', 'link', 'other', undefined, undefined, undefined]);
      assert.equal(world().kind(`${folder}/${'x'.repeat(5000)}`), undefined);
    });
    it('reads small texts only', () => {
      const texts = ['file', 'binary', 'many', 'link', 'loop', 'pipe', 'sparse', 'none'].map((name) =>
        world().readText(join(folder, name), 100),
      );
      assert.deepEqual(texts, ['text', undefined, undefined, 'text', undefined, undefined, undefined, undefined]);
      assert.equal(world().readText(join(folder, 'file'), 3), undefined);
      assert.equal(diskWorld().readText('/dev/zero', 100), undefined);
    });
    it('lists small directories only', () => {
      assert.equal(world().list(join(folder, 'many')), undefined);
      assert.equal(diskWorld().list(join(folder, 'many'))?.length, 20);
      assert.equal(world().list(join(folder, 'file')), undefined);
    });
    it('reads links and variables', () => {
      assert.deepEqual([world().readLink(join(folder, 'link')), world().readLink(join(folder, 'file'))], ['file', undefined]);
      assert.deepEqual([world().variable('A'), world().variable('HOME')], ['b', undefined]);
    });
    it('sees one state of the disk and asks it a bounded number of times', () => {
      const one = diskWorld({ maxQuestions: 2 });
      assert.equal(one.kind(join(folder, 'later')), undefined);
      writeFileSync(join(folder, 'later'), '');
      assert.equal(one.kind(join(folder, 'later')), undefined);
      assert.equal(one.kind(join(folder, 'file')), 'file');
      assert.equal(one.kind(join(folder, 'link')), undefined);
    });
  });

  describe('files', () => {
    it('replaces whole files and leaves nothing behind', () => {
      writeAtomically(join(folder, 'a/b'), 'one');
      writeAtomically(join(folder, 'a/b'), 'two');
      assert.deepEqual([readFileSync(join(folder, 'a/b'), 'utf8'), readdirSync(join(folder, 'a'))], ['two', ['b']]);
      mkdirSync(join(folder, 'a/dir'));
      assert.throws(() => writeAtomically(join(folder, 'a/dir'), 'x'));
      assert.deepEqual(readdirSync(join(folder, 'a')), ['b', 'dir']);
    });
    it('refuses a directory that others can enter, a link and a file', () => {
      const open = join(folder, 'open');
      mkdirSync(open);
      chmodSync(open, 0o755);
      assert.throws(() => privateDirectory(open), /open to other users/);
      mkdirSync(join(folder, 'closed'), { mode: 0o700 });
      symlinkSync('closed', join(folder, 'to-closed'));
      assert.throws(() => privateDirectory(join(folder, 'to-closed')), /somebody else/);
      privateDirectory(join(folder, 'closed'));
    });
    it('makes ids that sort by time', () => {
      const ids = [1, 2, 1_800_000_000_000].map((now) => uuid7(now));
      assert.deepEqual([...ids].sort(), ids);
      for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    });
  });

  describe('token', () => {
    const names = () =>
      readdirSync(folder)
        .map((name) => name.split('.')[0])
        .sort();
    it('is one, taken and given back', () => {
      const first = takeToken(folder, 100);
      assert.ok(first.isNew);
      assert.deepEqual(names(), ['born', 'held']);
      assert.throws(() => takeToken(folder, 50), TokenTimeout);
      first.release();
      assert.deepEqual(names(), ['born', 'free']);
      assert.equal(takeToken(folder, 50).isNew, false);
    });
    it('is taken from a process that died', () => {
      const script = `const { takeToken } = await import(${JSON.stringify(new URL('../../src/platform/token.ts', import.meta.url).href)}); takeToken(process.argv[1], 100); process.kill(process.pid, 'SIGKILL');`;
      spawnSync(process.execPath, ['--input-type=module', '-e', script, folder]);
      assert.deepEqual(names(), ['born', 'held']);
      takeToken(folder, 100).release();
      assert.deepEqual(names(), ['born', 'free']);
    });
    it('is not taken from another machine at once', () => {
      takeToken(folder, 100).release();
      rmSync(join(folder, 'free'));
      writeFileSync(join(folder, `held.elsewhere.1.${Date.now().toString(36)}.00`), '');
      assert.throws(() => takeToken(folder, 50), TokenTimeout);
    });
    it('is made again after it vanished', () => {
      takeToken(folder, 100).release();
      rmSync(join(folder, 'free'));
      takeToken(folder, 2000).release();
      assert.deepEqual(names(), ['born', 'free']);
    });
  });

  describe('input', () => {
    const rows: readonly (readonly [string, unknown])[] = [
      ['{"a":[1]}', { value: { a: [1] } }],
      ['"[[[[[[["', { value: '[[[[[[[' }],
      ['{"a":"\\"[[[[[["}', { value: { a: '"[[[[[[' } }],
      ['"\\\\"', { value: '\\' }],
      ['[[[]]]', { value: [[[]]] }],
      ['[[[[]]]]', { problem: 'The input is nested deeper than 3 levels.' }],
      ['["\\\\",[[[]]]]', { problem: 'The input is nested deeper than 3 levels.' }],
      ['"open', { problem: 'The input is not JSON.' }],
      ['', { problem: 'The input is empty.' }],
    ];
    for (const [text, expected] of rows) it(text || 'nothing', () => assert.deepEqual(parseBounded(text, 3), expected));

    it('ends with what is too large, not text, or never ends', async () => {
      assert.deepEqual(await readInput(Readable.from([Buffer.from('ä').subarray(0, 1), Buffer.from('ä').subarray(1)]), 10, 1000), {
        value: 'ä',
      });
      assert.match(JSON.stringify(await readInput(Readable.from([Buffer.alloc(11)]), 10, 1000)), /larger than 10/);
      assert.match(JSON.stringify(await readInput(Readable.from([Buffer.from([0xc3])]), 10, 1000)), /UTF-8/);
      assert.match(JSON.stringify(await readInput(new Readable({ read() {} }), 10, 20)), /did not end/);
    });
  });
});
