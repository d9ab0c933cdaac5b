import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { dutiesOf } from '../../src/gateway/obligations/keep.ts';
import { dutyOf, machineAt } from './duty.ts';
import { scratchFolder } from '../support/scratch.ts';

const cache = join(homedir(), '.cache', 'agent-policy-test');

describe('sandbox', () => {
  let home = '';
  let server: Server | undefined;
  beforeEach(() => {
    // Not below /tmp, which is empty in the sandbox, and where this checkout may lie: what is tried here must be there.
    mkdirSync(cache, { recursive: true });
    home = scratchFolder('sandbox', cache);
    for (const folder of ['project/.git/hooks', 'project/.claude', 'project/sub', 'project/build', '.ssh', 'other', 'state']) {
      mkdirSync(join(home, folder), { recursive: true });
    }
    writeFileSync(join(home, '.ssh/id_rsa'), 'keyword');
    writeFileSync(join(home, '.netrc'), 'netword');
    writeFileSync(join(home, 'other/file'), 'readable\n');
    writeFileSync(join(home, 'project/.agent-policy.yaml'), 'version: 1\n');
    writeFileSync(join(home, 'state/trust.json'), '[]');
  });
  afterEach(async () => {
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
    server = undefined;
    rmSync(home, { recursive: true, force: true });
  });

  interface Ran {
    readonly out: string;
    readonly code: number | null;
  }

  /** Runs a command as an agent would run it after the sandbox was demanded, as the same user. */
  function run(
    command: string,
    params: Readonly<Record<string, unknown>> = {},
    more: readonly Readonly<Record<string, unknown>>[] = [],
  ): Ran {
    const project = join(home, 'project');
    const call = { args: { command }, actions: [{ kind: 'bash', command } as const], cwd: project, workspace: project, home };
    const obligations = [params, ...more].map((each) => ({ name: 'sandbox', params: each }));
    const duties = dutiesOf(dutyOf(home, { obligations, call }), machineAt(home), false);
    assert.equal(duties.refusal, undefined);
    const done = duties.keep(undefined);
    assert.ok('input' in done && done.input !== undefined);
    const env = { PATH: process.env['PATH'], HOME: home, SSH_AUTH_SOCK: '/tmp/agent' };
    const { stdout, stderr, status } = spawnSync('sh', ['-c', String(done.input['command'])], {
      encoding: 'utf8',
      cwd: project,
      env,
      timeout: 15_000,
    });
    return { out: stdout + stderr, code: status };
  }

  it('runs the command as it was, with its exit code', () => {
    const { out, code } = run(`printf '%s|' "it's" $'a\\tb' "$HOME" "$(pwd)"; cat <<'E'\nhere $x\nE\nexit 7`);
    assert.equal(out, `it's|a\tb|${home}|${home}/project|here $x\n`);
    assert.equal(code, 7);
  });

  it('writes in the workspace and for itself in /tmp', () => {
    const own = `/tmp/agent-policy-own-${process.pid}`;
    assert.equal(run(`echo hi > made && mkdir -p build/x && echo t > ${own} && cat ${own}`).code, 0);
    assert.equal(readFileSync(join(home, 'project/made'), 'utf8'), 'hi\n');
    assert.equal(existsSync(own), false);
  });

  const outside: readonly (readonly [what: string, command: string])[] = [
    ['a file of the home', 'echo x > ~/written'],
    ['a file beside the workspace', 'echo x > ../other/written'],
    ['through a link', 'ln -s ../other link; echo x > link/written'],
    ['through /proc', 'echo x > /proc/self/root$HOME/other/written'],
    ['through another process', 'echo x > /proc/1/root$HOME/other/written'],
    ['a system file', 'echo x > /usr/local/agent-policy-written'],
    ['after a remount', 'mount -o remount,rw / ; mount --bind / /mnt; echo x > ~/other/written'],
    ['in a namespace of its own', 'unshare -Urm sh -c "mount -o remount,rw,bind / ; echo x > $HOME/other/written"'],
    ['the policy', 'echo x >> .agent-policy.yaml'],
    ['the policy by a rename', 'echo x > n && mv -f n .agent-policy.yaml'],
    ['a git hook', 'echo x > .git/hooks/written'],
    ['a git hook once its folder is moved away', 'mv .git away; mkdir -p .git/hooks; echo x > .git/hooks/written'],
    ["an agent's settings", 'echo x > .claude/written'],
    ["the guard's state", 'echo x > ../state/written'],
  ];
  for (const [what, command] of outside) {
    it(`cannot write ${what}`, () => {
      run(`${command}; true`);
      for (const place of ['written', 'other/written', 'state/written', 'project/.git/hooks/written', 'project/.claude/written'])
        assert.equal(existsSync(join(home, place)), false, place);
      assert.equal(readFileSync(join(home, 'project/.agent-policy.yaml'), 'utf8'), 'version: 1\n');
      assert.equal(existsSync('/usr/local/agent-policy-written'), false);
    });
  }

  it('reads what is not secret, and no secrets', () => {
    const { out } = run('cat ../other/file ~/.ssh/id_rsa ~/.netrc ../state/trust.json; ls -A ~/.ssh; echo "$SSH_AUTH_SOCK."');
    assert.match(out, /readable/);
    assert.doesNotMatch(out, /keyword|netword|\[\]/);
    assert.match(out, /^\.$/m);
  });

  it('hides what a policy says', () => assert.doesNotMatch(run('cat ../other/file', { hide: ['~/other'] }).out, /readable/));

  it('writes where a policy says, and nowhere else', () => {
    assert.notEqual(run('echo x > made', { write: ['build'] }).code, 0);
    assert.equal(run('echo x > build/made', { write: ['build'] }).code, 0);
    assert.notEqual(run('echo x > build/made', { write: [] }).code, 0);
  });

  it('does not write a secret folder although a policy says so', () => {
    run('echo x > ~/.ssh/authorized_keys; true', { write: ['~/.ssh', '~'] });
    assert.equal(existsSync(join(home, '.ssh/authorized_keys')), false);
  });

  it('lets happen what all rules let happen', () => {
    assert.equal(run('echo x > build/a', { write: ['.'] }, [{ write: ['build'] }]).code, 0);
    assert.notEqual(run('echo x > sub/a', { write: ['.'] }, [{ write: ['build'] }]).code, 0);
    assert.notEqual(run('echo x > build/a', { write: ['sub'] }, [{ write: ['build'] }]).code, 0);
  });

  async function listen(target: string | number): Promise<number> {
    const listening = createServer((socket) => socket.end('reached'));
    server = listening;
    await new Promise<void>((resolve) =>
      typeof target === 'number' ? listening.listen(target, '127.0.0.1', resolve) : listening.listen(target, resolve),
    );
    const address = listening.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }
  // The server is in this process, so the client must not block it: it only has to connect.
  const connects = (port: number) => `(exec 3<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null && echo connected`;

  it('reaches no network, not even this machine', async () => {
    const port = await listen(0);
    assert.doesNotMatch(run(connects(port)).out, /connected/);
    assert.doesNotMatch(run(connects(port), { network: 'all' }, [{ network: 'none' }]).out, /connected/);
    assert.match(run(connects(port), { network: 'all' }).out, /connected/);
  });

  it("reaches no socket of the guard's own folder", async () => {
    const path = join(home, 'state/s.sock');
    await listen(path);
    const script = `require('node:net').connect(${JSON.stringify(path)}).on('connect',()=>{console.log('connected');process.exit()}).on('error',()=>process.exit(1))`;
    assert.doesNotMatch(run(`'${process.execPath}' -e '${script.replaceAll("'", `'\\''`)}'`, { network: 'all' }).out, /connected/);
  });

  it('sees no other process, and ends with its parent', () => assert.match(run('ls -d /proc/[0-9]* | wc -l').out, /^[1-6]\n/));

  it('is not confused by a link for a workspace', () => {
    symlinkSync(join(home, 'other'), join(home, 'project/out'));
    run('echo x > out/written; true', { write: ['.'] });
    assert.equal(existsSync(join(home, 'other/written')), false);
  });

  const limits: readonly (readonly [limits: Readonly<Record<string, number>>, command: string, code: number | RegExp])[] = [
    [{ file_mb: 1 }, 'head -c 3000000 /dev/zero > big; wc -c < big', /^1048576$/m],
    [{ memory_mb: 64 }, `head -c 200000000 /dev/zero | tail -c 200000000 > /dev/null`, 1],
    [{ cpu_seconds: 1 }, 'while :; do :; done', 137],
    [{ seconds: 1 }, 'sleep 10', 124],
    [{ memory_mb: 4000, cpu_seconds: 60, file_mb: 100, seconds: 60, processes: 4000 }, 'echo within', /^within$/m],
  ];
  for (const [limit, command, expected] of limits) {
    it(`limits ${JSON.stringify(limit)}`, () => {
      const { out, code } = run(command, { limits: limit });
      if (typeof expected === 'number') assert.equal(code, expected, out);
      else assert.match(out, expected);
    });
  }
});
