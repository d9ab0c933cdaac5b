import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import type { ApprovalAnswer } from '../../src/approval/messages.ts';
import { startApprovalServer } from '../../src/approval/server.ts';
import { queryLog } from '../../src/audit/query.ts';
import { verifyLog } from '../../src/audit/verify.ts';
import { directories } from '../../src/platform/directories.ts';
import { scratchFolder } from '../support/scratch.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Setting {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly before?: readonly string[];
}

describe('the hook process', function () {
  this.timeout(60_000);
  let bundles = '';
  let home = '';
  let project = '';

  before(async () => {
    bundles = scratchFolder('bundle');
    await build({
      absWorkingDir: root,
      entryPoints: ['src/hook.ts', 'src/gate.ts', 'src/compiler.ts', 'src/dialects.ts', 'src/rare.ts'],
      outdir: bundles,
      outExtension: { '.js': '.cjs' },
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      loader: { '.yaml': 'text' },
      define: { 'import.meta.filename': '__filename', 'import.meta.dirname': '__dirname' },
      logLevel: 'error',
    });
  });
  after(() => rmSync(bundles, { recursive: true, force: true }));
  beforeEach(() => {
    home = scratchFolder('hook');
    project = join(home, 'project');
    mkdirSync(project);
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const environment = (setting: Setting) => {
    const env: Record<string, string> = {};
    for (const [name, value] of Object.entries({ PATH: process.env['PATH'], HOME: home, CLAUDE_PROJECT_DIR: project, ...setting.env })) {
      if (value !== undefined) env[name] = value;
    }
    return env;
  };

  function run(input: string | Uint8Array, setting: Setting = {}): Run {
    const [command = '', ...args] = [...(setting.before ?? []), process.execPath, join(bundles, 'hook.cjs'), 'claude-code'];
    const { status, stdout, stderr } = spawnSync(command, args, {
      input,
      cwd: setting.cwd ?? project,
      env: environment(setting),
      encoding: 'utf8',
      timeout: 30_000,
    });
    return { code: status, stdout, stderr };
  }

  function payload(tool: string, input: unknown, change: Readonly<Record<string, unknown>> = {}): string {
    return JSON.stringify({
      session_id: 's1',
      transcript_path: join(home, '.claude/projects/p/s1.jsonl'),
      cwd: project,
      prompt_id: 'p1',
      permission_mode: 'default',
      hook_event_name: 'PreToolUse',
      tool_name: tool,
      tool_input: input,
      tool_use_id: `toolu_${Math.random()}`,
      ...change,
    });
  }

  const push = () => payload('Bash', { command: 'git push --force' });

  /** One deny: exit code 2, one JSON object and nothing else on stdout, one line of error that says what was wrong. */
  function checkDenied({ code, stdout, stderr }: Run, expected: RegExp): void {
    assert.equal(code, 2, stderr);
    const answer: unknown = JSON.parse(stdout);
    assert.match(JSON.stringify(answer), /"permissionDecision":"deny"/);
    const lines = stderr.split('\n').filter((line) => line !== '');
    assert.equal(lines.length, 1, stderr);
    assert.match(stderr, expected);
    assert.doesNotMatch(stderr + stdout, /\n\s+at |node:internal|\.cjs:\d/);
  }

  const state = () => join(home, '.local/state/agent-policy');

  const badInput: readonly (readonly [string, () => string | Uint8Array, RegExp])[] = [
    ['nothing', () => '', /input is empty/],
    ['blanks', () => ' \n', /input is empty/],
    ['a truncated payload', () => push().slice(0, -20), /not JSON/],
    ['text', () => 'run this please', /not JSON/],
    ['two payloads', () => push() + push(), /not JSON/],
    ['a list', () => '[]', /must be a JSON object/],
    ['null', () => 'null', /must be a JSON object/],
    ['a number', () => '7', /must be a JSON object/],
    ['an empty object', () => '{}', /denied: ./],
    ['a tool name of wrong type', () => push().replace('"Bash"', '5'), /tool_name must be/],
    ['arguments of wrong type', () => payload('Bash', 7), /tool_input of/],
    ['a command of wrong type', () => payload('Bash', { command: { a: 1 } }), /command/],
    ['no command', () => payload('Bash', {}), /command/],
    ['100,000 levels of lists', () => `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, /nested deeper than/],
    [
      '100,000 levels of objects',
      () => payload('mcp__a__b', {}).replace('"tool_input":{}', `"tool_input":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`),
      /nested deeper than/,
    ],
    ['100,000 levels unclosed', () => '['.repeat(100_000), /nested deeper than/],
    ['more than a payload may have', () => `"${'x'.repeat(17 * 1024 * 1024)}"`, /larger than/],
    ['NUL bytes', () => Buffer.concat([Buffer.from(push()), Buffer.alloc(4)]), /not JSON/],
    ['NUL in a command', () => payload('Bash', { command: 'ls\0; rm -rf ~' }), /NUL/],
    ['NUL in a path', () => payload('Write', { file_path: '/tmp/a\0b', content: 'x' }), /NUL/],
    ['invalid UTF-8', () => Buffer.concat([Buffer.from(push()), Buffer.from([0xff, 0xfe])]), /UTF-8/],
    ['an overlong encoding', () => Buffer.from(push().replace('force', 'forc\xc0\xaf'), 'latin1'), /UTF-8/],
    ['UTF-16', () => Buffer.from(push(), 'utf16le'), /not JSON|UTF-8/],
  ];
  for (const [name, input, expected] of badInput) {
    it(`denies ${name}`, () => checkDenied(run(input()), expected));
  }

  it('denies five megabytes that change something, in bounded time', () => {
    const { code } = run(payload('Write', { file_path: '/etc/hosts', content: 'x'.repeat(5_000_000) }));
    assert.equal(code, 2);
  });

  it('records bad input', () => {
    run('{');
    const [entry] = queryLog(join(state(), 'audit'), { type: 'event' }, 1);
    assert.equal(entry?.record.type === 'event' && entry.record.event, 'bad-input');
  });

  const badPolicy: readonly (readonly [string, () => void])[] = [
    ['is not YAML', () => writeFileSync(join(project, '.agent-policy.yaml'), 'a: [')],
    ['is a list', () => writeFileSync(join(project, '.agent-policy.yaml'), '- 1')],
    ['has an unknown key', () => writeFileSync(join(project, '.agent-policy.yaml'), 'version: 1\npolices: []\n')],
    ['extends itself', () => writeFileSync(join(project, '.agent-policy.yaml'), 'version: 1\nid: a\nextends: [./.agent-policy.yaml]\n')],
    [
      'extends nothing that is there',
      () => writeFileSync(join(project, '.agent-policy.yaml'), 'version: 1\nid: a\nextends: [./none.yaml]\n'),
    ],
    ['is huge', () => writeFileSync(join(project, '.agent-policy.yaml'), '# x\n'.repeat(400_000))],
    ['is a folder', () => mkdirSync(join(project, '.agent-policy.yaml'))],
    ['is a pipe', () => assert.equal(spawnSync('mkfifo', [join(project, '.agent-policy.yaml')]).status, 0)],
    ['is a dangling link', () => symlinkSync('none', join(project, '.agent-policy.yaml'))],
    ['is a link to itself', () => symlinkSync('.agent-policy.yaml', join(project, '.agent-policy.yaml'))],
    ['is binary', () => writeFileSync(join(project, '.agent-policy.yaml'), Buffer.from([0, 255, 254]))],
  ];
  for (const [name, make] of badPolicy) {
    it(`denies a change under a policy that ${name}`, () => {
      make();
      checkDenied(run(payload('Bash', { command: 'touch new' })), /only harmless reading is approved: .*agent-policy\.yaml/);
    });
  }

  it('denies a change under a policy that may not be read', () => {
    if (process.getuid?.() === 0) {
      // Root may read everything; a user id of nobody may not.
      writeFileSync(join(project, '.agent-policy.yaml'), 'version: 1\n');
      chmodSync(join(project, '.agent-policy.yaml'), 0o000);
      for (const path of [home, bundles]) spawnSync('chown', ['-R', '65534', path]);
      spawnSync('chown', ['0', join(project, '.agent-policy.yaml')]);
      checkDenied(run(payload('Bash', { command: 'touch new' }), { before: ['setpriv', '--reuid=65534', '--clear-groups'] }), /EACCES/);
    } else {
      writeFileSync(join(project, '.agent-policy.yaml'), 'version: 1\n');
      chmodSync(join(project, '.agent-policy.yaml'), 0o000);
      checkDenied(run(payload('Bash', { command: 'touch new' })), /EACCES/);
    }
  });

  describe('in a project and a home that links lead to', () => {
    const spellings = ['link', 'real'] as const;
    beforeEach(() => {
      mkdirSync(join(home, 'real', 'project', '.git'), { recursive: true });
      mkdirSync(join(home, 'real', 'home'));
      symlinkSync('real', join(home, 'link'));
      const rules = (prefix: string) =>
        `  - { name: no-source, match: { effects: [write], paths: ["${prefix}src/**"] }, action: deny, reason: Kept. }\n`;
      writeFileSync(join(home, 'real', 'project', '.agent-policy.yaml'), `version: 1\npolicies:\n${rules('')}`);
      const own = join(home, 'real', 'home', '.config', 'agent-policy');
      mkdirSync(own, { recursive: true });
      writeFileSync(join(own, 'policy.yaml'), `version: 1\nextends: [safe_coding]\npolicies:\n${rules('~/')}`);
    });
    const inside = (spelling: string, ...path: readonly string[]) => join(home, spelling, ...path);
    const runIn = (root: string, cwd: string, tool: string, input: unknown) =>
      run(payload(tool, input, { cwd: inside(cwd, 'project') }), {
        cwd: inside(cwd, 'project'),
        env: { CLAUDE_PROJECT_DIR: inside(root, 'project'), HOME: inside(root, 'home') },
      });

    for (const root of spellings) {
      for (const cwd of spellings) {
        it(`holds rules on paths, however a path is spelled; the root is named by its ${root} path, the directory by its ${cwd} path`, () => {
          const paths = ['src/a.ts', ...spellings.flatMap((each) => [inside(each, 'project/src/a.ts'), inside(each, 'home/src/a.ts')])];
          for (const path of paths) checkDenied(runIn(root, cwd, 'Write', { file_path: path, content: 'x' }), /Kept/);
          for (const command of ['echo x > ~/src/a.ts', 'mkdir -p src && cd src && touch b.ts', `cp x ${inside('real', 'project/src')}/`])
            checkDenied(runIn(root, cwd, 'Bash', { command }), /Kept/);
        });

        it(`finds the policy of the repository that a link leads into, with the directory by its ${cwd} path: ${root}`, () => {
          symlinkSync(join('real', 'project', 'packages', 'app'), inside('app'));
          mkdirSync(inside('real', 'project', 'packages', 'app'), { recursive: true });
          // What lies beside the link is no policy of the repository.
          writeFileSync(inside('.agent-policy.yaml'), 'version: 1\n');
          const app = root === 'link' ? inside('app') : inside('real', 'project', 'packages', 'app');
          const file = inside(cwd, 'project', 'packages', 'app', 'src', 'a.ts');
          writeFileSync(inside('real', 'project', '.agent-policy.yaml'), 'version: 1\ntools: { deny: [write] }\n');
          const denied = run(payload('Write', { file_path: file, content: 'x' }, { cwd: app }), {
            cwd: app,
            env: { CLAUDE_PROJECT_DIR: app },
          });
          checkDenied(denied, /does not let this tool be used/);
        });

        it(`lets everyday work go on there: ${root}, ${cwd}`, () => {
          for (const each of spellings) {
            assert.equal(runIn(root, cwd, 'Write', { file_path: inside(each, 'project/lib/a.ts'), content: 'x' }).code, 0);
            assert.equal(runIn(root, cwd, 'Bash', { command: `rm -rf node_modules ${inside(each, 'project/dist')}` }).code, 0);
          }
        });
      }
    }
  });

  it('denies without a compiler', () => {
    const alone = scratchFolder('alone');
    try {
      spawnSync('cp', [join(bundles, 'hook.cjs'), join(bundles, 'gate.cjs'), alone]);
      const { status, stderr } = spawnSync(process.execPath, [join(alone, 'hook.cjs'), 'claude-code'], {
        input: payload('Bash', { command: 'touch new' }),
        cwd: project,
        env: environment({}),
        encoding: 'utf8',
      });
      assert.equal(status, 2);
      assert.match(stderr, /only harmless reading is approved/);
    } finally {
      rmSync(alone, { recursive: true, force: true });
    }
  });

  it('denies without the gate', () => {
    const alone = scratchFolder('alone');
    try {
      spawnSync('cp', [join(bundles, 'hook.cjs'), alone]);
      for (const gate of [undefined, '', '// a gate that is\nbroken(', 'throw new Error("broken")']) {
        if (gate !== undefined) writeFileSync(join(alone, 'gate.cjs'), gate);
        const { status, stderr } = spawnSync(process.execPath, [join(alone, 'hook.cjs'), 'claude-code'], {
          input: payload('Bash', { command: 'git status' }),
          cwd: project,
          env: environment({}),
          encoding: 'utf8',
        });
        assert.equal(status, 2);
        if (gate !== '') assert.match(stderr, /not whole and denies/);
      }
    } finally {
      rmSync(alone, { recursive: true, force: true });
    }
  });

  it('denies with a HOME that is no path', () => checkDenied(run(push(), { env: { HOME: 'nowhere' } }), /HOME/));
  it('denies with an empty HOME', () => checkDenied(run(push(), { env: { HOME: '' } }), /HOME/));
  it('finds a home without HOME', () => {
    const { code } = run(push(), { env: { HOME: undefined, XDG_STATE_HOME: join(home, 's'), XDG_CACHE_HOME: join(home, 'c') } });
    assert.equal(code, 2);
  });

  it('denies in a deleted directory', () => {
    const gone = join(home, 'gone');
    const script = `mkdir ${gone}; cd ${gone}; rmdir ${gone}; exec "$0" "$@"`;
    checkDenied(run(push(), { before: ['sh', '-c', script] }), /working directory does not exist/);
  });

  it('denies a change on a read-only disk', () => {
    const before = ['bwrap', '--dev-bind', '/', '/', '--ro-bind', home, home, '--'];
    checkDenied(run(payload('Bash', { command: 'touch new' }), { before }), /EROFS|read-only|only harmless/);
  });

  it('denies a change on a full disk, and leaves no part of a file', () => {
    const small = join(home, 'small');
    mkdirSync(small);
    const script = `head -c 10000000 /dev/zero > ${small}/filler 2>/dev/null; "$0" "$@"; code=$?; rm -f ${small}/filler; cp -r ${small} ${home}/seen; exit $code`;
    const before = ['bwrap', '--dev-bind', '/', '/', '--size', '65536', '--tmpfs', small, '--', 'sh', '-c', script];
    const env = { XDG_STATE_HOME: small, XDG_CACHE_HOME: small };
    checkDenied(run(payload('Bash', { command: 'touch new' }), { before, env }), /ENOSPC|no space|only harmless/);
    const names = existsSync(join(home, 'seen')) ? readdirSync(join(home, 'seen'), { recursive: true }).map(String) : [];
    assert.deepEqual(
      names.filter((name) => name.endsWith('.next')),
      [],
    );
  });

  it('denies when its input never ends', async () => {
    const child = spawn(process.execPath, [join(bundles, 'hook.cjs'), 'cline'], { cwd: project, env: environment({}) });
    child.stdin.on('error', () => {});
    child.stdin.write('{"hookName":');
    let errors = '';
    child.stderr.on('data', (data: Buffer) => {
      errors += data.toString();
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.notEqual(code, null);
    assert.match(errors, /did not end|in time/);
  });

  it('denies when it is ended', async () => {
    const child = spawn(process.execPath, [join(bundles, 'hook.cjs'), 'claude-code'], { cwd: project, env: environment({}) });
    child.stdin.write('{');
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill('SIGTERM');
    assert.equal(await new Promise((resolve) => child.on('close', resolve)), 2);
  });

  const decisions: readonly (readonly [string, unknown, RegExp | undefined])[] = [
    ['Bash', { command: 'git status' }, undefined],
    ['Bash', { command: 'echo "git push --force"' }, undefined],
    ['Read', { file_path: 'README.md' }, undefined],
    ['Write', { file_path: 'src/a.ts', content: 'x' }, undefined],
    ['Bash', { command: 'git push --force' }, /force push/],
    ['Write', { file_path: '/etc/hosts', content: 'x' }, /operating system/],
    ['Write', { file_path: '.agent-policy.yaml', content: '' }, /./],
  ];
  for (const [tool, input, expected] of decisions) {
    it(`${expected === undefined ? 'approves' : 'denies'} ${tool} ${JSON.stringify(input)} without any policy file`, () => {
      const result = run(payload(tool, input));
      if (expected === undefined) assert.deepEqual(result, { code: 0, stdout: '', stderr: '' });
      else checkDenied(result, expected);
    });
  }

  it('asks the window of the workspace and does as the person says', async () => {
    const answers: ApprovalAnswer[] = [
      { answer: 'deny', message: 'Keep it.' },
      { answer: 'allow', scope: 'session' },
    ];
    const asked: string[] = [];
    const server = await startApprovalServer({
      directories: directories({}, 'linux', home),
      workspaceFolders: [project],
      onRequest: async ({ actions: [action] }) => {
        asked.push(action?.kind === 'bash' ? action.command : '');
        return answers.shift() ?? { answer: 'deny' };
      },
    });
    const outcome = () =>
      new Promise<string>((resolve) => {
        const child = spawn(process.execPath, [join(bundles, 'hook.cjs'), 'claude-code'], { cwd: project, env: environment({}) });
        let errors = '';
        child.stderr.on('data', (data: Buffer) => {
          errors += data.toString();
        });
        child.on('close', (code) => resolve(`${code} ${errors.trim()}`));
        child.stdin.end(payload('Bash', { command: 'rm -rf src' }));
      });
    try {
      assert.match(await outcome(), /^2 .*said no: Keep it\./);
      assert.equal(await outcome(), '0 ');
      assert.equal(await outcome(), '0 ');
      assert.deepEqual(asked, ['rm -rf src', 'rm -rf src']);
    } finally {
      await server.dispose();
    }
  });

  it('says nothing where it approves', () => {
    assert.deepEqual(run(payload('TodoWrite', { todos: [] })), { code: 0, stdout: '', stderr: '' });
  });

  it('says nothing to events that need no decision', () => {
    assert.deepEqual(run(payload('Bash', { command: 'x' }, { hook_event_name: 'PostToolUse' })), { code: 0, stdout: '', stderr: '' });
  });

  it('decides and records one call once for two hooks', async () => {
    const text = payload('Bash', { command: 'git push --force' }, { tool_use_id: 'toolu_same' });
    const codes = await Promise.all(
      [1, 2, 3].map(
        () =>
          new Promise((resolve) => {
            const child = spawn(process.execPath, [join(bundles, 'hook.cjs'), 'claude-code'], { cwd: project, env: environment({}) });
            child.on('close', resolve);
            child.stdin.end(text);
          }),
      ),
    );
    assert.deepEqual(codes, [2, 2, 2]);
    assert.equal(queryLog(join(state(), 'audit'), { type: 'decision' }, 10).length, 1);
    assert.deepEqual(verifyLog(join(state(), 'audit')).problems, []);
  });
});
