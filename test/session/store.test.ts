import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { auditLog } from '../../src/audit/place.ts';
import { queryLog } from '../../src/audit/query.ts';
import { directories } from '../../src/platform/directories.ts';
import { chooseMode } from '../../src/session/choose-mode.ts';
import { modeFile, modes, readMode, unlock, writeMode } from '../../src/session/mode.ts';
import { damagedSessions, noSession, readSession, removeOldSessions, sessionDirectory, updateSession } from '../../src/session/store.ts';
import { scratchFolder } from '../support/scratch.ts';

const writer = fileURLToPath(new URL('./writer.ts', import.meta.url));
const name = { agent: 'claude-code', session: 's1', workspace: '/project' };

describe('session store', () => {
  let home = '';
  beforeEach(() => {
    home = scratchFolder('session');
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));
  const places = () => directories({}, 'linux', home);

  it('begins with nothing', () => assert.deepEqual(readSession(places(), name), noSession));

  it('adds up and keeps lists short', () => {
    updateSession(places(), name, { toolCalls: 1, writes: 2, bytesWritten: 10, grant: 'g', succeeded: 'npm test' });
    for (let index = 0; index < 60; index += 1)
      updateSession(places(), name, { toolCalls: 1, succeeded: `c${index}`, made: [`/m${index % 3}`] });
    const { facts, grants, made } = readSession(places(), name);
    assert.deepEqual([facts.toolCalls, facts.writes, facts.bytesWritten, facts.succeeded.length], [61, 2, 10, 50]);
    assert.deepEqual([grants, [...made].sort()], [['g'], ['/m0', '/m1', '/m2']]);
  });

  it('keeps sessions, agents and workspaces without a session apart', () => {
    const names = [
      name,
      { ...name, session: 's2' },
      { ...name, agent: 'codex' },
      { ...name, session: undefined },
      { ...name, session: undefined, workspace: '/b' },
    ];
    for (const each of names) updateSession(places(), each, { toolCalls: 1 });
    for (const each of names) assert.equal(readSession(places(), each).facts.toolCalls, 1);
  });

  const file = () => join(sessionDirectory(places(), name), 'free');

  it('takes an empty file for a session that did nothing yet', () => {
    updateSession(places(), name, { toolCalls: 5, grant: 'g' });
    writeFileSync(file(), '');
    assert.deepEqual(readSession(places(), name), noSession);
    assert.equal(updateSession(places(), name, { toolCalls: 1 }).damaged, undefined);
    assert.deepEqual(damagedSessions(places()), []);
  });

  for (const broken of ['{', '\0\0\0', '[]', 'null', '{}', '{"facts":{"toolCalls":"many","denials":-3},"grants":[5,{}],"made":"x"}']) {
    it(`takes ${JSON.stringify(broken)} for nothing that may be relied on, now and after further calls`, () => {
      updateSession(places(), name, { toolCalls: 5, grant: 'g' });
      updateSession(places(), { ...name, session: 's2' }, { toolCalls: 5 });
      writeFileSync(file(), broken);
      assert.deepEqual(readSession(places(), name), { ...noSession, damaged: true });
      const after = updateSession(places(), name, { toolCalls: 1 });
      assert.deepEqual([after.facts.toolCalls, after.damaged], [1, true]);
      assert.deepEqual(readSession(places(), name), after);
      assert.deepEqual(damagedSessions(places()), [sessionDirectory(places(), name)]);
    });
  }

  it('goes back to the last whole state where a line was cut off, and writes on after it', () => {
    updateSession(places(), name, { toolCalls: 5, grant: 'g' });
    updateSession(places(), name, { toolCalls: 1, denials: 1 });
    const whole = readFileSync(file(), 'utf8');
    for (const cut of [1, 2, 30]) {
      writeFileSync(file(), whole.slice(0, -cut));
      const { facts, damaged } = readSession(places(), name);
      assert.deepEqual([facts.toolCalls, facts.denials, damaged], [5, 0, undefined]);
      const after = updateSession(places(), name, { toolCalls: 1 });
      assert.deepEqual(readSession(places(), name), after);
      assert.equal(after.facts.toolCalls, 6);
    }
  });

  it('stays small however often it changes', () => {
    for (let i = 1; i <= 300; i += 1) assert.equal(updateSession(places(), name, { toolCalls: 1, made: [`/p/${i}`] }).facts.toolCalls, i);
    assert.ok(statSync(file()).size < 40_000);
    assert.equal(readSession(places(), name).made.length, 300);
  });

  it('keeps what is whole of a damaged session', () => {
    updateSession(places(), name, { toolCalls: 5, grant: 'g', state: 'tested' });
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('"toolCalls":5', '"toolCalls":"5"'));
    const { facts, grants, damaged } = readSession(places(), name);
    assert.deepEqual([facts.toolCalls, facts.state, grants, damaged], [0, 'tested', ['g'], true]);
  });

  it('does not take what it cannot get at for nothing', () => {
    updateSession(places(), name, { toolCalls: 5 });
    rmSync(file());
    mkdirSync(file());
    assert.throws(() => readSession(places(), name), /cannot be read/);
  });

  it('loses no count of eight processes, one of which is killed', async () => {
    const run = (kill: boolean) =>
      new Promise<number>((resolve) => {
        const child = spawn(process.execPath, [writer, home, '60'], { stdio: ['ignore', 'pipe', 'inherit'] });
        let done = 0;
        child.stdout.on('data', (data: Buffer) => {
          done += data.length;
          if (kill && done > 20) child.kill('SIGKILL');
        });
        child.on('close', () => resolve(done));
      });
    const done = await Promise.all(Array.from({ length: 8 }, (_, index) => run(index === 0)));
    const acknowledged = done.reduce((sum, each) => sum + each, 0);
    const counted = readSession(places(), name).facts.toolCalls;
    // The killed one may have written one more than it could say.
    assert.ok(counted === acknowledged || counted === acknowledged + 1, `${counted} counted, ${acknowledged} acknowledged`);
    assert.ok(acknowledged >= 7 * 60);
  });

  it('removes sessions that are over', () => {
    updateSession(places(), name, { toolCalls: 1 });
    updateSession(places(), { ...name, session: 's2' }, { toolCalls: 1 });
    utimesSync(join(sessionDirectory(places(), name), 'free'), 1, 1);
    removeOldSessions(places(), 1000, Date.now());
    assert.equal(readSession(places(), name).facts.toolCalls, 0);
    assert.equal(readSession(places(), { ...name, session: 's2' }).facts.toolCalls, 1);
  });
});

describe('mode', () => {
  let home = '';
  beforeEach(() => {
    home = scratchFolder('mode');
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));
  const places = () => directories({}, 'linux', home);

  it('is nothing where nobody chose one', () => assert.equal(readMode(places()), undefined));
  for (const mode of modes) {
    it(`keeps ${mode}`, () => {
      writeMode(places(), mode);
      assert.equal(readMode(places()), mode);
    });
  }
  const person = { user: 'me', by: 'window' } as const;
  const events = () =>
    queryLog(auditLog(places()).directory, {}, 9).map(({ record }) => (record.type === 'event' ? [record.event, record.details] : []));

  it('records who chooses it', () => {
    chooseMode(places(), person, 'confirm');
    chooseMode(places(), person, 'locked');
    assert.equal(unlock(places()), 'confirm');
    assert.deepEqual(events(), [
      ['mode-changed', { by: 'window', from: 'none', to: 'confirm' }],
      ['mode-changed', { by: 'window', from: 'confirm', to: 'locked' }],
    ]);
  });
  for (const mode of modes) {
    it(`is ${mode === 'locked' ? '' : 'not '}chosen where that cannot be recorded: ${mode}`, () => {
      mkdirSync(places().state, { recursive: true });
      writeFileSync(auditLog(places()).directory, 'in the way');
      assert.throws(() => chooseMode(places(), person, mode), /ENOTDIR/);
      assert.equal(readMode(places()), mode === 'locked' ? 'locked' : undefined);
    });
  }

  for (const broken of ['', 'Enforce', 'shadow enforce', '\0']) {
    it(`takes ${JSON.stringify(broken)} for locked`, () => {
      writeMode(places(), 'enforce');
      writeFileSync(modeFile(places()), broken);
      assert.equal(readMode(places()), 'locked');
    });
  }
});
