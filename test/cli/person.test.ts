import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { appendRecord } from '../../src/audit/append.ts';
import { auditLog } from '../../src/audit/place.ts';
import { queryLog } from '../../src/audit/query.ts';
import type { DecisionRecord } from '../../src/model/audit-record.ts';
import { audit } from '../../src/cli/audit.ts';
import { breakGlass } from '../../src/cli/break-glass.ts';
import type { Command, Io } from '../../src/cli/command.ts';
import { lock, mode, unlock } from '../../src/cli/mode.ts';
import { trust } from '../../src/cli/trust.ts';
import { trustedHashes } from '../../src/gateway/trust.ts';
import { directories } from '../../src/platform/directories.ts';
import { readBreakGlass } from '../../src/session/break-glass.ts';
import { readMode, writeMode } from '../../src/session/mode.ts';
import { parseArgs } from 'node:util';
import { scratchFolder } from '../support/scratch.ts';

interface Ran {
  readonly code: number;
  readonly text: string;
}

interface Surroundings {
  /** What is typed; without it there is no terminal. */
  readonly typed?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const loosening = `version: 1
policies:
  - name: pushes-are-fine
    match: { command: { program: git, subcommand: push } }
    action: approve
    overrides: [no-force-push]
`;

describe('what only a person may do', () => {
  let home = '';
  beforeEach(() => {
    home = scratchFolder('person');
    mkdirSync(join(home, 'project/.git'), { recursive: true });
    writeFileSync(policyFile(), loosening);
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));
  const policyFile = () => join(home, 'project/.agent-policy.yaml');
  const places = () => directories({}, 'linux', home);
  const events = () =>
    queryLog(auditLog(places()).directory, { type: 'event' }, 100).flatMap(({ record }) => (record.type === 'event' ? [record.event] : []));

  async function run(command: Command, args: readonly string[], { typed, env = {} }: Surroundings = {}): Promise<Ran> {
    let text = '';
    const stdin = Object.assign(new PassThrough(), { isTTY: typed !== undefined });
    stdin.end(typed ?? '');
    const io: Io = {
      stdin,
      out: async (more) => {
        text += more;
      },
      err: (more) => {
        text += more;
      },
      env,
      cwd: join(home, 'project'),
      home,
      platform: 'linux',
      isTerminal: true,
    };
    const options = { ...command.options, json: { type: 'boolean' as const } };
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true });
    try {
      return { code: await command.run(parsed as Parameters<Command['run']>[0], io), text };
    } catch (error) {
      return { code: 1, text: text + String(error) };
    }
  }
  const pinIn = (text: string) => /sha256:([0-9a-f]{6})/.exec(text)?.[1] ?? '';

  const glass = ['--reason', 'production is down', '--minutes', '5'];
  const forPeople: readonly (readonly [what: string, command: Command, args: readonly string[]])[] = [
    ['trust', trust, []],
    ['break-glass', breakGlass, glass],
    ['unlock', unlock, []],
    ['mode shadow', mode, ['shadow']],
    ['mode enforce', mode, ['enforce']],
  ];
  const surroundings: readonly (readonly [what: string, given: Surroundings])[] = [
    ['without a terminal', {}],
    ['inside Claude Code', { typed: 'break\n', env: { CLAUDECODE: '1' } }],
    ['inside Copilot in VS Code', { typed: 'break\n', env: { COPILOT_AGENT: '1', AI_AGENT: 'github_copilot_vscode_agent' } }],
    ['inside Gemini CLI', { typed: 'break\n', env: { GEMINI_CLI: '1' } }],
  ];
  for (const [what, command, args] of forPeople) {
    for (const [where, given] of surroundings) {
      it(`refuses ${what} ${where}`, async () => {
        writeMode(places(), 'locked');
        const { code, text } = await run(command, args, given);
        assert.equal(code, 1);
        assert.match(text, /is for a person/);
        assert.equal(readMode(places()), 'locked');
        assert.equal(readBreakGlass(places(), Date.now()), undefined);
        assert.equal(trustedHashes(places()).size, 0);
      });
    }
  }

  for (const typed of ['', '\n', 'yes\n', 'no\n', 'y\ny\ny\n', 'brea\n']) {
    it(`takes ${JSON.stringify(typed)} for no`, async () => {
      assert.equal((await run(trust, [], { typed })).code, 1);
      assert.equal((await run(breakGlass, glass, { typed })).code, 1);
      assert.equal(trustedHashes(places()).size, 0);
      assert.equal(readBreakGlass(places(), Date.now()), undefined);
    });
  }

  it('approves what was shown, and shows later what changed since', async () => {
    const shown = await run(trust, ['--show']);
    assert.match(shown.text, /\+ rule "pushes-are-fine": approve what "no-force-push" of the user layer would deny/);
    assert.match(shown.text, /\.agent-policy\.yaml:3/);
    const pin = pinIn(shown.text);
    assert.equal((await run(trust, [], { typed: `${pin}\n` })).code, 0);
    assert.equal(trustedHashes(places()).size, 1);
    assert.deepEqual(events(), ['policy-approved']);
    assert.match((await run(trust, ['--show'])).text, /Approved: yes[\s\S]* {4}rule "pushes-are-fine"/);

    writeFileSync(policyFile(), loosening.replace('[no-force-push]', '[no-history-rewrite]'));
    const changed = await run(trust, ['--show']);
    assert.match(changed.text, /Approved: no/);
    assert.match(changed.text, /- rule "pushes-are-fine": approve what "no-force-push"/);
    assert.equal((await run(trust, [], { typed: `${pin}\n` })).code, 1);

    writeFileSync(policyFile(), loosening);
    renameSync(join(home, 'project'), join(home, 'moved'));
    const moved = await run(trust, ['--show', join(home, 'moved')]);
    assert.match(moved.text, /Approved: yes/);
    renameSync(join(home, 'moved'), join(home, 'project'));
    assert.equal((await run(trust, ['--revoke'])).code, 0);
    assert.equal(trustedHashes(places()).size, 0);
    assert.deepEqual(events(), ['policy-approved', 'policy-approval-revoked']);
  });

  it('warns where the guard itself would be loosened, and shows a rule’s name without what could turn the text', async () => {
    writeFileSync(policyFile(), loosening.replace('no-force-push', 'guard-change').replace('pushes-are-fine', '"a\\u202eb\\nc"'));
    const { text } = await run(trust, ['--show']);
    assert.match(text, /it protects what governs agents/);
    assert.doesNotMatch(text, /\u202e|a.?b\nc/);
  });

  it('does not approve a policy with an error', async () => {
    writeFileSync(policyFile(), 'version: 1\nrules: []\n');
    const { code, text } = await run(trust, [], { typed: `${pinIn((await run(trust, ['--show'])).text)}\n` });
    assert.equal(code, 1);
    assert.match(text, /\.agent-policy\.yaml:2:1/);
    assert.equal(trustedHashes(places()).size, 0);
  });

  it('approves and suspends nothing that it cannot record', async () => {
    mkdirSync(places().state, { recursive: true });
    writeFileSync(join(places().state, 'audit'), 'in the way');
    const pin = pinIn((await run(trust, ['--show'])).text);
    assert.equal((await run(trust, [], { typed: `${pin}\n` })).code, 1);
    assert.equal((await run(breakGlass, glass, { typed: 'break\n' })).code, 1);
    assert.equal(trustedHashes(places()).size, 0);
    assert.equal(readBreakGlass(places(), Date.now()), undefined);
    // The kill switch works all the same.
    await run(lock, []);
    assert.equal(readMode(places()), 'locked');
  });

  it('locks from anywhere, and goes back to the mode before', async () => {
    writeMode(places(), 'confirm');
    assert.equal((await run(lock, [], { env: { CLAUDECODE: '1' } })).code, 0);
    assert.equal(readMode(places()), 'locked');
    assert.equal((await run(unlock, [], { typed: '' })).code, 0);
    assert.equal(readMode(places()), 'confirm');
    assert.equal((await run(mode, ['locked'])).code, 0);
    assert.equal(readMode(places()), 'locked');
    assert.deepEqual(events(), ['mode-changed', 'mode-changed', 'mode-changed']);
  });

  it('makes the mode stricter for anybody, and weaker for a person', async () => {
    writeMode(places(), 'shadow');
    assert.equal((await run(mode, ['enforce'])).code, 0);
    assert.equal((await run(mode, ['shadow'])).code, 1);
    assert.equal((await run(mode, ['shadow'], { typed: '' })).code, 0);
    assert.match((await run(mode, [])).text, /^shadow: /);
    assert.equal((await run(mode, ['off'], { typed: '' })).code, 1);
  });

  const wrong: readonly (readonly string[])[] = [
    ['--reason', 'x y z'],
    ['--minutes', '5'],
    ['--reason', '  ', '--minutes', '5'],
    ['--reason', 'x y z', '--minutes', '61'],
    ['--reason', 'x y z', '--minutes', '0'],
    ['--reason', 'x y z', '--minutes', '1e1000'],
    ['--reason', 'x y z', '--minutes', '5', '--scope', 'world'],
    ['--end', '--reason', 'x y z'],
  ];
  for (const args of wrong) {
    it(`does not break the glass with ${args.join(' ')}`, async () => {
      assert.equal((await run(breakGlass, args, { typed: 'break\n' })).code, 1);
      assert.equal(existsSync(join(places().state, 'break-glass.json')), false);
    });
  }

  it('breaks the glass for a while, and lists each use for the review', async () => {
    assert.equal((await run(breakGlass, glass, { typed: 'break\n' })).code, 0);
    const active = readBreakGlass(places(), Date.now());
    assert.equal(active?.workspace, join(home, 'project'));
    assert.ok(active !== undefined && active.until - active.since === 5 * 60_000);
    const record: DecisionRecord = {
      ...{
        type: 'decision',
        decision_id: 'd',
        timestamp: new Date().toISOString(),
        agent: 'codex',
        user: 'me',
        cwd: '/p',
        workspace: '/p',
      },
      ...{
        tool: 'bash',
        native_tool: 'Bash',
        input: { command: 'git push -f' },
        input_hash: '',
        effects: [],
        risk: 'high',
        verdict: 'deny',
      },
      ...{
        outcome: 'approve',
        rule: 'no-force-push',
        layer: 'user',
        reason: '',
        policy: { id: '', revision: '', hash: '' },
        mode: 'enforce',
      },
      ...{ break_glass: active.id, latency_ms: 1 },
    };
    appendRecord(auditLog(places()), record);
    assert.equal((await run(breakGlass, ['--end'])).code, 0);
    assert.equal(readBreakGlass(places(), Date.now()), undefined);
    const { text } = await run(audit, ['review']);
    assert.match(text, /ended early.*by .* for .*project/);
    assert.match(text, /Why: production is down/);
    assert.match(text, /1 call ran[\s\S]*deny by no-force-push {2}codex {2}Bash \{"command":"git push -f"\}/);
    const [use] = JSON.parse((await run(audit, ['review', '--json'])).text);
    assert.deepEqual([use.id, use.calls.length], [active.id, 1]);
    assert.match(readFileSync(join(places().state, 'audit/audit-000001.jsonl'), 'utf8'), /break-glass-started/);
  });
});
