import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { DutyMachine } from '../../src/gateway/obligations/duties.ts';
import { hide } from '../../src/gateway/obligations/hide.ts';
import { dutiesOf, knownObligations } from '../../src/gateway/obligations/keep.ts';
import type { Effect } from '../../src/model/effect.ts';
import { obligationNames } from '../../src/policy/obligation-params.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { type DutyCase, dutyOf, machineAt } from './duty.ts';
import { scratchFolder } from '../support/scratch.ts';

describe('obligations', () => {
  let home = '';
  beforeEach(() => {
    home = scratchFolder('duty');
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  /** What becomes of a call: the refusal, or nothing where it runs. */
  function refusal(duty: DutyCase, machine: Partial<DutyMachine> = {}, message?: string): string | undefined {
    const duties = dutiesOf(dutyOf(home, duty), machineAt(home, machine), false);
    if (duties.refusal !== undefined) return duties.refusal;
    const done = duties.keep(message === undefined ? undefined : { message });
    return 'refusal' in done ? done.refusal : undefined;
  }

  it('are those that a policy may name', () => assert.deepEqual([...knownObligations()].sort(), [...obligationNames].sort()));

  const write: Effect = { kind: 'write', certainty: 'exact', path: '/project/a' };
  const role = (user: string) => ({ releaser: { users: [{ is: 'equal', text: user }] } }) as const;
  const writes = (content: string) => ({ tool: 'write', args: { content }, actions: [{ kind: 'write', path: '/a', content }] }) as const;
  const one = (name: string, params: Readonly<Record<string, unknown>> = {}) => ({ obligations: [{ name, params }] });

  type Row = readonly [what: string, duty: DutyCase, machine: Partial<DutyMachine>, expected: RegExp | undefined];
  const rows: readonly Row[] = [
    ['an unknown one refuses', one('teleport'), {}, /"a-rule" demands "teleport".*does not know/],
    ['a name of every object refuses', one('constructor'), {}, /does not know/],
    ['__proto__ refuses', one('__proto__'), {}, /does not know/],
    [
      'dry_run refuses and says what would be',
      { ...one('dry_run'), effects: [write] },
      {},
      /nothing was done: it would write \/project\/a/,
    ],
    ['dry_run knows no effect', one('dry_run'), {}, /no effect that is known/],
    ['redact without fields refuses', one('redact'), {}, /which fields/],
    ['redact with fields runs', one('redact', { fields: ['command'] }), {}, undefined],
    ['log runs', one('log'), {}, undefined],
    ['log into a file runs', one('log', { file: 'deploys', level: 'warning' }), {}, undefined],
    ['log out of its folder refuses', one('log', { file: '../../.bashrc' }), {}, /plain name/],
    ['log to an absolute path refuses', one('log', { file: '/etc/cron.d/x' }), {}, /plain name/],
    ['log to a hidden name refuses', one('log', { file: '.bashrc' }), {}, /plain name/],
    ['log to a list refuses', one('log', { file: ['a'] }), {}, /plain name/],
    ['log with an unknown level refuses', one('log', { level: 'loud' }), {}, /level/],
    ['log that cannot be written refuses', one('log', { file: 'a' }), { state: '/dev/null/none' }, /cannot be written/],
    ['require_reason without one refuses', one('require_reason'), {}, /say why/],
    ['require_reason of blanks refuses', { ...one('require_reason'), call: { description: ' \n ' } }, {}, /say why/],
    ['require_reason too short refuses', { ...one('require_reason', { min: 20 }), call: { description: 'tidy up' } }, {}, /say why/],
    ['require_reason with one runs', { ...one('require_reason'), call: { description: 'tidy up' } }, {}, undefined],
    ['a person’s reason where nobody is asked refuses', one('require_reason', { from: 'person' }), {}, /nobody is asked/],
    ['a reason of somebody else refuses', one('require_reason', { from: 'manager' }), {}, /agent or person/],
    ['require_role without a role refuses', one('require_role'), {}, /which role/],
    ['require_role that nobody defines refuses', one('require_role', { role: 'releaser' }), {}, /do not hold/],
    ['require_role of another refuses', { ...one('require_role', { role: 'releaser' }), roles: role('you') }, {}, /do not hold/],
    ['require_role that one holds runs', { ...one('require_role', { value: 'releaser' }), roles: role('me') }, {}, undefined],
    ['require_role of any object refuses', { ...one('require_role', { role: 'toString' }), roles: role('me') }, {}, /do not hold/],
    ['rate_limit without a number refuses', one('rate_limit', { per_minute: 0 }), {}, /how many calls/],
    ['rate_limit of another scope refuses', one('rate_limit', { per_minute: 1, scope: 'team' }), {}, /session or global/],
    ['rate_limit that cannot be counted refuses', one('rate_limit', { per_minute: 1 }), { state: '/dev/null/none' }, /cannot be counted/],
    ['max_bytes without a number refuses', one('max_bytes'), {}, /how many bytes/],
    ['max_bytes exceeded refuses', { ...one('max_bytes', { value: 3 }), call: writes('äß') }, {}, /4 bytes, and 3/],
    ['max_bytes reached runs', { ...one('max_bytes', { content: 4 }), call: writes('äß') }, {}, undefined],
    ['max_bytes of a command that writes refuses', { ...one('max_bytes', { content: 4 }), effects: [write] }, {}, /cannot be known/],
    ['max_bytes of a command that does not write runs', one('max_bytes', { content: 4 }), {}, undefined],
    ['output of a tool refuses', { ...one('max_bytes', { output: 9 }), call: writes('a') }, {}, /cannot be limited/],
    ['output where nothing can be changed refuses', one('max_bytes', { output: 9 }), { canRewrite: false }, /Claude Code cannot run/],
    ['a sandbox where nothing can be changed refuses', one('sandbox'), { canRewrite: false }, /cannot run a command in a changed form/],
    ['a sandbox on Windows refuses', one('sandbox'), { platform: 'win32' }, /no sandbox for Windows/],
    ['a sandbox on another system refuses', one('sandbox'), { platform: 'freebsd' }, /no sandbox for freebsd/],
    ['a sandbox for a file tool refuses', { ...one('sandbox'), call: writes('a') }, {}, /only a call of one shell command/],
    [
      'a sandbox for two commands refuses',
      {
        ...one('sandbox'),
        call: {
          actions: [
            { kind: 'bash', command: 'a' },
            { kind: 'bash', command: 'b' },
          ],
        },
      },
      {},
      /only a call of one shell command/,
    ],
    [
      'a sandbox for PowerShell refuses',
      { ...one('sandbox'), call: { actions: [{ kind: 'bash', command: 'do it', dialect: 'powershell' }] } },
      {},
      /only a call of one shell command/,
    ],
    [
      'a sandbox for a command that is a list refuses',
      { ...one('sandbox'), call: { args: { command: ['do', 'it'] } } },
      {},
      /one shell command/,
    ],
    [
      'a sandbox for a command that stands twice refuses',
      { ...one('sandbox'), call: { args: { command: 'do it', cmd: 'do it' } } },
      {},
      /one shell/,
    ],
    ['a sandbox with hosts refuses', one('sandbox', { network: ['github.com'] }), {}, /no more/],
    ['a sandbox with a limit of nothing refuses', one('sandbox', { limits: { memory_mb: 0 } }), {}, /whole number/],
    ['a sandbox with an unknown limit refuses', one('sandbox', { limits: { speed: 1 } }), {}, /no limit "speed"/],
    ['one of two refuses', { obligations: [...one('log').obligations, ...one('teleport').obligations] }, {}, /teleport/],
  ];
  for (const [what, duty, machine, expected] of rows) {
    it(what, () => {
      const said = refusal(duty, machine);
      if (expected === undefined) assert.equal(said, undefined);
      else assert.match(said ?? 'it runs', expected);
    });
  }

  it('writes a line without secrets', () => {
    refusal({ ...one('log', { file: 'deploys' }), call: { args: { command: 'x', password: 'hunter2' } } });
    refusal(one('log', { file: 'deploys' }));
    const lines = readFileSync(join(home, 'state/logs/deploys.jsonl'), 'utf8').trim().split('\n');
    assert.equal(lines.length, 2);
    assert.doesNotMatch(lines.join(), /hunter2/);
    assert.equal(JSON.parse(lines[0] ?? '').rule, 'a-rule');
  });

  it('counts calls of a session apart, and of all sessions together where it says so', () => {
    const limited = (scope: string, session: string, now: number) =>
      refusal({ ...one('rate_limit', { per_minute: 2, scope }), call: { session } }, { now }) === undefined;
    const begin = 1_000_000_000;
    assert.deepEqual(
      [
        limited('session', 'a', begin),
        limited('session', 'a', begin + 1),
        limited('session', 'a', begin + 2),
        limited('session', 'b', begin + 3),
      ],
      [true, true, false, true],
    );
    assert.equal(limited('session', 'a', begin + 60_001), true);
    assert.deepEqual([limited('global', 'a', begin), limited('global', 'b', begin), limited('global', 'c', begin)], [true, true, false]);
  });

  it('counts also where the clock was put back, and refuses what it cannot read', () => {
    const at = (now: number) => refusal(one('rate_limit', { per_hour: 2 }), { now });
    assert.equal(at(2_000_000_000), undefined);
    assert.equal(at(1_000_000_000), undefined);
    assert.match(at(1_000_000_001) ?? '', /2 such calls per hour are allowed; wait \d+ seconds/);
    const [folder = ''] = readdirSync(join(home, 'state/rates'));
    writeFileSync(join(home, 'state/rates', folder, 'free'), '{"no":"list"}');
    assert.match(at(3_000_000_000) ?? '', /cannot be counted/);
  });

  it('lets exactly as many calls at once through as are allowed', async () => {
    const program = fileURLToPath(new URL('./limited-call.ts', import.meta.url));
    const run = () =>
      new Promise<string>((resolve) => {
        const child = spawn(process.execPath, [program, home, '20'], { stdio: ['ignore', 'pipe', 'inherit'] });
        let text = '';
        child.stdout.on('data', (data: Buffer) => {
          text += data.toString();
        });
        child.on('close', () => resolve(text));
      });
    const said = (await Promise.all([run(), run(), run(), run()])).join('');
    assert.equal(said.length, 80);
    assert.equal(said.replaceAll('-', '').length, 30);
  });

  it('cuts the output and keeps the exit code', () => {
    const command = `echo "it's" long enough; exit 3`;
    const of = dutyOf(home, {
      ...one('max_bytes', { output: 7 }),
      call: { args: { command, timeout: 5 }, actions: [{ kind: 'bash', command }] },
    });
    const done = dutiesOf(of, machineAt(home), false).keep(undefined);
    assert.ok('input' in done && done.input !== undefined);
    assert.equal(done.input['timeout'], 5);
    const { stdout, status } = spawnSync('sh', ['-c', String(done.input['command'])], { encoding: 'utf8' });
    assert.deepEqual([stdout, status], ["it's lo", 3]);
  });

  it('hides texts wherever they stand, and leaves the rest', () => {
    const value = { a: 'the plainword stands', b: ['plainword', 42, { c: 'no' }], 'plainword stays a key': 1, d: 'x' };
    assert.deepEqual(hide(value, ['plainword', '42', 'x', 'no']), {
      a: 'the [redacted] stands',
      b: ['[redacted]', '[redacted]', { c: '[redacted]' }],
      'plainword stays a key': 1,
      d: '[redacted]',
    });
    assert.equal(hide(value, []), value);
  });

  it('keeps what is to be redacted out at any depth', () => {
    const call = { args: { list: [{ body: { text: 'deepword', n: 7 } }], other: 'o' } };
    const { hidden } = dutiesOf(dutyOf(home, { ...one('redact', { fields: 'body' }), call }), machineAt(home), false);
    assert.deepEqual(hidden, ['deepword', '7']);
    assert.equal(existsSync(join(home, 'state')), false);
  });

  const parameters: readonly (readonly [yaml: string, expected: RegExp | undefined])[] = [
    ['[log, dry_run]', undefined],
    ['[{ sandbox: { network: none, write: [build], limits: { memory_mb: 512 } } }]', undefined],
    ['[{ rate_limit: { per_minute: 3, scope: global } }]', undefined],
    ['[{ max_bytes: 1000 }]', undefined],
    ['[{ require_role: releaser }]', undefined],
    ['[{ sandbx: {} }]', /no obligation “sandbx”.*Did you mean “sandbox”/],
    ['[{ sandbox: { netwrk: none } }]', /no parameter “netwrk”.*Did you mean “network”/],
    ['[{ sandbox: { network: [a.com] } }]', /“network” .* must be one of none, all/],
    ['[{ sandbox: { limits: { memory_mb: lots } } }]', /whole number/],
    ['[{ rate_limit: {} }]', /needs one of per_minute/],
    ['[{ rate_limit: { per_minute: -1 } }]', /whole number/],
    ['[max_bytes]', /needs one of content/],
    ['[redact]', /needs one of fields/],
    ['[{ dry_run: { really: true } }]', /no parameter “really”; there are none/],
  ];
  for (const [yaml, expected] of parameters) {
    it(`a policy with obligations ${yaml} ${expected === undefined ? 'is fine' : 'is wrong'}`, () => {
      const text = `version: 1\npolicies:\n  - name: r\n    action: approve\n    obligations: ${yaml}\n`;
      const [problem] = loadPolicy([{ layer: 'user', name: 'p.yaml', text }]).diagnostics;
      if (expected === undefined) assert.equal(problem, undefined);
      else {
        assert.match(problem?.message ?? 'nothing', expected);
        assert.equal(problem?.position?.line, 3);
      }
    });
  }
});
