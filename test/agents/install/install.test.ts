import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { install, uninstall } from '../../../src/agents/install/install.ts';
import {
  bundles,
  execForm,
  hookProgram,
  isOurs,
  lastingNode,
  type Machine,
  type Scope,
  shellForm,
} from '../../../src/agents/install/place.ts';
import { parseJsonc } from '../../../src/agents/install/jsonc.ts';
import { denialsIn, opencodeDenials } from '../../../src/agents/install/second-layer.ts';
import { type Target, targets } from '../../../src/agents/install/targets.ts';
import { scratchFolder } from '../../support/scratch.ts';

let root: string;
let machine: Machine;

beforeEach(() => {
  root = scratchFolder('install');
  machine = { env: {}, platform: 'linux', home: join(root, 'home'), project: join(root, 'project'), node: process.execPath };
  mkdirSync(machine.home);
  mkdirSync(machine.project);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function targetNamed(id: string): Target {
  const target = targets.find((candidate) => candidate.id === id);
  assert.ok(target);
  return target;
}

/** Every file below a folder with its text. */
function tree(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => lstatSync(join(folder, name)).isFile());
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

const settings =
  '\ufeff// mine\r\n{\r\n\t"model": "opus", // the good one\r\n\t"hooks": {\r\n\t\t"PreToolUse": [{ "matcher": "Bash", "hooks": [] }]\r\n\t}\r\n}';
const claude = targetNamed('claude-code');
const settingsOf = (m: Machine): string => join(m.home, '.claude', 'settings.json');

function writeSettings(text: string): void {
  mkdirSync(join(machine.home, '.claude'), { recursive: true });
  writeFileSync(settingsOf(machine), text);
}

describe('agents: install', () => {
  for (const target of targets) {
    for (const scope of Object.keys(target.files).filter((name) => name !== 'system') as Scope[]) {
      it(`${target.id} ${scope}: installs, again without a change, and leaves nothing behind`, () => {
        const before = tree(root);
        const planned = install(target, scope, machine, '1.0.0', true);
        assert.deepEqual(tree(root), before, 'a dry run writes nothing');
        const changes = install(target, scope, machine, '1.0.0', false);
        assert.deepEqual(changes, planned);
        assert.ok(changes.every(({ change, file }) => change === 'create' && existsSync(file)));
        assert.ok(changes.some(({ text }) => isOurs(text)));
        assert.ok(existsSync(hookProgram(machine, 'user')));
        const after = tree(root);
        assert.ok(install(target, scope, machine, '1.0.0', false).every(({ change }) => change === 'none'));
        assert.deepEqual(tree(root), after);
        uninstall(target, scope, machine, false);
        const standard = ['.local', '.local/share'];
        assert.deepEqual(
          readdirSync(machine.home, { recursive: true }).filter((name) => !standard.includes(String(name))),
          [],
        );
        assert.deepEqual(readdirSync(machine.project, { recursive: true }), []);
      });
    }

    it(`${target.id}: keeps what others have in the same files, and puts it back byte for byte`, () => {
      const scope = target.files.user === undefined ? 'project' : 'user';
      const files = (target.files[scope]?.(machine) ?? []).filter((placement) => placement.kind !== 'whole' && placement.kind !== 'rules');
      for (const { kind, file } of files) {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(
          file,
          kind !== 'codex-trust' ? settings : '# mine\nmodel = "x"\n\n[hooks.state."/other:pre_tool_use:0:0"]\ntrusted_hash = "sha256:0"',
        );
      }
      const before = tree(root);
      install(target, scope, machine, '1.0.0', false);
      for (const { file } of files) assert.match(readFileSync(file, 'utf8'), /mine/);
      uninstall(target, scope, machine, false);
      assert.deepEqual(tree(root), before);
    });
  }

  const opencodeFile = (): string => join(machine.home, '.config', 'opencode', 'opencode.json');
  const denialForms: readonly (readonly [name: string, before: string, bash: unknown])[] = [
    ['no permissions', '{ "model": "x" }', undefined],
    ['one word for all', '{"permission":"ask"}', undefined],
    ['one word for the shell', '{\n  "permission": { "bash": "allow" } // mine\n}\n', { '*': 'allow' }],
    ['patterns', '{ "permission": { "bash": { "*": "ask", "git *": "allow" }, "edit": "ask" } }', { '*': 'ask', 'git *': 'allow' }],
    ['a denial of the same', '{ "permission": { "bash": { "git push -f *": "deny" } } }', { 'git push -f *': 'deny' }],
  ];
  for (const [name, before, bash] of denialForms) {
    it(`opencode: denials stand last, so that they count, and go again: ${name}`, () => {
      const opencode = targetNamed('opencode');
      mkdirSync(dirname(opencodeFile()), { recursive: true });
      writeFileSync(opencodeFile(), before);
      install(opencode, 'user', machine, '1.0.0', false);
      const text = readFileSync(opencodeFile(), 'utf8');
      const read = (from: string) => {
        const parsed = parseJsonc(from);
        assert.ok('root' in parsed, from);
        return parsed.root.value as { permission?: { '*'?: string; bash?: Readonly<Record<string, string>>; edit?: unknown } };
      };
      const { permission } = read(text);
      const patterns = Object.entries(permission?.bash ?? {});
      const wide = patterns.findIndex(([pattern]) => pattern === '*' || pattern === 'git *');
      for (const words of ['git push --force *', 'git push -f *', 'rm -rf ~ *'])
        assert.ok(patterns.findIndex(([pattern, action]) => pattern === words && action === 'deny') > wide, words);
      if (name === 'one word for all') assert.equal(permission?.['*'], 'ask');
      assert.deepEqual(denialsIn(text), opencodeDenials);
      // Somebody changes the file: what was there before our denials stays.
      writeFileSync(opencodeFile(), `${text}// changed\n`);
      uninstall(opencode, 'user', machine, false);
      const after = read(readFileSync(opencodeFile(), 'utf8'));
      assert.deepEqual(after.permission?.bash, bash);
    });
  }

  it('takes only its own entries out of a file that was changed since', () => {
    writeSettings('{\n  "a": 1\n}\n');
    install(claude, 'user', machine, '1.0.0', false);
    const text = readFileSync(settingsOf(machine), 'utf8');
    writeFileSync(settingsOf(machine), text.replace('"a": 1', '"a": 2'));
    uninstall(claude, 'user', machine, false);
    assert.equal(readFileSync(settingsOf(machine), 'utf8'), '{\n  "a": 2\n}\n');
  });

  it('replaces the entries of an earlier version, and still restores the first text', () => {
    writeSettings(settings);
    const node = '/old/node';
    install(claude, 'user', { ...machine, node }, '0.9.0', false);
    const [change] = install(claude, 'user', machine, '1.0.0', false);
    assert.equal(change?.change, 'update');
    const text = readFileSync(settingsOf(machine), 'utf8');
    assert.ok(!text.includes(node));
    assert.equal(text.match(/hook\.cjs/g)?.length, 3);
    uninstall(claude, 'user', machine, false);
    assert.equal(readFileSync(settingsOf(machine), 'utf8'), settings);
  });

  it('never overwrites a file that it cannot read as the agent would', () => {
    for (const [text, message] of [
      ['{\n  "a": 1,\n  b: 2\n}\n', /settings\.json:3:3: this is not valid JSON: a value is expected here\. The file was left as it is/],
      ['{ "hooks": [] }', /settings\.json: "hooks" is not an object, so there is no place for the hooks/],
      ['"text"', /"the whole file" is not an object/],
    ] as const) {
      writeSettings(text);
      assert.throws(() => install(claude, 'user', machine, '1.0.0', false), message);
      assert.equal(readFileSync(settingsOf(machine), 'utf8'), text);
      assert.ok(!existsSync(hookProgram(machine, 'user')), 'nothing else is installed either');
    }
    writeFileSync(settingsOf(machine), Buffer.from([0x7b, 0xff, 0x7d]));
    assert.throws(() => install(claude, 'user', machine, '1.0.0', false), /is not UTF-8 text/);
    install(claude, 'project', machine, '1.0.0', false);
    const file = join(machine.project, '.claude', 'settings.json');
    writeFileSync(file, `${readFileSync(file, 'utf8')}x`);
    assert.throws(() => uninstall(claude, 'project', machine, false), /not valid JSON: there is text after the end\. .*by hand/);
  });

  it('writes through a link, and keeps the mode', () => {
    const real = join(root, 'dotfiles.json');
    writeFileSync(real, '{}\n');
    chmodSync(real, 0o640);
    mkdirSync(join(machine.home, '.claude'));
    symlinkSync(real, settingsOf(machine));
    install(claude, 'user', machine, '1.0.0', false);
    assert.ok(lstatSync(settingsOf(machine)).isSymbolicLink());
    assert.match(readFileSync(real, 'utf8'), /hook\.cjs/);
    assert.equal(statSync(real).mode & 0o777, 0o640);
    uninstall(claude, 'user', machine, false);
    assert.equal(readFileSync(real, 'utf8'), '{}\n');
  });

  it('keeps the file that Copilot and VS Code share while one of them is installed', () => {
    const [copilot, vscode] = [targetNamed('copilot'), targetNamed('vscode')];
    const file = join(machine.home, '.copilot', 'hooks', 'agent-policy.json');
    install(copilot, 'user', machine, '1.0.0', false);
    install(vscode, 'user', machine, '1.0.0', false);
    uninstall(copilot, 'user', machine, false);
    assert.ok(existsSync(file));
    uninstall(vscode, 'user', machine, false);
    assert.ok(!existsSync(file));
  });

  it('trusts its Codex hook at the place where it stands', () => {
    const codex = targetNamed('codex');
    const hooks = join(machine.home, '.codex', 'hooks.json');
    mkdirSync(dirname(hooks));
    writeFileSync(hooks, '{"hooks": {"PreToolUse": [{"hooks": []}]}}');
    install(codex, 'user', machine, '1.0.0', false);
    assert.match(
      readFileSync(join(machine.home, '.codex', 'config.toml'), 'utf8'),
      /^\[hooks\.state\."[^"]+hooks\.json:pre_tool_use:1:0"\]\ntrusted_hash = "sha256:[0-9a-f]{64}"\n$/,
    );
  });

  it('writes a command line that survives odd paths', () => {
    const odd: Machine = { ...machine, node: "/opt/it's a node/node" };
    assert.ok(shellForm(odd, 'user', 'codex').startsWith(`set -- '/opt/it'\\''s a node/node' '`));
    assert.match(shellForm({ ...odd, platform: 'win32' }, 'user', 'codex'), /^& '\/opt\/it''s a node\/node' /);
  });

  for (const [nodeVersion, options] of [
    [undefined, []],
    ['v20.20.2', []],
    ['v22.1.0', []],
    ['v24.9.0', ['--jitless', '--v8-pool-size=1']],
    ['v26.10.0', ['--jitless', '--v8-pool-size=1']],
  ] as const) {
    it(`tells Node ${nodeVersion ?? 'of unknown version'} ${options.length === 0 ? 'nothing' : options.join(' ')}`, () => {
      const of: Machine = { ...machine, node: '/n/node', ...(nodeVersion === undefined ? {} : { nodeVersion }) };
      const hook = hookProgram(of, 'user');
      assert.deepEqual(execForm(of, 'user', 'cline').args, [...options, hook, 'cline']);
      assert.ok(shellForm(of, 'user', 'codex').startsWith(`set -- ${["'/n/node'", ...options, `'${hook}'`, 'codex'].join(' ')}; `));
    });
  }

  it('copies every bundle that a hook may load', () => {
    install(claude, 'user', machine, '1.0.0', false);
    const folder = dirname(hookProgram(machine, 'user'));
    for (const name of ['hook.cjs', ...bundles]) {
      if (!existsSync(join(folder, name))) continue;
      const loaded = [...readFileSync(join(folder, name), 'utf8').matchAll(/require\("\.\/([\w-]+\.cjs)"\)/g)].map(
        (match) => match[1] ?? '',
      );
      for (const other of loaded) assert.ok(existsSync(join(folder, other)), `${name} loads ${other}`);
    }
    const source = readFileSync(join(import.meta.dirname, '..', '..', '..', 'src', 'platform', 'beside.ts'), 'utf8');
    const lazy = [...(/type LazyBundle = ([^;]+);/.exec(source)?.[1] ?? '').matchAll(/'([\w-]+)'/g)].map((match) => `${match[1]}.cjs`);
    assert.ok(lazy.length > 0);
    for (const name of lazy) assert.ok((bundles as readonly string[]).includes(name), name);
  });

  it('names a Node that lasts', () => {
    const bin = join(root, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'node'), '');
    assert.equal(lastingNode('/usr/bin/node', '/x', 'linux'), '/usr/bin/node');
    assert.equal(lastingNode('/p/node_modules/node/bin/node', `/p/node_modules/.bin:${bin}`, 'linux'), join(bin, 'node'));
    assert.equal(lastingNode('/usr/share/code/code', bin, 'linux'), join(bin, 'node'));
    assert.equal(lastingNode('/p/node_modules/node/bin/node', '/nowhere', 'linux'), '/p/node_modules/node/bin/node');
  });
});
