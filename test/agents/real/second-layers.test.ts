// What agents keep by themselves, where the hook does not run: each second layer alone, with the real programs.
import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { agentsUnderTest } from '../../support/agents/agents.ts';
import { agentProgram, packageOf, type RealAgent } from '../../support/agents/install.ts';
import { Stage } from '../../support/agents/stage.ts';

/** Takes away the hook, and leaves the rest of the installation. */
const withoutHook: Partial<Record<RealAgent, (stage: Stage) => void>> = {
  codex: (stage) => stage.remove('home/.codex/hooks.json'),
  gemini: (stage) => {
    const file = 'home/.gemini/settings.json';
    const { hooks: _, ...rest } = JSON.parse(stage.read(file) ?? '{}') as Readonly<Record<string, unknown>>;
    stage.write(file, JSON.stringify(rest));
  },
  opencode: (stage) => stage.remove('home/.config/opencode/plugin/agent-policy.js'),
};

const secondLayers = {
  codex: ['.codex/rules/agent-policy.rules'],
  gemini: ['.gemini/policies/agent-policy.toml'],
  opencode: ['.config/opencode/opencode.json'],
} as const;

/** Commands that the second layers name; those that only begin alike stay with the hook. */
const stopped = [
  'git push --force origin main',
  'git push -f origin main',
  'git push --mirror',
  'git commit --no-verify -am skip',
  'rm -rf ~',
];
const left = ['git push --force-with-lease=main origin HEAD:main', 'git push -q origin HEAD:feature', 'echo "git push --force"'];

for (const id of ['codex', 'gemini', 'opencode'] as const) {
  const agent = agentsUnderTest[id];

  describe(`${packageOf(id)}, real, nothing asked, without the hook`, function () {
    this.timeout(120_000);
    before(function () {
      this.timeout(300_000);
      agentProgram(id);
    });

    it('is stopped by its own rules from what they name, and from nothing else', async () => {
      const stage = new Stage();
      try {
        stage.policy('install', '--agent', id);
        withoutHook[id]?.(stage);
        stage.write('project/README.md', '# changed\n');
        const before_ = { refs: stage.refs(), head: stage.git('rev-parse', 'HEAD') };
        const steps = [...stopped, ...left].map((command) => ({ call: agent.shell(command) }));
        const guard = { call: agent.write(`${stage.project}/.agent-policy.yaml`, 'version: 1\n') };
        const session = await stage.run(agent, [...steps, guard], { timeoutMs: 110_000 });
        assert.deepEqual(stage.decisions(), [], 'no hook has run');
        for (const [index, command] of stopped.entries()) {
          const result = session.results[index];
          assert.ok(result, `${command}: ${session.output}`);
          assert.match(result.text, /Rejected\(|denied by policy|specified a rule which prevents/, command);
        }
        assert.equal(stage.read('home/keep.txt'), 'keep\n');
        assert.equal(stage.git('rev-parse', 'HEAD'), before_.head);
        const refs = stage.refs();
        assert.ok(refs.includes('refs/heads/feature'), `what is harmless ran: ${session.results.map((result) => result?.text).join('\n')}`);
        assert.match(session.results[stopped.length]?.text ?? '', /forced update/, 'with a lease it is for a person to decide');
        assert.match(session.results[stopped.length + 2]?.text ?? '', /git push --force/);
        // Files are no matter of the rules of Codex and Gemini CLI.
        assert.equal(stage.read('project/.agent-policy.yaml') === undefined, id === 'opencode');
        stage.policy('uninstall', '--agent', id);
        for (const name of secondLayers[id]) assert.equal(stage.read('home', name), undefined, `${name} is gone`);
      } finally {
        stage.close();
      }
    });
  });
}
