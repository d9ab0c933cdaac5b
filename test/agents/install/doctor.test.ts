import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { type Check, diagnose } from '../../../src/agents/install/doctor.ts';
import { install } from '../../../src/agents/install/install.ts';
import { hookProgram, type Machine } from '../../../src/agents/install/place.ts';
import { type Target, targets } from '../../../src/agents/install/targets.ts';
import { agentsUnderTest } from '../../support/agents/agents.ts';
import { scratchFolder } from '../../support/scratch.ts';

let root: string;
let machine: Machine;

beforeEach(() => {
  root = scratchFolder('doctor');
  const home = join(root, 'home');
  machine = {
    env: { HOME: home, PATH: '/usr/bin:/bin' },
    platform: process.platform,
    home,
    project: join(root, 'project'),
    node: process.execPath,
  };
  for (const folder of [home, machine.project]) mkdirSync(folder);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function targetNamed(id: string): Target {
  const target = targets.find((candidate) => candidate.id === id);
  assert.ok(target);
  return target;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const problems = (checks: readonly Check[]): string =>
  checks
    .filter(({ result }) => result === 'failed')
    .map(({ name, detail }) => `${name}: ${detail}`)
    .join('\n');

describe('agents: doctor', function () {
  this.timeout(30_000);

  for (const target of targets) {
    it(`${target.id}: not guarded before, guarded after the installation, by calls through the hook itself`, () => {
      assert.equal(diagnose(target, machine).protected, false);
      install(target, target.files.user === undefined ? 'project' : 'user', machine, '1.0.0', false);
      const { protected: isProtected, checks } = diagnose(target, machine);
      assert.equal(problems(checks), '');
      assert.ok(isProtected);
      assert.equal(
        checks.some(({ name, result }) => name === 'program' && result === 'warning'),
        !Object.hasOwn(agentsUnderTest, target.id) && target.id !== 'vscode',
        'says whether it was tried with the program itself',
      );
      assert.ok(checks.some(({ detail }) => detail.startsWith('A force push is denied')));
      assert.ok(
        checks.some(({ detail }) => detail === '"git status" is approved'),
        JSON.stringify(checks),
      );
    });
  }

  const settings = (): string => join(machine.home, '.claude', 'settings.json');
  const edit = (from: string | RegExp, to: string): void => write(settings(), readFileSync(settings(), 'utf8').replaceAll(from, to));
  const broken: readonly (readonly [name: string, breakIt: () => void, problem: RegExp])[] = [
    ['the program is gone', () => rmSync(hookProgram(machine, 'user')), /The hook does not run|exit code 1/],
    ['Node is gone', () => edit(process.execPath, '/nonexistent/node'), /\/nonexistent\/node is missing/],
    ['a crash would not block', () => edit('"onFailure": "block"', '"onFailure": "continue"'), /"onFailure" is not "block"/],
    ['the settings are broken', () => edit(/\}\s*$/g, ''), /settings\.json:\d+:\d+: .* may ignore the whole file/],
    ['others may write the settings', () => chmodSync(settings(), 0o666), /can be changed by others/],
    ['the user has switched hooks off', () => edit(/^\{/g, '{ "disableAllHooks": true,'), /"disableAllHooks" is true/],
    [
      'the project switches hooks off',
      () => write(join(machine.project, '.claude', 'settings.local.json'), '{"disableAllHooks": true}'),
      /settings\.local\.json switches hooks off/,
    ],
    ['the hook approves everything', () => write(hookProgram(machine, 'user'), ''), /A force push is not denied/],
    [
      'a variable switches hooks off',
      () => (machine = { ...machine, env: { ...machine.env, CLAUDE_CODE_SIMPLE: '1' } }),
      /CLAUDE_CODE_SIMPLE/,
    ],
  ];
  for (const [name, breakIt, problem] of broken) {
    it(`claude-code: not guarded when ${name}`, () => {
      install(targetNamed('claude-code'), 'user', machine, '1.0.0', false);
      breakIt();
      const { protected: isProtected, checks } = diagnose(targetNamed('claude-code'), machine);
      assert.equal(isProtected, false);
      assert.match(problems(checks), problem);
    });
  }

  it('claude-code: a version that does not block when a hook fails is not guarded', () => {
    install(targetNamed('claude-code'), 'user', machine, '1.0.0', false);
    const bin = join(root, 'bin');
    for (const [version, isOld] of [
      ['2.1.294', true],
      ['2.0.999', true],
      ['2.1.295', false],
      ['3.0.0', false],
    ] as const) {
      write(join(bin, 'claude'), `#!/bin/sh\necho '${version} (Claude Code)'\n`);
      chmodSync(join(bin, 'claude'), 0o755);
      const { checks } = diagnose(targetNamed('claude-code'), { ...machine, env: { ...machine.env, PATH: `${bin}:/usr/bin:/bin` } });
      assert.equal(checks.find((check) => check.name === 'version')?.result, isOld ? 'failed' : 'ok', version);
    }
  });

  it('sees the switches of the other agents', () => {
    const cases: readonly (readonly [agent: string, file: string, text: string])[] = [
      ['copilot', '.github/copilot/settings.json', '{"disableAllHooks": true}'],
      ['vscode', '.vscode/settings.json', '{"chat.useHooks": false}'],
      ['gemini', '.gemini/settings.json', '{"hooksConfig": {"enabled": false}}'],
      ['gemini', '.gemini/settings.json', '{"hooksConfig": {"disabled": ["agent-policy"]}}'],
      ['qwen', '.qwen/settings.json', '{"disableAllHooks": true}'],
    ];
    for (const [agent, file, text] of cases) {
      write(join(machine.project, file), text);
      assert.match(problems(diagnose(targetNamed(agent), machine).checks), /switches hooks off/, `${agent} ${text}`);
    }
  });
});
