import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { runCli } from './run-cli.ts';

const examples = join(import.meta.dirname, '..', '..', 'docs', 'examples');

describe('the examples of the documentation', () => {
  for (const name of readdirSync(examples).filter((each) => existsSync(join(examples, each, 'policy.yaml')))) {
    const policy = join(examples, name, 'policy.yaml');

    it(`${name}: every scenario comes out as written, every rule is reached, and lint has nothing to say`, () => {
      const tested = runCli(['test', '--coverage', policy]);
      assert.equal(tested.code, 0, tested.out + tested.err);
      assert.equal(runCli(['lint', policy]).code, 0);
    }).timeout(30_000);

    it(`${name}: the page names the file and commands that work`, () => {
      const page = readFileSync(join(examples, name, 'README.md'), 'utf8');
      assert.match(page, /\(policy\.yaml\)/);
      const commands = [...page.matchAll(/^agent-policy (test|explain|lint) (.*)$/gm)];
      assert.ok(commands.length > 0);
      for (const [, command = '', rest = ''] of commands) {
        const args = [...rest.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
        const { code, err } = runCli([command, ...args], { cwd: join(examples, '..', '..') });
        assert.equal(code, 0, `agent-policy ${command} ${rest}: ${err}`);
      }
    }).timeout(30_000);
  }
});
