// What stood in the settings of agents stands there again, byte for byte, after our entries have come and gone.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { install, uninstall } from '../../../src/agents/install/install.ts';
import { removeItems } from '../../../src/agents/install/jsonc-edit.ts';
import { installMcp, mcpFiles, uninstallMcp } from '../../../src/agents/install/mcp.ts';
import { isOurEntry, type Machine } from '../../../src/agents/install/place.ts';
import { targets } from '../../../src/agents/install/targets.ts';
import { scratchFolder } from '../../support/scratch.ts';

let machine: Machine;
let root: string;

beforeEach(() => {
  root = scratchFolder('round');
  machine = { env: {}, platform: 'linux', home: join(root, 'home'), project: join(root, 'project'), node: process.execPath };
  for (const folder of [machine.home, machine.project]) mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const other = '{ "type": "command", "command": "/usr/bin/other-guard --check" }';
/** Twenty forms of a settings file in JSON; EVENT stands for the agent's event. */
const jsonForms: Readonly<Record<string, string | undefined>> = {
  'no file': undefined,
  'an empty file': '',
  'white space': ' \n\n',
  'an empty object': '{}',
  'an empty object and a line end': '{}\n',
  'an object of two lines': '{\n}\n',
  minified: '{"model":"opus","permissions":{"allow":["Bash(ls)"]}}',
  'two spaces': '{\n  "model": "opus",\n  "env": {\n    "A": "1"\n  }\n}\n',
  'four spaces, no line end': '{\n    "model": "opus",\n    "list": [\n        1,\n        2\n    ]\n}',
  tabs: '{\n\t"model": "opus",\n\t"env": { "A": "1" }\n}\n',
  CRLF: '{\r\n  "model": "opus",\r\n  "a": [1, 2]\r\n}\r\n',
  'a byte order mark': '\ufeff{\n  "model": "opus"\n}\n',
  comments: '// mine\n{\n  // the good one\n  "model": "opus", /* really */\n  "b": 2 // last\n}\n// end\n',
  'a trailing comma': '{\n  "model": "opus",\n  "list": [1, 2,],\n}\n',
  'empty hooks': '{\n  "hooks": {}\n}\n',
  'an empty event': '{\n  "hooks": {\n    "EVENT": []\n  },\n  "z": 1\n}\n',
  "somebody else's hook": `{\n  "hooks": {\n    "EVENT": [\n      { "matcher": "Bash", "hooks": [${other}] }\n    ]\n  }\n}\n`,
  "somebody else's hook, minified": `{"hooks":{"EVENT":[{"matcher":"Bash","hooks":[${other}]}],"Stop":[]}}`,
  'other events': `{\n\t"hooks": {\n\t\t"Stop": [{ "hooks": [${other}] }], // bell\n\t\t"SessionStart": []\n\t}\n}`,
  'unicode and escapes': '{\n  "grüße": "\\u00fc 🙂 \\"quoted\\" // no comment",\n  "path": "C:\\\\x"\n}\n',
};

/** Twenty forms of Codex's config.toml. */
const tomlForms: readonly (string | undefined)[] = [
  undefined,
  '',
  '\n',
  'model = "gpt-5.5"',
  'model = "gpt-5.5"\n',
  'model = "gpt-5.5"\r\n',
  '# mine\nmodel = "gpt-5.5" # the good one\n\n[features]\nhooks = true\n',
  '\ufeffmodel = "x"\n',
  '[projects."/work/a"]\ntrust_level = "trusted"\n',
  '[projects."/work/a"]\r\ntrust_level = "trusted"\r\n\r\n[tui]\r\ntheme = "dark"\r\n',
  '[mcp_servers.files]\ncommand = "npx"\nargs = ["-y", "server"]\n',
  '[[skills]]\nname = "a"\n[[skills]]\nname = "b"\n',
  'text = """\n[hooks.state."no table"]\ntrusted_hash = "x"\n"""\n',
  '[hooks.state."/other/hooks.json:pre_tool_use:0:0"]\ntrusted_hash = "sha256:00"\n',
  'a = 1\n\n\n',
  '\t[a]\n\tb = "tab"\n',
  'list = [\n  1, # one\n  2,\n]\n',
  "path = 'C:\\x'\n# end without a line end",
  '[a]\n[b]\n[c]',
  'inline = { a = 1, b = "x" }\n',
];

const event = (id: string): string => ({ gemini: 'BeforeTool', cursor: 'preToolUse', windsurf: 'pre_run_command' })[id] ?? 'PreToolUse';

function write(file: string, text: string | undefined): void {
  if (text === undefined) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
const read = (file: string): string | undefined => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

describe('agents: install, then uninstall', () => {
  for (const target of targets) {
    it(`${target.id}: twenty configurations are byte for byte what they were`, () => {
      const scope = target.files.user === undefined ? 'project' : 'user';
      assert.equal(Object.keys(jsonForms).length, 20);
      for (const [index, [name, form]] of Object.entries(jsonForms).entries()) {
        const placements = (target.files[scope]?.(machine) ?? []).filter(({ kind }) => kind !== 'whole' && kind !== 'rules');
        const before = placements.map(({ kind, file }) => {
          const text = kind === 'codex-trust' ? tomlForms[index] : form?.replaceAll('EVENT', event(target.id));
          write(file, text);
          return { file, text };
        });
        install(target, scope, machine, '1.0.0', false);
        for (const { file, text } of before) assert.notEqual(read(file), text, `${name}: ${file} has our part`);
        uninstall(target, scope, machine, false);
        for (const { file, text } of before) assert.equal(read(file), text, `${name}: ${file}`);
        for (const { file } of before) rmSync(file, { force: true });
      }
    });
  }

  it('other hooks and keys stay as they are when somebody changes the file in between', () => {
    for (const [name, form] of Object.entries(jsonForms)) {
      const target = targets.find(({ id }) => id === 'qwen');
      assert.ok(target);
      const file = join(machine.home, '.qwen', 'settings.json');
      const text = form?.replaceAll('EVENT', 'PreToolUse');
      if (text === undefined || text.trim() === '') continue;
      write(file, text);
      install(target, 'user', machine, '1.0.0', false);
      const changed = `${read(file)} `;
      writeFileSync(file, changed);
      uninstall(target, 'user', machine, false);
      // Lists and objects that were empty may be gone with ours, as they may have been made for it.
      const plain = (shown: string | undefined): string | undefined => shown?.replace(/\s+/g, '').replace(/,(?=[\]}])/g, '');
      if (!/\{\s*\}|\[\s*\]/.test(text)) assert.equal(plain(read(file)), plain(text), name);
      rmSync(file, { force: true });
    }
  });

  it('any JSON keeps all that is not ours', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue({ maxDepth: 2 })),
        fc.constantFrom(undefined, 1, 2, '\t'),
        (value, indent) => {
          const text = JSON.stringify(value, undefined, indent);
          return removeItems(text, isOurEntry) === text;
        },
      ),
      { numRuns: 200 },
    );
  });
});

const server = (command: string): string => `"command": ${command}`;
/** Forms of files that name MCP servers; the first line of a test says what must be before the gateway. */
const mcpForms: Readonly<Record<string, readonly [text: string, servers: readonly string[]]>> = {
  plain: [`{\n  "mcpServers": {\n    "files": { ${server('"npx"')}, "args": ["-y", "server-filesystem", "/x y"] }\n  }\n}\n`, ['files']],
  'no arguments': [`{"mcpServers":{"one":{${server('"/usr/bin/one"')}}}}`, ['one']],
  'comments, tabs, CRLF': [
    `{\r\n\t// mine\r\n\t"servers": {\r\n\t\t"a": { "type": "stdio", ${server('"node"')}, /* x */ "args": [\r\n\t\t\t"s.js", // why\r\n\t\t], "env": { "K": "\${input:k}" } },\r\n\t},\r\n}`,
    ['a'],
  ],
  'a list as command': ['{"mcp":{"probe":{"type":"local","command":["npx","-y","x"],"enabled":true}}}', ['probe']],
  addresses: [
    '{"mcpServers":{"local":{"type":"http","url":"http://localhost:3000/mcp"},"token":{"url":"https://x.example/mcp","headers":{"Authorization":"Bearer ${T}"}},"signin":{"url":"https://y.example/mcp"},"old":{"type":"sse","url":"http://localhost:1/sse"}}}',
    ['local', 'token'],
  ],
  'projects inside': ['\ufeff{"projects":{"/a":{"mcpServers":{"in":{"command":"x","args":[]}}}},"numStartups":3}', ['in']],
  'no servers': ['{"theme":"dark"}', []],
};

describe('agents: install --mcp', () => {
  for (const scope of ['user', 'project'] as const) {
    for (const [name, [text, expected]] of Object.entries(mcpForms)) {
      it(`${scope}, ${name}: the gateway comes and goes, in every file`, () => {
        const files = mcpFiles(machine, scope).filter(({ format }) => format === 'json');
        for (const { file } of files) write(file, text);
        const changes = installMcp(machine, scope, '1.0.0', false);
        for (const { file, agent } of files) {
          const now = read(file) ?? '';
          assert.deepEqual(changes.find((change) => change.file === file)?.servers ?? [], expected, file);
          if (expected.length === 0) assert.equal(now, text);
          else
            for (const server of expected)
              assert.match(now, new RegExp(`bin/mcp\\.cjs",\\s*"--name",\\s*"${server}",\\s*"--agent",\\s*"${agent}"`));
        }
        assert.deepEqual(
          installMcp(machine, scope, '1.0.0', false).flatMap(({ servers }) => servers),
          [],
          'again: nothing to do',
        );
        uninstallMcp(machine, scope, false);
        for (const { file } of files) assert.equal(read(file), text, file);
        assert.ok(!existsSync(join(machine.home, '.local', 'share', 'agent-policy', 'bin', 'mcp.cjs')));
      });
    }
  }

  it('Codex: tables of every kind', () => {
    const text =
      '# mine\nmodel = "x"\n\n[mcp_servers.files]\ncommand = "npx" # why\nargs = [\n  "-y", # yes\n  \'server\',\n]\nenv = { A = "1" }\n\n' +
      '[mcp_servers."with space"]\r\ncommand = \'C:\\bin\\s.exe\'\r\n\r\n[mcp_servers.remote]\nurl = "https://x.example"\n\n[mcp_servers.files.env]\nB = "2"\n[tui]\na = 1';
    const file = join(machine.home, '.codex', 'config.toml');
    write(file, text);
    const [change] = installMcp(machine, 'user', '1.0.0', false);
    assert.deepEqual(change?.servers, ['files', 'with space']);
    assert.deepEqual(
      change.left.map(({ name }) => name),
      ['remote'],
    );
    const now = read(file) ?? '';
    assert.match(now, /"--name", "files", "--agent", "codex", "--", "npx", "-y", "server"\]\nenv/);
    assert.match(now, /"--", "C:\\\\bin\\\\s\.exe"\]\r\n/);
    uninstallMcp(machine, 'user', false);
    assert.equal(read(file), text);
  });

  it('puts back what somebody has changed since, and with the hooks of the same file in any order', () => {
    const file = join(machine.home, '.gemini', 'settings.json');
    const gemini = targets.find(({ id }) => id === 'gemini');
    assert.ok(gemini);
    const text = '{\n  "mcpServers": {\n    "a": { "command": "one", "args": ["1"] },\n    "b": { "command": "two" }\n  }\n}\n';
    for (const hooksFirst of [true, false]) {
      write(file, text);
      install(gemini, 'user', machine, '1.0.0', false);
      installMcp(machine, 'user', '1.0.0', false);
      if (hooksFirst) uninstall(gemini, 'user', machine, false);
      uninstallMcp(machine, 'user', false);
      if (!hooksFirst) uninstall(gemini, 'user', machine, false);
      assert.equal(read(file), text);
    }
    installMcp(machine, 'user', '1.0.0', false);
    writeFileSync(file, (read(file) ?? '').replace('"1"]', '"1", "added"]'));
    uninstallMcp(machine, 'user', false);
    const now: { mcpServers: Record<string, unknown> } = JSON.parse(read(file) ?? '');
    assert.deepEqual(now.mcpServers, { a: { command: 'one', args: ['1', 'added'] }, b: { command: 'two' } });
  });

  it('a file that is not valid is named and left as it is', () => {
    write(join(machine.project, '.mcp.json'), '{"mcpServers":');
    assert.throws(() => installMcp(machine, 'project', '1.0.0', false), /\.mcp\.json is not valid JSON/);
    assert.equal(read(join(machine.project, '.mcp.json')), '{"mcpServers":');
  });
});
