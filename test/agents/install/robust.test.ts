// Installations on machines where something is in the way: nothing is lost, and one line says what it was.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { alone } from '../../../src/agents/install/alone.ts';
import type { Machine } from '../../../src/agents/install/place.ts';
import { itOn } from '../../support/it-on.ts';
import { scratchFolder } from '../../support/scratch.ts';

const cli = join(import.meta.dirname, '..', '..', '..', 'dist', 'cli.cjs');

describe('agents: install, where something is in the way', function () {
  this.timeout(60_000);
  let root: string;
  let home: string;
  let project: string;

  beforeEach(() => {
    root = scratchFolder('robust');
    [home, project] = [join(root, 'home'), join(root, 'project')];
    for (const folder of [home, project]) mkdirSync(folder);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const env = () => ({ HOME: home, PATH: process.env['PATH'] ?? '' });
  const settings = (): string => join(home, '.qwen', 'settings.json');
  const mine = '{\n  "model": "mine"\n}\n';

  function write(file: string, text: string): void {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Runs our command line, in a sandbox with these mounts where there are any. */
  function policy(args: readonly string[], mounts: readonly string[] = [], more: NodeJS.ProcessEnv = {}) {
    const command = [process.execPath, cli, ...args];
    const sandbox = ['bwrap', '--dev-bind', '/', '/', ...mounts];
    const [program = '', ...rest] = mounts.length === 0 ? command : [...sandbox, ...command];
    const { status, stdout, stderr } = spawnSync(program, rest, {
      cwd: project,
      env: { ...env(), ...more },
      encoding: 'utf8',
      timeout: 30_000,
    });
    return { status, stdout, stderr };
  }

  /** Everything in the home directory: files with their text, links with where they lead. */
  function tree(): Readonly<Record<string, string>> {
    const entries = readdirSync(home, { recursive: true, encoding: 'utf8' }).sort();
    return Object.fromEntries(
      entries.flatMap((name) => {
        const stat = lstatSync(join(home, name));
        if (stat.isSymbolicLink()) return [[name, `-> ${readlinkSync(join(home, name))}`]];
        return stat.isFile() ? [[name, readFileSync(join(home, name), 'utf8')]] : [];
      }),
    );
  }

  /** One line, and nothing changed. */
  function refuses(message: RegExp, args: readonly string[], mounts: readonly string[] = [], more: NodeJS.ProcessEnv = {}): void {
    const before = tree();
    const { status, stdout, stderr } = policy(args, mounts, more);
    assert.equal(status, 1, stdout + stderr);
    assert.match(stderr, message);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
    assert.deepEqual(tree(), before);
  }

  function sparse(file: string): void {
    writeFileSync(file, '');
    truncateSync(file, 40 * 1024 * 1024);
  }

  const inTheWay: readonly (readonly [name: string, make: () => void, message: RegExp])[] = [
    ['a folder', () => mkdirSync(settings()), /settings\.json is not a file/],
    ['a link in a circle', () => symlinkSync('settings.json', settings()), /settings\.json (cannot be read \(ELOOP\)|is a link)/],
    ['a file of 40 MiB', () => sparse(settings()), /larger than 32 MiB/],
    ['a file in the place of the folder', () => writeFileSync(dirname(settings()), 'x'), /EEXIST|ENOTDIR/],
  ];
  for (const [name, make, message] of inTheWay) {
    it(`${name} instead of the settings`, () => {
      if (name !== 'a file in the place of the folder') mkdirSync(dirname(settings()), { recursive: true });
      make();
      refuses(message, ['install', '--agent', 'qwen']);
    });
  }

  itOn(['linux', 'darwin'], 'where pipes are files', 'a pipe instead of the settings is not waited for', () => {
    mkdirSync(dirname(settings()));
    execFileSync('mkfifo', [settings()]);
    refuses(/settings\.json is not a file/, ['install', '--agent', 'qwen']);
  });

  it('no home directory', () => {
    for (const name of ['', 'relative']) refuses(/home directory is, is not known/, ['install', '--agent', 'qwen'], [], { HOME: name });
    assert.deepEqual(readdirSync(project), []);
  });

  it('a link to a file that is not there yet stays, and leads to nothing again afterwards', () => {
    mkdirSync(dirname(settings()));
    mkdirSync(join(home, 'dotfiles'));
    symlinkSync('../dotfiles/qwen.json', settings());
    const before = tree();
    assert.equal(policy(['install', '--agent', 'qwen']).status, 0);
    assert.ok(lstatSync(settings()).isSymbolicLink());
    assert.match(readFileSync(join(home, 'dotfiles', 'qwen.json'), 'utf8'), /hook\.cjs/);
    assert.equal(policy(['uninstall', '--agent', 'qwen']).status, 0);
    assert.deepEqual(tree(), before);
  });

  it('what fails half-way is taken back: no file of the agent is changed', () => {
    write(join(home, '.codex', 'hooks.json'), '{ "hooks": {} } // mine\n');
    write(join(home, '.codex', 'config.toml'), 'model = "mine"\n');
    // There is no folder for the last file.
    write(join(home, '.codex', 'rules'), 'a file');
    refuses(/rules\/agent-policy\.rules cannot be written/, ['install', '--agent', 'codex']);
  });

  itOn(['linux'], 'where bubblewrap makes a disk', 'a full disk', () => {
    write(join(root, 'settings.json'), JSON.stringify({ text: 'x'.repeat(45_000) }));
    // The settings lie on a disk of 64 KiB, where there is no room for them twice.
    mkdirSync(dirname(settings()));
    const small = ['--size', '65536', '--tmpfs', dirname(settings())];
    const script = `cp ${root}/settings.json ${settings()} && ${process.execPath} ${cli} install --agent qwen; echo "status $?"; cmp ${root}/settings.json ${settings()} && ls -A ${dirname(settings())}`;
    const { stdout, stderr } = spawnSync('bwrap', ['--dev-bind', '/', '/', ...small, 'sh', '-c', script], {
      cwd: project,
      env: env(),
      encoding: 'utf8',
    });
    assert.match(stderr, /^agent-policy install: .*settings\.json cannot be written \(ENOSPC\)\.\n$/);
    assert.equal(stdout, 'status 1\nsettings.json\n');
    assert.deepEqual(tree(), {}, 'and nothing else is installed');

    // There is no room for the program.
    write(settings(), mine);
    mkdirSync(join(home, '.local', 'share'), { recursive: true });
    refuses(/cannot be written \(ENOSPC\)/, ['install', '--agent', 'qwen'], ['--size', '65536', '--tmpfs', join(home, '.local', 'share')]);
  });

  itOn(['linux'], 'where bubblewrap makes a disk', 'a disk that can only be read', () => {
    write(settings(), mine);
    refuses(
      /settings\.json cannot be written \(EROFS\)/,
      ['install', '--agent', 'qwen'],
      ['--ro-bind', dirname(settings()), dirname(settings())],
    );
    refuses(/cannot be written \(E(ROFS|NOENT)\)/, ['install', '--agent', 'qwen'], ['--ro-bind', home, home]);
  });

  it('many installations at once: each file is whole, and all of them can be taken away again', async () => {
    const servers = '{\n  "mcpServers": {\n    "a": { "command": "one", "args": ["1"] }\n  }\n} // mine\n';
    for (const file of ['.gemini/settings.json', '.qwen/settings.json']) write(join(home, file), servers);
    const before = tree();
    const all = (verb: string) =>
      Promise.all(
        [
          ['--agent', 'gemini'],
          ['--agent', 'gemini'],
          ['--agent', 'copilot'],
          ['--agent', 'vscode'],
          ['--mcp'],
          ['--agent', 'qwen'],
          ['--mcp'],
        ].map(
          (args) =>
            new Promise<void>((resolve, reject) => {
              const child = spawn(process.execPath, [cli, verb, ...args], {
                cwd: project,
                env: env(),
                stdio: ['ignore', 'ignore', 'pipe'],
              });
              let said = '';
              child.stderr.on('data', (chunk) => {
                said += String(chunk);
              });
              child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${verb} ${args.join(' ')}: ${code} ${said}`))));
            }),
        ),
      );
    await all('install');
    for (const file of ['.gemini/settings.json', '.qwen/settings.json']) {
      const text = readFileSync(join(home, file), 'utf8');
      assert.equal(text.match(/bin\/hook\.cjs/g)?.length, 1, text);
      assert.equal(text.match(/bin\/mcp\.cjs/g)?.length, 1, text);
    }
    assert.ok(!existsSync(join(home, '.local', 'share', 'agent-policy.lock')));
    await all('uninstall');
    const after = tree();
    for (const [name, text] of Object.entries(before)) assert.equal(after[name], text, name);
    assert.deepEqual(Object.keys(after), Object.keys(before));
  });

  it('a lock whose holder has died is taken over; one whose holder lives is waited for', () => {
    const lock = join(home, '.local', 'share', 'agent-policy.lock');
    write(lock, '4194300');
    execFileSync('touch', ['-d', '1 minute ago', lock]);
    assert.equal(policy(['install', '--agent', 'qwen']).status, 0);
    write(lock, String(process.pid));
    const machine: Machine = { env: {}, platform: process.platform, home, project, node: process.execPath };
    assert.throws(
      () => alone(machine, 'user', () => 1, 50),
      /Another installation is under way\. If there is none, remove .*agent-policy\.lock/,
    );
    assert.equal(readFileSync(lock, 'utf8'), String(process.pid));
    rmSync(lock);
    assert.throws(() =>
      alone(machine, 'user', () => {
        throw new Error('work');
      }),
    );
    assert.ok(!existsSync(lock));
  });
});
