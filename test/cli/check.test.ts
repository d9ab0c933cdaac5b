import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'mocha';
import { runCli } from './run-cli.ts';
import { scratchFolder } from '../support/scratch.ts';

const nowhere = ['--cwd', '/nowhere/project', '--home', '/nowhere'];

describe('the command line', () => {
  const scratch = scratchFolder('cli');
  after(() => rmSync(scratch, { recursive: true, force: true }));
  const broken = join(scratch, 'broken.yaml');
  writeFileSync(broken, 'version: 1\npolicies:\n  - nam: x\n');

  const rows: readonly [args: readonly string[], code: number, text: RegExp][] = [
    [['check', ...nowhere, '--', 'git', 'status'], 0, /^approve/],
    [['check', ...nowhere, '--', 'git push --force origin main'], 2, /^deny by /],
    [['check', ...nowhere, '--', 'git', 'commit', '-m', 'never push --force; rm -rf ~'], 0, /^approve/],
    [['check', ...nowhere, '--command', 'rm -rf ~'], 2, /^deny by /],
    [['check', ...nowhere, '--command', 'cat ~/.ssh/id_rsa'], 3, /^escalate by /],
    [['check', ...nowhere, '--tool', 'write', '--path', '/etc/hosts'], 2, /^deny by /],
    [['check', ...nowhere, '--tool', 'bash', '--args', '{"command":"ls"}', '--json'], 0, /^\{"action":"approve"/],
    [['explain', ...nowhere, '--', 'git push -f'], 0, /verdict +deny/],
    [['analyze', ...nowhere, '--', 'rm -rf build'], 0, /delete +exact +\/nowhere\/project\/build/],
    [['--version'], 0, /^\d+\.\d+\.\d+\n$/],
    [['--help'], 0, /Commands:/],
    [['help', 'check'], 0, /Exit codes/],
  ];
  for (const [args, code, text] of rows) {
    it(`${args.filter((arg) => !nowhere.includes(arg)).join(' ')} gives ${code}`, () => {
      const result = runCli(args);
      assert.equal(result.code, code, result.out + result.err);
      assert.match(result.out, text);
      assert.equal(result.err, '');
    });
  }

  const errors: readonly [args: readonly string[], message: RegExp][] = [
    [['nonsense'], /no command "nonsense"/],
    [['check'], /name a command after "--"/],
    [['check', '--nonsense', '--', 'ls'], /--nonsense/],
    [['check', '--args', '{'], /--args is not JSON/],
    [['check', '--policy', 'no_such_template', '--', 'ls'], /no_such_template/],
    [['check', '--policy', './no-such-file.yaml', '--', 'ls'], /no-such-file\.yaml: there is no such file/],
    [['check', '--policy', broken, '--', 'ls'], /broken\.yaml:3/],
    [['check', '--compat', '--default-action', 'perhaps', '--', 'ls'], /approve, deny or escalate/],
    [['check', '--default-action', 'deny', '--', 'ls'], /--default-action needs --compat/],
    [['audit'], /verify, tail, show, export, review or path/],
    [['audit', 'verify', '--anchor', 'x'], /--anchor must be/],
    [['hook'], /name the agent/],
    [['compile', broken], /broken\.yaml:3/],
  ];
  for (const [args, message] of errors) {
    it(`${args.join(' ').replace(scratch, '')} is an error in words`, () => {
      const result = runCli(args, { cwd: scratch });
      assert.equal(result.code, 1, result.out);
      assert.match(result.err, message);
      assert.ok(!/\n\s+at /.test(result.err), 'no stack trace');
    });
  }

  for (const command of ['check', 'analyze', 'explain', 'hook', 'audit', 'compile', 'demo']) {
    it(`${command} --help names its exit codes`, () => {
      const { code, out } = runCli([command, '--help']);
      assert.equal(code, 0);
      assert.match(out, /^.+\n\nUsage: agent-policy /);
      assert.match(out, /Exit codes?:/);
    });
  }
});
